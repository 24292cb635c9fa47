import type { ApiObject } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import type { Put } from '../../store/store.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';

/** The write that makes the store hold `object` in place of the entry at `expected` (0: of none). */
export const toPut = (machine: Machine, type: ResourceType, object: ApiObject, expected: number): Put => {
  const expiresAt = type.expiresAt?.(object, machine.clock.now());
  return {
    key: toKey(object.metadata),
    value: machine.codec.encode(type, object),
    expected,
    terms: toTerms(type, object),
    ...(expiresAt !== undefined && { expiresAt }),
  };
};

/** Every object is found by its own uid and by its owners', beside what its kind declares. */
const toTerms = (type: ResourceType, object: ApiObject): string[] => [
  ...new Set([
    `uid=${object.metadata.uid}`,
    ...(object.metadata.ownerReferences ?? []).map(owner => `owner=${owner.uid}`),
    ...(type.terms?.(object) ?? []),
  ]),
];
