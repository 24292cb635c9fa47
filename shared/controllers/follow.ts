import { delay } from '../base/delay.ts';
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

/**
 * Gives every object of a type and everything that becomes of them, until `signal` aborts. When the watch breaks it begins
 * anew: what is the same then is given once more, and what vanished meanwhile is given as gone.
 */
export const follow = async <T>(
  registry: Registry,
  plan: FollowPlan<T>,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> => {
  const known = new Map<string, T>();
  let failures = 0;
  while (!signal.aborted) {
    try {
      await followOnce(registry, plan, known, signal, () => {
        failures = 0;
      });
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

const followOnce = async <T>(
  registry: Registry,
  { type, keep, onChange, onSynced }: FollowPlan<T>,
  known: Map<string, T>,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> => {
  const stale = new Set(known.keys());
  const forget = (key: string): void => {
    const before = known.get(key);
    if (before === undefined) return;
    known.delete(key);
    onChange({ key, before });
  };
  let isSynced = false;
  for await (const { type: event, object } of registry.watch(type, initially, signal)) {
    const key = toKey(object.metadata);
    if (event === 'BOOKMARK') {
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
