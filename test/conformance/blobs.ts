import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Blob, Blobs } from '../../shared/blob/blobs.ts';

/** One place for blobs. */
export interface BlobsSetup {
  /** Opens what the place holds; several times for several processes. */
  open(): Promise<Blobs>;
  /** True when blobs outlive `close` and are seen by everybody who opened the place. */
  readonly isShared: boolean;
  /** Bytes above which the driver stores in several steps. */
  readonly largeBytes: number;
  /** Empties the place. */
  clear(): Promise<void>;
  remove(): Promise<void>;
}

/** The contract of `shared/blob/blobs.ts` as tests that any driver must pass. */
export const describeBlobs = (name: string, create: () => Promise<BlobsSetup>): void => {
  describe(`blobs ${name}`, () => {
    let setup: BlobsSetup;
    let blobs: Blobs;
    beforeEach(async () => {
      setup = await create();
      blobs = await setup.open();
    });
    afterEach(async () => {
      await blobs.close();
      await setup.remove();
    });
    const text = async (key: string, range?: { start: number; end?: number }) => {
      const bytes = await blobs.get(key, range);
      return bytes && new TextDecoder().decode(bytes);
    };
    const names = async (prefix: string, after?: string) => {
      const found: string[] = [];
      for await (const { key } of blobs.list(prefix, after)) found.push(key);
      return found;
    };

    it('gives back what was put, also in another process', async () => {
      const bodies = [0, 1, 1000, 70_000, setup.largeBytes - 1, setup.largeBytes, setup.largeBytes * 2 + 77].map(
        toBytes,
      );
      for (const [i, bytes] of bodies.entries()) expect(await blobs.put(`a/${i}`, bytes)).toBe(true);
      const others = setup.isShared ? await setup.open() : blobs;
      for (const [i, bytes] of bodies.entries()) {
        expect(Buffer.compare((await others.get(`a/${i}`)) ?? toBytes(3), bytes)).toBe(0);
        expect(await others.head(`a/${i}`)).toMatchObject({ key: `a/${i}`, size: bytes.length });
      }
      const found: Blob[] = [];
      for await (const blob of others.list('a/')) found.push(blob);
      expect(found.map(({ size }) => size)).toEqual(bodies.map(({ length }) => length));
      for (const { at } of found) expect(Number.isFinite(at)).toBe(true);
    });

    it('says that nothing is there', async () => {
      expect(await blobs.get('none')).toBeUndefined();
      expect(await blobs.get('none', { start: 3 })).toBeUndefined();
      expect(await blobs.get('none', { start: 3, end: 3 })).toBeUndefined();
      expect(await blobs.head('none')).toBeUndefined();
      expect(await names('')).toEqual([]);
      await blobs.delete(['none', 'none/either']);
      await blobs.delete([]);
    });

    it('does not take a folder for an object, nor an object for a folder', async () => {
      await blobs.put('a/b', toBytes(1));
      for (const key of ['a', 'a/b/c']) {
        expect(await blobs.get(key)).toBeUndefined();
        expect(await blobs.head(key)).toBeUndefined();
        await blobs.delete([key]);
      }
      expect(await names('')).toEqual(['a/b']);
    });

    it('replaces, and does not when told so', async () => {
      expect(await blobs.put('k', toBytes(5), { ifAbsent: true })).toBe(true);
      expect(await blobs.put('k', toBytes(9), { ifAbsent: true })).toBe(false);
      expect((await blobs.get('k'))?.length).toBe(5);
      expect(await blobs.put('k', toBytes(7))).toBe(true);
      expect((await blobs.get('k'))?.length).toBe(7);
      await blobs.delete(['k']);
      expect(await blobs.put('k', toBytes(11), { ifAbsent: true })).toBe(true);
      expect((await blobs.get('k'))?.length).toBe(11);
    });

    it('keeps what it was given, whatever happens to the buffer afterwards', async () => {
      const bytes = toBytes(100);
      const putting = blobs.put('k', bytes);
      await putting;
      bytes.fill(0);
      const got = await blobs.get('k');
      expect(got).toEqual(toBytes(100));
      got?.fill(0);
      expect(await blobs.get('k')).toEqual(toBytes(100));
    });

    it.each([
      ['small', false],
      ['large', true],
    ])('lets one of many win (%s)', async (_, isLarge) => {
      const size = isLarge ? setup.largeBytes + 1 : 10;
      const openers = Array.from({ length: 8 }, () => (setup.isShared ? setup.open() : Promise.resolve(blobs)));
      const all = await Promise.all(openers);
      for (let round = 0; round < (isLarge ? 2 : 5); round++) {
        const results = await Promise.all(
          all.map((one, i) => one.put(`r/${round}`, new Uint8Array(size).fill(i + 1), { ifAbsent: true })),
        );
        expect(results.filter(Boolean)).toHaveLength(1);
        const got = await blobs.get(`r/${round}`);
        expect(got?.length).toBe(size);
        expect(new Set(got)).toEqual(new Set([results.indexOf(true) + 1]));
      }
    });

    it.each([
      [{ start: 0 }, '0123456789'],
      [{ start: 3 }, '3456789'],
      [{ start: 3, end: 5 }, '34'],
      [{ start: 0, end: 1 }, '0'],
      [{ start: 9, end: 10 }, '9'],
      [{ start: 4, end: 100 }, '456789'],
      [{ start: 4, end: 4 }, ''],
      [{ start: 10 }, ''],
      [{ start: 10, end: 20 }, ''],
      [{ start: 99, end: 120 }, ''],
    ])('reads the range %j', async (range, expected) => {
      await blobs.put('digits', new TextEncoder().encode('0123456789'));
      expect(await text('digits', range)).toBe(expected);
      await blobs.put('nothing', new Uint8Array());
      expect(await text('nothing', range)).toBe('');
    });

    it('reads ranges of what was stored in several steps', async () => {
      const bytes = toBytes(setup.largeBytes * 2 + 10);
      await blobs.put('large', bytes);
      const start = setup.largeBytes - 5;
      expect(await blobs.get('large', { start, end: start + 10 })).toEqual(bytes.slice(start, start + 10));
    });

    it('lists in byte order, by prefix and after a name', async () => {
      const keys = ['0', 'a-b', 'a/b/c', 'a/b/d/e', 'a/b=1', 'a/b0', 'a/c', 'a.b', 'a0', 'b/a', 'b_', 'b0/a/a', 'c'];
      for (const key of keys) await blobs.put(key, toBytes(1));
      const sorted = [...keys].sort();
      for (const prefix of ['', 'a', 'a/', 'a/b', 'a/b/', 'b', 'b/a', 'zz', 'c', 'a-']) {
        const wanted = sorted.filter(key => key.startsWith(prefix));
        expect(await names(prefix)).toEqual(wanted);
        for (const after of [...sorted, 'a', 'a/', 'a/b', 'a/bb', 'b/z', 'zz']) {
          expect(await names(prefix, after), `${prefix} after ${after}`).toEqual(wanted.filter(key => key > after));
        }
      }
    });

    it('lists and deletes more than one page', async () => {
      const keys = Array.from({ length: 1234 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map(key => blobs.put(key, toBytes(1))));
      }
      expect(await names('many/')).toEqual(keys);
      expect(await names('many/', 'many/1100')).toEqual(keys.slice(1101));
      await blobs.delete([...keys.slice(0, 1100), 'many/none']);
      expect(await names('')).toEqual(keys.slice(1100));
    });

    it.each(['', '/', 'a/', '/a', 'a//b', '.', '..', 'a/..', '../a', '.a', 'A', 'a b', 'a#', 'a\n', 'ä', 'a%2fb'])(
      'refuses the name %j',
      async key => {
        for (const act of [
          () => blobs.put(key, toBytes(1)),
          () => blobs.get(key),
          () => blobs.head(key),
          () => blobs.delete(['a', key]),
        ]) {
          await expect(act()).rejects.toMatchObject({ reason: 'BadRequest' });
        }
      },
    );

    it('refuses names that are too long, and takes the longest', async () => {
      const segment = 'x'.repeat(128);
      const longest = Array.from({ length: 6 }, () => segment).join('/');
      expect(await blobs.put(longest, toBytes(1))).toBe(true);
      expect(await names('x')).toEqual([longest]);
      for (const key of [`${segment}x`, Array.from({ length: 7 }, () => segment).join('/'), `${'a/'.repeat(16)}a`]) {
        await expect(blobs.put(key, toBytes(1))).rejects.toMatchObject({ reason: 'BadRequest' });
      }
      await expect(names('A')).rejects.toMatchObject({ reason: 'BadRequest' });
    });

    it('is a map from names to bytes, whatever is done to it', async () => {
      const key = fc.constantFrom('a/b/c', 'a/b/d', 'a/b.c', 'b', 'b-c');
      const act = fc.oneof(
        fc.record({ do: fc.constant('put' as const), key, size: fc.nat(300), ifAbsent: fc.boolean() }),
        fc.record({ do: fc.constant('get' as const), key, start: fc.nat(400), length: fc.nat(400) }),
        fc.record({ do: fc.constant('delete' as const), keys: fc.array(key, { maxLength: 3 }) }),
        fc.record({ do: fc.constant('list' as const), prefix: fc.constantFrom('', 'a', 'a/', 'b'), after: key }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 12 }), async acts => {
          await setup.clear();
          const model = new Map<string, Uint8Array>();
          for (const one of acts) {
            if (one.do === 'put') {
              const isPut = !(one.ifAbsent && model.has(one.key));
              expect(await blobs.put(one.key, toBytes(one.size), { ifAbsent: one.ifAbsent })).toBe(isPut);
              if (isPut) model.set(one.key, toBytes(one.size));
            } else if (one.do === 'get') {
              const end = one.start + one.length;
              const expected = model.get(one.key)?.slice(one.start, end);
              expect(await blobs.get(one.key, { start: one.start, end })).toEqual(expected);
            } else if (one.do === 'delete') {
              await blobs.delete(one.keys);
              for (const gone of one.keys) model.delete(gone);
            } else {
              const wanted = [...model.keys()].filter(k => k.startsWith(one.prefix) && k > one.after).sort();
              expect(await names(one.prefix, one.after)).toEqual(wanted);
            }
          }
        }),
        { numRuns: 25 },
      );
    });
  });
};

const toBytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + length);
