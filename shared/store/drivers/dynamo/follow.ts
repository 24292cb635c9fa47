import { Fault, isFault } from '../../../base/fault.ts';
import type { Batch, Change } from '../../store.ts';
import type { Changes } from './changes.ts';
import type { Journal } from './journal.ts';
import type { Parts } from './parts.ts';

/**
 * Lets any number of readers follow one type. While there is one, the log is polled: soon after something happened, or was
 * written in this process, then ever more seldom, and in the end only when the bell rings, or after long.
 */
export class Follow {
  readonly #parts: Parts;
  readonly #journal: Journal;
  readonly #changes: Changes;
  readonly #wakers = new Set<() => void>();
  #nudge: () => void = () => {};
  #polling: Promise<void> | undefined;
  #fault: unknown;
  #latest: { readonly after: number; readonly batch: Promise<Batch> } | undefined;
  #isClosed = false;

  constructor(parts: Parts, journal: Journal, changes: Changes) {
    this.#parts = parts;
    this.#journal = journal;
    this.#changes = changes;
    journal.onAdvance(() => this.#wake());
  }

  async *tail(after: number, signal: AbortSignal): AsyncGenerator<Batch> {
    let reached = after;
    let resume: (() => void) | undefined;
    const wake = (): void => resume?.();
    this.#wakers.add(wake);
    signal.addEventListener('abort', wake);
    try {
      if (!signal.aborted) this.#start();
      while (!signal.aborted) {
        if (reached < this.#journal.head) {
          const batch = await this.#batch(reached);
          if (signal.aborted) return;
          reached = batch.revision;
          yield batch;
        } else if (this.#isClosed) return;
        else if (this.#fault !== undefined) throw this.#fault;
        else await new Promise<void>(resolve => (resume = resolve));
      }
    } finally {
      this.#wakers.delete(wake);
      signal.removeEventListener('abort', wake);
      if (this.#wakers.size === 0) this.#nudge();
    }
  }

  /** Something was written here: whoever follows shall see it at once. */
  nudge(): void {
    this.#nudge();
  }

  /** Shows everybody what there is, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#wakers.size > 0) await this.#journal.advance({ settles: true }).catch(() => {});
    this.#nudge();
    this.#wake();
    await this.#polling;
  }

  #start(): void {
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined;
      // Whoever came while the last poll ended.
      if (this.#wakers.size > 0 && !this.#isClosed && this.#fault === undefined) this.#start();
    });
  }

  async #poll(): Promise<void> {
    const { bell } = this.#parts;
    const ignore = bell.listen(this.#journal.type, () => this.#nudge());
    try {
      await this.#pollUntilAlone();
    } finally {
      ignore();
    }
  }

  async #pollUntilAlone(): Promise<void> {
    const { limits, delay, clock, log } = this.#parts;
    this.#fault = undefined;
    let wait = limits.pollMs;
    let isFresh = true;
    let failingSince: number | undefined;
    while (this.#wakers.size > 0 && !this.#isClosed) {
      const nudged = new AbortController();
      this.#nudge = () => nudged.abort();
      const before = this.#journal.head;
      try {
        await this.#journal.advance({ isPoll: true, isFresh });
        failingSince = undefined;
      } catch (error) {
        failingSince ??= clock.now();
        const isOver = clock.now() - failingSince > maxFailingMs || !isFault(error, 'ServiceUnavailable');
        log.warn('the log cannot be read', { type: this.#journal.type, error: String(error) });
        if (isOver) {
          this.#fault = error;
          this.#wake();
          return;
        }
      }
      wait = this.#journal.head > before ? limits.pollMs : Math.min(wait * 1.5, limits.idlePollMs);
      const isStill = wait >= limits.idlePollMs && failingSince === undefined && !this.#journal.isAwaiting;
      await delay(isStill ? Math.max(limits.restMs, wait) : wait, nudged.signal);
      isFresh = nudged.signal.aborted;
      if (isFresh) wait = limits.pollMs;
    }
  }

  #wake(): void {
    for (const waker of this.#wakers) waker();
  }

  /** Followers mostly stand at the same place: they get the same batch. */
  #batch(after: number): Promise<Batch> {
    if (this.#latest?.after === after && after >= this.#journal.compacted) return this.#latest.batch;
    const batch = this.#read(after);
    const latest = { after, batch };
    this.#latest = latest;
    // Once there is more behind it, or when it failed, the next one reads anew.
    const forget = (): void => {
      if (this.#latest === latest) this.#latest = undefined;
    };
    batch.then(forget, forget);
    return batch;
  }

  async #read(after: number): Promise<Batch> {
    const rows = await this.#journal.after(after, maxBatch);
    const changes: Promise<Change>[] = [];
    for (const row of rows) if (row.kind !== 'fill') changes.push(this.#changes.of(row));
    const revision = rows.at(-1)?.revision;
    if (revision === undefined) throw new Fault('InternalError', `${this.#journal.type}: nothing after ${after}`);
    return { changes: await Promise.all(changes), revision };
  }
}

const maxBatch = 500;

/** So long a poll may fail before followers hear of it. */
const maxFailingMs = 30_000;
