import { findCondition, setCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';

/**
 * The status of an Application that leaves its Device: what it went through, and that it was not started yet. What the Device
 * said of it is not true of another one.
 */
export const unstarted = ({ uuid, statuses, conditions }: JsonMap, now: number): JsonMap => {
  const kept = Array.isArray(conditions)
    ? conditions.filter(one => isMap(one) && !findCondition([one], 'Composed'))
    : undefined;
  const message = 'The application was not started yet.';
  return {
    ...(uuid !== undefined && { uuid }),
    ...(statuses !== undefined && { statuses }),
    conditions: setCondition(kept, { type: 'Ready', status: 'False', reason: 'NotStarted', message }, now),
  };
};
