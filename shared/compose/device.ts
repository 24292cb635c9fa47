import { toHex } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Ports } from '../base/ports.ts';
import type { Controller } from '../eve/controller.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { decodeServed, encodeServed, type Served } from '../eve/served.ts';
import type { Device } from '../resources/eve/device.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import type { Store } from '../store/store.ts';
import { countersOf } from './checkcounters.ts';
import { claimsIn } from './claims.ts';
import type { Contribution } from './contribution.ts';
import { decide, type ServedNow } from './decide.ts';
import { chooseExchange } from './exchange.ts';
import { type Gathered, gather } from './gather.ts';
import { madeIn } from './keepvolumes.ts';
import { configs, kinds } from './kinds.ts';
import type { Problem } from './problem.ts';
import { createReader, decodeObject, onKey } from './reader.ts';
import { decodeConfig, decodeNotes, encodeNotes, type Notes, serve, servedCounters, servedMade } from './served.ts';

export interface DeviceParts {
  readonly store: Store;
  readonly controller: Controller;
  readonly ports: Ports;
  readonly networkConcerns: Contribution['concerns'];
}

/** What a device is served after composing, and what there is to say about it. */
export interface Outcome {
  readonly from: Gathered;
  readonly served: Served;
  /** What `served` says; without version and time when nothing changed. */
  readonly config: EdgeDevConfig;
  readonly problems: readonly Problem[];
  /** Whether what is served is older than what objects say, or less, because something is broken. */
  readonly isHeld: boolean;
  readonly overridden: readonly string[];
  /** Whether what is served is new. */
  readonly changed: boolean;
}

/**
 * Brings what one device is served to what its objects say now. Reads everything anew, so that running it again changes
 * nothing. Undefined when the Device does not exist.
 */
export const composeDevice = async (parts: DeviceParts, key: string): Promise<Outcome | undefined> => {
  let changed = false;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const done = await attempt(parts, key);
    if (done === undefined) return undefined;
    if (done === 'raced') continue;
    changed ||= done.outcome.changed;
    // Whoever followed a change meanwhile did not find that this device depends on it: from now on one will.
    if (!done.isWider) return { ...done.outcome, changed };
  }
  throw new Fault('ServiceUnavailable', 'too many writers of one configuration');
};

const maxTries = 5;

interface Attempt {
  readonly outcome: Outcome;
  /** Whether it depends on something that it did not depend on before. */
  readonly isWider: boolean;
}

const attempt = async (parts: DeviceParts, key: string): Promise<Attempt | undefined | 'raced'> => {
  const { store, ports } = parts;
  const object = await store.get(kinds.device, key);
  if (!object) return undefined;
  // Validated by the registry against the schemas that Device is inferred from.
  const device = decodeObject(object.value) as unknown as Device;
  const uuid = uuidOf(device);
  const entry = await store.get(configs, uuid);
  const before = entry && decodeServed(entry.value);
  const notes = decodeNotes(before);
  const { exchange, isBlind } = chooseExchange(parts.controller, device, notes);
  const controller = { ...parts.controller, ecdh: exchange };
  const reader = createReader(store);
  reader.dependencies.add(onKey(kinds.device, key));
  const from = await gather(reader, device, uuid, {
    networkConcerns: parts.networkConcerns,
    held: notes.claims,
    isBlind,
  });
  const decision = decide(from, controller, before && servedNow(before, notes));
  const { body } = decision;
  const digest = body?.digest ?? notes.digest;
  const fresh =
    decision.config && body && digest !== notes.digest
      ? serve(decision.config, body, before, controller, ports.clock.now())
      : undefined;
  const config = fresh?.config ?? decision.config ?? (before && decodeConfig(before));
  const base = fresh?.served ?? before;
  if (!base || !config) throw new Fault('InternalError', `no configuration of device ${key} passes the checks`);
  const next: Notes = {
    digest,
    terms: [...reader.dependencies, ...exchangesIn(config).map(toExchangeTerm)].sort(),
    certificates: config.controllercert_confighash,
    exchange: exchangesIn(config)[0] ?? notes.exchange,
    claims: claimsIn(from, config).map(({ metadata }) => metadata.name),
    counters: fresh || !before ? countersOf(config) : notes.counters,
    made: fresh || !notes.made ? madeIn(config) : notes.made,
  };
  const { problems, isHeld, overridden } = decision;
  const result = { from, config, problems, isHeld, overridden };
  if (before && !fresh && isSame(notes, next))
    return { outcome: { ...result, served: before, changed: false }, isWider: false };
  const served = { ...base, notes: encodeNotes(next) };
  const write = { key: uuid, value: encodeServed(served), expected: entry?.revision ?? 0, terms: next.terms };
  const outcome = await store.commit(configs, write);
  if (!outcome.ok) return 'raced';
  const known = new Set(notes.terms);
  const isWider = next.terms.some(term => !known.has(term));
  return { outcome: { ...result, served, changed: fresh !== undefined }, isWider };
};

const servedNow = (served: Served, notes: Notes): ServedNow => {
  let config: EdgeDevConfig | undefined;
  return {
    digest: notes.digest,
    counters: () => servedCounters(served, notes),
    made: () => servedMade(served, notes),
    config: () => (config ??= decodeConfig(served)),
  };
};

const isSame = (a: Notes, b: Notes): boolean =>
  a.terms.length === b.terms.length &&
  a.terms.every((term, at) => term === b.terms[at]) &&
  a.claims.join() === b.claims.join() &&
  a.certificates === b.certificates &&
  a.exchange === b.exchange &&
  a.made !== undefined;

/** Names of the controller's certificates that secrets in a configuration are encrypted under. */
const exchangesIn = ({ cipherContexts = [] }: EdgeDevConfig): string[] => [
  ...new Set(cipherContexts.map(({ controllerCertHash }) => toHex(controllerCertHash ?? new Uint8Array()))),
];

/** Index term of configurations with secrets under that certificate of the controller. */
export const toExchangeTerm = (certHash: string): string => `exchange=${certHash}`;
