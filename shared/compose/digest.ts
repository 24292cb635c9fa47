import { sha256, toBase64Url } from '../base/bytes.ts';
import { concat } from '../base/concat.ts';
import { encode } from '../base/protobuf.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { eve } from '../eve/generated/table.ts';
import { fromMs } from '../eve/timestamp.ts';

/** What a configuration says, encoded once: all but its version and time, which belong to the moment at which it is served. */
export interface Body {
  /** A configuration is new when this is. */
  readonly digest: string;
  /** The fields of an EdgeDevConfig without `id` and `config_timestamp`. */
  readonly bytes: Uint8Array;
}

export const toBody = (config: EdgeDevConfig): Body => {
  const bytes = encode(eve, 'config.EdgeDevConfig', { ...config, id: undefined, config_timestamp: undefined });
  const head = encode(eve, 'config.EdgeDevConfig', { id: { uuid: config.id?.uuid } });
  return { bytes, digest: toBase64Url(sha256(concat([head, bytes]))) };
};

export interface Stamped {
  readonly config: EdgeDevConfig;
  readonly bytes: Uint8Array;
  /** By which the device names it. */
  readonly hash: string;
}

/** The configuration as it is served at a moment. `body`: its own. */
export const stamp = (config: EdgeDevConfig, body: Body, version: number, timestampMs: number): Stamped => {
  const moment = {
    id: { uuid: config.id?.uuid, version: String(version) },
    config_timestamp: fromMs(timestampMs),
  };
  const bytes = concat([encode(eve, 'config.EdgeDevConfig', moment), body.bytes]);
  return { config: { ...config, ...moment }, bytes, hash: toBase64Url(sha256(bytes)) };
};
