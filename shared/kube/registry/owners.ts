import type { ObjectMeta, OwnerReference } from '../../base/object.ts';
import { identify } from '../schema/compile.ts';

/**
 * Removes owner references that stand there twice from a draft, and warns about what it found. `isAdmitted`: admission has
 * changed the draft since it was looked at first.
 */
export const dropDuplicateOwners = (meta: ObjectMeta, warn: (text: string) => void, isAdmitted = false): void => {
  const owners = meta.ownerReferences;
  if (owners === undefined || owners.length < 2) return;
  const kept = firstOnes(owners);
  const left = repeatedUids(kept);
  const when = isAdmitted ? ' after mutating admission happens' : '';
  if (kept.length < owners.length) {
    meta.ownerReferences = kept;
    warn(
      `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeatedUids(owners).join(', ')}`,
    );
  } else if (left.length > 0) {
    warn(
      `.metadata.ownerReferences contains duplicate entries${when}, API server may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${left.join(', ')}`,
    );
  }
};

/** In their order, without those that are the same as one before. */
const firstOnes = (owners: readonly OwnerReference[]): OwnerReference[] => {
  const seen = new Set<string>();
  return owners.filter(owner => {
    const id = identify(owner);
    return !seen.has(id) && seen.add(id);
  });
};

const repeatedUids = (owners: readonly OwnerReference[]): string[] => {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { uid } of owners) {
    if (seen.has(uid)) repeated.add(uid);
    seen.add(uid);
  }
  return [...repeated];
};
