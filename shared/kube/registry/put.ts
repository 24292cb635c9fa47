import type { ApiObject } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import type { Put } from '../../store/store.ts';
import { bodyTooLarge } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { maxObjectBytes } from '../size.ts';
import type { Machine } from './machine.ts';

/**
 * The write that makes the store hold `object` in place of the entry at `expected` (0: of none). Throws
 * RequestEntityTooLarge for an object that has grown too large.
 */
export const toPut = (machine: Machine, type: ResourceType, object: ApiObject, expected: number): Put => {
  const expiresAt = type.expiresAt?.(object, machine.clock.now());
  return {
    key: toKey(object.metadata),
    value: encode(machine, type, object),
    expected,
    terms: toTerms(type, object),
    ...(expiresAt !== undefined && { expiresAt }),
  };
};

/** An object that is too large only together with its managers is kept without them, as upstream does. */
const encode = (machine: Machine, type: ResourceType, object: ApiObject): Uint8Array => {
  const value = machine.codec.encode(type, object);
  if (value.length <= maxObjectBytes) return value;
  const { managedFields: _, ...metadata } = object.metadata;
  const bare = machine.codec.encode(type, { ...object, metadata });
  if (bare.length > maxObjectBytes) throw bodyTooLarge(maxObjectBytes);
  return bare;
};

/** Every object is found by its own uid and by its owners', beside what its kind declares. */
const toTerms = (type: ResourceType, object: ApiObject): string[] => [
  ...new Set([
    `uid=${object.metadata.uid}`,
    ...(object.metadata.ownerReferences ?? []).map(owner => `owner=${owner.uid}`),
    ...(type.terms?.(object) ?? []),
  ]),
];
