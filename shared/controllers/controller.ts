import { delay } from '../base/delay.ts';
import type { ApiObject } from '../base/object.ts';
import type { Log } from '../base/ports.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { type Change, follow } from './follow.ts';
import { createQueue } from './queue.ts';

/** A loop that keeps objects true to each other. It outlives every error, and ends when `signal` aborts. */
export interface Controller {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
  health(): Health;
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
   * Makes the world as it should be for one key, whatever it is now; running it once more changes nothing. A number asks to be
   * called again after so many milliseconds. What it throws is logged, and it is called again after a while.
   */
  work(key: string): Promise<number | undefined>;
  /** Loops that bring up keys by themselves, until `signal` aborts. One that throws begins anew after a while. */
  readonly sources?: readonly ((add: Add, signal: AbortSignal) => Promise<void>)[];
  /** Keys to begin with, beside those that following gives. */
  readonly start?: readonly string[];
  /** Keys under work at the same time. Default 4. */
  readonly concurrency?: number;
}

/** One followed type; made by `following`. */
export interface Following {
  run(parts: ControllerParts, add: Add, onSynced: () => void, signal: AbortSignal): Promise<void>;
}

/** Puts a key into the queue, at once or after so many milliseconds. */
export type Add = (key: string, delayMs?: number) => void;

/**
 * Follows a type. `keep` reduces an object to what the controller compares and remembers; `onChange` turns a change into
 * keys. Both are pure but for the controller's own memory, and cheap: they run for every change.
 */
export const following = <T>(
  type: ResourceType,
  keep: (object: ApiObject) => T,
  onChange: (change: Change<T>, add: Add) => void,
): Following => ({
  run: ({ registry, log }, add, onSynced, signal) =>
    follow(registry, { type, keep, onChange: change => onChange(change, add), onSynced }, { log, signal }),
});

export const createController = (parts: ControllerParts, plan: ControllerPlan): Controller => {
  const queue = createQueue({
    name: plan.name,
    work: key => plan.work(key),
    concurrency: plan.concurrency ?? 4,
    log: parts.log,
  });
  let synced = 0;
  return {
    name: plan.name,
    async run(signal) {
      const scope = createScope(signal);
      for (const key of plan.start ?? []) queue.add(key);
      const all = createGate(scope.signal());
      const onSynced = (): void => {
        synced += 1;
        if (synced === plan.follows.length) all.open();
      };
      if (plan.follows.length === 0) all.open();
      const follows = plan.follows.map(one => one.run(parts, queue.add, once(onSynced), scope.signal()));
      await all.opened;
      const sources = (plan.sources ?? []).map(source => {
        const own = scope.signal();
        return outlive(parts.log, plan.name, own, () => source(queue.add, own));
      });
      await Promise.all([...follows, ...sources, queue.run(scope.signal())]);
    },
    health: () => ({ synced: synced >= plan.follows.length, waiting: queue.waiting(), failing: queue.failing }),
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
