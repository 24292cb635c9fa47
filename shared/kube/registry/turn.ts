import type { ApiObject } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';
import type { Requirement } from './namespace.ts';
import type { WriteOptions } from './registry.ts';

/**
 * Begins a write to an object whose admission depends on what others of its kind are (`Strategy.contends`). The write must be
 * conditional on the answer: it fails when another such write has begun in between, as both would not know of each other.
 * Empty for kinds whose objects do not depend on each other, and for what is not written; undefined when another writer was
 * faster.
 */
export const takeTurn = async (
  { store, random }: Machine,
  type: ResourceType,
  object: ApiObject,
  { dryRun }: Pick<WriteOptions, 'dryRun'>,
): Promise<Requirement[] | undefined> => {
  const key = type.contends?.(object);
  if (key === undefined || dryRun) return [];
  const place = `turns/${type.storage}`;
  const last = await store.get(place, key);
  const outcome = await store.commit(place, { key, value: random.bytes(8), expected: last?.revision ?? 0 });
  return outcome.ok ? [{ type: place, key, revision: outcome.revision }] : undefined;
};
