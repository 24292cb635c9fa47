import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Marks } from '../../shared/store/marks.ts';
import type { Kept, Movable } from '../../shared/store/movable.ts';
import type { Store } from '../../shared/store/store.ts';

export type MovableStore = Store & Movable & { readonly marks: Marks };

/** One place for one store's data. */
export interface MovableSetup {
  open(): Promise<MovableStore>;
  /** True when data outlive `close`. */
  readonly isDurable: boolean;
  remove(): Promise<void>;
}

/** The contract of `shared/store/movable.ts` as tests that any driver must pass. */
export const describeMovable = (name: string, create: () => MovableSetup): void => {
  describe(`moving: ${name}`, () => {
    let setup: MovableSetup;
    let store: MovableStore;
    beforeEach(async () => {
      setup = create();
      store = await setup.open();
    });
    afterEach(async () => {
      await store.close();
      await setup.remove();
    });
    const reopen = async () => {
      if (!setup.isDurable) return;
      await store.marks.close();
      await store.close();
      store = await setup.open();
    };
    const put = async (type: string, key: string, expected = 0, more: Partial<Kept> = {}) => {
      const { terms, expiresAt } = more;
      const write = { key, value: bytes(key), expected, ...(terms && { terms }), ...(expiresAt && { expiresAt }) };
      const outcome = await store.commit(type, write);
      if (!outcome.ok) throw new Error(`${key}: ${outcome.failed}`);
      return outcome.revision;
    };

    it('takes out every type with terms, expiries and heads, deleted keys left out', async () => {
      await put('t', 'b', 0, { terms: ['x=1', 'y=2'], expiresAt: 4_000_000_000_000 });
      await put('t', 'a');
      await put('t', 'gone');
      await store.commit('t', { key: 'gone', expected: 3, delete: true });
      await put('u', 'only');
      await store.commit('u', { key: 'only', expected: 1, delete: true });
      await store.head('never');
      await reopen();
      expect(await takeOut(store)).toEqual({
        t: {
          revision: 4,
          entries: [
            { key: 'a', value: bytes('a'), revision: 2, terms: [] },
            { key: 'b', value: bytes('b'), revision: 1, terms: ['x=1', 'y=2'], expiresAt: 4_000_000_000_000 },
          ],
        },
        u: { revision: 2, entries: [] },
      });
    });

    it('is not moved by what is written after it was taken', async () => {
      for (let i = 0; i < 50; i++) await put('t', `k${i}`, 0, { terms: [`n=${i}`] });
      const snapshot = await store.snapshot();
      for (let i = 0; i < 50; i += 2) await put('t', `k${i}`, i + 1, { terms: ['n=new'] });
      await store.commit('t', { key: 'k1', expected: 2, delete: true });
      await put('t', 'late');
      const [{ revision, entries } = { revision: -1, entries: [] }] = Object.values(await readAll(snapshot));
      expect(revision).toBe(50);
      expect(entries).toHaveLength(50);
      expect(entries.every(one => one.revision <= 50 && one.terms[0] === `n=${one.revision - 1}`)).toBe(true);
    });

    it('never has a write without one that was acknowledged before it', async () => {
      let isOver = false;
      const writer = async () => {
        for (let i = 1; !isOver && i < 2000; i++) {
          await put('first', `k${i}`);
          await put('second', `k${i}`);
          await put('third', `k${i}`);
        }
      };
      const writing = writer();
      for (let round = 0; round < 8; round++) {
        const { first, second, third } = await takeOut(store);
        const [a = 0, b = 0, c = 0] = [first, second, third].map(one => one?.entries.length);
        expect(a >= b && b >= c && a - c <= 1, `${a} ${b} ${c}`).toBe(true);
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      isOver = true;
      await writing;
    });

    it('takes out marks of every space', async () => {
      await store.marks.set('seen', 'a', bytes('1'));
      await store.marks.set('other', 'b', bytes('2'));
      await store.marks.set('other', 'c', bytes('3'));
      await store.marks.delete('other', 'c');
      await reopen();
      const marks: string[] = [];
      for await (const { space, key, value } of (await store.snapshot()).marks()) {
        marks.push(`${space}/${key}=${new TextDecoder().decode(value)}`);
      }
      expect(marks.sort()).toEqual(['other/b=2', 'seen/a=1']);
    });

    const kept: Kept[] = [
      { key: 'a', value: bytes('a'), revision: 7, terms: ['x=1'] },
      { key: 'b', value: new Uint8Array(), revision: 3, terms: [], expiresAt: 1 },
    ];

    it('holds what it was filled with, and goes on behind it', async () => {
      await store.fill('t', 1_000_000_009, each(kept));
      await reopen();
      expect(await takeOut(store)).toEqual({ t: { revision: 1_000_000_009, entries: kept } });
      expect(await store.get('t', 'a')).toMatchObject({ revision: 7 });
      expect(await store.find('t', 'x=1')).toEqual(['a']);
      expect(await store.list('t')).toMatchObject({ revision: 1_000_000_009, entries: [{ key: 'a' }, { key: 'b' }] });
      const at = new AbortController();
      for (const revision of [0, 7, 1_000_000_008]) {
        await expect(store.tail('t', revision, at.signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
          reason: 'Expired',
        });
      }
      expect(await put('t', 'c')).toBe(1_000_000_010);
      expect(await put('t', 'a', 7)).toBe(1_000_000_011);
      await store.sweep();
      await reopen();
      expect((await store.list('t')).entries.map(({ key }) => key)).toEqual(['a', 'c']);
    });

    it('tells what a change replaced that it was filled with, however large', async () => {
      // What does not compress, so that a change has no room for both.
      const large = (seed: number) =>
        Uint8Array.from({ length: 3000 }, (_, i) => (Math.imul(i + seed, 2654435761) >>> 13) & 255);
      const filled = ['kept', 'put', 'gone'].map(
        (key, i): Kept => ({ key, value: large(i), revision: i + 1, terms: [`n=${i}`] }),
      );
      await store.fill('t', 9, each(filled));
      await reopen();
      const before = await store.snapshot();
      expect(await store.commit('t', { key: 'put', value: large(7), expected: 2 })).toMatchObject({ ok: true });
      expect(await store.commit('t', { key: 'gone', expected: 3, delete: true })).toMatchObject({ ok: true });
      const inOrder = filled.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      expect(await readAll(before)).toEqual({ t: { revision: 9, entries: inOrder } });
      await reopen();
      const stop = new AbortController();
      const told: (readonly [string, number | undefined, Uint8Array | undefined])[] = [];
      for await (const { changes, revision } of store.tail('t', 9, stop.signal)) {
        for (const { key, previous } of changes)
          told.push([key, previous?.revision, previous && new Uint8Array(previous.value)]);
        if (revision >= 11) break;
      }
      stop.abort();
      expect(told).toEqual([
        ['put', 2, large(1)],
        ['gone', 3, large(2)],
      ]);
    });

    it('is filled wholly by a second attempt, whatever became of the first', async () => {
      const breakingOff = async function* () {
        yield* kept.slice(0, 1);
        throw new Error('the file ended');
      };
      await expect(store.fill('t', 9, breakingOff())).rejects.toThrow('the file ended');
      await reopen();
      await store.fill('t', 9, each(kept));
      await store.fill('t', 9, each(kept));
      await reopen();
      expect(await takeOut(store)).toEqual({ t: { revision: 9, entries: kept } });
    });

    it('refuses to fill what was committed to', async () => {
      await put('t', 'own');
      await expect(store.fill('t', 9, each(kept))).rejects.toMatchObject({ reason: 'Conflict' });
      expect(await store.list('t')).toMatchObject({ revision: 1, entries: [{ key: 'own' }] });
    });
  });
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A store's types with all their entries. */
export const takeOut = async (store: Movable) => readAll(await store.snapshot());

const readAll = async ({ types }: Awaited<ReturnType<Movable['snapshot']>>) => {
  const all: Record<string, { revision: number; entries: Kept[] }> = {};
  for (const { type, revision, entries } of types) {
    const kept: Kept[] = [];
    for await (const { value, ...one } of entries()) kept.push({ ...one, value: new Uint8Array(value) });
    all[type] = { revision, entries: kept };
  }
  return all;
};
