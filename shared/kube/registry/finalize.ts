import { toTime } from '../../base/condition.ts';
import type { ApiObject, ObjectMeta } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';

import type { DeleteOptions } from './registry.ts';

/** Finalizers that the garbage collector serves: dependents are let go, or go first. */
const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** The finalizers that an object has once its deletion was asked for with this policy; without one, those it has. */
export const toFinalizers = (meta: ObjectMeta, policy: DeleteOptions['propagationPolicy']): string[] => {
  const finalizers = meta.finalizers ?? [];
  if (policy === undefined) return finalizers;
  const kept = finalizers.filter(name => name !== orphan && name !== foreground);
  return policy === 'Orphan' ? [...kept, orphan] : policy === 'Foreground' ? [...kept, foreground] : kept;
};

/** True when an object's deletion was asked for and nothing holds it any longer. */
export const isReleased = (type: ResourceType, object: ApiObject): boolean =>
  Boolean(object.metadata.deletionTimestamp) && !isHeld(type, object, object.metadata.finalizers ?? []);

export const isHeld = (type: ResourceType, object: ApiObject, finalizers: readonly string[]): boolean =>
  finalizers.length > 0 || (type.isHeld?.(object) ?? false);

/** Marks a draft as terminating, once; the finalizers are those that hold it. */
export const terminate = (type: ResourceType, draft: ApiObject, finalizers: string[], now: number): void => {
  const { metadata } = draft;
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (metadata.deletionTimestamp) return;
  metadata.deletionTimestamp = toTime(now);
  metadata.deletionGracePeriodSeconds = 0;
  if (type.hasGeneration) metadata.generation = (metadata.generation ?? 0) + 1;
  type.prepareDelete?.(draft);
};
