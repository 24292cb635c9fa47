import { breathe } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';

/** Keys that wait for work. A key waits once however often it is added, and is under work once at a time. */
export interface Queue {
  /** At once, or after so many milliseconds; what already waits for less keeps its turn. */
  readonly add: (key: string, delayMs?: number) => void;
  /** Works until `signal` aborts, then waits for what is under way. May run again afterwards. */
  run(signal: AbortSignal): Promise<void>;
  /** Works until nothing waits that is due within two seconds, later attempts included. Whether there was any work. */
  settle(): Promise<boolean>;
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
/** Settling waits for what is due within this time: for keys that gather, and for some attempts after failures. */
const patienceMs = 2_000;
/** After so much work requests get a turn, even when the work itself never waits for anything. */
const worksPerBreath = 16;

export const createQueue = (plan: QueuePlan): Queue => new WorkQueue(plan);

class WorkQueue implements Queue {
  readonly failing = new Map<string, string>();
  readonly #plan: QueuePlan;
  readonly #ready = new Set<string>();
  readonly #active = new Set<string>();
  /** Added while under work: they come up once more. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { readonly delayMs: number; readonly timer: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();
  #wake = (): void => {};
  #isOpen = true;
  #attempts = 0;

  constructor(plan: QueuePlan) {
    this.#plan = plan;
  }

  readonly add = (key: string, delayMs = 0): void => {
    if (!this.#isOpen) return;
    if (delayMs <= 0) this.#addNow(key);
    else this.#addLater(key, delayMs);
  };

  async run(signal: AbortSignal): Promise<void> {
    this.#isOpen = true;
    if (signal.aborted) this.#close();
    signal.addEventListener('abort', () => this.#close(), { once: true });
    while (this.#isOpen || this.#active.size > 0) await this.#turn();
  }

  async settle(): Promise<boolean> {
    const before = this.#attempts;
    while (this.waiting() > 0 || this.#isExpecting()) await this.#turn();
    return this.#attempts > before;
  }

  #isExpecting(): boolean {
    for (const { delayMs } of this.#timers.values()) if (delayMs <= patienceMs) return true;
    return false;
  }

  /** Starts what can be started, then waits for something to happen. */
  #turn(): Promise<void> {
    for (const key of this.#ready) {
      if (!this.#isOpen || this.#active.size >= this.#plan.concurrency) break;
      this.#start(key);
    }
    return new Promise<void>(resolve => {
      this.#wake = resolve;
    });
  }

  waiting(): number {
    return this.#ready.size + this.#active.size;
  }

  #addNow(key: string): void {
    clearTimeout(this.#timers.get(key)?.timer);
    this.#timers.delete(key);
    if (this.#active.has(key)) this.#again.add(key);
    else this.#ready.add(key);
    this.#wake();
  }

  #addLater(key: string, delayMs: number): void {
    const known = this.#timers.get(key);
    if (this.#ready.has(key) || this.#again.has(key) || (known && known.delayMs <= delayMs)) return;
    clearTimeout(known?.timer);
    this.#timers.set(key, { delayMs, timer: setTimeout(() => this.#addNow(key), delayMs) });
  }

  #start(key: string): void {
    this.#ready.delete(key);
    this.#active.add(key);
    void this.#attempt(key).then(() => {
      this.#active.delete(key);
      if (this.#again.delete(key)) this.#ready.add(key);
      this.#wake();
    });
  }

  async #attempt(key: string): Promise<void> {
    this.#attempts += 1;
    if (this.#attempts % worksPerBreath === 0) await breathe();
    try {
      const delayMs = await this.#plan.work(key);
      this.#failures.delete(key);
      this.failing.delete(key);
      if (delayMs !== undefined) this.add(key, delayMs);
    } catch (error) {
      const count = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, count);
      this.failing.set(key, error instanceof Error ? error.message : String(error));
      complain(this.#plan, key, count, error);
      this.add(key, Math.min(firstDelayMs * 2 ** (count - 1), maxDelayMs));
    }
  }

  #close(): void {
    this.#isOpen = false;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#wake();
  }
}

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
