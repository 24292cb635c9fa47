import { isEqual } from '../../base/equal.ts';
import type { ObjectMeta, OwnerReference } from '../../base/object.ts';

/**
 * Removes owner references that stand there twice from a draft, and warns about what it found. `isAdmitted`: admission has
 * changed the draft since it was looked at first.
 */
export const dropDuplicateOwners = (meta: ObjectMeta, warn: (text: string) => void, isAdmitted = false): void => {
  const owners = meta.ownerReferences;
  if (owners === undefined || owners.length < 2) return;
  const kept = owners.filter((owner, i) => owners.findIndex(other => isEqual(owner, other)) === i);
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

const repeatedUids = (owners: readonly OwnerReference[]): string[] => {
  const uids = owners.map(owner => owner.uid);
  return [...new Set(uids.filter((uid, i) => uids.indexOf(uid) !== i))];
};
