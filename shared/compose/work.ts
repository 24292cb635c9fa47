import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';

/** Keys that wait for work; each waits once however often it is added, and is under work once at a time. */
export interface Work {
  add(key: string): void;
  waiting(): number;
  /** Works until `signal` aborts, then waits for what is under way. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
}

export interface WorkPlan {
  readonly name: string;
  work(key: string): Promise<void>;
  /** Keys under work at the same time. */
  readonly concurrency: number;
  readonly log: Log;
  /** Resolves when it may go on: work gives way to whatever else the process has to do. */
  turn(): Promise<void>;
}

const firstDelayMs = 100;
const maxDelayMs = 30_000;

export const createWork = (plan: WorkPlan): Work => {
  const ready = new Set<string>();
  const active = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  let retrying = 0;
  const waiters = new Set<() => void>();
  const wake = (): void => {
    for (const waiter of [...waiters]) waiter();
  };
  const wait = (): Promise<void> =>
    new Promise(resolve => {
      const waiter = () => {
        waiters.delete(waiter);
        resolve();
      };
      waiters.add(waiter);
    });

  const add = (key: string): void => {
    if (active.has(key)) again.add(key);
    else ready.add(key);
    wake();
  };

  const work = async (key: string, signal: AbortSignal): Promise<void> => {
    try {
      await plan.turn();
      await plan.work(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      report(plan, key, error);
      retrying += 1;
      void delay(Math.min(firstDelayMs * 2 ** (count - 1), maxDelayMs), signal).then(() => {
        retrying -= 1;
        if (!signal.aborted) add(key);
        wake();
      });
    }
  };

  return {
    add,
    waiting: () => ready.size + active.size,
    async run(signal) {
      signal.addEventListener('abort', wake, { once: true });
      while (!signal.aborted || active.size > 0) {
        for (const key of ready) {
          if (signal.aborted || active.size >= plan.concurrency) break;
          ready.delete(key);
          active.add(key);
          void work(key, signal).then(() => {
            active.delete(key);
            if (again.delete(key)) ready.add(key);
            wake();
          });
        }
        await wait();
      }
    },
    async idle() {
      while (ready.size + active.size + retrying > 0) await wait();
    },
  };
};

/** What is no Fault is a bug, and shows its stack. */
const report = ({ name, log }: WorkPlan, key: string, error: unknown): void => {
  if (isFault(error)) log.warn(`${name}: failed, will try again`, { key, error: error.message });
  else
    log.error(`${name}: failed, will try again`, { key, error: error instanceof Error ? error.stack : String(error) });
};

/**
 * As many callers go on as turns of the event loop go by, in the order of calling: between two, everything else has its say.
 * `atOnce`: so many go on in one turn when so many wait, after as many turns for everything else. What they write then goes
 * to the disk together.
 */
export const createTurns = (atOnce = 1): (() => Promise<void>) => {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const count = Math.min(waiting.length, atOnce);
      for (let turn = 0; turn < count; turn += 1) await new Promise(resolve => setImmediate(resolve));
      for (const goOn of waiting.splice(0, count)) goOn();
    }
    isRunning = false;
  };
  return () =>
    new Promise(resolve => {
      waiting.push(resolve);
      if (isRunning) return;
      isRunning = true;
      void run();
    });
};
