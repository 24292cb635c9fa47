import { fromKey, type ObjectRef } from '../base/object.ts';
import type { Change } from '../store/store.ts';

/** A change of one store type. */
export interface Changed {
  readonly type: string;
  readonly change: Change;
}

export interface ChangedParts {
  /** Keys of the Devices whose configuration may be another one after a change. */
  concerned(changed: Changed): AsyncIterable<string>;
  /** Brings one device up to date. */
  compose(ref: ObjectRef): Promise<unknown>;
}

/** Devices under work at the same time. */
const concurrency = 16;

/**
 * Brings every device up to date that changes concern, each once however many of them do. Answers with the changes of which
 * that failed, for one device at least, and why; the others are not held up by them. What is left when `signal` aborts has
 * failed.
 */
export const composeChanged = async (
  { concerned, compose }: ChangedParts,
  changes: readonly Changed[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Changed, unknown>> => {
  const failed = new Map<Changed, unknown>();
  const causes = new Map<string, Changed[]>();
  for (const changed of changes) {
    try {
      for await (const key of concerned(changed)) {
        signal.throwIfAborted();
        const known = causes.get(key);
        if (known) known.push(changed);
        else causes.set(key, [changed]);
      }
    } catch (error) {
      failed.set(changed, error);
    }
  }
  const waiting = causes.entries();
  const work = async (): Promise<void> => {
    for (const [key, because] of waiting) {
      try {
        signal.throwIfAborted();
        await compose(fromKey(key));
      } catch (error) {
        for (const changed of because) failed.set(changed, error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return failed;
};
