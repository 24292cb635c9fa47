import { fromKey, type ObjectRef } from '../base/object.ts';
import type { Change } from '../store/store.ts';
import { createProgress } from './progress.ts';

/** A change of one store type. */
export interface Changed {
  readonly type: string;
  readonly change: Change;
}

/** One step through the devices that something concerns. */
export interface Concerned {
  /** Of a Device; absent: so far was looked, and there was none. */
  readonly key?: string;
  /** Once this step and all before it are done, whoever goes on later begins after this. Steps come in its order. */
  readonly at: string;
}

export interface ChangedParts<Cause> {
  /** The Devices whose configuration may be another one because of something; those that come after a step. */
  concerned(cause: Cause, after: string): AsyncIterable<Concerned>;
  /** Brings one device up to date. */
  compose(ref: ObjectRef): Promise<unknown>;
}

/** Something of which devices up to a step are up to date already; '': none is. */
export interface Begun<Cause> {
  readonly cause: Cause;
  readonly after: string;
}

export interface Failure {
  readonly error: unknown;
  /** Of Devices that could not be brought up to date; none: it is not known whom it concerns. */
  readonly keys: readonly string[];
}

export interface Composed<Cause> {
  readonly failed: ReadonlyMap<Cause, Failure>;
  /** What was not done when time was up: the devices after a step. */
  readonly left: ReadonlyMap<Cause, string>;
}

/** Devices under work at the same time. */
const concurrency = 16;

/**
 * Brings every device up to date that causes concern, each once however many of them do, and as they are found: there may be more
 * than fit into the time until `signal` aborts. What fails for one device holds up no other.
 */
export const composeChanged = async <Cause>(
  { concerned, compose }: ChangedParts<Cause>,
  begun: readonly Begun<Cause>[],
  signal: AbortSignal,
): Promise<Composed<Cause>> => {
  const failed = new Map<Cause, { error: unknown; keys: string[] }>();
  const fail = (cause: Cause, error: unknown, ...keys: string[]): void => {
    const known = failed.get(cause);
    if (known) known.keys.push(...keys);
    else failed.set(cause, { error, keys });
  };
  const outcomes = new Map<string, Promise<{ readonly error: unknown } | undefined>>();
  const once = (key: string) => {
    const known = outcomes.get(key) ?? compose(fromKey(key)).then(nothing, (error: unknown) => ({ error }));
    outcomes.set(key, known);
    return known;
  };
  const ways = begun.map(one => ({ ...one, progress: createProgress(one.after) }));

  async function* walk() {
    for (const { cause, after, progress } of ways) {
      if (signal.aborted) return;
      try {
        for await (const { key, at } of concerned(cause, after)) {
          if (signal.aborted) return;
          const settle = progress.enter(at);
          if (key === undefined) settle();
          else yield { cause, key, settle };
        }
      } catch (error) {
        fail(cause, error);
      }
      progress.end();
    }
  }

  const steps = walk();
  const work = async (): Promise<void> => {
    for (;;) {
      const step = await steps.next();
      if (step.done || signal.aborted) return;
      const { cause, key, settle } = step.value;
      const outcome = await once(key);
      if (outcome) fail(cause, outcome.error, key);
      settle();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const unfinished = ways.filter(({ progress }) => !progress.isDone());
  return { failed, left: new Map(unfinished.map(({ cause, progress }) => [cause, progress.reached()])) };
};

const nothing = (): undefined => undefined;
