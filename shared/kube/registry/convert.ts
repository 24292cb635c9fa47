import { parseJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Put } from '../../store/store.ts';
import type { Converter, ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';
import { toPut } from './put.ts';

/** What somebody else has converted, for as long as the bytes live that it was made of. */
interface Conversions {
  /** Converts what is not yet, all at once. Undefined when there is nothing to wait for. */
  prepare(type: ResourceType, values: readonly Uint8Array[]): Promise<void> | undefined;
  find(type: ResourceType, value: Uint8Array): ApiObject | undefined;
}

export const createConversions = (): Conversions => {
  const made = new WeakMap<Converter, WeakMap<Uint8Array, ApiObject>>();
  const cacheOf = (converter: Converter): WeakMap<Uint8Array, ApiObject> => {
    const cache = made.get(converter) ?? new WeakMap<Uint8Array, ApiObject>();
    made.set(converter, cache);
    return cache;
  };
  return {
    prepare({ converter }, values) {
      if (!converter) return undefined;
      const cache = cacheOf(converter);
      const missing = [...new Set(values)].filter(value => !cache.has(value));
      return missing.length === 0 ? undefined : convertAll(converter, missing, cache);
    },
    find: ({ converter }, value) => converter && made.get(converter)?.get(value),
  };
};

const convertAll = async (
  converter: Converter,
  values: readonly Uint8Array[],
  cache: WeakMap<Uint8Array, ApiObject>,
): Promise<void> => {
  // Only the registry writes these bytes, and it writes objects.
  const stored = values.map(value => parseJson(value) as unknown as ApiObject);
  const converted = await converter.convert(stored, converter.apiVersion);
  values.forEach((value, i) => {
    const object = converted[i];
    if (object) cache.set(value, object);
  });
};

/** `toPut` for any type: what somebody else converts is written in the version in which it is kept. */
export const toKeptPut = async (
  machine: Machine,
  type: ResourceType,
  object: ApiObject,
  expected: number,
): Promise<Put> => {
  const { converter, toStored: _, ...kept } = type;
  if (!converter) return toPut(machine, type, object, expected);
  const { resourceVersion: __, ...metadata } = object.metadata;
  const [stored = object] = await converter.convert([{ ...object, metadata }], converter.storedVersion);
  return toPut(machine, kept, stored, expected);
};
