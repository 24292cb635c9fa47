import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { remainders } from '../../shared/compose/remainders.ts';
import { createSettling, type SettleParts } from '../../shared/compose/settle.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTableStream } from '../support/tablestream.ts';

const keys = Array.from({ length: 100 }, (_, at) => `n/${String(at).padStart(3, '0')}`);

describe('createSettling', () => {
  let now: number;
  let store: ReturnType<typeof createMemoryStore>;
  let parts: SettleParts;
  let news: ReturnType<typeof createTableStream>;
  let done: string[];
  let stop: AbortController;
  /** So many are composed before the time of a call is up. */
  let budget: number;
  const broken = new Set<string>();
  beforeEach(() => {
    now = 1_000_000;
    const clock = { now: () => now };
    store = createMemoryStore({ clock });
    news = createTableStream(store, () => ['things', remainders]);
    done = [];
    broken.clear();
    budget = 30;
    async function* some(after: string) {
      for (const key of keys.filter(one => one > after)) yield { key, at: key };
    }
    parts = {
      store,
      clock,
      concerned: (_, after) => some(after),
      everyone: some,
      async compose({ namespace, name }) {
        await new Promise(resolve => setImmediate(resolve));
        done.push(`${namespace}/${name}`);
        if (done.length % budget === 0) stop.abort();
        if (broken.has(name)) throw new Error(`${name} is poison`);
      },
    };
  });

  const write = async (key = 'a') => {
    const expected = (await store.get('things', key))?.revision ?? 0;
    await store.commit('things', { key, value: new Uint8Array(), expected });
  };
  /** One call with what the store's log tells; what failed. */
  const call = async (settling = createSettling(parts), changes?: Awaited<ReturnType<typeof news>>) => {
    stop = new AbortController();
    const failed = await settling.settle(changes ?? (await news()), stop.signal);
    return [...failed].map(([{ type, change }, error]) => [type, change.key, String(error)]);
  };
  const callToTheEnd = async () => {
    const failures: unknown[] = [];
    for (let calls = 0; calls < 20; calls += 1) {
      const changes = await news();
      if (changes.length === 0) return failures;
      failures.push(...(await call(createSettling(parts), changes)));
    }
    throw new Error('it does not come to an end');
  };
  const leftOver = async () => (await store.list(remainders)).entries.length;

  it('goes on where time was up, and leaves nothing behind', async () => {
    await write();
    expect(await call()).toEqual([]);
    expect(await leftOver()).toBe(1);
    expect(new Set(done).size).toBeLessThan(60);
    expect(await callToTheEnd()).toEqual([]);
    expect([...new Set(done)].sort()).toEqual(keys);
    expect(await leftOver()).toBe(0);
  });

  it('goes on once, though many are told', async () => {
    await write();
    await call();
    const changes = await news();
    await call(createSettling(parts), changes);
    const before = done.length;
    await call(createSettling(parts), changes);
    expect(done).toHaveLength(before);
    expect(await callToTheEnd()).toEqual([]);
    expect([...new Set(done)].sort()).toEqual(keys);
  });

  it('names what is stuck at the end, and tries it again when it is due', async () => {
    broken.add('002').add('098');
    await write();
    expect(await callToTheEnd()).toEqual([[remainders, 'things@1', 'Error: 002 is poison']]);
    expect([...new Set(done)].sort()).toEqual(keys);
    const settling = createSettling(parts);
    const resume = async () => {
      stop = new AbortController();
      return [...(await settling.resume(stop.signal))];
    };
    expect(await resume()).toEqual([]);
    now += 100_000;
    expect(await resume()).toEqual([['what is left of things@1', 'Error: 002 is poison']]);
    broken.clear();
    done = [];
    expect(await resume()).toEqual([]);
    expect(done).toEqual(['n/002', 'n/098']);
    expect(await leftOver()).toBe(0);
  });

  it('goes on by time where nobody was told', async () => {
    await write();
    await call();
    await news();
    const settling = createSettling(parts);
    now += 100_000;
    stop = new AbortController();
    budget = 1000;
    expect([...(await settling.resume(stop.signal))]).toEqual([]);
    expect([...new Set(done)].sort()).toEqual(keys);
    expect(await leftOver()).toBe(0);
  });

  it('looks at everything when the change is not kept any more', async () => {
    await write();
    await call();
    done = [];
    const forgetful: SettleParts['store'] = {
      ...store,
      // biome-ignore lint/correctness/useYield: it throws before it gives anything
      async *tail() {
        throw new Fault('Expired', 'too old');
      },
    };
    budget = 1000;
    expect(await call(createSettling({ ...parts, store: forgetful }))).toEqual([]);
    expect([...new Set(done)].sort()).toEqual(keys);
    expect(await leftOver()).toBe(0);
  });

  it('has the change come again when it cannot note what is left', async () => {
    await write();
    const away: SettleParts['store'] = {
      ...store,
      commit: async () => {
        throw new Fault('ServiceUnavailable', 'the table is away');
      },
    };
    expect(await call(createSettling({ ...parts, store: away }))).toEqual([
      ['things', 'a', expect.stringContaining('the table is away')],
    ]);
  });

  it('looks at every device in parts, too', async () => {
    stop = new AbortController();
    await createSettling(parts).settleAll(stop.signal);
    expect(await leftOver()).toBe(1);
    expect(await callToTheEnd()).toEqual([]);
    expect([...new Set(done)].sort()).toEqual(keys);
    expect(await leftOver()).toBe(0);
  });
});
