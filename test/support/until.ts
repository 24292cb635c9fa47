import { setTimeout as sleep } from 'node:timers/promises';

/** Patience, no promise: that a machine is busy must not fail a test. */
const patienceMs = 300_000;
const restMs = 50;

/**
 * Asks again and again until nothing is thrown, and gives what came then; throws what was thrown last when that takes too long.
 * Rests as long as asking takes, so that whoever is waited for has the machine for half of the time.
 */
export const until = async <T>(ask: () => T | Promise<T>): Promise<T> => {
  const start = performance.now();
  for (;;) {
    const began = performance.now();
    try {
      return await ask();
    } catch (error) {
      if (performance.now() - start > patienceMs) throw error;
    }
    await sleep(Math.max(restMs, performance.now() - began));
  }
};
