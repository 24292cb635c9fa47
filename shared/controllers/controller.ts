import { delay } from '../base/delay.ts';
import type { ApiObject } from '../base/object.ts';
import type { Log } from '../base/ports.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { type Change, createFollower, type Follower } from './follow.ts';
import { createQueue, type Next } from './queue.ts';

/** A loop that keeps objects true to each other. Either it runs, or it settles whenever somebody asks. */
export interface Controller {
  readonly name: string;
  /** Goes on until `signal` aborts; outlives every error. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Does what is due now and returns: for processes that stand still between two calls. What was seen is remembered for the
   * next call; the first one sees everything.
   */
  settle(options?: SettleOptions): Promise<Settled>;
  health(): Health;
}

export interface SettleOptions {
  /** Store types that may have changed. Absent: any, and what is due by time as well. */
  readonly types?: ReadonlySet<string>;
}

export interface Settled {
  /** Whether something was looked at: what followed from it may have to settle too. */
  readonly worked: boolean;
  /** What could not be done in spite of some attempts, and why. */
  readonly failing: ReadonlyMap<string, string>;
}

export interface Health {
  /** All that is to be known at the start is known. */
  readonly synced: boolean;
  /** How much waits to be looked at. */
  readonly waiting: number;
  /** What could not be done so far, and why. It is tried again. */
  readonly failing: ReadonlyMap<string, string>;
}

export interface ControllerParts {
  readonly registry: Registry;
  readonly log: Log;
}

export interface ControllerPlan {
  readonly name: string;
  /** What it looks at. Work begins when all of it was seen once. */
  readonly follows: readonly Following[];
  /**
   * Makes the world as it should be for one key, whatever it is now; running it once more changes nothing. Answers when to be
   * called again. What it throws is logged, and it is called again after a while.
   */
  work(key: string): Promise<Next>;
  /** What brings up keys by itself. */
  readonly sources?: readonly Source[];
  /** Keys to begin with, beside those that following gives. */
  readonly start?: readonly string[];
  /** Keys under work at the same time. Default 4. */
  readonly concurrency?: number;
}

export interface Source {
  /** Goes on until `signal` aborts. When it throws it begins anew after a while. */
  run(add: Add, signal: AbortSignal): Promise<void>;
  /** Brings up what is due now. `types`: see `SettleOptions`. */
  settle(add: Add, types: ReadonlySet<string> | undefined): Promise<void>;
}

/** One followed type; made by `following`. */
export type Following = (parts: ControllerParts, add: Add, onSynced: () => void) => Follower;

/** Puts a key into the queue, at once or after so many milliseconds. */
export type Add = (key: string, delayMs?: number) => void;

/**
 * Follows a type. `keep` reduces an object to what the controller compares and remembers; `onChange` turns a change into
 * keys. Both are pure but for the controller's own memory, and cheap: they run for every change.
 */
export const following =
  <T>(type: ResourceType, keep: (object: ApiObject) => T, onChange: (change: Change<T>, add: Add) => void): Following =>
  ({ registry, log }, add, onSynced) =>
    createFollower(registry, { type, keep, onChange: change => onChange(change, add), onSynced }, log);

export const createController = (parts: ControllerParts, plan: ControllerPlan): Controller => {
  const queue = createQueue({
    name: plan.name,
    work: key => plan.work(key),
    concurrency: plan.concurrency ?? 4,
    log: parts.log,
  });
  let synced = 0;
  let onAllSynced = (): void => {};
  const followers = plan.follows.map(open =>
    open(
      parts,
      queue.add,
      once(() => {
        synced += 1;
        if (synced === plan.follows.length) onAllSynced();
      }),
    ),
  );
  const isSynced = (): boolean => synced >= followers.length;
  let isStarted = false;
  const start = (): void => {
    if (!isStarted) for (const key of plan.start ?? []) queue.add(key);
    isStarted = true;
  };
  return {
    name: plan.name,
    async run(signal) {
      const scope = createScope(signal);
      start();
      const all = createGate(scope.signal());
      onAllSynced = all.open;
      if (isSynced()) all.open();
      const follows = followers.map(one => one.run(scope.signal()));
      await all.opened;
      const sources = (plan.sources ?? []).map(source => {
        const own = scope.signal();
        return outlive(parts.log, plan.name, own, () => source.run(queue.add, own));
      });
      await Promise.all([...follows, ...sources, queue.run(scope.signal())]);
    },
    async settle({ types } = {}) {
      const isConcerned = !types || !isSynced() || followers.some(one => types.has(one.type));
      start();
      // What is remembered is compared with each other: all of it must be of now.
      if (isConcerned) await Promise.all(followers.map(one => one.catchUp()));
      for (const source of plan.sources ?? []) await source.settle(queue.add, types);
      const worked = await queue.settle(types);
      return { worked, failing: queue.failing };
    },
    health: () => ({ synced: isSynced(), waiting: queue.waiting(), failing: queue.failing }),
  };
};

const outlive = async (log: Log, name: string, signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
  while (!signal.aborted) {
    try {
      await run();
    } catch (error) {
      log.error(`${name}: a loop broke and begins anew`, { error: String(error) });
    }
    await delay(1_000, signal);
  }
};

const once = (call: () => void): (() => void) => {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    call();
  };
};

/** Opens once, at the latest when `signal` aborts. */
const createGate = (signal: AbortSignal): { readonly opened: Promise<void>; open(): void } => {
  let open = (): void => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  if (signal.aborted) open();
  signal.addEventListener('abort', () => open(), { once: true });
  return { opened, open: () => open() };
};

/** Signals that abort with the given one, each with its own listeners: one signal for all would gather too many. */
const createScope = (signal: AbortSignal): { signal(): AbortSignal } => {
  const parts: AbortController[] = [];
  const end = (): void => {
    for (const part of parts) part.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    signal() {
      const part = new AbortController();
      parts.push(part);
      if (signal.aborted) part.abort();
      return part.signal;
    },
  };
};
