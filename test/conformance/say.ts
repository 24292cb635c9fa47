import { writeSync } from 'node:fs';

/**
 * Prints a line at once: it is with the reader, or with the system, when this returns. What waited in memory for a slow reader would
 * die with a process that is killed.
 */
export const say = (line: string): void => {
  let rest = new TextEncoder().encode(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      // The reader is slow, and the pipe full.
      Atomics.wait(pause, 0, 0, 1);
    }
  }
};

const pause = new Int32Array(new SharedArrayBuffer(4));
