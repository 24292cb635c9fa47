import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../../shared/base/ports.ts';
import { createMemoryBlobs } from '../../../../shared/blob/drivers/memory.ts';
import { encodeBackup } from '../../../../shared/store/backup/encode.ts';
import { takeBackup } from '../../../../shared/store/backup/take.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { Names } from '../../../../shared/store/drivers/dynamo/names.ts';
import type { Item } from '../../../../shared/store/drivers/dynamo/table.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hourMs = 3_600_000;
const day = 24 * hourMs;

/** What a later version of this program may have left in the table, in words that this one does not know. */
describe('what a later version wrote beside what this one knows', () => {
  let clock: ReturnType<typeof createClock>;
  let model: ModelTable;
  let blobs: ReturnType<typeof createMemoryBlobs>;
  let said: string[];
  const names = new Names('main');
  const open = () => {
    const warn: Log['warn'] = (message, fields) => void said.push(`${message} ${JSON.stringify(fields)}`);
    const log = { ...silentLog, warn, error: warn };
    return openDynamoStore({
      table: model.connect(),
      tenant: 'main',
      clock,
      random,
      log,
      spill: blobs,
      pollMs: 1,
      historyMin: 5,
    });
  };
  const put = (item: Item) => model.connect().put(item);
  const find = ({ PK, SK }: Item) => model.items().find(item => item.PK === PK && item.SK === SK);
  beforeEach(() => {
    clock = createClock();
    model = new ModelTable();
    blobs = createMemoryBlobs({ clock });
    said = [];
  });
  const collect = async (store: ReturnType<typeof open>): Promise<string> => {
    let text = '';
    for await (const part of encodeBackup({ id: 'b', at: 'now' }, takeBackup(store, [])))
      text += new TextDecoder().decode(part);
    return text;
  };

  it('fields of every item are passed over', async () => {
    const store = open();
    await store.commit('t', { key: 'a', value: bytes('1'), expected: 0, terms: ['x=1'], expiresAt: clock.now() + 1 });
    await store.commit('t', { key: 'b', value: bytes('2'), expected: 0 });
    await store.marks.set('seen', 'a', bytes('m'));
    for (const item of model.items()) await put({ ...item, zz: 'later', zn: 7 });
    const other = open();
    expect((await other.list('t')).entries).toHaveLength(2);
    expect(await other.find('t', 'x=1')).toEqual(['a']);
    expect((await other.commit('t', { key: 'b', value: bytes('3'), expected: 2 })).ok).toBe(true);
    expect(await collect(other)).toContain('"key":"b"');
    clock.advance(day);
    await other.sweep();
    expect((await other.list('t')).entries.map(({ key }) => key)).toEqual(['b']);
    expect(said).toEqual([]);
  });

  it('a change of a kind that is not known is passed over, never taken for a deletion, and told of once', async () => {
    const store = open();
    await store.commit('t', { key: 'a', value: bytes('1'), expected: 0 });
    await store.commit('t', { key: 'b', value: bytes('2'), expected: 0 });
    const row = model.items().find(({ PK, SK }) => PK === names.block('t', 2) && SK.endsWith('2'));
    if (!row) throw new Error('the log has no second slot');
    await put({ ...row, c: 'move' });
    const other = open();
    const tail = other.tail('t', 0, new AbortController().signal)[Symbol.asyncIterator]();
    const heard = (await tail.next()).value;
    expect(heard).toMatchObject({ revision: 2, changes: [{ key: 'a', deleted: false }] });
    expect((await other.list('t')).entries.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(await collect(other)).toContain('"key":"b"');
    await other.sweep();
    await other.sweep();
    expect(said).toEqual([expect.stringMatching(/a later version of kubeve .*"change move"/)]);
    expect(find(row)).toMatchObject({ c: 'move' });
  });

  it('notes of another shape are passed over and stay, in whatever list they are', async () => {
    const store = open();
    const expiresAt = clock.now() + 1;
    await store.commit('t', { key: 'a', value: bytes('1'), expected: 0, expiresAt });
    await store.commit('t', { key: 'large', value: random.bytes(100_000), expected: 0 });
    await store.commit('t', { key: 'large', value: bytes('small'), expected: 2 });
    const strange: Item[] = [
      { ...names.expiry('t', 'z', expiresAt, clock.now()), f: 1, later: 'x' },
      { PK: names.garbageOf('t'), SK: '0000000000000001#z', f: 1, later: 'x' },
      { PK: names.states, SK: 'later', f: 1, resolved: 'much' },
      { PK: 'main|Z#t', SK: 'z', f: 1 },
      { PK: names.spaces, SK: 'later', f: 1 },
    ];
    for (const item of strange) await put(item);
    await blobs.put('spill/main/index', bytes('of a later version'));
    await blobs.put(`spill/main/${Math.floor(clock.now() / hourMs)}/w-later`, bytes('of a later version'));
    const other = open();
    for (let hours = 0; hours < 60; hours += 6) {
      clock.advance(6 * hourMs);
      await other.sweep();
    }
    expect(await collect(other)).toContain('"key":"large"');
    expect(await other.get('t', 'a')).toBeUndefined();
    for (const item of strange) expect(find(item), item.PK).toEqual(item);
    const left: string[] = [];
    for await (const { key } of blobs.list('spill/')) left.push(key.replace(/\/\d+\//, '/'));
    expect(left.sort()).toEqual(['spill/main/index', 'spill/main/w-later']);
    expect(said).toHaveLength(4);
    for (const line of said) expect(line).toContain('a later version of kubeve');
  });

  it('a type of another format is left alone while the others go on', async () => {
    const store = open();
    await store.commit('later', { key: 'z', value: bytes('z'), expected: 0 });
    for (const item of model.items()) await put({ ...item, f: 2 });
    await store.commit('t', { key: 'a', value: bytes('1'), expected: 0 });
    const before = model.items().filter(({ f }) => f === 2);
    const other = open();
    clock.advance(2 * hourMs);
    for (let i = 0; i < 20; i++) await other.commit('t', { key: 'a', value: bytes(`${i}`), expected: i + 1 });
    clock.advance(2 * hourMs);
    await other.sweep();
    await other.sweep();
    expect(find({ PK: names.states, SK: 't' })?.['compacted']).toBeGreaterThan(0);
    expect(model.items().filter(({ f }) => f === 2)).toEqual(before);
    expect(said).toHaveLength(1);
    // What is not whole is no backup.
    await expect(collect(other)).rejects.toThrow(/items of format 2/);
  });

  it('a type that nobody here has a name for is compacted, moved and read as any other', async () => {
    const store = open();
    await store.commit('objects/eve.lfedge.org/later', { key: 'ns/z', value: bytes('z'), expected: 0 });
    clock.advance(2 * day);
    await store.sweep();
    const other = open();
    expect(await collect(other)).toContain('"key":"ns/z"');
    expect((await other.get('objects/eve.lfedge.org/later', 'ns/z'))?.value).toEqual(bytes('z'));
    expect(said).toEqual([]);
  });
});
