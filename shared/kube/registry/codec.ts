import { cloneJson } from '../../base/clone.ts';
import { parseJson, printJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
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
  encode(type: ResourceType, object: ApiObject): Uint8Array;
  /** As `decode`, of an entry that was written for `draft` this very moment: it need not be read to know what it says. */
  wrote(type: ResourceType, entry: Versioned, draft: ApiObject): ApiObject;
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
    const found = [known?.first, known?.again].find(slot => slot?.revision === revision)?.object.deref();
    if (found) return found;
    const object = make();
    const slot = { revision, object: new WeakRef(object) };
    if (known === undefined) cache.set(value, { first: slot });
    else if (known.first.revision === revision) known.first = slot;
    else known.again = slot;
    return object;
  };
  const decode = (type: ResourceType, entry: Versioned): ApiObject =>
    keep(type, entry, () =>
      // Only the registry writes these bytes, and it writes objects.
      view(type, conversions.find(type, entry.value) ?? (parseJson(entry.value) as unknown as ApiObject), entry),
    );
  return {
    decode,
    wrote: (type, entry, draft) =>
      type.converter ? decode(type, entry) : keep(type, entry, () => view(type, toPrinted(type, draft), entry)),
    encode(type, object) {
      return encoder.encode(printJson(toStored(type, object)));
    },
    prepare: (type, entries) =>
      type.converter &&
      conversions.prepare(
        type,
        entries.map(({ value }) => value),
      ),
  };
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

/** What printing an object and reading it again gives: a copy. Who manages which fields is immutable, and stays the same. */
const toPrinted = (type: ResourceType, object: ApiObject): ApiObject => {
  const stored = toStored(type, object);
  const { managedFields, ...metadata } = stored.metadata;
  const copy = cloneJson({ ...stored, metadata });
  return managedFields === undefined ? copy : { ...copy, metadata: { ...copy.metadata, managedFields } };
};

const view = (type: ResourceType, stored: ApiObject, { revision }: Versioned): ApiObject => {
  const viewed = type.fromStored ? type.fromStored(stored) : { ...stored, ...toTypeMeta(type) };
  // Defaults that were declared after the object was written show without a write. Native types fill theirs on writes.
  const object = type.native ? viewed : applyDefaults(viewed, type.schema);
  return withVersion(object, toVersion(revision));
};

export const toTypeMeta = (type: ResourceType): { apiVersion: string; kind: string } => ({
  apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
  kind: type.kind,
});

const encoder = new TextEncoder();
