import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsTable } from '../../../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import type { MarkedStore } from '../../../conformance/store.ts';
import { attended } from '../../../support/attended.ts';
import { dynoxideTier, findDynoxide, type LocalDynamo, startDynoxide } from '../../../support/dynoxide.ts';
import { createTestPorts } from '../../../support/ports.ts';
import { until } from '../../../support/until.ts';
import { capacities } from './capacity.ts';

const program = findDynoxide();

/** Bytes that no compression makes fewer. */
const noise = (length: number, seed = ''): Uint8Array => {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed}${i}`).digest());
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
};

describe.skipIf(program === undefined)(`what requests cost, on ${dynoxideTier}`, () => {
  let server: LocalDynamo;
  let table: Table;
  let answered: () => Promise<void>;
  let count = 0;
  const units = { read: 0, write: 0 };
  let requests = 0;
  beforeAll(async () => {
    server = await startDynoxide(program ?? '');
    await server.createTable('units');
    const connection = createAwsTable({
      ...server,
      table: 'units',
      // What is asked for again is paid for again.
      timeoutMs: 300_000,
      meter: (_, { read, write }) => {
        requests += 1;
        units.read += read;
        units.write += write;
      },
    });
    ({ table, answered } = attended(connection));
  });
  afterAll(() => {
    table?.close();
    server?.stop();
  });

  const clock = createClock();
  const { random } = createTestPorts();
  const open = () => openDynamoStore({ table, tenant: `t${++count}`, clock, random, log: silentLog });
  const put = async (store: MarkedStore, key: string, size: number, expected = 0) => {
    const outcome = await store.commit('t', { key, value: noise(size, key), expected });
    if (!outcome.ok) throw new Error(outcome.failed);
    return outcome.revision;
  };

  /** Beyond the first writes of a type, which make it known, and with the block noted. */
  const prepare = async (): Promise<MarkedStore> => {
    const store = open();
    await Promise.all(Array.from({ length: 66 }, (_, i) => put(store, `first${i}`, 10)));
    clock.advance(120_000);
    await store.head('t');
    return store;
  };

  const cases: Record<keyof typeof capacities, (store: MarkedStore) => Promise<() => Promise<unknown>>> = {
    'get, 500 bytes': async store => {
      await put(store, 'a', 500);
      return () => store.get('t', 'a');
    },
    'get, 5 KB': async store => {
      await put(store, 'a', 5000);
      return () => store.get('t', 'a');
    },
    'get of nothing': async store => () => store.get('t', 'none'),
    'find of one key': async store => {
      await store.commit('t', { key: 'a', value: noise(500), expected: 0, terms: ['x=1'] });
      return () => store.find('t', 'x=1');
    },
    'head, nothing new': async store => () => store.head('t'),
    'list of 100 entries of 500 bytes, nothing new': async store => {
      for (let i = 0; i < 100; i++) await put(store, `p/${i}`, 500);
      await store.head('t');
      return () => store.list('t', { prefix: 'p/' });
    },
    'list of 100 entries of 500 bytes at an earlier revision': async store => {
      for (let i = 0; i < 100; i++) await put(store, `p/${i}`, 500);
      const at = await store.head('t');
      await put(store, 'q', 10);
      await store.head('t');
      return () => store.list('t', { prefix: 'p/', at });
    },
    'create, 500 bytes': async store => () => put(store, 'a', 500),
    'create, 500 bytes, with two terms': async store => () =>
      store.commit('t', { key: 'a', value: noise(500), expected: 0, terms: ['x=1', 'y=1'] }),
    'create, 500 bytes, requires another entry': async store => {
      const revision = await put(store, 'home', 500);
      const requires = [{ type: 't', key: 'home', revision }];
      return () => store.commit('t', { key: 'a', value: noise(500), expected: 0 }, { requires });
    },
    'create, 500 bytes, expires': async store => {
      const expiring = (key: string) =>
        store.commit('t', { key, value: noise(500), expected: 0, expiresAt: clock.now() + 1000 });
      await expiring('first');
      return () => expiring('a');
    },
    'update, 500 bytes': async store => {
      const revision = await put(store, 'a', 500);
      return () => put(store, 'a', 500, revision);
    },
    'update, 3 KB': async store => {
      const revision = await put(store, 'a', 3000);
      return () => put(store, 'a', 3000, revision);
    },
    'update, 20 KB': async store => {
      const revision = await put(store, 'a', 20_000);
      return () => put(store, 'a', 20_000, revision);
    },
    'delete, 500 bytes': async store => {
      const expected = await put(store, 'a', 500);
      return () => store.commit('t', { key: 'a', expected, delete: true });
    },
    'create of what is there': async store => {
      await put(store, 'a', 500);
      return () => store.commit('t', { key: 'a', value: noise(500), expected: 0 });
    },
    'ten creates at once, 500 bytes': async store => () =>
      Promise.all(Array.from({ length: 10 }, (_, i) => put(store, `k${i}`, 500))),
    'poll of who follows, nothing new': async store => {
      const stop = new AbortController();
      const tail = store.tail('t', await store.head('t'), stop.signal)[Symbol.asyncIterator]();
      const begun = requests;
      const next = tail.next();
      // It has come to rest.
      await until(() => expect(requests).toBeGreaterThan(begun + 5));
      return async () => {
        const { read } = units;
        const first = requests;
        // Of its log, and of the bell.
        await until(() => expect(requests).toBeGreaterThan(first + 2));
        stop.abort();
        await next;
        units.read = read + (units.read - read) / (requests - first);
      };
    },
    'mark set': async store => {
      await store.marks.set('seen', 'a', noise(40));
      return () => store.marks.set('seen', 'b', noise(40));
    },
    'mark get': async store => {
      await store.marks.set('seen', 'a', noise(40));
      return () => store.marks.get('seen', 'a');
    },
    'sweep, one type, nothing due': async store => {
      await store.sweep();
      return () => store.sweep();
    },
  };

  it.each(Object.keys(capacities) as (keyof typeof capacities)[])('%s', async name => {
    const store = await prepare();
    const request = await cases[name](store);
    // Nobody waits long for the bell.
    await answered();
    const before = { ...units };
    await request();
    await answered();
    const taken = { read: units.read - before.read, write: units.write - before.write };
    await store.close();
    expect(taken).toEqual(capacities[name]);
  });
});
