import type { ApiObject } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import type { Put } from '../../store/store.ts';
import { bodyTooLarge } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';

/** A write, and the object that it keeps. */
export interface Keeping {
  readonly put: Put;
  readonly object: ApiObject;
}

/**
 * The write that makes the store hold `object` in place of the entry at `expected` (0: of none). Throws
 * RequestEntityTooLarge for an object that has grown too large.
 */
export const toPut = (machine: Machine, type: ResourceType, object: ApiObject, expected: number): Keeping => {
  const expiresAt = type.expiresAt?.(object, machine.clock.now());
  const { value, kept } = encode(machine, type, object);
  const put: Put = {
    key: toKey(object.metadata),
    value,
    expected,
    terms: toTerms(type, object),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  return { put, object: kept };
};

/** An object that is too large only together with its managers is kept without them, as upstream does. */
const encode = (machine: Machine, type: ResourceType, object: ApiObject): { value: Uint8Array; kept: ApiObject } => {
  const value = machine.codec.encode(type, object);
  if (value.length <= maxObjectBytes) return { value, kept: object };
  const { managedFields: _, ...metadata } = object.metadata;
  const kept = { ...object, metadata };
  const bare = machine.codec.encode(type, kept);
  if (bare.length > maxObjectBytes) throw bodyTooLarge(maxObjectBytes);
  return { value: bare, kept };
};

/** As large as an object may become by whatever number of writes: upstream's limit. */
const maxObjectBytes = 1.5 * 1024 * 1024;

/** Every object is found by its own uid and by its owners', beside what its kind declares. */
const toTerms = (type: ResourceType, object: ApiObject): string[] => [
  ...new Set([
    `uid=${object.metadata.uid}`,
    ...(object.metadata.ownerReferences ?? []).map(owner => `owner=${owner.uid}`),
    ...(type.terms?.(object) ?? []),
  ]),
];
