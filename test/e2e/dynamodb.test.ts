import { afterAll, beforeAll, describe, it } from 'vitest';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { dynamoSetups } from '../conformance/dynamosetup.ts';
import { checkProcesses } from '../conformance/processes.ts';
import { describeStore } from '../conformance/store.ts';
import { describeTable } from '../conformance/table.ts';
import { findDynamoDbLocal, startDynamoDbLocal } from '../support/dynamodblocal.ts';
import type { LocalDynamo } from '../support/dynoxide.ts';

const place = findDynamoDbLocal();

describe.skipIf(place === undefined)('DynamoDB Local (fetch it with test/e2e/dynamodb.sh)', () => {
  let server: LocalDynamo;
  beforeAll(async () => {
    server = await startDynamoDbLocal(place ?? '');
    await server.createTable('tables');
    await server.createTable('stores');
  });
  afterAll(() => server?.stop());

  describeTable('DynamoDB Local', async () => {
    const table = createAwsTable({ ...server, table: 'tables' });
    return { table, remove: () => table.close() };
  });

  describeStore(
    'dynamo on DynamoDB Local',
    dynamoSetups(() => server, 'stores'),
    { seeds: 2, writes: 300 },
  );

  it('keeps what it acknowledged, and shows it once and in order, while processes are killed', async () => {
    await checkProcesses(server, 'killed', { writers: 3, watchers: 2, rounds: 3, lines: 60 });
  }, 300_000);
});
