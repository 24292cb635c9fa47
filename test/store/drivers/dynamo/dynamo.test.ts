import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { dynamoSetups, dynamoWithout as without } from '../../../conformance/dynamosetup.ts';
import { describeMovable, takeOut } from '../../../conformance/movable.ts';
import { checkProcesses } from '../../../conformance/processes.ts';
import { describeStore } from '../../../conformance/store.ts';
import { dynoxideTier, findDynoxide, type LocalDynamo, startDynoxide } from '../../../support/dynoxide.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';
import { remembering } from '../../../support/remembering.ts';

const { random } = createTestPorts();
const quick = { pollMs: 1, paceMs: 0, gatheredMarks: { seen: 20 } } as const;

describeStore('dynamo on the model', () => {
  const clock = createClock();
  const model = new ModelTable();
  return {
    clock,
    isDurable: true,
    without,
    open: async limits =>
      openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1, ...limits }),
    crash() {},
    remove: async () => {},
  };
});

describeStore('dynamo, recalled and gathered, on the model', () => {
  const clock = createClock();
  const model = new ModelTable();
  return {
    clock,
    isDurable: true,
    without,
    open: async limits =>
      remembering(openDynamoStore({ table: model.connect(), clock, random, log: silentLog, ...quick, ...limits })),
    crash() {},
    remove: async () => {},
  };
});

describeMovable('dynamo on the model', () => {
  const clock = createClock();
  const model = new ModelTable();
  return {
    isDurable: true,
    open: async () => openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1 }),
    remove: async () => {},
  };
});

it('takes out what was so for long and changes just now, with its terms, though its row was dropped', async () => {
  const clock = createClock();
  const model = new ModelTable();
  const store = openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1 });
  const value = Uint8Array.of(1);
  await store.commit('t', { key: 'old', value, expected: 0, terms: ['x=1'], expiresAt: 5e12 });
  const [row] = model.items().filter(({ PK }) => PK.startsWith('L#'));
  clock.advance(30 * 3_600_000);
  const snapshot = await store.snapshot();
  await store.commit('t', { key: 'old', value: Uint8Array.of(2), expected: 1, terms: ['x=2'] });
  if (row) await model.connect().delete({ PK: row.PK, SK: row.SK });
  const taken = await takeOut({ ...store, snapshot: async () => snapshot });
  expect(taken).toEqual({
    t: { revision: 1, entries: [{ key: 'old', value, revision: 1, terms: ['x=1'], expiresAt: 5e12 }] },
  });
  await store.close();
});

it('tells a follower that stood still that history is gone, though others ended the slots that were dropped', async () => {
  const clock = createClock();
  const model = new ModelTable();
  const open = () => openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1 });
  const [late, writer] = [open(), open()];
  const value = Uint8Array.of(1);
  await writer.commit('t', { key: 'a', value, expected: 0 });
  expect(await late.head('t')).toBe(1);
  await writer.commit('t', { key: 'a', value, expected: 1 });
  clock.advance(30 * 3_600_000);
  const rows = model.items().filter(({ PK }) => PK.startsWith('L#'));
  await model.connect().batchDelete(rows.map(({ PK, SK }) => ({ PK, SK })));
  // Knows nothing of what was there, nor did anybody note it.
  expect(await open().head('t')).toBe(2);
  const followed = late.tail('t', 1, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(followed.next()).rejects.toMatchObject({ reason: 'Expired' });
});

it('lists what takes many pages of the table', async () => {
  const clock = createClock();
  const model = new ModelTable();
  const open = () => openDynamoStore({ table: model.connect(), clock, random, log: silentLog, pollMs: 1 });
  const store = open();
  const keys = Array.from({ length: 3000 }, (_, i) => `k${String(i).padStart(4, '0')}`);
  const value = random.bytes(2000);
  await Promise.all(keys.map(key => store.commit('t', { key, value, expected: 0 })));
  for (const reader of [store, open()]) {
    const page = await reader.list('t');
    expect(page.entries.map(({ key }) => key)).toEqual(keys);
    expect(page).toMatchObject({ more: false, remaining: 0, revision: 3000 });
  }
});

const program = findDynoxide();
describe.skipIf(program === undefined)(dynoxideTier, () => {
  let server: LocalDynamo;
  beforeAll(async () => {
    server = await startDynoxide(program ?? '');
    await server.createTable('stores');
  });
  afterAll(() => server.stop());

  describeStore(
    'dynamo on dynoxide',
    dynamoSetups(() => server, 'stores'),
    // Each write is some requests to another process; the test in bad weather makes many more.
    { seeds: 2, writes: 300 },
  );

  it('keeps what it acknowledged, and shows it once and in order, while processes are killed', async () => {
    await checkProcesses(server, 'killed', { writers: 2, watchers: 1, rounds: 2, lines: 30 });
  });
});
