import { describe, expect, it, vi } from 'vitest';
import { createFairness, type FairnessLimits, type Leave } from '../../../shared/kube/access/fairness.ts';
import type { User } from '../../../shared/kube/access/user.ts';
import { startKube } from '../../support/kube.ts';

const limits: FairnessLimits = {
  seats: 3,
  seatsPerUser: 2,
  queueLength: 3,
  queued: 5,
  patienceMs: 10_000,
  longRunning: 2,
};

/** Requests by name; `order` says who got in, in which order. */
const start = (more: Partial<FairnessLimits> = {}) => {
  const fairness = createFairness({ ...limits, ...more });
  const order: string[] = [];
  const leaves = new Map<string, Leave>();
  const enter = (flow: string, name: string) =>
    void fairness.enter(flow).then(leave => {
      order.push(leave ? name : `-${name}`);
      if (leave) leaves.set(name, leave);
    });
  const leave = (name: string) => leaves.get(name)?.();
  const settled = () => new Promise(resolve => setImmediate(resolve));
  return { fairness, order, enter, leave, settled };
};

describe('turns', () => {
  it('go round, so that who asks for much waits for himself', async () => {
    const { enter, leave, order, settled } = start();
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) enter('a', name);
    enter('b', 'b1');
    enter('c', 'c1');
    enter('b', 'b2');
    await settled();
    expect(order).toEqual(['a1', 'a2', 'b1']);
    leave('a1');
    leave('a2');
    leave('b1');
    await settled();
    expect(order.slice(3)).toEqual(expect.arrayContaining(['c1', 'b2', 'a3']));
  });

  it('are not given to one user alone, nor lost when a place is left twice', async () => {
    const { enter, leave, order, settled } = start();
    for (const name of ['a1', 'a2', 'a3']) enter('a', name);
    await settled();
    expect(order).toEqual(['a1', 'a2']);
    leave('a1');
    leave('a1');
    await settled();
    enter('b', 'b1');
    enter('b', 'b2');
    await settled();
    expect(order).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('are refused when too many wait', async () => {
    const { enter, order, settled } = start();
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) enter('a', name);
    await settled();
    expect(order).toEqual(['a1', 'a2', '-a6']);
    for (const name of ['b1', 'b2', 'b3', 'b4']) enter('b', name);
    await settled();
    expect(order).toEqual(['a1', 'a2', '-a6', 'b1', '-b4']);
  });

  it('are refused to who waited too long, whose place is free again', async () => {
    vi.useFakeTimers();
    try {
      const { enter, leave, order } = start();
      for (const name of ['a1', 'a2', 'a3']) enter('a', name);
      await vi.advanceTimersByTimeAsync(limits.patienceMs);
      expect(order).toEqual(['a1', 'a2', '-a3']);
      leave('a1');
      enter('a', 'a4');
      await vi.advanceTimersByTimeAsync(0);
      expect(order.at(-1)).toBe('a4');
    } finally {
      vi.useRealTimers();
    }
  });
});

it('counts what goes on for long by user', () => {
  const { fairness } = start();
  const first = fairness.stay('a');
  expect(fairness.stay('a')).toBeDefined();
  expect(fairness.stay('a')).toBeUndefined();
  expect(fairness.stay('b')).toBeDefined();
  first?.();
  first?.();
  expect(fairness.stay('a')).toBeDefined();
  expect(fairness.stay('a')).toBeUndefined();
});

describe('the API', () => {
  const base = '/apis/example.com/v1/namespaces/default/widgets';
  const as = (request: Request): Promise<User> =>
    Promise.resolve({
      name: request.headers.get('x-user') ?? 'ann',
      groups: (request.headers.get('x-groups') ?? '').split(','),
    });
  const open = (more: Partial<FairnessLimits> = {}) =>
    startKube({ authenticate: as, fairness: createFairness({ ...limits, ...more }) });

  it('sends away who asks for too much, and never administrators or health checks', async () => {
    const kube = await open({ seatsPerUser: 0, queueLength: 0 });
    const refused = await kube.call(base);
    expect([refused.status, await refused.text()]).toEqual([429, 'Too many requests, please try again later.\n']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('audit-id')).toBeTruthy();
    expect((await kube.call(base, { headers: { 'x-groups': 'system:masters' } })).status).toBe(200);
    expect((await kube.call('/livez/ping')).status).toBe(404);
  });

  it('gives every place back: after answers, errors and refusals', async () => {
    const kube = await open({ seats: 1, seatsPerUser: 1, queueLength: 0 });
    const codes: number[] = [];
    for (const path of [
      base,
      `${base}/none`,
      '/nowhere',
      `${base}?timeout=x`,
      `${base}?watch=true&resourceVersion=x`,
      base,
    ])
      codes.push((await kube.call(path)).status);
    expect(codes).toEqual([200, 404, 404, 400, 400, 200]);
  });

  it('counts watches apart, until they end', async () => {
    const kube = await open({ seats: 1, seatsPerUser: 1 });
    const watch = () => kube.call(`${base}?watch=true`);
    const first = await watch();
    const second = await watch();
    expect([first.status, second.status, (await watch()).status]).toEqual([200, 200, 429]);
    expect((await kube.call(base)).status).toBe(200);
    expect((await kube.call('/apis/example.com/v1/nothings?watch=true')).status).toBe(429);
    await first.body?.cancel();
    expect((await kube.call('/apis/example.com/v1/nothings?watch=true')).status).toBe(404);
    const third = await watch();
    expect(third.status).toBe(200);
    await Promise.all([second.body?.cancel(), third.body?.cancel()]);
  });
});
