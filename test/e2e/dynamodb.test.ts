import { afterAll, beforeAll, describe, it } from 'vitest';
import { createS3Blobs } from '../../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { checkKilledProcesses } from '../conformance/cloudtelemetry.ts';
import { dynamoSetups } from '../conformance/dynamosetup.ts';
import { checkProcesses } from '../conformance/processes.ts';
import { describeStore } from '../conformance/store.ts';
import { describeTable } from '../conformance/table.ts';
import { describeTelemetry } from '../conformance/telemetry.ts';
import { attended } from '../support/attended.ts';
import { createPorts, openCloudTelemetry } from '../support/cloudtelemetry.ts';
import { findDynamoDbLocal, startDynamoDbLocal } from '../support/dynamodblocal.ts';
import type { LocalDynamo } from '../support/dynoxide.ts';
import { bucketName, openS3Server, type S3Server } from '../support/s3/server.ts';

const place = findDynamoDbLocal();

describe.skipIf(place === undefined)('DynamoDB Local (fetch it with test/e2e/dynamodb.sh)', () => {
  let server: LocalDynamo;
  let s3: S3Server;
  let names = 0;
  beforeAll(async () => {
    s3 = await openS3Server();
    server = await startDynamoDbLocal(place ?? '');
    await server.createTable('tables');
    await server.createTable('stores');
  });
  afterAll(async () => {
    server?.stop();
    await s3?.close();
  });

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
  });

  const placesOf = async (name: string) => {
    const { endpoint, region, credentials } = server;
    await server.createTable(name);
    const access = { endpoint: s3.endpoint, credentials: s3.credentials };
    return {
      table: { table: name, endpoint, region, credentials },
      s3: { ...access, bucket: bucketName, prefix: `${name}/`, region: 'us-east-1' },
    };
  };
  type Places = Awaited<ReturnType<typeof placesOf>>;
  const open = ({ table, s3: bucket }: Places, connection = createAwsTable(table)) => {
    const ports = createPorts();
    const blobs = createS3Blobs({ ...bucket, random: ports.random });
    return openCloudTelemetry({ table: connection, blobs, ports, patienceMs: 30_000, fillAfterMs: 500 });
  };

  describeTelemetry('cloud, on DynamoDB Local', () => {
    let places: Promise<Places> | undefined;
    let answered = async (): Promise<void> => undefined;
    return {
      isDurable: true,
      answered: () => answered(),
      open: async () => {
        places ??= placesOf(`telemetry-${names++}`);
        const connection = attended(createAwsTable((await places).table));
        answered = connection.answered;
        return open(await places, connection.table);
      },
      crash: async () => {},
      remove: async () => s3.bucket.clear(),
    };
  });

  it('loses, repeats and reorders no telemetry when processes are killed', async () => {
    const places = await placesOf('killed-telemetry');
    await checkKilledProcesses(places, () => open(places), { writers: 2, followers: 2, rounds: 2 });
  });
});
