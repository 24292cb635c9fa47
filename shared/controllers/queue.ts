import { breathe } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';

/** Keys that wait for work. A key waits once however often it is added, and is under work once at a time. */
export interface Queue {
  /** At once, or after so many milliseconds; what already waits for less keeps its turn. */
  readonly add: (key: string, delayMs?: number) => void;
  /** Works until `signal` aborts, then waits for what is under way. */
  run(signal: AbortSignal): Promise<void>;
  waiting(): number;
  /** Keys whose last attempt failed, and why. */
  readonly failing: ReadonlyMap<string, string>;
}

export interface QueuePlan {
  readonly name: string;
  work(key: string): Promise<number | undefined>;
  readonly concurrency: number;
  readonly log: Log;
}

/** Failed keys come up again after 50 ms, 100 ms, … up to half a minute. */
const firstDelayMs = 50;
const maxDelayMs = 30_000;
/** After so much work requests get a turn, even when the work itself never waits for anything. */
const worksPerBreath = 16;

export const createQueue = (plan: QueuePlan): Queue => {
  const ready = new Set<string>();
  const active = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, { readonly delayMs: number; readonly timer: NodeJS.Timeout }>();
  const failures = new Map<string, number>();
  const failing = new Map<string, string>();
  let wake = (): void => {};
  let isOpen = true;
  let sinceBreath = 0;

  const addNow = (key: string): void => {
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
    if (active.has(key)) again.add(key);
    else ready.add(key);
    wake();
  };
  const addLater = (key: string, delayMs: number): void => {
    const known = timers.get(key);
    if (ready.has(key) || again.has(key) || (known && known.delayMs <= delayMs)) return;
    clearTimeout(known?.timer);
    timers.set(key, { delayMs, timer: setTimeout(() => addNow(key), delayMs) });
  };
  const add = (key: string, delayMs = 0): void => {
    if (!isOpen) return;
    if (delayMs <= 0) addNow(key);
    else addLater(key, delayMs);
  };

  const attempt = async (key: string): Promise<void> => {
    sinceBreath += 1;
    if (sinceBreath % worksPerBreath === 0) await breathe();
    try {
      const delayMs = await plan.work(key);
      failures.delete(key);
      failing.delete(key);
      if (delayMs !== undefined) add(key, delayMs);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      failing.set(key, error instanceof Error ? error.message : String(error));
      complain(plan, key, count, error);
      add(key, Math.min(firstDelayMs * 2 ** (count - 1), maxDelayMs));
    }
  };

  const start = (key: string): void => {
    ready.delete(key);
    active.add(key);
    void attempt(key).then(() => {
      active.delete(key);
      if (again.delete(key)) ready.add(key);
      wake();
    });
  };

  return {
    add,
    async run(signal) {
      const stop = (): void => {
        isOpen = false;
        for (const { timer } of timers.values()) clearTimeout(timer);
        timers.clear();
        wake();
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      while (isOpen || active.size > 0) {
        for (const key of ready) {
          if (!isOpen || active.size >= plan.concurrency) break;
          start(key);
        }
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
    waiting: () => ready.size + active.size,
    failing,
  };
};

/** Lost races are part of the day; what is no Fault is a bug and shows its stack. */
const complain = ({ name, log }: QueuePlan, key: string, count: number, error: unknown): void => {
  if (isFault(error, 'Conflict')) log.debug(`${name}: a write lost a race`, { key, count });
  else if (isFault(error)) log.warn(`${name}: failed, will try again`, { key, count, error: error.message });
  else
    log.error(`${name}: failed, will try again`, {
      key,
      count,
      error: error instanceof Error ? error.stack : String(error),
    });
};
