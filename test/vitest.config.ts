import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**'],
    // Patience, no promise: a test that waits longer hangs. Longer than `until` waits several times, which says for what.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // Much of the time is spent waiting: one worker less than there are processors would leave half of two idle.
    maxWorkers: '100%',
  },
});
