import { Connection, type Target } from './wire.ts';

/**
 * Closed-loop load: each connection sends its next request when the last was answered. Fails on the first status that is
 * not expected, so that a refusal is never counted as speed. Returns requests per second.
 */
export const load = async (options: {
  target: Target;
  connections: number;
  seconds: number;
  status: number;
  request: (connection: number, count: number) => Buffer;
}): Promise<number> => {
  const opened = await Promise.all(Array.from({ length: options.connections }, () => Connection.open(options.target)));
  try {
    await during(opened, options, Math.min(1, options.seconds / 4));
    return await during(opened, options, options.seconds);
  } finally {
    for (const connection of opened) connection.close();
  }
};

const during = async (
  opened: readonly Connection[],
  options: { status: number; request: (connection: number, count: number) => Buffer },
  seconds: number,
): Promise<number> => {
  let done = 0;
  const start = performance.now();
  const until = start + seconds * 1000;
  await Promise.all(
    opened.map(async (connection, index) => {
      for (let count = 0; performance.now() < until; count++) {
        const { status, body } = await connection.send(options.request(index, count));
        if (status !== options.status) throw new Error(`expected ${options.status}, got ${status}: ${body.toString()}`);
        done++;
      }
    }),
  );
  return done / ((performance.now() - start) / 1000);
};

/** The value below which the share `p` (0..1) of the samples lies. */
export const percentile = (samples: readonly number[], p: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
};
