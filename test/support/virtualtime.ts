import type { Clock } from '../../shared/base/ports.ts';

/** Time that passes as fast as the program allows, in an order that repeats itself. */
export interface VirtualTime extends Clock {
  /** Resolves after so many milliseconds of this time, or as soon as `signal` aborts. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets so many milliseconds pass at once. */
  advance(ms: number): void;
  /** Ends it: nobody who waits hears more. */
  stop(): void;
}

/** Each turn of the event loop brings the next instant at which somebody waits. */
export const createVirtualTime = (start = Date.UTC(2026, 0, 1)): VirtualTime => {
  const waiting: { readonly at: number; readonly resume: () => void }[] = [];
  let now = start;
  let pump: NodeJS.Immediate | undefined;
  let isStopped = false;

  const turn = (): void => {
    pump = undefined;
    const first = waiting.shift();
    if (first === undefined || isStopped) return;
    now = Math.max(now, first.at);
    first.resume();
    for (let next = waiting[0]; next !== undefined && next.at <= now; next = waiting[0]) {
      waiting.shift();
      next.resume();
    }
    if (waiting.length > 0) pump = setImmediate(turn);
  };

  const add = (at: number, resume: () => void): void => {
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((waiting[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, { at, resume });
    pump ??= setImmediate(turn);
  };

  return {
    now: () => now,
    delay: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve();
        const end = (): void => {
          signal?.removeEventListener('abort', end);
          resolve();
        };
        signal?.addEventListener('abort', end);
        add(now + Math.max(0, ms), end);
      }),
    advance(ms) {
      now += ms;
    },
    stop() {
      isStopped = true;
      if (pump !== undefined) clearImmediate(pump);
    },
  };
};
