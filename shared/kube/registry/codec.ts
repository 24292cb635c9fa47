import { asPrinted } from '../../base/clone.ts';
import { Fault, isFault } from '../../base/fault.ts';
import { isTooDeep, printJson } from '../../base/json.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { parsed, parsedOnce, remember } from '../../base/parsed.ts';
import type { ResourceType } from '../resource.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { createConversions } from './convert.ts';
import { toVersion } from './version.ts';

/** Between the bytes that the store keeps and the objects of a type. */
export interface Codec {
  /**
   * The object in the view of `type`, with its resourceVersion. The same bytes at the same revision give the same
   * instance as long as somebody holds it, so that what is derived from an object can be cached by its identity. Never
   * change it.
   */
  decode(type: ResourceType, entry: Versioned): ApiObject;
  /** The same for one use: an object that nobody holds yet is not remembered either, which costs its collector less. */
  decodeOnce(type: ResourceType, entry: Versioned): ApiObject;
  /**
   * The object may not change any more: it is what whoever decodes these bytes is shown.
   *
   * @throws Fault BadRequest for one that is nested too deeply to be read again
   */
  encode(type: ResourceType, object: ApiObject): Uint8Array;
  /** To be awaited before entries are decoded: what somebody else must convert is converted, all at once. */
  prepare(type: ResourceType, entries: readonly Pick<Versioned, 'value'>[]): Promise<void> | undefined;
}

export interface Versioned {
  readonly value: Uint8Array;
  readonly revision: number;
}

/**
 * One slot for the revision that wrote the bytes, one for the last change that showed them once more (a deletion). Objects
 * take several times the memory of their bytes: those that nobody uses may go, and are read again when they are asked for.
 */
interface Decoded {
  first: Slot;
  again?: Slot;
}

interface Slot {
  readonly revision: number;
  readonly object: WeakRef<ApiObject>;
}

export const createCodec = (): Codec => {
  const conversions = createConversions();
  const caches = new WeakMap<ResourceType, WeakMap<Uint8Array, Decoded>>();
  const keep = (type: ResourceType, { value, revision }: Versioned, make: () => ApiObject): ApiObject => {
    const cache = cacheOf(caches, type);
    const known = cache.get(value);
    const found = heldIn(known, revision);
    if (found) return found;
    const object = make();
    const slot = { revision, object: new WeakRef(object) };
    if (known === undefined) cache.set(value, { first: slot });
    else if (known.first.revision === revision) known.first = slot;
    else known.again = slot;
    return object;
  };
  return {
    decode: (type, entry) =>
      keep(type, entry, () =>
        // Only the registry writes these bytes, and it writes objects.
        view(type, conversions.find(type, entry.value) ?? (parsed(entry.value) as unknown as ApiObject), entry),
      ),
    decodeOnce: (type, entry) =>
      heldIn(cacheOf(caches, type).get(entry.value), entry.revision) ??
      view(type, conversions.find(type, entry.value) ?? (parsedOnce(entry.value) as unknown as ApiObject), entry),
    encode(type, object) {
      // An object is a map of JSON; its interface only names some of the fields.
      const stored = asPrinted(toStored(type, object)) as unknown as JsonMap;
      const text = printJson(stored);
      // It would be there and nobody could read it, nor list its kind.
      if (isTooDeep(stored, text)) throw new Fault('BadRequest', 'exceeded max depth');
      const bytes = encoder.encode(text);
      remember(bytes, stored);
      return bytes;
    },
    prepare: (type, entries) =>
      type.converter &&
      conversions.prepare(
        type,
        entries.map(({ value }) => value),
      ),
  };
};

const heldIn = (decoded: Decoded | undefined, revision: number): ApiObject | undefined => {
  if (decoded?.first.revision === revision) return decoded.first.object.deref();
  return decoded?.again?.revision === revision ? decoded.again.object.deref() : undefined;
};

/** The same object, shown at another version. */
export const withVersion = (object: ApiObject, resourceVersion: string): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});

const cacheOf = (caches: WeakMap<ResourceType, WeakMap<Uint8Array, Decoded>>, type: ResourceType) => {
  const known = caches.get(type);
  if (known) return known;
  const cache = new WeakMap<Uint8Array, Decoded>();
  caches.set(type, cache);
  return cache;
};

const toStored = (type: ResourceType, object: ApiObject): ApiObject => {
  const { resourceVersion: _, ...metadata } = object.metadata;
  const bare = { ...object, metadata };
  return type.toStored ? type.toStored(bare) : bare;
};

const view = (type: ResourceType, stored: ApiObject, { revision }: Versioned): ApiObject => {
  const viewed = type.fromStored ? type.fromStored(stored) : { ...stored, ...toTypeMeta(type) };
  const object = type.native ? viewed : withDefaults(viewed, type);
  return withVersion(object, toVersion(revision));
};

/**
 * Defaults that were declared after the object was written show without a write; those that would make it larger than an object
 * may be do not, for it must stay readable. Native types fill theirs on writes.
 */
const withDefaults = (object: ApiObject, { schema }: ResourceType): ApiObject => {
  try {
    return applyDefaults(object, schema);
  } catch (error) {
    if (isFault(error, 'RequestEntityTooLarge')) return object;
    throw error;
  }
};

export const toTypeMeta = (type: ResourceType): { apiVersion: string; kind: string } => ({
  apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
  kind: type.kind,
});

const encoder = new TextEncoder();
