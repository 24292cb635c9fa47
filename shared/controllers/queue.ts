import { breathe } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { Log } from '../base/ports.ts';

/** When a key comes up again by itself: after so many milliseconds, because something is due then; when nothing holds it; never. */
export type Next = number | Held | undefined;

/**
 * Others have to act first, and nothing tells when they did: it is looked at after half a second, one, two, … up to ten.
 * Settling does not wait for that, but looks once whenever one of the store types in `by` may have changed.
 */
export interface Held {
  readonly by: ReadonlySet<string>;
}

/** Keys that wait for work. A key waits once however often it is added, and is under work once at a time. */
export interface Queue {
  /** At once, or after so many milliseconds; what already waits for less keeps its turn. */
  readonly add: (key: string, delayMs?: number) => void;
  /** Works until `signal` aborts, then waits for what is under way. May run again afterwards. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Works until nothing waits that is due within two seconds, later attempts included. Whether there was any work. `types`: store
   * types that may have changed; absent: any.
   */
  settle(types?: ReadonlySet<string>): Promise<boolean>;
  waiting(): number;
  /** Keys whose last attempt failed, and why. */
  readonly failing: ReadonlyMap<string, string>;
}

export interface QueuePlan {
  readonly name: string;
  work(key: string): Promise<Next>;
  readonly concurrency: number;
  readonly log: Log;
}

/** Failed keys come up again after 50 ms, 100 ms, … up to half a minute. */
const firstDelayMs = 50;
const maxDelayMs = 30_000;
const firstLookMs = 500;
const maxLookMs = 10_000;
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
  /** Held by others, and how often that was seen. */
  readonly #held = new Map<string, Held & { readonly looks: number }>();
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
    this.#held.delete(key);
    if (delayMs <= 0) this.#addNow(key);
    else this.#addLater(key, delayMs);
  };

  async run(signal: AbortSignal): Promise<void> {
    this.#isOpen = true;
    if (signal.aborted) this.#close();
    signal.addEventListener('abort', () => this.#close(), { once: true });
    while (this.#isOpen || this.#active.size > 0) await this.#turn();
  }

  async settle(types?: ReadonlySet<string>): Promise<boolean> {
    const before = this.#attempts;
    for (const [key, { by }] of this.#held) if (!types || [...by].some(type => types.has(type))) this.#addNow(key);
    while (this.waiting() > 0 || this.#isExpecting()) await this.#turn();
    return this.#attempts > before;
  }

  #isExpecting(): boolean {
    for (const [key, { delayMs }] of this.#timers) if (delayMs <= patienceMs && !this.#held.has(key)) return true;
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

  #hold(key: string, { by }: Held): void {
    // It comes up anyhow.
    if (this.#again.has(key) || this.#timers.has(key)) return;
    const looks = this.#held.get(key)?.looks ?? 0;
    this.#held.set(key, { by, looks: looks + 1 });
    this.#addLater(key, Math.min(firstLookMs * 2 ** looks, maxLookMs));
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
      const next = await this.#plan.work(key);
      this.#failures.delete(key);
      this.failing.delete(key);
      if (typeof next === 'object') return this.#hold(key, next);
      this.#held.delete(key);
      if (next !== undefined) this.add(key, next);
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
