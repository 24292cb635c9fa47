/**
 * Resolves when the process is asked to end, by SIGTERM or SIGINT; from the call on they no longer end it by themselves. To be
 * called before anybody is told that the process runs: who is told may ask at once.
 */
export const awaitEnding = (): Promise<void> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
