import { fromUtf8, sha256 } from '../../../base/bytes.ts';
import type { Parts } from './parts.ts';
import { formatAttribute, isOurs, mustKnow, toNumber } from './rows.ts';

/**
 * One small item that every commit moves, so that who follows many types need ask for one thing while nothing happens. It says
 * that something may have been written, and of which types; what is there, only the logs say. A ring may be lost with the
 * process that owed it: who follows looks by himself now and then.
 */
export class Bell {
  readonly #parts: Pick<Parts, 'table' | 'names' | 'log' | 'limits' | 'delay'>;
  readonly #listeners = new Map<string, Set<() => void>>();
  #due = new Set<string>();
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #heard: ReadonlyMap<string, number> | undefined;
  #stop: AbortController | undefined;

  constructor(parts: Pick<Parts, 'table' | 'names' | 'log' | 'limits' | 'delay'>) {
    this.#parts = parts;
  }

  /**
   * Says that a type is being written to; to be called once the log's counter has moved. Never fails, and takes no longer than a
   * short while: a ring that is late, or that failed, is no reason to hold up a write. Those who ring at a time ring together.
   */
  async ring(type: string): Promise<void> {
    this.#due.add(toRope(type));
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      this.#current = this.#ringNow();
      return this.#current;
    });
    const done = new AbortController();
    const late = this.#parts.delay(longestMs, done.signal);
    await Promise.race([this.#next, late]).finally(() => done.abort());
  }

  /** Calls back when somebody rang for a type, or may have, until what is returned is called. */
  listen(type: string, act: () => void): () => void {
    const rope = toRope(type);
    const listeners = this.#listeners.get(rope) ?? new Set();
    this.#listeners.set(rope, listeners);
    listeners.add(act);
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      void this.#attend(this.#stop.signal);
    }
    return () => {
      listeners.delete(act);
      if (listeners.size === 0 && this.#listeners.get(rope) === listeners) this.#listeners.delete(rope);
      if (this.#listeners.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  async #ringNow(): Promise<void> {
    const { table, names, log } = this.#parts;
    const add = Object.fromEntries([...this.#due].map(rope => [rope, 1]));
    this.#due = new Set();
    try {
      await table.update(names.bell, { add, set: formatAttribute }, isOurs);
    } catch (error) {
      log.debug('the bell cannot be rung', { error: String(error) });
    }
  }

  async #attend(signal: AbortSignal): Promise<void> {
    const { table, names, log, limits, delay } = this.#parts;
    while (!signal.aborted) {
      try {
        // Half the price; what it misses it finds the next time.
        const item = await table.get(names.bell, { isEventual: true });
        if (item !== undefined) mustKnow(item);
        const ropes = Object.entries(item ?? {}).filter(([name]) => isRope(name));
        this.#hear(new Map(ropes.map(([rope, count]) => [rope, toNumber(count)])));
      } catch (error) {
        log.debug('the bell cannot be heard', { error: String(error) });
        this.#heard = undefined;
      }
      await delay(limits.idlePollMs, signal);
    }
  }

  /** What was not listened to before may have rung. */
  #hear(counts: ReadonlyMap<string, number>): void {
    const before = this.#heard;
    this.#heard = counts;
    for (const [rope, listeners] of this.#listeners) {
      if (before !== undefined && before.get(rope) === counts.get(rope)) continue;
      for (const act of [...listeners]) act();
    }
  }
}

/** Types share so many ropes: with a number for each the item stays below 1 KB, the least that a write is charged for. */
const ropes = 64;
const toRope = (type: string): string => `b${(sha256(fromUtf8(type))[0] ?? 0) % ropes}`;
const isRope = (attribute: string): boolean => /^b\d+$/.test(attribute);

/** Milliseconds. */
const longestMs = 250;
