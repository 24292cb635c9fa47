import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBackup } from '../../../shared/store/backup/decode.ts';
import { encodeBackup } from '../../../shared/store/backup/encode.ts';
import type { BackupRecord } from '../../../shared/store/backup/record.ts';
import { mustBeWhole, restoreBackup, revisionLeap } from '../../../shared/store/backup/restore.ts';
import { takeBackup } from '../../../shared/store/backup/take.ts';
import { openDynamoStore } from '../../../shared/store/drivers/dynamo/dynamo.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { openSqliteStore } from '../../../shared/store/drivers/sqlite.ts';
import { createClock, silentLog } from '../../conformance/clock.ts';
import { type MovableStore, takeOut } from '../../conformance/movable.ts';
import { ModelTable } from '../../support/modeltable.ts';
import { createTestPorts } from '../../support/ports.ts';

const head = { id: 'b-1', at: '2026-01-02T03:04:05.000Z' };
const clock = createClock();
const { random } = createTestPorts();
const dir = mkdtempSync(join(tmpdir(), 'kubeve-backup-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let files = 0;
const openers = {
  memory: async (): Promise<MovableStore> => createMemoryStore({ clock }),
  dynamo: async (): Promise<MovableStore> =>
    openDynamoStore({ table: new ModelTable().connect(), clock, random, log: silentLog, pollMs: 1 }),
  sqlite: (): Promise<MovableStore> => openSqliteStore({ file: join(dir, `${++files}.db`), clock, log: silentLog }),
};

const collect = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
};
const backup = (store: MovableStore, without: string[] = []) => collect(encodeBackup(head, takeBackup(store, without)));
async function* inParts(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const restore = (store: MovableStore, bytes: Uint8Array, types: string[] = []) =>
  restoreBackup(store, { open: () => inParts(bytes), types });
const marksOf = async (store: MovableStore) => {
  const marks: string[] = [];
  for await (const { space, key, value } of (await store.snapshot()).marks()) {
    marks.push(JSON.stringify([space, key, [...value]]));
  }
  return marks.sort();
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const filled = async (): Promise<MovableStore> => {
  const store = await openers.memory();
  await store.commit('t', { key: 'a', value: bytes('{"kind":"Secret"}'), expected: 0, terms: ['x=1'] });
  await store.commit('t', { key: 'b', value: Uint8Array.of(0xff, 0), expected: 0, expiresAt: 5_000_000_000_000 });
  await store.commit('u', { key: 'ä/😀', value: bytes('\ufeffwith a mark'), expected: 0 });
  await store.marks.set('seen', 'd', bytes('1'));
  return store;
};

const text = fc.oneof(fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }), fc.constantFrom('a', 'b', 'ns/n'));
const key = text.filter(each => !/\0|\p{Surrogate}/u.test(each));
const write = fc.record({
  type: fc.constantFrom('t', 'u', 'objects/core/secrets'),
  key,
  value: fc.uint8Array({ maxLength: 40 }),
  terms: fc.uniqueArray(text, { maxLength: 3 }),
  expiresAt: fc.option(fc.integer({ min: 1, max: 9e15 }), { nil: undefined }),
  isDelete: fc.boolean(),
});
const mark = fc.record({ space: text, key: text, value: fc.uint8Array({ maxLength: 10 }) });

describe('backup and restore', () => {
  it.each([
    ['memory', 'sqlite'],
    ['sqlite', 'dynamo'],
    ['dynamo', 'sqlite'],
  ] as const)(
    'keep everything, from %s to %s',
    async (from, to) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(write, { maxLength: 30 }),
          fc.array(mark, { maxLength: 5 }),
          async (writes, marks) => {
            const source = await openers[from]();
            const target = await openers[to]();
            for (const { type, isDelete, expiresAt, ...put } of writes) {
              const expected = (await source.get(type, put.key))?.revision ?? 0;
              const change = isDelete && expected > 0 ? { key: put.key, delete: true as const } : put;
              await source.commit(type, { ...change, expected, ...(expiresAt !== undefined && { expiresAt }) });
            }
            for (const { space, key: name, value } of marks) await source.marks.set(space, name, value);
            await restore(target, await backup(source));
            const before = await takeOut(source);
            const { restore: _, ...after } = await takeOut(target);
            const leapt = Object.entries(before).map(([type, kept]) => [
              type,
              { ...kept, revision: kept.revision + revisionLeap },
            ]);
            expect(after).toEqual(Object.fromEntries(leapt));
            expect(await marksOf(target)).toEqual(await marksOf(source));
            for (const { type, terms } of writes) {
              for (const term of terms) expect(await target.find(type, term)).toEqual(await source.find(type, term));
            }
            await source.close();
            await target.close();
          },
        ),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  it('let nobody wait for a revision that has passed, of any type', async () => {
    const store = await openers.memory();
    await restore(store, await backup(await filled()), ['t', 'never']);
    for (const [type, revision] of [
      ['t', 2],
      ['t', 5000],
      ['never', 7],
    ] as const) {
      const tail = store.tail(type, revision, new AbortController().signal)[Symbol.asyncIterator]();
      await expect(tail.next()).rejects.toMatchObject({ reason: 'Expired' });
    }
    expect(await store.commit('never', { key: 'k', value: bytes('1'), expected: 0 })).toMatchObject({
      revision: revisionLeap + 1,
    });
  });

  it('leave out types that say something about what is not there', async () => {
    const lines = (await backup(await filled(), ['u'])).toString();
    expect(lines).toContain('"key":"a"');
    expect(lines).not.toContain('"type":"u"');
  });

  it('rewrite the values of a type on the way', async () => {
    const store = await openers.memory();
    const whole = await backup(await filled());
    await restoreBackup(store, { open: () => inParts(whole), types: [], rewrite: { u: () => bytes('new') } });
    expect((await store.get('u', 'ä/😀'))?.value).toEqual(bytes('new'));
    expect(new TextDecoder().decode((await store.get('t', 'a'))?.value)).toBe('{"kind":"Secret"}');
  });

  it('go on where a restore broke off, and nobody serves such a store', async () => {
    const store = await openers.sqlite();
    const whole = await backup(await filled());
    let opened = 0;
    const breaking = async function* () {
      // The first reading checks; the second fills.
      if (++opened === 1) return yield* inParts(whole);
      yield* inParts(whole.subarray(0, whole.length / 2));
      throw new Error('EIO');
    };
    await expect(restoreBackup(store, { open: breaking, types: [] })).rejects.toThrow(/EIO/);
    await expect(mustBeWhole(store)).rejects.toMatchObject({
      reason: 'ServiceUnavailable',
      message: expect.stringContaining('the same file again'),
    });
    const other = await collect(encodeBackup({ ...head, id: 'b-2' }, takeBackup(await filled(), [])));
    await expect(restore(store, other)).rejects.toThrow(/b-1 is half restored here/);
    await restore(store, whole);
    await mustBeWhole(store);
    expect((await takeOut(store))['t']?.entries).toHaveLength(2);
    await store.close();
  });

  it('refuse a store that has data', async () => {
    const store = await filled();
    await expect(restore(store, await backup(await filled()))).rejects.toThrow(/into an empty store only/);
    expect((await takeOut(store))['t']).toMatchObject({ revision: 2 });
  });
});

describe('a damaged backup', () => {
  const refused = async (damaged: Uint8Array, message: RegExp) => {
    const store = await openers.memory();
    await expect(restore(store, damaged)).rejects.toMatchObject({
      reason: 'BadRequest',
      message: expect.stringMatching(message),
    });
    expect(await takeOut(store)).toEqual({});
  };

  it('is refused wherever it was cut off', async () => {
    const whole = await backup(await filled());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 2 }), async length =>
        refused(whole.subarray(0, length), /damaged|no backup of kubeve/),
      ),
    );
  });

  it('is refused whichever byte is another', async () => {
    const whole = await backup(await filled());
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const other = Buffer.from(whole);
        other[at] = (other[at] ?? 0) ^ flip;
        await refused(other, /damaged|no backup of kubeve|has format|contradicts/);
      }),
      { numRuns: 300 },
    );
  });

  const lines = async (): Promise<string[]> => (await backup(await filled())).toString().split('\n');
  it.each([
    [
      'of a later format',
      (all: string[]) => all.with(0, '{"kubeve":"backup","format":2,"id":"x","at":"y"}'),
      /format 2/,
    ],
    ['without its end', (all: string[]) => all.slice(0, -2), /its end is missing/],
    ['with a line less', (all: string[]) => all.toSpliced(2, 1), /it has 6 records, not 7|it has 5 records, not 6/],
    ['with more behind its end', (all: string[]) => [...all.slice(0, -1), '{}', ''], /more behind its end/],
    ['that is something else', () => ['apiVersion: v1', 'kind: List'], /no backup of kubeve/],
    ['that is empty', () => [''], /no backup of kubeve/],
  ])('%s is refused', async (_, change, message) => {
    await refused(Buffer.from(change(await lines()).join('\n')), message);
  });

  it('says so when its compression is damaged', async () => {
    const store = await openers.memory();
    const open = async function* () {
      yield gunzipSync(gzipSync(await backup(await filled())).subarray(0, 60));
    };
    await expect(restoreBackup(store, { open, types: [] })).rejects.toThrow(/damaged: unexpected end of file/);
  });

  it('has nothing above the revision of its type', async () => {
    const records = async function* (): AsyncGenerator<BackupRecord> {
      yield { type: 't', revision: 3 };
      yield { entry: { key: 'a', value: bytes('1'), revision: 4, terms: [] } };
    };
    await refused(await collect(encodeBackup(head, records())), /contradicts itself/);
  });
});

it('reads identities back', async () => {
  const identity = { name: 'root.key.pem', text: '-----BEGIN PRIVATE KEY-----\n' };
  const records = async function* (): AsyncGenerator<BackupRecord> {
    yield { identity };
  };
  const read: unknown[] = [];
  for await (const record of decodeBackup(encodeBackup(head, records()))) read.push(record);
  expect(read).toEqual([{ head }, { identity }]);
});
