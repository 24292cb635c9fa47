import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import { type ApiObject, toKey } from '../base/object.ts';
import type { Log } from '../base/ports.ts';
import type { Registry, WatchOptions } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';

/** What became of one object. `now` is absent when it is gone, `before` when it was not known. */
export interface Change<T> {
  readonly key: string;
  readonly now?: { readonly object: ApiObject; readonly kept: T };
  readonly before?: T;
}

export interface FollowPlan<T> {
  readonly type: ResourceType;
  readonly keep: (object: ApiObject) => T;
  readonly onChange: (change: Change<T>) => void;
  /** Called whenever everything that exists was given. */
  readonly onSynced: () => void;
}

/** Gives every object of a type and everything that becomes of them. Only one of its calls runs at a time. */
export interface Follower {
  /** Store type of what is followed. */
  readonly type: string;
  /**
   * Follows until `signal` aborts. When the watch breaks it begins anew: what is the same then is given once more, and what
   * vanished meanwhile is given as gone.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Gives what was written before the call and not given yet. Rejects when it cannot be read; the next call goes on. */
  catchUp(): Promise<void>;
}

export const createFollower = <T>(registry: Registry, plan: FollowPlan<T>, log: Log): Follower => {
  const memory: Memory<T> = { known: new Map(), reached: undefined };
  return {
    type: plan.type.storage,
    run: signal => follow(registry, plan, memory, log, signal),
    async catchUp() {
      const { signal } = new AbortController();
      try {
        await take(registry, plan, memory, { ...positionOf(memory), untilNow: true }, signal);
      } catch (error) {
        memory.reached = undefined;
        if (!isFault(error, 'Expired')) throw error;
        await take(registry, plan, memory, { ...initially, untilNow: true }, signal);
      }
    },
  };
};

interface Memory<T> {
  readonly known: Map<string, T>;
  /** The version up to which everything was given; undefined: everything is to be given anew. */
  reached: string | undefined;
}

const follow = async <T>(
  registry: Registry,
  plan: FollowPlan<T>,
  memory: Memory<T>,
  log: Log,
  signal: AbortSignal,
): Promise<void> => {
  let failures = 0;
  const onProgress = (): void => {
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      await take(registry, plan, memory, initially, signal, onProgress);
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      log.warn('A watch broke and begins anew', { type: plan.type.storage, failures, error: String(error) });
    }
    if (!signal.aborted) await delay(Math.min(100 * 2 ** failures, 30_000), signal);
  }
};

const initially: WatchOptions = {
  sendInitialEvents: true,
  resourceVersionMatch: 'NotOlderThan',
  allowWatchBookmarks: true,
};

const positionOf = ({ reached }: Memory<unknown>): WatchOptions =>
  reached === undefined ? initially : { resourceVersion: reached, allowWatchBookmarks: true };

/** Gives what one watch tells, until it ends. */
const take = async <T>(
  registry: Registry,
  { type, keep, onChange, onSynced }: FollowPlan<T>,
  memory: Memory<T>,
  options: WatchOptions,
  signal: AbortSignal,
  onProgress: () => void = () => {},
): Promise<void> => {
  const { known } = memory;
  let isSynced = options.sendInitialEvents !== true;
  const stale = new Set(isSynced ? [] : known.keys());
  const forget = (key: string): void => {
    const before = known.get(key);
    if (before === undefined) return;
    known.delete(key);
    onChange({ key, before });
  };
  for await (const { type: event, object } of registry.watch(type, options, signal)) {
    const key = toKey(object.metadata);
    if (event === 'BOOKMARK') {
      memory.reached = object.metadata.resourceVersion;
      if (isSynced) continue;
      isSynced = true;
      for (const gone of stale) forget(gone);
      onProgress();
      onSynced();
    } else if (event === 'DELETED') forget(key);
    else {
      stale.delete(key);
      const before = known.get(key);
      const kept = keep(object);
      known.set(key, kept);
      onChange({ key, now: { object, kept }, ...(before !== undefined && { before }) });
    }
  }
};
