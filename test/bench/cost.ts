import { cpuMs } from './child.ts';
import { collection, create, get, nameOf } from './configmaps.ts';
import type { Kube } from './kube.ts';
import { percentile } from './load.ts';
import { Connection, request, type Target } from './wire.ts';

/**
 * Processor time of the server for one request, in milliseconds: the median of five rounds, each the mean of `times` requests
 * that follow each other on one connection. A round before them warms up.
 */
export const costMs = async (
  pid: number,
  target: Target,
  { times, status, make }: { times: number; status: number; make: (count: number) => Buffer },
): Promise<number> => {
  const connection = await Connection.open(target);
  const send = async (count: number): Promise<void> => {
    const answer = await connection.send(make(count));
    if (answer.status !== status)
      throw new Error(`expected ${status}, got ${answer.status}: ${answer.body.toString()}`);
  };
  try {
    const found: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const before = cpuMs(pid);
      for (let count = round * times; count < (round + 1) * times; count++) await send(count);
      found.push((cpuMs(pid) - before) / times);
    }
    return percentile(found.slice(1), 0.5);
  } finally {
    connection.close();
  }
};

const rounds = 5;

export interface Costs {
  readonly get: number;
  readonly create: number;
  /** A write, and its event at one watcher. */
  readonly watch: number;
  /** A page of 500. */
  readonly page: number;
}

/** What requests cost while there are `count` objects, in milliseconds of the server's processor time. */
export const costsAmong = async (
  { pid, target, kube, times }: { pid: number; target: Target; kube: Kube; times: number },
  count: number,
): Promise<Costs> => {
  const some = (index: number): string => nameOf((index * 7919) % count);
  const run = `cost-${count}-${Date.now()}`;
  const patch = (index: number): Buffer =>
    request(target, {
      method: 'PATCH',
      path: `${collection}/${some(index)}`,
      contentType: 'application/merge-patch+json',
      body: Buffer.from(`{"data":{"key-0":"${run}-${index}"}}`),
    });
  const { metadata } = await kube.get<{ metadata: { resourceVersion: string } }>(`${collection}?limit=1`);
  const measured = {
    get: await costMs(pid, target, {
      times: 3 * times,
      status: 200,
      make: index => get(target, `${collection}/${some(index)}`),
    }),
    create: await costMs(pid, target, { times, status: 201, make: index => create(target, `${run}-${index}`) }),
    page: await costMs(pid, target, {
      times: Math.ceil(times / 4),
      status: 200,
      make: () => get(target, `${collection}?limit=${Math.min(count, 500)}`),
    }),
  };
  const { stop } = await kube.watch(
    `${collection}?watch=true&resourceVersion=${metadata.resourceVersion}`,
    () => undefined,
  );
  const watch = await costMs(pid, target, { times, status: 200, make: patch });
  stop();
  return { ...measured, watch };
};

/** A page of `limit`, in milliseconds of processor time. */
export const pageMs = (pid: number, target: Target, limit: number, times: number): Promise<number> =>
  costMs(pid, target, { times, status: 200, make: () => get(target, `${collection}?limit=${limit}`) });
