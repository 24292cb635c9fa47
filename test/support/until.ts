import { vi } from 'vitest';

/**
 * Asks again and again until nothing is thrown, and gives what came then. The limit is patience, no promise: that a machine is
 * busy must not fail a test.
 */
export const until = <T>(ask: () => T | Promise<T>): Promise<T> => vi.waitFor(ask, { timeout: 100_000, interval: 50 });
