import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delay } from '../../../../shared/base/delay.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Key, Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { TableFault } from '../../../../shared/store/drivers/dynamo/tablefault.ts';
import type { Store } from '../../../../shared/store/store.ts';
import { silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';
import { until } from '../../../support/until.ts';

describe('the bell of a table', () => {
  const { random } = createTestPorts();
  const long = 3_600_000;
  let model: ModelTable;
  let stores: Store[];
  let stop: AbortController;
  beforeEach(() => {
    model = new ModelTable();
    stores = [];
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(stores.map(store => store.close()));
  });

  const open = (restMs: number, table: Table = model.connect()): Store => {
    const limits = { pollMs: 2, idlePollMs: 20, restMs };
    const store = openDynamoStore({ table, clock: Date, random, log: silentLog, ...limits });
    stores.push(store);
    return store;
  };
  const put = async (store: Store, type: string, key: string): Promise<void> => {
    const outcome = await store.commit(type, { key, value: Uint8Array.of(1), expected: 0 });
    expect(outcome.ok).toBe(true);
  };
  /** Keys, as they are seen. */
  const follow = (store: Store, type: string): string[] => {
    const seen: string[] = [];
    void (async () => {
      for await (const { changes } of store.tail(type, 0, stop.signal)) seen.push(...changes.map(({ key }) => key));
    })();
    return seen;
  };
  const isBell = ({ PK }: Key): boolean => PK === 'W';
  /** A table of which it is noted what is read, and whose answers to writes of the bell may be something else. */
  const watch = (ring: (done: Table['update']) => Table['update'] = done => done) => {
    const read: string[] = [];
    const connection = model.connect();
    const update = ring(connection.update);
    const table: Table = {
      ...connection,
      get: (key, options) => {
        read.push(key.PK);
        return connection.get(key, options);
      },
      update: (key, ...rest) => (isBell(key) ? update(key, ...rest) : connection.update(key, ...rest)),
    };
    return { table, read };
  };

  it('is all that is asked for while nothing happens, however many types are followed', async () => {
    const { table, read } = watch();
    const store = open(long, table);
    for (let i = 0; i < 30; i++) follow(store, `t${i}`);
    await until(async () => {
      read.length = 0;
      await delay(200);
      expect(new Set(read)).toEqual(new Set(['W']));
      expect(read.length).toBeLessThan(15);
    });
  });

  it('is not asked for when nobody follows', async () => {
    const { table, read } = watch();
    const store = open(long, table);
    const seen = follow(store, 't');
    await put(store, 't', 'a');
    await until(() => expect(seen).toEqual(['a']));
    stop.abort();
    await delay(100);
    read.length = 0;
    await delay(200);
    expect(read).toEqual([]);
  });

  it('has others see what is written, again and again', async () => {
    const [follower, writer] = [open(long), open(long)];
    const seen = [follow(follower, 't'), follow(follower, 'u')] as const;
    for (let i = 0; i < 4; i++) {
      await delay(300);
      await put(writer, i % 2 === 0 ? 't' : 'u', `${i}`);
      await until(() => expect(seen.flat().length).toBe(i + 1));
    }
    expect(seen).toEqual([
      ['0', '2'],
      ['1', '3'],
    ]);
  });

  it('may be silent: a change is seen nevertheless, later', async () => {
    const follower = open(300);
    const seen = follow(follower, 't');
    await delay(400);
    const { table } = watch(() => async () => ({ ok: true }));
    await put(open(long, table), 't', 'a');
    await until(() => expect(seen).toEqual(['a']));
  });

  it('holds up no write when it cannot be rung', async () => {
    const refuse: Table['update'] = async () => {
      throw new TableFault('throttled', 'The table takes no more requests now.');
    };
    await put(open(long, watch(() => refuse).table), 't', 'a');
    const hang: Table['update'] = () => new Promise(() => {});
    const store = open(long, watch(() => hang).table);
    await put(store, 't', 'b');
    await put(store, 't', 'c');
    expect((await store.list('t')).entries.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  it('may ring long before there is anything', async () => {
    const follower = open(long);
    const seen = follow(follower, 't');
    await delay(300);
    const connection = model.connect();
    const slow: Table = {
      ...connection,
      transact: async (...args) => {
        await delay(400);
        return connection.transact(...args);
      },
    };
    await put(open(long, slow), 't', 'a');
    await until(() => expect(seen).toEqual(['a']));
  });

  it('is rung once for many writes at a time', async () => {
    let rings = 0;
    const { table } = watch(done => (...args) => {
      rings++;
      return done(...args);
    });
    const store = open(long, table);
    await Promise.all(Array.from({ length: 40 }, (_, i) => put(store, `t${i % 8}`, `${i}`)));
    expect(rings).toBeLessThan(10);
  });
});
