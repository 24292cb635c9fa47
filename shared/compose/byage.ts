import type { ApiObject } from '../base/object.ts';

/** Oldest first; what is older keeps what it has when two want the same. */
export const byAge = ({ metadata: a }: ApiObject, { metadata: b }: ApiObject): number =>
  compare(a.creationTimestamp ?? '', b.creationTimestamp ?? '') || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
