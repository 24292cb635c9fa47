import { isEqual } from '../../base/equal.ts';
import type { ApiObject } from '../../base/object.ts';
import type { Attempt } from './request.ts';

/** Something that may change objects before they are stored. */
export interface Mutator {
  /** Wants to be asked once more when a later one changed something. */
  readonly isRepeated: boolean;
  /** What it makes of the attempt's object; undefined when it has nothing to say about it. Throws the Fault that refuses. */
  mutate(attempt: Attempt): Promise<ApiObject | undefined>;
}

/**
 * Lets mutators change an attempt's object, one after the other. Those that ask for it get a second turn when what they left
 * was changed since. Answers what the object has become.
 */
export const runMutators = async (mutators: readonly Mutator[], attempt: Attempt): Promise<ApiObject | undefined> => {
  let current = attempt.object;
  const left = new Map<Mutator, ApiObject>();
  for (const mutator of mutators) {
    const made = await mutator.mutate({ ...attempt, object: current });
    if (made === undefined) continue;
    left.set(mutator, made);
    current = made;
  }
  for (const [mutator, made] of left) {
    if (!mutator.isRepeated || isEqual(made, current)) continue;
    current = (await mutator.mutate({ ...attempt, object: current })) ?? current;
  }
  return current;
};
