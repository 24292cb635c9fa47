import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats with growing pauses, up to ten minutes, until it succeeds or `signal` aborts. */
export const persist = async (
  attempt: () => Promise<void>,
  firstMs: number,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> => {
  for (let wait = firstMs; !signal.aborted; wait = Math.min(2 * wait, 600_000)) {
    try {
      return await attempt();
    } catch (error) {
      failed(error);
    }
    await pause(wait, signal);
  }
};

/** Does it over and over until `signal` aborts; EVE spreads its requests over 0.3 to 1.0 of the interval. */
export const repeat = async (
  act: () => Promise<unknown>,
  intervalMs: () => number,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await act();
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
    await pause(intervalMs() * (0.3 + 0.7 * Math.random()), signal);
  }
};

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};
