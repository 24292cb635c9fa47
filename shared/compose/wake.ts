import { toHex } from '../base/bytes.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject } from '../base/object.ts';
import { decodeKnown, nothingKnown } from '../eve/known.ts';
import type { Catalog } from '../kube/catalog.ts';
import type { ResourceType } from '../kube/resource.ts';
import type { Change, Store } from '../store/store.ts';
import type { Concerned } from './changed.ts';
import type { Contribution } from './contribution.ts';
import { toDeviceKeys } from './devicekeys.ts';
import { configs, devices, kinds } from './kinds.ts';
import { decodeHead, decodeObject, onKey, onNamespace, onTerm } from './reader.ts';

/** A kind with what it says to the composer. */
export type Contributor = ResourceType & Contribution;

/** Which DeviceNetworks are for which Devices, as their kind says. */
export const networkConcerns = (catalog: Catalog): Contribution['concerns'] =>
  // Kinds are declared with both halves, of which the catalog shows the machinery's.
  (catalog.all().find(({ storage }) => storage === kinds.deviceNetwork) as Contributor | undefined)?.concerns;

export interface WakeParts {
  readonly store: Store;
  /** By store type. */
  readonly contributors: ReadonlyMap<string, Contributor>;
  turn(): Promise<void>;
}

/** How many devices are looked at at once, before everything else has its say. */
const batch = 32;

/**
 * Gives the Devices whose configuration may be another one after a change: those that were composed from the object, from
 * something it has the index terms of, or from all of its namespace; in the order of their UUIDs, and only those beyond `after`.
 */
export async function* devicesConcerned(
  parts: WakeParts,
  type: string,
  change: Change,
  after = '',
): AsyncGenerator<Concerned> {
  const find = type === devices ? await afterReport(change) : await afterChange(parts, type, change);
  if (find === undefined) return;
  if (type === kinds.device && !change.deleted && after === '') yield { key: change.key, at: '' };
  const { now, before } = type === devices ? {} : statesOf(type, change);
  const concerns = parts.contributors.get(type)?.concerns;
  const isConcerned = async (key: string): Promise<boolean> => {
    const entry = await parts.store.get(kinds.device, key);
    const device = entry && decodeObject(entry.value);
    return !device || !concerns || [now, before].some(object => object && concerns(object, device));
  };
  const keysOf = async ({ uuid, filtered }: Candidate): Promise<readonly string[]> => {
    const keys = await parts.store.find(kinds.device, `uuid=${uuid}`);
    if (!filtered || !concerns) return keys;
    const answers = await Promise.all(keys.map(isConcerned));
    return keys.filter((_, at) => answers[at]);
  };
  const candidates = (await find(parts)).filter(({ uuid }) => uuid > after);
  let at = after;
  for (let from = 0; from < candidates.length; from += batch) {
    const some = candidates.slice(from, from + batch);
    for (const keys of await Promise.all(some.map(keysOf))) for (const key of keys) yield { key, at };
    at = some.at(-1)?.uuid ?? at;
    yield { at };
    await parts.turn();
  }
}

interface Candidate {
  readonly uuid: string;
  /** Whether the object is known to the device only as one of its namespace. */
  readonly filtered: boolean;
}

/** In the order of UUIDs, each once. */
type Candidates = (parts: WakeParts) => Promise<readonly Candidate[]>;

/** What the device room keeps matters by the certificate that secrets are encrypted to, and by what people are
 * shown of it: what came of attestation, what was refused, what was replaced. */
const afterReport = async (change: Change): Promise<Candidates | undefined> => {
  const hash = (value: Uint8Array | undefined) => toHex((value && toDeviceKeys(value)?.certHash) ?? new Uint8Array());
  const shown = (value: Uint8Array | undefined) => {
    const { verdict, refused, replaced } = value ? decodeKnown(value) : nothingKnown;
    return { verdict, refused, replaced };
  };
  const now = change.deleted ? undefined : change.value;
  const before = change.previous?.value;
  if (hash(now) === hash(before) && isEqual(shown(now), shown(before))) return undefined;
  return async () => [{ uuid: change.key, filtered: false }];
};

const afterChange = async (
  { contributors }: WakeParts,
  type: string,
  change: Change,
): Promise<Candidates | undefined> => {
  const { now, before } = statesOf(type, change);
  const contributor = contributors.get(type);
  if (now && before && isEqual(inputsOf(now, contributor), inputsOf(before, contributor))) return undefined;
  // Every Device gets one without a spec: it says nothing yet.
  if (type === kinds.deviceConfig && !before && !now?.spec) return undefined;
  const terms = new Set([now, before].flatMap(object => (object ? (contributor?.terms?.(object) ?? []) : [])));
  const namespace = (now ?? before)?.metadata.namespace;
  return async ({ store }) => {
    const found = new Map<string, Candidate>();
    const add = async (term: string, filtered: boolean): Promise<void> => {
      for (const uuid of await store.find(configs, term)) if (!found.has(uuid)) found.set(uuid, { uuid, filtered });
    };
    for (const term of [onKey(type, change.key), ...[...terms].map(one => onTerm(type, one))]) await add(term, false);
    if (namespace !== undefined) await add(onNamespace(type, namespace), true);
    return [...found.values()].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  };
};

const statesOf = (type: string, change: Change): { now?: ApiObject; before?: ApiObject } => {
  const read = type === kinds.deviceConfig ? decodeHead : decodeObject;
  const before = change.previous && read(change.previous.value);
  return { ...(change.deleted ? {} : { now: read(change.value) }), ...(before && { before }) };
};

/** All of an object that configurations may depend on. */
const inputsOf = (object: ApiObject, contributor: Contributor | undefined): unknown => {
  const { status: _, metadata, ...rest } = object;
  const { uid, labels, annotations, deletionTimestamp } = metadata;
  return { ...rest, uid, labels, annotations, deletionTimestamp, status: contributor?.inputs?.(object) };
};
