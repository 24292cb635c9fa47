import { delay } from '../../../base/delay.ts';
import type { Log } from '../../../base/ports.ts';
import type { Counter } from './counter.ts';

export interface HeadParts {
  readonly counter: Counter;
  readonly log: Log;
  /** How often to ask while something comes; less and less often, down to `idlePollMs`, while nothing does. */
  readonly pollMs: number;
  readonly idlePollMs: number;
}

/** The last ticket there is. Asks for it only while somebody waits, once for all who do. */
export class Head {
  readonly #parts: HeadParts;
  readonly #waiting = new Set<() => void>();
  #polling: Promise<void> | undefined;
  #isClosed = false;
  #hurry = new AbortController();

  constructor(parts: HeadParts) {
    this.#parts = parts;
  }

  /** The last ticket, once it is behind this one; undefined when the signal aborts or all ends before. */
  async beyond(ticket: number, signal: AbortSignal): Promise<number | undefined> {
    const { counter } = this.#parts;
    while (!signal.aborted) {
      if (counter.latest.last > ticket) return counter.latest.last;
      if (this.#isClosed) return undefined;
      await this.#next(signal);
    }
    return undefined;
  }

  /** To be called when the counter moved. */
  wake(): void {
    for (const resume of [...this.#waiting]) resume();
  }

  close(): void {
    this.#isClosed = true;
    this.#hurry.abort();
    this.wake();
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const resume = (): void => {
        this.#waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      this.#waiting.add(resume);
      signal.addEventListener('abort', resume);
      this.#polling ??= this.#poll();
    });
  }

  async #poll(): Promise<void> {
    const { counter, log, pollMs, idlePollMs } = this.#parts;
    for (let pause = pollMs; this.#waiting.size > 0 && !this.#isClosed; ) {
      const before = counter.latest.last;
      await delay(pause, this.#hurry.signal);
      try {
        // What this look misses the next one finds.
        const { last } = await counter.read({ isEventual: true });
        pause = last > before ? pollMs : Math.min(pause * 1.5, idlePollMs);
      } catch (error) {
        log.warn('telemetry cannot be followed now', { error: error instanceof Error ? error.message : String(error) });
        pause = idlePollMs;
      }
      if (counter.latest.last > before) this.wake();
    }
    this.#polling = undefined;
  }
}
