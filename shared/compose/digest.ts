import { sha256, toBase64Url } from '../base/bytes.ts';
import { encode } from '../base/protobuf.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { eve } from '../eve/generated/table.ts';
import { fromMs } from '../eve/timestamp.ts';

/** Hash of what a configuration says, without its version and time: a configuration is new when this is. */
export const digestOf = (config: EdgeDevConfig): string =>
  toBase64Url(
    sha256(
      encode(eve, 'config.EdgeDevConfig', { ...config, id: { uuid: config.id?.uuid }, config_timestamp: undefined }),
    ),
  );

/** The configuration as it is served at a moment, and the hash by which the device names it. */
export const stamp = (
  config: EdgeDevConfig,
  version: number,
  timestampMs: number,
): { config: EdgeDevConfig; hash: string } => {
  const stamped = {
    ...config,
    id: { uuid: config.id?.uuid, version: String(version) },
    config_timestamp: fromMs(timestampMs),
  };
  return { config: stamped, hash: toBase64Url(sha256(encode(eve, 'config.EdgeDevConfig', stamped))) };
};
