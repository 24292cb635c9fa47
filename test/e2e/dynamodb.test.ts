import { afterAll, beforeAll, describe, it } from 'vitest';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import type { Table } from '../../shared/store/drivers/dynamo/table.ts';
import { createClock, silentLog } from '../conformance/clock.ts';
import { checkProcesses } from '../conformance/processes.ts';
import { describeStore } from '../conformance/store.ts';
import { describeTable } from '../conformance/table.ts';
import { findDynamoDbLocal, startDynamoDbLocal } from '../support/dynamodblocal.ts';
import type { LocalDynamo } from '../support/dynoxide.ts';
import { createTestPorts } from '../support/ports.ts';

const place = findDynamoDbLocal();

describe.skipIf(place === undefined)('DynamoDB Local (fetch it with test/e2e/dynamodb.sh)', () => {
  let server: LocalDynamo;
  let count = 0;
  const { random } = createTestPorts();
  beforeAll(async () => {
    server = await startDynamoDbLocal(place ?? '');
    await server.createTable('tables');
    await server.createTable('stores');
  }, 60_000);
  afterAll(() => server?.stop());

  describeTable('DynamoDB Local', async () => {
    const table = createAwsTable({ ...server, table: 'tables' });
    return { table, remove: () => table.close() };
  });

  describeStore(
    'dynamo on DynamoDB Local',
    () => {
      const clock = createClock();
      const tenant = `t${++count}`;
      const tables: Table[] = [];
      return {
        clock,
        isDurable: true,
        without: { remaining: true, historyBytes: true, density: true },
        async open(limits) {
          const table = createAwsTable({ ...server, table: 'stores' });
          tables.push(table);
          return openDynamoStore({ table, tenant, clock, random, log: silentLog, pollMs: 1, ...limits });
        },
        crash() {},
        async remove() {
          for (const table of tables) table.close();
        },
      };
    },
    { seeds: 2, writes: 300 },
  );

  it('keeps what it acknowledged, and shows it once and in order, while processes are killed', async () => {
    await checkProcesses(server, 'killed', { writers: 3, watchers: 2, rounds: 3, lines: 60 });
  }, 300_000);
});
