import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryLimits } from '../../shared/store/history.ts';
import type { Marks } from '../../shared/store/marks.ts';
import type { Batch, Change, Store } from '../../shared/store/store.ts';
import { checkStore } from './checker.ts';

export type MarkedStore = Store & { readonly marks: Marks };

/** One place for one store's data, and a clock for it. */
export interface StoreSetup {
  readonly clock: { now(): number; advance(ms: number): void };
  /** Opens what the place holds; again after `close` or `crash`. */
  open(limits?: HistoryLimits): Promise<MarkedStore>;
  /** True when data outlive `close`. */
  readonly isDurable: boolean;
  /** Leaves the open store as a killed process would, at once; the next `open` finds what was on disk at this moment. */
  crash?(): void;
  remove(): Promise<void>;
  /** What the contract leaves open, and this driver does not do. */
  readonly without?: {
    /** How many entries lie beyond a page's limit. */
    readonly remaining?: true;
    /** A limit in bytes for history: it is not in memory. */
    readonly historyBytes?: true;
    /** Revisions without gaps. */
    readonly density?: true;
    /** Showing a write in all ways at once: `get` and `find` may see it shortly before `head` tells of it. */
    readonly atomicity?: true;
  };
}

/** The contract of `shared/store/store.ts` as tests that any driver must pass; `runs`: of the randomized checker. */
export const describeStore = (name: string, create: () => StoreSetup, runs = { seeds: 6, writes: 1200 }): void => {
  describe(`store ${name}`, () => {
    let setup: StoreSetup;
    let store: MarkedStore;
    beforeEach(async () => {
      setup = create();
      store = await setup.open();
    });
    afterEach(async () => {
      await store.close();
      await setup.remove();
    });
    const reopen = async (limits?: HistoryLimits) => {
      await store.close();
      store = await setup.open(limits);
    };
    const put = async (key: string, text: string, expected = 0, terms?: string[]) => {
      const outcome = await store.commit('t', { key, value: bytes(text), expected, ...(terms && { terms }) });
      if (!outcome.ok) throw new Error(`${key}: ${outcome.failed}`);
      return outcome.revision;
    };
    const remove = async (key: string, expected: number, last?: string) => {
      const outcome = await store.commit('t', { key, expected, delete: true, ...(last && { last: bytes(last) }) });
      if (!outcome.ok) throw new Error(`${key}: ${outcome.failed}`);
      return outcome.revision;
    };
    const list = async (query?: Parameters<Store['list']>[1]) => {
      const page = await store.list('t', query);
      return { ...page, entries: page.entries.map(e => `${e.key}=${text(e.value)}@${e.revision}`) };
    };
    const toRemaining = (remaining: number) => (setup.without?.remaining ? {} : { remaining });
    const next = async (after: number, count: number) => show(await read(store, 't', after, count));

    describe('writes', () => {
      it('gives revisions 1, 2, 3 …, to deletes too, per type', async () => {
        expect(await store.head('t')).toBe(0);
        expect(await put('a', '1')).toBe(1);
        expect(await put('b', '1')).toBe(2);
        expect(await put('a', '2', 1)).toBe(3);
        expect(await remove('b', 2)).toBe(4);
        expect(await put('b', '2')).toBe(5);
        expect(await store.head('t')).toBe(5);
        expect(await store.head('other')).toBe(0);
        const other = await store.commit('other', { key: 'a', value: bytes('x'), expected: 0 });
        expect(other).toMatchObject({ ok: true, revision: 1 });
      });

      it('answers a put with the entry that get then gives', async () => {
        const outcome = await store.commit('t', { key: 'a', value: bytes('1'), expected: 0 });
        expect(outcome).toEqual({ ok: true, revision: 1, entry: { key: 'a', value: bytes('1'), revision: 1 } });
        const entry = await store.get('t', 'a');
        expect(outcome.ok && outcome.entry?.value).toBe(entry?.value);
      });

      it('keeps one instance of a value for as long as the entry is unchanged', async () => {
        await put('a', '1');
        const first = await store.get('t', 'a');
        await put('b', '1');
        const [listed] = (await store.list('t')).entries;
        const [change] = await read(store, 't', 0, 1);
        expect(listed?.value).toBe(first?.value);
        expect(change?.value).toBe(first?.value);
      });

      it.each([
        ['create of what is there', 'a', { expected: 0, value: bytes('x') }],
        ['put at an older revision', 'a', { expected: 1, value: bytes('x') }],
        ['put at a revision to come', 'a', { expected: 9, value: bytes('x') }],
        ['delete at an older revision', 'a', { expected: 1, delete: true as const }],
        ['delete at zero', 'a', { expected: 0, delete: true as const }],
      ])('refuses %s and shows what is there', async (_, key, write) => {
        await put('a', '1');
        await put('a', '2', 1);
        const outcome = await store.commit('t', { key, ...write });
        expect(outcome).toEqual({
          ok: false,
          failed: 'expected',
          current: { key: 'a', value: bytes('2'), revision: 2 },
        });
        expect(await store.head('t')).toBe(2);
      });

      it.each([
        ['put', { expected: 3, value: bytes('x') }],
        ['delete', { expected: 3, delete: true as const }],
        ['delete of nothing', { expected: 0, delete: true as const }],
      ])('refuses a %s where nothing is', async (_, write) => {
        const outcome = await store.commit('t', { key: 'none', ...write });
        expect(outcome).toEqual({ ok: false, failed: 'expected', current: undefined });
        expect(await store.head('t')).toBe(0);
      });

      it('does not take a re-created key for the one before', async () => {
        await put('a', '1');
        await remove('a', 1);
        await put('a', '2');
        expect(await store.commit('t', { key: 'a', value: bytes('x'), expected: 1 })).toMatchObject({
          ok: false,
          current: { revision: 3 },
        });
      });

      it('lets exactly one of many racing writers win', async () => {
        await put('a', '1');
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.commit('t', { key: 'a', value: bytes(`r${i}`), expected: 1 })),
        );
        expect(outcomes.filter(o => o.ok)).toHaveLength(1);
        expect(await store.head('t')).toBe(2);
      });

      it('writes only when what it requires is at its revision', async () => {
        await put('ns', '1');
        const attempt = (requires: { type: string; key: string; revision: number }[], key: string) =>
          store.commit('u', { key, value: bytes('x'), expected: 0 }, { requires });
        expect(await attempt([{ type: 't', key: 'ns', revision: 1 }], 'a')).toMatchObject({ ok: true });
        expect(await attempt([{ type: 't', key: 'gone', revision: 0 }], 'b')).toMatchObject({ ok: true });
        await put('ns', '2', 1);
        const requires = [
          { type: 't', key: 'gone', revision: 0 },
          { type: 't', key: 'ns', revision: 1 },
        ];
        expect(await attempt(requires, 'c')).toEqual({ ok: false, failed: 'requires', index: 1 });
        expect(await store.get('u', 'c')).toBeUndefined();
        expect(await store.head('u')).toBe(2);
      });

      it.each(['', 'a\0b', '\ud800', 'x'.repeat(2049)])('refuses the key %j', async key => {
        await expect(put(key, '1')).rejects.toMatchObject({ reason: 'BadRequest' });
      });

      it('keeps empty and large values', async () => {
        const large = new Uint8Array(2_000_000).fill(7);
        await store.commit('t', { key: 'large', value: large, expected: 0 });
        await store.commit('t', { key: 'empty', value: new Uint8Array(), expected: 0 });
        if (setup.isDurable) await reopen();
        expect(Buffer.compare((await store.get('t', 'large'))?.value ?? large.subarray(1), large)).toBe(0);
        expect((await store.get('t', 'empty'))?.value).toEqual(new Uint8Array());
      });
    });

    describe('lists', () => {
      const names = ['a/x', 'a/y', 'a/z', 'ab/x', 'b/x', 'é/x', '\uffee/x', '😀/x'];
      beforeEach(async () => {
        for (const key of [...names].reverse()) await put(key, key);
      });

      it('orders by the bytes of the key', async () => {
        const page = await store.list('t');
        expect(page.entries.map(e => e.key)).toEqual(names);
        expect(page).toMatchObject({ revision: 8, more: false });
      });

      it.each([
        [{ prefix: 'a/' }, ['a/x', 'a/y', 'a/z'], false, 0],
        [{ prefix: 'a/', limit: 2 }, ['a/x', 'a/y'], true, 1],
        [{ prefix: 'a/', limit: 2, after: 'a/y' }, ['a/z'], false, 0],
        [{ prefix: 'a/', after: 'a' }, ['a/x', 'a/y', 'a/z'], false, 0],
        [{ prefix: 'a/', after: 'b' }, [], false, 0],
        [{ prefix: 'nothing' }, [], false, 0],
        [{ after: '' }, names, false, 0],
        [{ after: 'a/z' }, names.slice(3), false, 0],
        [{ after: 'a/x\0' }, names.slice(1), false, 0],
        [{ limit: 3 }, names.slice(0, 3), true, 5],
        [{ limit: 8 }, names, false, 0],
        [{ after: '😀/x' }, [], false, 0],
      ])('%j', async (query, keys, more, remaining) => {
        for (const at of [undefined, 8]) {
          const page = await store.list('t', { ...query, ...(at && { at }) });
          expect(page.entries.map(e => e.key)).toEqual(keys);
          expect(page).toMatchObject({ revision: 8, more, ...toRemaining(remaining) });
        }
        await remove('a/y', 7);
        await put('a/w', 'new');
        const past = await store.list('t', { ...query, at: 8 });
        expect(past.entries.map(e => e.key)).toEqual(keys);
        expect(past).toMatchObject({ revision: 8, more, ...toRemaining(remaining) });
      });

      it('shows the state at an earlier revision', async () => {
        await put('a/x', 'changed', 8);
        await remove('a/y', 7);
        await put('a/y', 'again');
        expect((await list({ prefix: 'a/' })).entries).toEqual(['a/x=changed@9', 'a/y=again@11', 'a/z=a/z@6']);
        expect((await list({ prefix: 'a/', at: 10 })).entries).toEqual(['a/x=changed@9', 'a/z=a/z@6']);
        expect((await list({ prefix: 'a/', at: 9 })).entries).toEqual(['a/x=changed@9', 'a/y=a/y@7', 'a/z=a/z@6']);
        expect((await list({ prefix: 'a/', at: 6 })).entries).toEqual(['a/z=a/z@6']);
        expect(await list({ at: 0 })).toMatchObject({ entries: [], revision: 0, more: false });
      });

      it('refuses a revision that is not reached', async () => {
        await expect(store.list('t', { at: 9 })).rejects.toMatchObject({ reason: 'Timeout', code: 504 });
      });

      it('is empty at revision 0 for a type that was never written', async () => {
        expect(await store.list('never')).toMatchObject({ entries: [], revision: 0, more: false });
      });
    });

    describe('index terms', () => {
      it('follow the entry', async () => {
        await put('b', '1', 0, ['x=1', 'y=1']);
        await put('a', '1', 0, ['x=1']);
        expect(await store.find('t', 'x=1')).toEqual(['a', 'b']);
        expect(await store.findEntries('t', 'x=1')).toEqual([await store.get('t', 'a'), await store.get('t', 'b')]);
        expect(await store.findEntries('t', 'x=2')).toEqual([]);
        await put('b', '2', 1, ['x=2']);
        expect(await store.find('t', 'x=1')).toEqual(['a']);
        expect(await store.find('t', 'x=2')).toEqual(['b']);
        expect(await store.find('t', 'y=1')).toEqual([]);
        await put('b', '3', 3);
        expect(await store.find('t', 'x=2')).toEqual([]);
        await remove('a', 2);
        expect(await store.find('t', 'x=1')).toEqual([]);
        expect(await store.find('other', 'x=1')).toEqual([]);
        expect(await store.find('t', '__proto__')).toEqual([]);
      });
    });

    describe('tails', () => {
      it('replay, then follow, with what was there before', async () => {
        await put('a', '1');
        const stop = new AbortController();
        const seen: Change[] = [];
        const done = follow(store, 't', 0, stop.signal, batch => {
          seen.push(...batch.changes);
          if (batch.revision >= 4) stop.abort();
        });
        await put('a', '2', 1);
        await remove('a', 2, 'last');
        await put('a', '3');
        await done;
        expect(show(seen)).toEqual(['1 +a=1', '2 +a=2 was 1', '3 -a=last was 2', '4 +a=3']);
      });

      it('show a deleted entry in its last state unless told otherwise', async () => {
        await put('a', 'state');
        await remove('a', 1);
        expect(await next(1, 1)).toEqual(['2 -a=state was state']);
      });

      it('start from any revision, also one to come', async () => {
        for (let i = 0; i < 5; i++) await put(`k${i}`, `${i}`);
        expect(await next(3, 2)).toEqual(['4 +k3=3', '5 +k4=4']);
        const waiting = next(6, 1);
        await put('k5', '5');
        await put('k6', '6');
        expect(await waiting).toEqual(['7 +k6=6']);
      });

      it('end without error when the signal aborts, at once or while waiting', async () => {
        expect(show(await readAll(store.tail('t', 0, AbortSignal.abort())))).toEqual([]);
        const stop = new AbortController();
        const all = readAll(store.tail('t', 0, stop.signal));
        await Promise.resolve();
        stop.abort();
        expect(await all).toEqual([]);
      });

      it('end when the store closes', async () => {
        const all = readAll(store.tail('t', 0, new AbortController().signal));
        await put('a', '1');
        await store.close();
        expect(show(await all)).toEqual(['1 +a=1']);
        await expect(store.get('t', 'a')).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
        await expect(put('a', '2', 1)).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
        store = await setup.open();
      });

      it('are many and all see the same', async () => {
        const stop = new AbortController();
        setMaxListeners(0, stop.signal);
        const seen = Array.from({ length: 250 }, () => [] as Change[]);
        let left = seen.length;
        const done = seen.map(mine =>
          follow(store, 't', 0, stop.signal, batch => {
            mine.push(...batch.changes);
            if (batch.revision === 200 && --left === 0) stop.abort();
          }),
        );
        for (let i = 0; i < 200; i += 20) {
          await Promise.all(Array.from({ length: 20 }, (_, j) => put(`k${i + j}`, `${i + j}`)));
        }
        await Promise.all(done);
        const [first = []] = seen;
        expect(first.map(c => c.revision)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
        for (const mine of seen) expect(mine.every((c, i) => c === first[i]) && mine.length === 200).toBe(true);
      });
    });

    describe('history', () => {
      const limits = { historyMs: 60_000, historyMin: 2 };
      const compact = async () => {
        await reopen(limits);
        for (let i = 0; i < 4; i++) await put(`k${i}`, `${i}`);
        await remove('k0', 1);
        setup.clock.advance(60_000);
        await put('k1', 'new', 2);
        await put('k9', 'new');
        await store.sweep();
      };

      it('keeps what is young and what is latest', async () => {
        await reopen(limits);
        for (let i = 0; i < 4; i++) await put(`k${i}`, `${i}`);
        await store.sweep();
        expect(await next(0, 4)).toHaveLength(4);
        setup.clock.advance(61_000);
        await store.sweep();
        await expect(next(1, 1)).rejects.toMatchObject({ reason: 'Expired', code: 410 });
        expect(await next(2, 2)).toEqual(['3 +k2=2', '4 +k3=3']);
      });

      it('answers Expired for what is gone, at start and to who falls behind', async () => {
        await reopen(limits);
        await put('a', '1');
        const tail = store.tail('t', 0, new AbortController().signal)[Symbol.asyncIterator]();
        await tail.next();
        for (let i = 0; i < 4; i++) await put(`k${i}`, `${i}`);
        setup.clock.advance(61_000);
        await store.sweep();
        await expect(tail.next()).rejects.toMatchObject({ reason: 'Expired' });
        await expect(store.list('t', { at: 2 })).rejects.toMatchObject({ reason: 'Expired' });
        expect(await list({ at: 3 })).toMatchObject({ entries: ['a=1@1', 'k0=0@2', 'k1=1@3'], revision: 3 });
      });

      it('leaves the present state and the revisions as they are', async () => {
        await compact();
        const state = ['k1=new@6', 'k2=2@3', 'k3=3@4', 'k9=new@7'];
        expect(await list()).toMatchObject({ entries: state, revision: 7 });
        expect(await next(5, 2)).toEqual(['6 +k1=new was 1', '7 +k9=new']);
        if (!setup.isDurable) return;
        await reopen(limits);
        expect(await list()).toMatchObject({ entries: state, revision: 7 });
        expect(await next(5, 2)).toEqual(['6 +k1=new was 1', '7 +k9=new']);
        await expect(next(4, 1)).rejects.toMatchObject({ reason: 'Expired' });
        expect((await list({ at: 5 })).entries).toEqual(['k1=1@2', 'k2=2@3', 'k3=3@4']);
        expect(await put('k0', 'again')).toBe(8);
      });

      it('never lowers a revision, even when everything is deleted and forgotten', async () => {
        await reopen({ historyMs: 0, historyMin: 0 });
        await put('a', '1');
        await remove('a', 1);
        await store.sweep();
        await store.sweep();
        if (setup.isDurable) await reopen();
        expect(await store.head('t')).toBe(2);
        expect(await put('a', '2')).toBe(3);
      });

      it('stays within its memory limit without being swept', async () => {
        if (setup.without?.historyBytes) return;
        await reopen({ historyBytes: 100_000 });
        for (let i = 0; i < 100; i++) await put('a', 'x'.repeat(5000), i);
        await expect(next(50, 1)).rejects.toMatchObject({ reason: 'Expired' });
        expect(await next(98, 2)).toHaveLength(2);
      });

      it('counts against its memory limit only what nothing else holds', async () => {
        if (setup.without?.historyBytes) return;
        await reopen({ historyBytes: 100_000 });
        for (let i = 0; i < 100; i++) await put(`a${i}`, 'x'.repeat(5000), 0);
        // They are what is there now.
        expect(await next(0, 100)).toHaveLength(100);
        for (let i = 0; i < 100; i++) await put(`a${i}`, 'y', i + 1);
        // These replaced 5,000 bytes each.
        await expect(next(150, 1)).rejects.toMatchObject({ reason: 'Expired' });
        expect(await next(185, 15)).toHaveLength(15);
      });

      it('deletes expired entries, unless they were renewed', async () => {
        const expiring = (key: string, expected: number, ms: number) =>
          store.commit('t', { key, value: bytes(key), expected, expiresAt: setup.clock.now() + ms, terms: ['x=1'] });
        await expiring('a', 0, 1000);
        await expiring('b', 0, 1000);
        await expiring('c', 0, 9000);
        await put('d', 'stays');
        await expiring('b', 2, 5000);
        if (setup.isDurable) await reopen();
        setup.clock.advance(1000);
        expect(await store.find('t', 'x=1')).toEqual(['a', 'b', 'c']);
        await store.sweep();
        expect(await store.find('t', 'x=1')).toEqual(['b', 'c']);
        expect(await next(5, 1)).toEqual(['6 -a=a was a']);
        setup.clock.advance(10_000);
        await store.sweep();
        expect((await list()).entries).toEqual(['d=stays@4']);
        expect(await store.head('t')).toBe(8);
      });
    });

    describe('marks', () => {
      it('keep the last value', async () => {
        const { marks } = store;
        await marks.set('seen', 'a', bytes('1'));
        await marks.set('seen', 'a', bytes('2'));
        await marks.set('seen', 'b', bytes('3'));
        await marks.set('other', 'a', bytes('4'));
        expect(text(await marks.get('seen', 'a'))).toBe('2');
        expect((await marks.getMany('seen', ['b', 'none', 'a'])).map(v => v && text(v))).toEqual(['3', undefined, '2']);
        expect(await marks.get('none', 'a')).toBeUndefined();
        await marks.delete('seen', 'b');
        await marks.delete('seen', 'none');
        const all: string[] = [];
        for await (const { key, value } of marks.all('seen')) all.push(`${key}=${text(value)}`);
        expect(all).toEqual(['a=2']);
      });

      it('outlive a clean end where data do', async () => {
        if (!setup.isDurable) return;
        for (let i = 0; i < 1500; i++) await store.marks.set('seen', `d${i}`, bytes(`${i}`));
        await store.marks.delete('seen', 'd7');
        await reopen();
        expect(text(await store.marks.get('seen', 'd1499'))).toBe('1499');
        expect(await store.marks.get('seen', 'd7')).toBeUndefined();
        await store.marks.delete('seen', 'd8');
        await reopen();
        expect(await store.marks.get('seen', 'd8')).toBeUndefined();
      });
    });

    describe('laws', () => {
      const op = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd/1', 'd/2'), remove: fc.boolean(), n: fc.nat(9) });

      it('the state at every revision is the fold of the changes up to it', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(op, { maxLength: 25 }), fc.constantFrom(undefined, 'd/'), async (ops, prefix) => {
            const type = `law${Math.random()}`;
            for (const { key, remove: isDelete, n } of ops) {
              const expected = (await store.get(type, key))?.revision ?? 0;
              const change = isDelete ? { delete: true as const } : { value: bytes(`${n}`) };
              await store.commit(type, { key, expected, ...change });
            }
            const changes = await read(store, type, 0, await store.head(type));
            const state = new Map<string, number>();
            for (let at = 0; at <= changes.length; at++) {
              const change = changes[at - 1];
              if (change?.deleted) state.delete(change.key);
              else if (change) state.set(change.key, change.revision);
              const expectation = [...state].filter(([key]) => key.startsWith(prefix ?? '')).sort();
              const page = await store.list(type, { at, ...(prefix && { prefix }) });
              expect(page.entries.map(e => [e.key, e.revision])).toEqual(expectation);
            }
          }),
          { numRuns: 30 },
        );
      });

      it('pages at one revision make the whole list, whatever happens in between', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(op, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), async (ops, limit) => {
            const type = `law${Math.random()}`;
            const apply = async ({ key, remove: isDelete, n }: (typeof ops)[number]) => {
              const expected = (await store.get(type, key))?.revision ?? 0;
              const change = isDelete ? { delete: true as const } : { value: bytes(`${n}`) };
              await store.commit(type, { key, expected, ...change });
            };
            const half = ops.length >> 1;
            for (const each of ops.slice(0, half)) await apply(each);
            const whole = await store.list(type);
            const later = ops.slice(half);
            let page = await store.list(type, { limit });
            const entries = [...page.entries];
            expect(page).toMatchObject(toRemaining(whole.entries.length - entries.length));
            while (page.more) {
              const each = later.shift();
              if (each) await apply(each);
              const after = entries.at(-1)?.key ?? '';
              page = await store.list(type, { limit, after, at: whole.revision });
              entries.push(...page.entries);
              expect(page).toMatchObject(toRemaining(whole.entries.length - entries.length));
            }
            expect(entries).toEqual(whole.entries);
          }),
          { numRuns: 50 },
        );
      });
    });

    describe('randomized', () => {
      it.each(Array.from({ length: runs.seeds }, (_, i) => i + 1))('seed %i', async seed => {
        await store.close();
        await setup.remove();
        setup = create();
        store = await checkStore(setup, seed, runs.writes);
      });
    });

    it('has what it acknowledged after a crash', async () => {
      if (setup.crash === undefined) return;
      const acked = new Map<string, number>();
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const key = `r${round}k${i}`;
            acked.set(key, await put(key, key));
          }),
        );
        const abandoned = store;
        setup.crash();
        store = await setup.open();
        await abandoned.close();
        for (const [key, revision] of acked) expect((await store.get('t', key))?.revision).toBe(revision);
        expect(await store.head('t')).toBe(acked.size);
      }
    });
  });
};

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

const show = (changes: readonly Change[]): string[] =>
  changes.map(({ revision, key, value, deleted, previous }) => {
    const before = previous === undefined ? '' : ` was ${text(previous.value)}`;
    return `${revision} ${deleted ? '-' : '+'}${key}=${text(value)}${before}`;
  });

/** The first `count` changes after a revision. */
const read = async (store: Store, type: string, after: number, count: number): Promise<Change[]> => {
  const stop = new AbortController();
  const changes: Change[] = [];
  if (count === 0) return changes;
  await follow(store, type, after, stop.signal, batch => {
    changes.push(...batch.changes);
    if (changes.length >= count) stop.abort();
  });
  return changes.slice(0, count);
};

const readAll = async (tail: AsyncIterable<Batch>): Promise<Change[]> => {
  const changes: Change[] = [];
  for await (const batch of tail) changes.push(...batch.changes);
  return changes;
};

const follow = async (
  store: Store,
  type: string,
  after: number,
  signal: AbortSignal,
  onBatch: (batch: Batch) => void,
): Promise<void> => {
  for await (const batch of store.tail(type, after, signal)) onBatch(batch);
};
