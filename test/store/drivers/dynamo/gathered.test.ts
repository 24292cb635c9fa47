import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromUtf8, toUtf8 } from '../../../../shared/base/bytes.ts';
import type { DynamoStoreOptions, OpenedStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { toSize } from '../../../../shared/store/drivers/dynamo/rows.ts';
import type { Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();

describe('marks that are gathered', () => {
  let clock: ReturnType<typeof createClock>;
  let model: ModelTable;
  let opened: OpenedStore[];
  /** Ends the waiting of every process. */
  let flush: () => Promise<void>;
  beforeEach(() => {
    clock = createClock();
    model = new ModelTable();
    opened = [];
    const waiting: (() => void)[] = [];
    delay = (_, signal) =>
      new Promise(resolve => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      });
    flush = async () => {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise(resolve => setTimeout(resolve, 5));
    };
  });
  afterEach(async () => {
    for (const store of opened) await store.marks.close().then(() => store.close());
  });

  let delay: NonNullable<DynamoStoreOptions['delay']>;
  const open = (table: Table = model.connect(), gatheredMarks = { seen: 60_000 }): OpenedStore => {
    const store = openDynamoStore({ table, clock, random, log: silentLog, delay, gatheredMarks });
    opened.push(store);
    return store;
  };
  const set = ({ marks }: OpenedStore, key: string, text: string) => marks.set('seen', key, fromUtf8(text));
  const show = async ({ marks }: OpenedStore, key: string): Promise<string | undefined> => {
    const value = await marks.get('seen', key);
    return value && toUtf8(value);
  };
  const all = async ({ marks }: OpenedStore): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key, value } of marks.all('seen')) found.push(`${key}=${toUtf8(value)}`);
    return found.sort();
  };
  const items = (prefix: string) => model.items().filter(({ PK }) => PK.startsWith(prefix));

  it('are seen at once the first time, and by others once they were folded', async () => {
    const [one, other] = [open(), open()];
    await set(one, 'a', '1');
    expect(await show(other, 'a')).toBe('1');
    clock.advance(10_000);
    await set(one, 'a', '2');
    await set(one, 'a', '3');
    expect([await show(one, 'a'), await show(other, 'a')]).toEqual(['3', '1']);
    await flush();
    await other.sweep();
    expect([await show(one, 'a'), await show(other, 'a')]).toEqual(['3', '3']);
    expect(await all(other)).toEqual(['a=3']);
    expect(other.marks.lagMs?.('seen')).toBe(150_000);
  });

  it('are the newest, whoever folds them and however often', async () => {
    const [one, other] = [open(), open()];
    for (const store of [one, other]) await set(store, 'a', '0');
    clock.advance(1);
    await set(one, 'a', 'early');
    clock.advance(1);
    await set(other, 'a', 'late');
    await other.marks.close();
    await other.sweep();
    await one.marks.close();
    await Promise.all([one.sweep(), other.sweep(), open().sweep()]);
    expect(await show(open(), 'a')).toBe('late');
    clock.advance(1);
    await set(open(), 'a', 'alone');
    expect(await show(open(), 'a')).toBe('alone');
    expect(await all(open())).toEqual(['a=alone']);
  });

  it('of who comes back after long are seen at once', async () => {
    const one = open();
    await set(one, 'a', '1');
    clock.advance(25 * 3_600_000);
    await set(one, 'a', '2');
    expect(await show(open(), 'a')).toBe('2');
  });

  it('that were deleted do not come back with a batch that is older', async () => {
    const one = open();
    await set(one, 'a', '1');
    clock.advance(1);
    await set(one, 'a', '2');
    await one.marks.close();
    clock.advance(1);
    const other = open();
    await other.marks.delete('seen', 'a');
    await other.sweep();
    expect(await show(other, 'a')).toBeUndefined();
    expect(await all(other)).toEqual([]);
    clock.advance(1);
    await set(other, 'a', '3');
    expect(await show(open(), 'a')).toBe('3');
  });

  it('are lost for one interval at most when a process dies', async () => {
    const one = open();
    await set(one, 'a', '1');
    for (const text of ['2', '3']) {
      clock.advance(60_000);
      await set(one, 'a', text);
      if (text === '2') await flush();
    }
    opened.splice(opened.indexOf(one), 1);
    const other = open();
    await other.sweep();
    expect(await show(other, 'a')).toBe('2');
  });

  it('that could not be written go with the next', async () => {
    let isBroken = false;
    const table = model.connect();
    const one = open({
      ...table,
      async put(item, condition) {
        if (isBroken && item.PK.startsWith('Q#')) throw new Error('no');
        return table.put(item, condition);
      },
    });
    await set(one, 'a', '1');
    await set(one, 'b', '1');
    clock.advance(1);
    isBroken = true;
    await set(one, 'a', '2');
    await flush();
    isBroken = false;
    clock.advance(1);
    await set(one, 'b', '3');
    await flush();
    await open().sweep();
    expect(await all(open())).toEqual(['a=2', 'b=3']);
  });

  it('take some 30 bytes of a batch each', async () => {
    const one = open();
    const devices = Array.from({ length: 1_000 }, () => globalThis.crypto.randomUUID());
    for (let round = 0; round < 2; round++) {
      for (const device of devices) {
        clock.advance(7);
        await set(one, device, JSON.stringify({ at: clock.now() }));
      }
    }
    await flush();
    const batches = items('Q#');
    expect(batches).toHaveLength(1);
    expect(toSize(batches[0] ?? { PK: '', SK: '' }) / devices.length).toBeLessThan(32);
    await one.sweep();
    expect(items('H#').reduce((sum, item) => sum + toSize(item), 0) / devices.length).toBeLessThan(62);
    expect(await all(open())).toHaveLength(1_000);
  });

  it('are part of a backup', async () => {
    const one = open();
    await set(one, 'a', '1');
    clock.advance(1);
    await set(one, 'a', '2');
    await flush();
    await one.sweep();
    const marks: string[] = [];
    for await (const { space, key, value } of (await open().snapshot()).marks())
      marks.push(`${space} ${key}=${toUtf8(value)}`);
    expect(marks).toEqual(['seen a=2']);
  });

  it('are each their own where nothing may wait', async () => {
    const one = open(model.connect(), { seen: 0 });
    await set(one, 'a', '1');
    clock.advance(1);
    await set(one, 'a', '2');
    expect(items('Q#')).toEqual([]);
    expect(await show(open(), 'a')).toBe('2');
  });
});
