import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action, Table } from '../../shared/store/drivers/dynamo/table.ts';
import { absent } from '../../shared/store/drivers/dynamo/table.ts';

/** What the drivers rely on, checked on whatever calls itself a table. */
export const describeTable = (name: string, open: () => Promise<{ table: Table; remove(): void }>): void => {
  describe(`table ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let table: Table;
    let PK = '';
    let count = 0;
    beforeAll(async () => {
      opened = await open();
      table = opened.table;
    });
    afterAll(() => opened.remove());
    beforeEach(() => {
      PK = `p${++count}`;
    });
    const key = (SK: string) => ({ PK, SK });

    it('keeps texts, numbers, bytes and lists', async () => {
      const item = { ...key('a'), ttl: 9, text: 'é😀', n: 2 ** 53 - 1, bytes: Uint8Array.of(0, 255), list: ['x', ''] };
      expect(await table.put(item)).toEqual({ ok: true });
      expect(await table.get(key('a'))).toEqual(item);
      expect(await table.get(key('b'))).toBeUndefined();
    });

    it('reads many keys in the order asked', async () => {
      for (let i = 0; i < 120; i++) await table.put({ ...key(`k${i}`), i });
      const keys = Array.from({ length: 240 }, (_, i) => key(`k${239 - i}`));
      const items = await table.batchGet(keys);
      expect(items.map(item => item?.['i'])).toEqual(keys.map((_, i) => (i < 120 ? undefined : 239 - i)));
      expect(await table.batchGet([])).toEqual([]);
    });

    it('pages through a partition by the bytes of the keys', async () => {
      const names = ['a', 'a/x', 'a/y', 'ab', 'b', 'é', '\uffee', '😀'];
      for (const SK of [...names].reverse()) await table.put(key(SK));
      const read = async (query: object) => (await table.query({ PK, ...query })).items.map(({ SK }) => SK);
      expect(await read({})).toEqual(names);
      expect(await read({ isDescending: true })).toEqual([...names].reverse());
      expect(await read({ prefix: 'a/' })).toEqual(['a/x', 'a/y']);
      expect(await read({ prefix: 'a', after: 'a/x' })).toEqual(['a/y', 'ab']);
      expect(await read({ prefix: 'a', after: 'a/xx' })).toEqual(['a/y', 'ab']);
      expect(await read({ between: ['a/x', 'b'] })).toEqual(['a/x', 'a/y', 'ab', 'b']);
      expect(await read({ between: ['a/x', 'b'], isDescending: true, limit: 1 })).toEqual(['b']);
      expect(await read({ after: 'é' })).toEqual(['\uffee', '😀']);
      expect(await read({ after: 'nothing like it' })).toEqual(['é', '\uffee', '😀']);
      const first = await table.query({ PK, limit: 3 });
      expect(first.next).toBe('a/y');
      expect(await read({ after: first.next })).toEqual(names.slice(3));
      expect(await table.query({ PK: `${PK}none` })).toEqual({ items: [], next: undefined });
    });

    it('ends a page at a megabyte', async () => {
      for (let i = 0; i < 6; i++) await table.put({ ...key(`k${i}`), v: new Uint8Array(300_000) });
      const first = await table.query({ PK });
      expect(first.items.length).toBeLessThan(6);
      const rest = await table.query({ PK, ...(first.next && { after: first.next }) });
      expect(first.items.length + rest.items.length).toBe(6);
    });

    it.each([
      ['absent', absent, false, true],
      ['has', { has: 'n' }, true, false],
      ['lacks', { lacks: 'm' }, true, true],
      ['equals', { equals: ['n', 5] }, true, false],
      ['equals text', { equals: ['t', 'x'] }, true, false],
      ['differs', { equals: ['n', 6] }, false, false],
      ['below', { below: ['n', 6] }, true, false],
      ['not below', { below: ['n', 5] }, false, false],
      ['all', { all: [{ equals: ['n', 5] }, { lacks: 'm' }] }, true, false],
      ['any', { any: [absent, { below: ['n', 9] }] }, true, true],
      ['nested', { all: [{ any: [{ has: 'm' }, { has: 'n' }] }, { lacks: 'd' }] }, true, false],
    ] as const)('writes when a condition holds: %s', async (_, condition, isMet, isMetByNothing) => {
      const item = { ...key('there'), n: 5, t: 'x' };
      await table.put(item);
      const current = { ok: false, current: item };
      expect(await table.put({ ...item, w: 1 }, condition)).toEqual(isMet ? { ok: true } : current);
      await table.put(item);
      const updated = await table.update(key('there'), { set: { w: 1 } }, condition);
      expect(updated).toEqual(isMet ? { ok: true, item: { ...item, w: 1 } } : current);
      await table.put(item);
      expect(await table.delete(key('there'), condition)).toEqual(isMet ? { ok: true } : current);
      await table.put(item);
      expect(await table.put(key('none'), condition)).toEqual(
        isMetByNothing ? { ok: true } : { ok: false, current: undefined },
      );
    });

    it('updates what is there and what is not', async () => {
      await table.update(key('a'), { add: { n: 2 }, set: { t: 'x' } });
      const { item } = (await table.update(key('a'), { add: { n: 3 }, remove: ['t'] })) as { item?: unknown };
      expect(item).toEqual({ ...key('a'), n: 5 });
      const sums = await Promise.all(Array.from({ length: 20 }, () => table.update(key('a'), { add: { n: 1 } })));
      expect(new Set(sums.map(sum => sum.ok && sum.item?.['n'])).size).toBe(20);
      expect(await table.get(key('a'))).toMatchObject({ n: 25 });
    });

    it('deletes many', async () => {
      const keys = Array.from({ length: 60 }, (_, i) => key(`k${i}`));
      for (const each of keys) await table.put(each);
      await table.batchDelete(keys.slice(0, 59));
      expect((await table.query({ PK })).items).toEqual([keys[59]]);
    });

    it('does all actions of a transaction or none, and says which one stood in the way', async () => {
      await table.put({ ...key('a'), n: 1 });
      await table.put({ ...key('b'), n: 1 });
      const actions = (expected: number): Action[] => [
        { put: { ...key('new'), n: 1 }, condition: absent },
        { update: key('a'), change: { add: { n: 1 } }, condition: { equals: ['n', expected] } },
        { check: key('b'), condition: { equals: ['n', 1] } },
        { delete: key('old') },
      ];
      expect(await table.transact(actions(7), `${PK}-1`)).toEqual({
        ok: false,
        reasons: [
          { code: 'none' },
          { code: 'condition', current: { ...key('a'), n: 1 } },
          { code: 'none' },
          { code: 'none' },
        ],
      });
      expect(await table.get(key('new'))).toBeUndefined();
      expect(await table.transact(actions(1), `${PK}-2`)).toEqual({ ok: true });
      expect(await table.get(key('a'))).toMatchObject({ n: 2 });
      expect(await table.transact(actions(1), `${PK}-2`), 'the same again is the same').toEqual({ ok: true });
      expect(await table.get(key('a'))).toMatchObject({ n: 2 });
    });

    it('takes a hundred actions, and says that more are unfit', async () => {
      const actions = (n: number): Action[] => Array.from({ length: n }, (_, i) => ({ put: key(`k${i}`) }));
      expect(await table.transact(actions(100), `${PK}-1`)).toEqual({ ok: true });
      await expect(table.transact(actions(101), `${PK}-2`)).rejects.toMatchObject({ kind: 'unfit' });
      const twice: Action[] = [{ put: key('a') }, { delete: key('a') }];
      await expect(table.transact(twice, `${PK}-3`)).rejects.toMatchObject({ kind: 'unfit' });
    });

    it('reads items as they are at one instant: a transaction wholly or not at all', async () => {
      const keys = [key('a'), key('missing'), key('b')];
      expect(await table.transactGet(keys)).toEqual([undefined, undefined, undefined]);
      let isOver = false;
      const writing = (async () => {
        for (let n = 1; !isOver; n++) {
          const actions = [{ put: { ...key('a'), n } }, { put: { ...key('b'), n } }];
          await table.transact(actions, `${PK}-${n}`);
          await new Promise(resolve => setTimeout(resolve, 1));
        }
      })();
      let reads = 0;
      while (reads < 30) {
        try {
          const [a, missing, b] = await table.transactGet(keys);
          expect([missing, b?.['n']]).toEqual([undefined, a?.['n']]);
          reads += 1;
        } catch (error) {
          expect(error).toMatchObject({ kind: 'conflict' });
        }
        await new Promise(resolve => setTimeout(resolve, 1));
      }
      isOver = true;
      await writing;
    });

    it('says that what is too large is unfit', async () => {
      const put = table.put({ ...key('a'), v: new Uint8Array(401 << 10) });
      await expect(put).rejects.toMatchObject({ kind: 'unfit', reason: 'InternalError' });
    });
  });
};
