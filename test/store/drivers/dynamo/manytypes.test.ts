import { expect, it } from 'vitest';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();
const value = new Uint8Array([1]);
const count = 230;
const nameOf = (at: number): string => `t${String(at).padStart(3, '0')}`;

/** A store of many types, into some of which somebody writes whenever the tickets of types are counted. */
const setup = async (moving: readonly string[], every = 1) => {
  const model = new ModelTable();
  const clock = createClock();
  const delay = async (ms: number): Promise<void> => clock.advance(ms);
  const open = (table: Table) => openDynamoStore({ table, clock, random, log: silentLog, pollMs: 1, delay });
  const writer = open(model.connect());
  for (let at = 0; at < count; at++) await writer.commit(nameOf(at), { key: 'first', value, expected: 0 });
  let writes = 0;
  const write = async () => {
    writes += 1;
    if (writes % every > 0) return;
    // Each knows of the one before it.
    for (const type of moving) await writer.commit(type, { key: `k${writes}`, value, expected: 0 });
  };
  const table = model.connect();
  const counted = new Proxy(table, {
    get: (target, name: keyof Table) =>
      name === 'transactGet'
        ? async (...args: Parameters<Table['transactGet']>) => {
            await write();
            const found = await target.transactGet(...args);
            await write();
            return found;
          }
        : target[name].bind(target),
  });
  return open(counted);
};

it('takes a cut of more types than one transaction has room for, while some of them are written all the time', async () => {
  // The first is counted last, and the other way round.
  const moving = [nameOf(229), nameOf(120), nameOf(0), nameOf(228)];
  const store = await setup(moving);
  const { types } = await store.snapshot();
  expect(types).toHaveLength(count);
  const held: number[] = [];
  for (const type of moving) {
    const found = types.find(one => one.type === type);
    const entries: string[] = [];
    for await (const { key } of found?.entries() ?? []) entries.push(key);
    held.push(entries.length);
  }
  // Whatever is held knows only of what is held.
  for (const [at, one] of held.entries()) expect(one).toBeLessThanOrEqual(held[at - 1] ?? Number.POSITIVE_INFINITY);
});

it('says so when more of them are written than one transaction has room for', async () => {
  const store = await setup(
    Array.from({ length: 101 }, (_, at) => nameOf(2 * at)),
    6,
  );
  await expect(store.snapshot()).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
    message: expect.stringContaining('More than 100 types are written just now'),
  });
});
