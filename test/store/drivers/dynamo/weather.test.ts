import { describe, expect, it } from 'vitest';
import type { DynamoStoreOptions, OpenedStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Item, Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { checkStore, createRandom } from '../../../conformance/checker.ts';
import { silentLog } from '../../../conformance/clock.ts';
import type { MarkedStore, StoreSetup } from '../../../conformance/store.ts';
import { ModelTable, type Mutations } from '../../../support/modeltable.ts';
import { remembering } from '../../../support/remembering.ts';
import { createVirtualTime } from '../../../support/virtualtime.ts';

/**
 * Three processes on one table, which throttles, loses answers, does what was asked seconds later, shows transactions piece by
 * piece; writers that stand still between their ticket and their transaction; processes that die. All of it in virtual time.
 */
const createStorm = (
  seed: number,
  mutations: Mutations = {},
  coldReaders: Partial<DynamoStoreOptions> = {},
  change: (store: OpenedStore) => MarkedStore = store => store,
  through: (table: Table) => Table = table => table,
) => {
  const chance = createRandom(seed);
  const time = createVirtualTime();
  const random = {
    bytes: (length: number) => Uint8Array.from({ length }, () => Math.floor(chance() * 256)),
    uuid: () => '',
  };
  const model = new ModelTable(
    { delay: time.delay, random: chance, latency: 4, throttled: 0.01, lost: 0.02, late: 1500, tear: 300 },
    mutations,
  );
  let clients: ReturnType<ModelTable['connect']>[] = [];
  const setup: StoreSetup = {
    clock: time,
    isDurable: true,
    without: { remaining: true, historyBytes: true, density: true, atomicity: true },
    async open(limits) {
      clients = Array.from({ length: 3 }, () => model.connect());
      const open = (client: Table, options: Partial<DynamoStoreOptions> = {}) =>
        change(
          openDynamoStore({
            table: drowsy(through(client)),
            clock: time,
            random,
            log: silentLog,
            delay: time.delay,
            marginMs: 8000,
            fillAfterMs: 200,
            ...limits,
            historyMs: 15_000,
            ...options,
          }),
        );
      return spread(
        clients.map(client => open(client)),
        () => open(clients[0] ?? model.connect(), coldReaders),
        chance,
        () => clients.some(client => client.isCut()),
      );
    },
    crash() {
      for (const client of clients) client.cut();
    },
    async remove() {
      time.stop();
    },
  };
  /** Stands still now and then just before a transaction. */
  const drowsy = (table: Table): Table => ({
    ...table,
    async transact(...args) {
      if (chance() < 0.03) await time.delay(chance() * 1500);
      return table.transact(...args);
    },
  });
  return { setup, model };
};

/** One store that asks another process each time; for half of the lists one that has just begun. */
const spread = (
  stores: readonly MarkedStore[],
  begin: () => MarkedStore,
  chance: () => number,
  isCut: () => boolean,
): MarkedStore => {
  const any = (): MarkedStore => stores[Math.floor(chance() * stores.length)] ?? begin();
  const [first = begin()] = stores;
  return {
    marks: first.marks,
    get: (...args) => any().get(...args),
    list: (...args) => (chance() < 0.5 ? begin() : any()).list(...args),
    commit: (...args) => any().commit(...args),
    tail: (...args) => any().tail(...args),
    sweep: () => any().sweep(),
    // What one process has read of the log it never un-reads; another may still see a transaction piece by piece.
    head: (...args) => first.head(...args),
    find: (...args) => first.find(...args),
    findEntries: (...args) => first.findEntries(...args),
    async close() {
      if (!isCut()) await Promise.all(stores.map(store => store.close()));
    },
  };
};

const seeds = Number(process.env['STORM_SEEDS'] ?? 4);

describe('a store in bad weather', () => {
  it.each(Array.from({ length: seeds }, (_, i) => i + 1))('seed %i', async seed => {
    const { setup } = createStorm(seed);
    const store = await checkStore(setup, seed);
    await store.close();
    await setup.remove();
  });
});

describe('a store that answers from memory, in bad weather', () => {
  it.each(Array.from({ length: seeds }, (_, i) => i + 1))('seed %i', async seed => {
    const { setup } = createStorm(seed, {}, {}, remembering);
    const store = await checkStore(setup, seed);
    await store.close();
    await setup.remove();
  });
});

/** The checker must notice what the design is there for. */
describe('a checker of stores', () => {
  const fails = async (...storm: Parameters<typeof createStorm> extends [number, ...infer Rest] ? Rest : never) => {
    for (let seed = 1; seed <= 12; seed++) {
      const { setup } = createStorm(seed, ...storm);
      const isWrong = await checkStore(setup, seed).then(
        () => false,
        () => true,
      );
      await setup.remove();
      if (isWrong) return true;
    }
    return false;
  };

  it.each<[string, Mutations, Partial<DynamoStoreOptions>]>([
    ['slots that were ended are written to', { overwrites: item => item['c'] === 'F' }, {}],
    ['deletes leave no tombstone', { forgets: item => item['d'] === 1 }, {}],
    ['lists do not look back', {}, { marginMs: 0 }],
  ])('notices when %s', async (_, mutations, coldReaders) => {
    expect(await fails(mutations, coldReaders)).toBe(true);
  });

  it('notices when what is remembered is not held against the end of the log', async () => {
    /** Asks for a counter only now and then. */
    const seldom = (table: Table): Table => {
      const known = new Map<string, { readonly item: Item | undefined; left: number }>();
      return {
        ...table,
        async get(key, options) {
          if (!key.PK.startsWith('C#')) return table.get(key, options);
          const last = known.get(key.PK);
          if (last !== undefined && last.left-- > 0) return last.item;
          const item = await table.get(key, options);
          known.set(key.PK, { item, left: 20 });
          return item;
        },
      };
    };
    expect(await fails({}, {}, remembering, seldom)).toBe(true);
  });
});
