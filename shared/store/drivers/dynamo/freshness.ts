import type { Journal } from './journal.ts';
import type { Parts } from './parts.ts';

/**
 * Reads one type's log up to its end for whoever asks. All who ask within `paceMs` of each other share one request, which begins
 * when the last of them has come; who comes alone does not wait.
 */
export class Freshness {
  readonly #parts: Pick<Parts, 'clock' | 'delay' | 'limits'>;
  readonly #journal: Journal;
  #next: Promise<boolean> | undefined;
  #beganAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Pick<Parts, 'clock' | 'delay' | 'limits'>, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /** True: every write that was acknowledged before the call is read. False: that takes too long; it goes on. */
  reach(): Promise<boolean> {
    this.#next ??= this.#pause().then(() => {
      this.#next = undefined;
      this.#beganAt = this.#parts.clock.now();
      return this.#advance();
    });
    return this.#next;
  }

  async #pause(): Promise<void> {
    const { clock, delay, limits } = this.#parts;
    const left = this.#beganAt + limits.paceMs - clock.now();
    // A clock that was put back is no reason to wait for long.
    if (left > 0) await delay(Math.min(left, limits.paceMs));
  }

  async #advance(): Promise<boolean> {
    const { delay, limits } = this.#parts;
    const done = new AbortController();
    const reached = this.#journal.advance({ settles: true }).then(() => true);
    const late = delay(limits.fillAfterMs / 4, done.signal).then(() => false);
    return Promise.race([reached, late]).finally(() => done.abort());
  }
}
