import { Fault } from '../base/fault.ts';
import type { History } from './history.ts';
import type { Kept } from './movable.ts';
import { compareKeys } from './order.ts';
import type { Place } from './sorted.ts';
import { Sorted } from './sorted.ts';
import type { Batch, Change, Entry, ListQuery, Page } from './store.ts';
import { Terms } from './terms.ts';

/** One type in memory: its entries in order, its index terms, its history, and who follows it. */
export class Shelf {
  readonly history: History;
  readonly terms = new Terms();
  readonly #entries = new Map<string, Entry>();
  readonly #sorted = new Sorted<Entry>();
  readonly #expiries = new Map<string, number>();
  readonly #followers = new Set<() => void>();
  #latest: { readonly after: number; readonly batch: Batch } | undefined;
  #isClosed = false;

  constructor(history: History) {
    this.history = history;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Puts in place what was so before the history began; undefined: the key was deleted. */
  restore(key: string, entry: Entry | undefined, terms: readonly string[], expiresAt: number | undefined): void {
    if (entry === undefined) this.#remove(key);
    else this.#set(entry, terms, expiresAt);
  }

  apply({ change, entry, terms, expiresAt }: Applied, now: number): void {
    this.history.append(change, now);
    if (entry === undefined) this.#remove(change.key);
    else this.#set(entry, terms, expiresAt);
  }

  list({ prefix = '', after, limit = Number.POSITIVE_INFINITY, at }: ListQuery): Page {
    const { head } = this.history;
    if (at !== undefined && at > head) throw tooLarge(at, head);
    const range = toRange(prefix, after);
    const start = this.#sorted.seek(range.start);
    const count = this.#sorted.rank(this.#sorted.seek(range.end)) - this.#sorted.rank(start);
    if (at === undefined || at === head) {
      const entries = this.#sorted.take(start, Math.min(limit, Math.max(count, 0)));
      return toPage(entries, head, count - entries.length);
    }
    return this.#listPast(at, range, start, Math.max(count, 0), limit);
  }

  /** Entries now, with each key that changed since taken back to what it was. */
  #listPast(at: number, range: Range, start: Place, count: number, limit: number): Page {
    const past = this.history.past(at);
    const from = past.seek(range.start);
    const changed = past.take(from, past.rank(past.seek(range.end)) - past.rank(from));
    let total = count;
    for (const { key, entry } of changed) {
      total += (entry === undefined ? 0 : 1) - (this.#entries.has(key) ? 1 : 0);
    }
    const entries: Entry[] = [];
    const current = this.#sorted.from(start);
    let next = current.next().value;
    let i = 0;
    while (entries.length < limit && entries.length < total) {
      const then = changed[i];
      if (then !== undefined && (next === undefined || compareKeys(then.key, next.key) <= 0)) {
        if (then.entry !== undefined) entries.push(then.entry);
        if (then.key === next?.key) next = current.next().value;
        i++;
      } else if (next !== undefined) {
        entries.push(next);
        next = current.next().value;
      } else break;
    }
    return toPage(entries, at, total - entries.length);
  }

  /** Followers read the history at their own pace; nothing is buffered for one, and one left behind by it hears Expired. */
  async *tail(after: number, signal: AbortSignal): AsyncGenerator<Batch> {
    let reached = after;
    let resume: (() => void) | undefined;
    const wake = () => resume?.();
    this.#followers.add(wake);
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted && !this.#isClosed) {
        if (reached < this.history.head) {
          const batch = this.#batch(reached);
          reached = batch.revision;
          yield batch;
        } else await new Promise<void>(resolve => (resume = resolve));
      }
    } finally {
      this.#followers.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  /** Tells the followers that something happened. */
  wake(): void {
    for (const follower of this.#followers) follower();
  }

  /** Everything, with terms and expiries, in byte order of the keys. */
  kept(): Kept[] {
    return this.list({}).entries.map(entry => {
      const expiresAt = this.#expiries.get(entry.key);
      return { ...entry, terms: this.terms.of(entry.key), ...(expiresAt !== undefined && { expiresAt }) };
    });
  }

  expired(now: number): Entry[] {
    const entries: Entry[] = [];
    for (const [key, expiresAt] of this.#expiries) {
      const entry = this.#entries.get(key);
      if (expiresAt <= now && entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  close(): void {
    this.#isClosed = true;
    this.wake();
  }

  /** Followers mostly stand at the same place: they get the same batch. */
  #batch(after: number): Batch {
    const known = this.#latest;
    if (known?.after === after && known.batch.revision === this.history.head && after >= this.history.compacted) {
      return known.batch;
    }
    const changes = this.history.since(after, maxBatch);
    const batch = { changes, revision: changes.at(-1)?.revision ?? after };
    this.#latest = { after, batch };
    return batch;
  }

  #set(entry: Entry, terms: readonly string[], expiresAt: number | undefined): void {
    this.#entries.set(entry.key, entry);
    this.#sorted.set(entry);
    this.terms.set(entry.key, terms);
    if (expiresAt === undefined) this.#expiries.delete(entry.key);
    else this.#expiries.set(entry.key, expiresAt);
  }

  #remove(key: string): void {
    this.#entries.delete(key);
    this.#sorted.delete(key);
    this.terms.set(key, []);
    this.#expiries.delete(key);
  }
}

interface Applied {
  readonly change: Change;
  readonly entry: Entry | undefined;
  readonly terms: readonly string[];
  readonly expiresAt: number | undefined;
}

/** Where a range starts and ends: tests that turn true there. */
interface Range {
  start(key: string): boolean;
  end(key: string): boolean;
}

const maxBatch = 500;

const toRange = (prefix: string, after: string | undefined): Range => ({
  start: key => compareKeys(key, prefix) >= 0 && (after === undefined || compareKeys(key, after) > 0),
  end: key => compareKeys(key, prefix) > 0 && !key.startsWith(prefix),
});

const toPage = (entries: Entry[], revision: number, remaining: number): Page => {
  const left = Math.max(remaining, 0);
  return { entries, revision, more: left > 0, remaining: left };
};

const tooLarge = (at: number, head: number): Fault =>
  new Fault('Timeout', `Timeout: Too large resource version: ${at}, current: ${head}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
