import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { decode, encode } from '../base/protobuf.ts';
import type { Controller } from '../eve/controller.ts';
import { openEnvelope } from '../eve/envelope.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { eve } from '../eve/generated/table.ts';
import { decodeServed, encodeServed, type Served } from '../eve/served.ts';
import { type Counters, countersOf } from './checkcounters.ts';
import { type Body, stamp } from './digest.ts';
import { type Made, madeIn } from './keepvolumes.ts';

/** What the composer finds again beside a served configuration. */
export interface Notes {
  /** Of the configuration, without version and time (see `Body`). */
  readonly digest: string;
  /** What it was made from, as index terms; sorted. */
  readonly terms: readonly string[];
  /** Names of claims whose volumes the device has. */
  readonly claims: readonly string[];
  /** `controllercert_confighash` of the configuration. */
  readonly certificates?: string | undefined;
  /** `certHash` (hex) of the controller's certificate that its secrets are encrypted under. */
  readonly exchange?: string | undefined;
  /** Of the configuration. */
  readonly counters?: Counters | undefined;
  /** What its volumes are made from. */
  readonly made?: Made | undefined;
}

export const encodeNotes = (notes: Notes): Uint8Array => fromUtf8(JSON.stringify(notes));

export const decodeNotes = (served: Served | undefined): Notes => {
  if (!served) return { digest: '', terms: [], claims: [] };
  // Written by encodeNotes only.
  return JSON.parse(toUtf8(served.notes)) as Notes;
};

/**
 * The same, but so that the composer takes whatever it composes next for new and serves it with a version and a time of then.
 * For what comes from a backup: devices refuse a configuration that is older than what they were served since.
 */
export const outdate = (value: Uint8Array): Uint8Array => {
  const served = decodeServed(value);
  return encodeServed({ ...served, notes: encodeNotes({ ...decodeNotes(served), digest: '' }) });
};

/** The configuration inside what is served. */
export const decodeConfig = (served: Served): EdgeDevConfig =>
  decode(eve, 'config.ConfigResponse', openEnvelope(served.answer).payload).config ?? {};

/** The counters in what is served; nothing is decoded for them where they were noted. */
export const servedCounters = (served: Served, { counters }: Notes): Counters =>
  counters ?? countersOf(decodeConfig(served));

/** What the volumes in what is served are made from, in the same way. */
export const servedMade = (served: Served, { made }: Notes): Made => made ?? madeIn(decodeConfig(served));

/** Signs a configuration as the one after `previous`: version one higher, time never back. */
export const serve = (
  config: EdgeDevConfig,
  body: Body,
  previous: Served | undefined,
  controller: Controller,
  now: number,
): { served: Omit<Served, 'notes'>; config: EdgeDevConfig } => {
  const version = (previous?.version ?? 0) + 1;
  const configTimestampMs = Math.max(now, (previous?.configTimestampMs ?? 0) + 1);
  const stamped = stamp(config, body, version, configTimestampMs);
  const payload = encode(eve, 'config.ConfigResponse', { configHash: stamped.hash }, { config: stamped.bytes });
  return {
    config: stamped.config,
    served: { configHash: stamped.hash, configTimestampMs, version, answer: controller.seal(payload) },
  };
};
