import { type Condition, setCondition } from '../../base/condition.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';

/**
 * The conditions of a new object that becomes ready later. It says so from its first moment: who waits for it by its status
 * takes one without the condition `Ready` for one that is done.
 */
export const unready = (draft: ApiObject, condition: Omit<Condition, 'type'>): JsonMap[] =>
  setCondition(undefined, { type: 'Ready', ...condition }, Date.parse(draft.metadata.creationTimestamp ?? ''));
