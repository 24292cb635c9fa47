import type { JsonMap } from './object.ts';
import { isMap } from './own.ts';

/** One thing that is said about an object, in the form that `kubectl wait` and `kubectl describe` read. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** The same for people. */
  readonly message: string;
  readonly observedGeneration?: number | undefined;
}

/** RFC 3339, UTC, whole seconds, as times stand in objects. */
export const toTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The condition of a type in a list of conditions, as far as it has the right form. */
export const findCondition = (conditions: unknown, type: string): JsonMap | undefined =>
  Array.isArray(conditions) ? conditions.find((one: unknown) => isMap(one) && one['type'] === type) : undefined;

/**
 * The list with one condition set in its place. `lastTransitionTime` moves when the status does. When nothing changes the list
 * comes back as it was.
 */
export const setCondition = (conditions: unknown, condition: Condition, now: number): JsonMap[] => {
  const list = toList(conditions);
  const before = findCondition(list, condition.type);
  const { observedGeneration, ...rest } = condition;
  const next: JsonMap = {
    ...rest,
    ...(observedGeneration !== undefined && { observedGeneration }),
    lastTransitionTime:
      before?.['status'] === condition.status ? (before['lastTransitionTime'] ?? toTime(now)) : toTime(now),
  };
  if (before && isSame(before, next)) return list;
  return before ? list.map(one => (one === before ? next : one)) : [...list, next];
};

/** The same instance where all of it has the form of conditions. */
const toList = (conditions: unknown): JsonMap[] => {
  if (!Array.isArray(conditions)) return [];
  // What stands in objects is JSON.
  return (conditions.every(isMap) ? conditions : conditions.filter(isMap)) as JsonMap[];
};

const isSame = (a: JsonMap, b: JsonMap): boolean =>
  ['status', 'reason', 'message', 'observedGeneration', 'lastTransitionTime'].every(field => a[field] === b[field]);
