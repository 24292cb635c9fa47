import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { delay } from '../../shared/base/delay.ts';
import { createLeadership, type Leadership } from '../../shared/controllers/leadership.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry, type Registry } from '../../shared/kube/registry/registry.ts';
import { lease } from '../../shared/resources/coordination/lease.ts';
import { namespace } from '../../shared/resources/core/namespace.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../support/ports.ts';

/** Of the time that tests let pass: who is late by the machine's fault must not lose a lease. */
const clock = { now: () => Date.now() };
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Lets time pass until something has ended. */
const passing = async <T>(work: Promise<T>): Promise<T> => {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) await pass(10);
  return work;
};
const ref = { namespace: 'kube-system', name: 'kubeve-controllers' };

describe('createLeadership', () => {
  let registry: Registry;
  const { log } = createTestPorts();
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const store = createMemoryStore({ clock });
    registry = createRegistry({ ...createTestPorts(), clock, store, catalog: createCatalog([namespace, lease]) });
    await registry.create(
      namespace,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } },
      { user: controllerUser },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const join = (identity: string, own: Registry = registry, durationMs = 300): Leadership =>
    createLeadership({ registry: own, log, clock, identity, durationMs });
  const spec = async () => (await registry.get(lease, ref)).spec;

  /** Leads until it is stopped; `leading` tells who does at the moment. */
  const leading = new Set<string>();
  const run = (identity: string, own?: Registry) => {
    const stop = new AbortController();
    const work = vi.fn(async (signal: AbortSignal) => {
      leading.add(identity);
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
      leading.delete(identity);
    });
    const done = join(identity, own).lead(work, stop.signal);
    const end = (): Promise<void> => {
      stop.abort();
      return passing(done);
    };
    return { stop: end };
  };

  const untilLeads = async (identity: string): Promise<void> => {
    for (let ms = 0; ms < 5_000 && [...leading].join() !== identity; ms += 10) await pass(10);
    expect([...leading]).toEqual([identity]);
  };

  it('lets one lead at a time, and the next one at once when it ends', async () => {
    const first = run('a');
    await untilLeads('a');
    const second = run('b');
    await pass(700);
    expect([...leading]).toEqual(['a']);
    expect(await spec()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 1, leaseTransitions: 0 });
    await first.stop();
    await untilLeads('b');
    expect(await spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    await second.stop();
    expect(await spec()).toMatchObject({ holderIdentity: '' });
  });

  it('takes over from one that says nothing any more, and tells it when it comes back', async () => {
    let isCut = false;
    const cut: Registry = {
      ...registry,
      update: (...all) => (isCut ? Promise.reject(new Error('the store is away')) : registry.update(...all)),
    };
    const first = run('a', cut);
    await untilLeads('a');
    const second = run('b');
    isCut = true;
    await untilLeads('b');
    isCut = false;
    await pass(500);
    expect([...leading]).toEqual(['b']);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('begins anew when its work breaks', async () => {
    const stop = new AbortController();
    let count = 0;
    const done = join('a').lead(async () => {
      count += 1;
      if (count === 1) throw new Error('broken');
      stop.abort();
    }, stop.signal);
    await passing(done);
    expect(count).toBe(2);
  });

  it('tells what a broken work left running to end', async () => {
    const stop = new AbortController();
    const signals: AbortSignal[] = [];
    const done = join('a').lead(async signal => {
      expect(signals.map(({ aborted }) => aborted)).toEqual(signals.map(() => true));
      signals.push(signal);
      if (signals.length === 1) throw new Error('broken');
      stop.abort();
    }, stop.signal);
    await passing(done);
    expect(signals).toHaveLength(2);
  });

  it('does something once, after whoever does it now', async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await delay(50);
      order.push(`${name} ends`);
    };
    const answers = await passing(
      Promise.all([join('a').once(work('a'), { patienceMs: 5000 }), join('b').once(work('b'), { patienceMs: 5000 })]),
    );
    expect(answers).toEqual([{ leader: 'a' }, { leader: 'b' }]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('says who leads when that does not change in time', async () => {
    const first = run('a');
    await untilLeads('a');
    const work = vi.fn(async () => {});
    expect(await passing(join('b').once(work, { patienceMs: 100 }))).toEqual({ leader: 'a' });
    const isPassing = (leader: string): boolean => leader !== 'a';
    expect(await passing(join('b').once(work, { patienceMs: 60_000, waitsFor: isPassing }))).toEqual({ leader: 'a' });
    expect(work).not.toHaveBeenCalled();
    await first.stop();
  });

  it('gives the lease back when the work fails', async () => {
    await expect(passing(join('a').once(() => Promise.reject(new Error('no')), { patienceMs: 100 }))).rejects.toThrow(
      'no',
    );
    expect(await spec()).toMatchObject({ holderIdentity: '' });
  });
});
