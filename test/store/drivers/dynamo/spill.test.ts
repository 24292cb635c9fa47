import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Blobs } from '../../../../shared/blob/blobs.ts';
import { createMemoryBlobs } from '../../../../shared/blob/drivers/memory.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Change } from '../../../../shared/store/store.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();

/** Bytes that no compression makes fewer. */
const noise = (length: number, seed: string): Uint8Array => {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed}${i}`).digest());
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
};

const large = (seed: string) => noise(100_000, seed);

/** Stands for bytes where they are compared. */
const digest = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && createHash('sha256').update(bytes).digest('hex');

describe('values that no item has room for', () => {
  let clock: ReturnType<typeof createClock>;
  let model: ModelTable;
  let blobs: Blobs;
  const open = (spill: Blobs | 'none' = blobs, limits = {}) =>
    openDynamoStore({
      table: model.connect(),
      clock,
      random,
      log: silentLog,
      ...(spill !== 'none' && { spill }),
      ...limits,
    });
  const names = async () => {
    const found: string[] = [];
    for await (const { key } of blobs.list('spill/')) found.push(key);
    return found;
  };
  beforeEach(() => {
    clock = createClock();
    model = new ModelTable();
    blobs = createMemoryBlobs({ clock });
  });

  it('are read from anywhere, now and as they were', async () => {
    const store = open();
    await store.commit('t', { key: 'a', value: large('1'), expected: 0 });
    await store.commit('t', { key: 'a', value: large('2'), expected: 1 });
    await store.commit('t', { key: 'a', expected: 2, delete: true, last: large('3') });
    expect(await names()).toHaveLength(3);
    const other = open();
    expect(await other.get('t', 'a')).toBeUndefined();
    expect(digest((await other.list('t', { at: 1 })).entries[0]?.value)).toBe(digest(large('1')));
    expect(digest((await other.list('t', { at: 2 })).entries[0]?.value)).toBe(digest(large('2')));
    const tail = other.tail('t', 0, new AbortController().signal)[Symbol.asyncIterator]();
    const { changes } = (await tail.next()).value ?? { changes: [] };
    expect(changes.map(({ value, previous }: Change) => [digest(value), digest(previous?.value)])).toEqual([
      [digest(large('1')), undefined],
      [digest(large('2')), digest(large('1'))],
      [digest(large('3')), digest(large('2'))],
    ]);
  });

  it('are many in one moment, and each is whole', async () => {
    const store = open();
    const put = (i: number, size: number) =>
      store.commit('t', { key: `k${i}`, value: noise(size, `${i}`), expected: 0, terms: [`n=${i}`] });
    const sizes = Array.from({ length: 60 }, (_, i) => [10, 63_000, 66_000, 200_000][i % 4] ?? 0);
    await Promise.all(sizes.map((size, i) => put(i, size)));
    const other = open();
    for (const [i, size] of sizes.entries())
      expect(digest((await other.get('t', `k${i}`))?.value)).toBe(digest(noise(size, `${i}`)));
  });

  it('are refused where there is no place for them, and taken up to the limit of an item', async () => {
    const store = open('none');
    expect(await store.commit('t', { key: 'a', value: noise(180_000, 'a'), expected: 0 })).toMatchObject({ ok: true });
    expect(await store.commit('t', { key: 'a', value: noise(180_000, 'b'), expected: 1 })).toMatchObject({ ok: true });
    clock.advance(20 * 3_600_000);
    expect(await store.commit('t', { key: 'a', value: noise(180_000, 'c'), expected: 2 })).toMatchObject({ ok: true });
    await expect(store.commit('t', { key: 'a', value: noise(180_001, 'd'), expected: 3 })).rejects.toMatchObject({
      reason: 'RequestEntityTooLarge',
      message: 'The object is too large to be stored: 180001 bytes, at most 180000.',
    });
  });

  it('go when history no longer needs them', async () => {
    const store = open(blobs, { historyMs: 60_000, historyMin: 0 });
    for (let i = 0; i < 4; i++) await store.commit('t', { key: 'a', value: large(`${i}`), expected: i });
    await store.commit('t', { key: 'b', value: large('b'), expected: 0 });
    await store.commit('t', { key: 'b', expected: 5, delete: true, last: large('last') });
    await store.sweep();
    expect(await names()).toHaveLength(6);
    clock.advance(61_000);
    await store.sweep();
    expect(await names()).toHaveLength(1);
    expect(digest((await open().get('t', 'a'))?.value)).toBe(digest(large('3')));
    await expect(open().list('t', { at: 2 })).rejects.toMatchObject({ reason: 'Expired' });
  });

  it('go a day later when they were put for nothing, and no late writer can use them then', async () => {
    const store = open();
    await store.commit('t', { key: 'a', value: large('kept'), expected: 0 });
    const [kept = ''] = await names();
    const orphan = kept.replace(/[^/]*$/, `v-${'0'.repeat(24)}-${'1'.repeat(64)}`);
    await blobs.put(orphan, large('orphan'));
    clock.advance(20 * 3_600_000);
    await store.sweep();
    expect(await names()).toHaveLength(2);
    clock.advance(8 * 3_600_000);
    await store.sweep();
    expect(await names()).toEqual([kept]);
    const note = model.items().find(({ PK, SK }) => PK.startsWith('B#') && SK.endsWith('1'.repeat(64)));
    expect(note).toMatchObject({ dead: 1 });
    await store.sweep();
    expect(digest((await open().get('t', 'a'))?.value)).toBe(digest(large('kept')));
  });

  it('make a sentence when they are damaged, or the place is not told', async () => {
    await open().commit('t', { key: 'a', value: large('1'), expected: 0 });
    const [name = ''] = await names();
    await expect(open('none').get('t', 'a')).rejects.toMatchObject({
      reason: 'InternalError',
      message: 'The table refers to blobs. Start the program with the bucket that holds them.',
    });
    await blobs.put(name, large('other'));
    await expect(open().get('t', 'a')).rejects.toMatchObject({
      reason: 'InternalError',
      message: expect.stringMatching(/^The blob spill\/.* is damaged\. Restore it from a backup\.$/),
    });
  });

  it('fail alone when the place refuses', async () => {
    const refusing: Blobs = {
      ...blobs,
      async put() {
        throw new Error('no room');
      },
    };
    const store = open(refusing);
    const outcomes = await Promise.allSettled([
      store.commit('t', { key: 'large', value: large('1'), expected: 0 }),
      store.commit('t', { key: 'small', value: Uint8Array.of(1), expected: 0 }),
    ]);
    expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { ok: true } }]);
  });
});
