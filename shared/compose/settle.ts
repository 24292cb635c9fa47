import { isFault } from '../base/fault.ts';
import { fromKey, type ObjectRef } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import type { Change, Store } from '../store/store.ts';
import { type Changed, type Concerned, composeChanged, type Failure } from './changed.ts';
import { createRemainders, type Remainder, remainders, type Taken } from './remainders.ts';

export interface SettleParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Devices that a change concerns, beyond a step. */
  concerned(changed: Changed, after: string): AsyncIterable<Concerned>;
  /** Brings one device up to date. */
  compose(ref: ObjectRef): Promise<unknown>;
  /** All Devices, beyond a key. */
  everyone(after: string): AsyncIterable<Concerned>;
}

/** For processes that are called when there is something to do, and have little time. */
export interface Settling {
  /**
   * Brings up to date what changes concern. What there is no time for until `signal` aborts is noted in the store, whose log tells
   * of it like of any change: whoever is called with that goes on there. Answers with the changes of which something failed, and
   * why.
   */
  settle(changes: readonly Changed[], signal: AbortSignal): Promise<ReadonlyMap<Changed, unknown>>;
  /** The same for every device, when it is not known what changed. Rejects when one of them failed. */
  settleAll(signal: AbortSignal): Promise<void>;
  /** Goes on where nobody did for long. Answers what could not be done, and why; by what it follows from. */
  resume(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** Why a device is looked at. */
interface Cause {
  /** Under which what is left of it is noted. */
  readonly key: string;
  /** Absent: it is not known what changed. */
  readonly changed?: Changed;
  /** The change that tells of it, when it is not the cause itself. */
  readonly told?: Changed;
  readonly taken?: Taken;
}

/** Whoever is told of a remainder goes on within seconds, also after another one's time is up. */
const staleMs = 90_000;
/** Beyond every step. */
const end = '\uffff';

export const createSettling = (parts: SettleParts): Settling => {
  const { store, clock, compose } = parts;
  const left = createRemainders(parts);

  const toCause = async (changed: Changed): Promise<Cause | undefined> => {
    const { type, change } = changed;
    if (type !== remainders) return { key: `${type}@${change.revision}`, changed };
    const taken = change.deleted ? undefined : await left.take(change.key, change.revision);
    return taken && { ...(await recall(taken)), told: changed };
  };

  const recall = async (taken: Taken): Promise<Cause> => {
    const change = taken.of && (await readChange(store, taken.of));
    return { key: taken.key, taken, ...(change && taken.of && { changed: { type: taken.of.type, change } }) };
  };

  /** The Devices that failed before once more. */
  const retry = async (stuck: readonly string[]): Promise<Failure | undefined> => {
    const keys: string[] = [];
    let first: unknown;
    for (const key of stuck)
      await compose(fromKey(key)).catch((error: unknown) => {
        first ??= error;
        keys.push(key);
      });
    return keys.length === 0 ? undefined : { error: first, keys };
  };

  /** Notes what is left. Answers why it cannot be done, when that is for others to hear. */
  const conclude = async (cause: Cause, failure: Failure | undefined, after: string | undefined): Promise<unknown> => {
    const { key, changed, taken } = cause;
    const of = changed && { of: { type: changed.type, revision: changed.change.revision } };
    const revision = taken?.revision ?? 0;
    const stuck = [...(taken?.stuck ?? []), ...(failure?.keys ?? [])];
    if (after !== undefined) return left.keep(key, revision, { ...of, after, stuck });
    if (!taken) return failure?.error;
    const still = await retry(stuck);
    // A change that cannot be read concerns nobody by name.
    if (!still && !(failure && failure.keys.length === 0)) return left.drop(taken);
    if (still && taken.after !== end) return left.keep(key, revision, { ...of, after: end, stuck: still.keys });
    return (still ?? failure)?.error;
  };

  const work = async (causes: readonly Cause[], signal: AbortSignal): Promise<Map<Cause, unknown>> => {
    const concerned = ({ changed }: Cause, after: string) =>
      changed ? parts.concerned(changed, after) : parts.everyone(after);
    const begun = causes.map(cause => ({ cause, after: afterOf(cause) }));
    const done = await composeChanged({ concerned, compose }, begun, signal);
    const failed = new Map<Cause, unknown>();
    for (const cause of causes) {
      const error = await conclude(cause, done.failed.get(cause), done.left.get(cause)).catch(
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) failed.set(cause, error);
    }
    return failed;
  };

  return {
    async settle(changes, signal) {
      const failed = new Map<Changed, unknown>();
      const causes: Cause[] = [];
      for (const changed of changes) {
        try {
          const cause = await toCause(changed);
          if (cause) causes.push(cause);
        } catch (error) {
          failed.set(changed, error);
        }
      }
      for (const [{ told, changed }, error] of await work(causes, signal)) {
        const about = told ?? changed;
        if (about) failed.set(about, error);
      }
      return failed;
    },
    async settleAll(signal) {
      const [failure] = (await work([{ key: `everything@${clock.now()}` }], signal)).values();
      if (failure !== undefined) throw failure;
    },
    async resume(signal) {
      const causes = await Promise.all((await left.stale(staleMs)).map(recall));
      const failed = await work(causes, signal);
      return new Map([...failed].map(([{ key }, error]) => [`what is left of ${key}`, String(error)]));
    },
  };
};

/** A change that cannot be read any more leaves only to look at everything. */
const afterOf = ({ changed, taken }: Cause): string => {
  if (!taken) return '';
  const isLost = taken.of !== undefined && changed === undefined;
  return isLost && taken.after !== end ? '' : taken.after;
};

const readChange = async (
  store: Store,
  { type, revision }: NonNullable<Remainder['of']>,
): Promise<Change | undefined> => {
  const stop = new AbortController();
  try {
    for await (const { changes, revision: reached } of store.tail(type, revision - 1, stop.signal)) {
      const found = changes.find(change => change.revision === revision);
      if (found || reached >= revision) return found;
    }
  } catch (error) {
    if (!isFault(error, 'Expired')) throw error;
  } finally {
    stop.abort();
  }
  return undefined;
};
