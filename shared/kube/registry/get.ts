import type { ApiObject, ObjectRef } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import { notFound, tooLargeResourceVersion } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';
import type { ReadOptions } from './registry.ts';
import { show, showAll } from './show.ts';
import { fromVersion, namesState, toVersion } from './version.ts';

/** `Registry.get`: the latest state, which is never older than any version that a client can have seen. */
export const get = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  { resourceVersion }: ReadOptions = {},
): Promise<ApiObject> => {
  if (namesState(resourceVersion)) {
    const head = await machine.store.head(type.storage);
    if (fromVersion(resourceVersion) > head) throw tooLargeResourceVersion(resourceVersion, toVersion(head));
  }
  const entry = await machine.store.get(type.storage, toKey(ref));
  if (entry === undefined) throw notFound(type, ref.name);
  await machine.codec.prepare(type, [entry]);
  return show(type, machine.codec.decodeOnce(type, entry));
};

/** `Registry.find`. */
export const find = async (machine: Machine, type: ResourceType, ref: ObjectRef): Promise<ApiObject | undefined> => {
  const entry = await machine.store.get(type.storage, toKey(ref));
  if (entry === undefined) return undefined;
  await machine.codec.prepare(type, [entry]);
  return show(type, machine.codec.decode(type, entry));
};

/** `Registry.findByTerm`. */
export const findByTerm = async (machine: Machine, type: ResourceType, term: string): Promise<ApiObject[]> => {
  const entries = await machine.store.findEntries(type.storage, term);
  await machine.codec.prepare(type, entries);
  const objects = entries.map(entry => machine.codec.decode(type, entry));
  return [...(await showAll(type, objects))];
};
