import { beforeEach, describe, expect, it } from 'vitest';
import type { Behind, News, Outcome } from '../../../functions/behind.ts';
import { catchUp } from '../../../functions/workerd/catchup.ts';
import { fromUtf8 } from '../../../shared/base/bytes.ts';
import { followed, kinds } from '../../../shared/compose/kinds.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../../support/ports.ts';

const { signal } = new AbortController();
const nothing: Outcome = { failed: new Map(), failing: new Map() };

describe('catching up', () => {
  let store: ReturnType<typeof createMemoryStore>;
  let heard: News[];
  let outcome: (news: News) => Outcome | Promise<Outcome>;
  beforeEach(() => {
    store = createMemoryStore({ clock: createTestPorts().clock, historyMs: 0, historyMin: 10 });
    heard = [];
    outcome = () => nothing;
  });
  const behind: Behind = {
    follow: async news => {
      heard.push(news);
      return outcome(news);
    },
    tick: async () => new Map(),
  };
  const round = () => catchUp({ store, behind }, signal);
  const write = async (key: string, type: string = kinds.image): Promise<void> => {
    const { revision = 0 } = (await store.get(type, key)) ?? {};
    await store.commit(type, { key, value: fromUtf8('{}'), expected: revision });
  };
  const keysOf = (news: News | undefined) => news?.changes.map(({ change }) => change.key);

  it('looks at everything when it is called first, and then at what was written since', async () => {
    await write('before');
    expect(await round()).toBe(true);
    expect(heard[0]?.missed).toEqual(new Set(followed));
    expect(await round()).toBe(false);
    await write('one');
    await write('two', kinds.secret);
    await write('other', 'objects/core/events');
    expect(await round()).toBe(true);
    expect(keysOf(heard[1])?.sort()).toEqual(['one', 'two']);
    expect(heard[1]?.missed).toEqual(new Set());
    expect(await round()).toBe(false);
  });

  it('comes back to what failed, and says why', async () => {
    await round();
    for (const key of ['a', 'b', 'c']) await write(key);
    outcome = ({ changes }) => ({
      ...nothing,
      failed: new Map(changes.filter(({ change }) => change.key === 'b').map(one => [one, new Error('no room')])),
    });
    await expect(round()).rejects.toThrow(`${kinds.image} b: Error: no room`);
    outcome = () => nothing;
    expect(await round()).toBe(true);
    expect(keysOf(heard.at(-1))).toEqual(['b', 'c']);
    expect(await round()).toBe(false);
  });

  it('comes back to all of it when it ended in the middle', async () => {
    await round();
    await write('a');
    outcome = () => Promise.reject(new Error('the end'));
    await expect(round()).rejects.toThrow('the end');
    outcome = () => nothing;
    await round();
    expect(keysOf(heard.at(-1))).toEqual(['a']);
  });

  it('looks at everything of a type whose changes are not kept any more', async () => {
    await round();
    for (let at = 0; at < 40; at += 1) await write('again');
    await store.sweep();
    expect(await round()).toBe(true);
    expect(heard.at(-1)?.missed).toEqual(new Set([kinds.image]));
    expect(await round()).toBe(false);
  });

  it('looks at everything of a type that begins to count anew', async () => {
    await round();
    await store.marks.set('followed', kinds.image, fromUtf8('99'));
    await write('one');
    expect(await round()).toBe(true);
    expect(heard.at(-1)?.missed).toEqual(new Set([kinds.image]));
    expect(await round()).toBe(false);
  });

  it('takes very many changes in several rounds', async () => {
    store = createMemoryStore({ clock: createTestPorts().clock });
    await round();
    for (let at = 0; at < 1_200; at += 1) await write(`image-${at}`);
    while (await round());
    const keys = heard.slice(1).flatMap(news => keysOf(news) ?? []);
    expect(new Set(keys).size).toBe(1_200);
  });
});
