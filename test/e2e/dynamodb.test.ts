import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { backup } from '../../cli/backup.ts';
import { restore } from '../../cli/restore.ts';
import { openStore } from '../../functions/node/openstore.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { createS3Blobs } from '../../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import { checkKilledProcesses } from '../conformance/cloudtelemetry.ts';
import { dynamoSetups } from '../conformance/dynamosetup.ts';
import { describeMovable, takeOut } from '../conformance/movable.ts';
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

  describeMovable('dynamo on DynamoDB Local', () => {
    const table = createAwsTable({ ...server, table: 'stores' });
    const ports = { ...systemPorts('silent'), log: createPorts().log };
    const tenant = `moving-${names++}`;
    return {
      isDurable: true,
      open: async () => openDynamoStore({ table, tenant, ...ports, pollMs: 1 }),
      remove: async () => table.close(),
    };
  });

  it('takes an installation from a folder and gives it back, by `kubeve backup` and `kubeve restore`', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-local-'));
    const at = (name: string): string => join(dir, name);
    const where = { region: server.region, bucket: bucketName, table: 'stores', tenant: 'moved' };
    const flags = Object.entries(where).flatMap(([name, value]) => [`--${name}`, value]);
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.endpoint);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const open = (place: Partial<typeof where> & { data: string }) =>
      openStore({ region: '', ...place }, systemPorts('silent'));
    const type = 'objects/core/configmaps';
    try {
      const folder = await open({ data: at('folder') });
      // Among them one that goes into the bucket.
      for (const [i, size] of [0, 10, 5_000, 300_000].entries()) {
        const write = {
          key: `default/c${i}`,
          value: new Uint8Array(randomBytes(size)),
          expected: 0,
          terms: [`n=${i}`],
        };
        expect(await folder.store.commit(type, write)).toMatchObject({ ok: true });
      }
      await folder.store.marks.set('seen', 'a', new Uint8Array([1]));
      const before = await takeOut(folder.store);
      await folder.close();
      await backup([at('first'), '--data', at('folder')]);
      await restore([at('first'), ...flags]);
      await expect(restore([at('first'), ...flags])).rejects.toThrow('There are data already');
      const table = await open({ data: '', ...where });
      const moved = (await takeOut(table.store))[type];
      expect(moved?.entries).toEqual(before[type]?.entries);
      expect(moved?.revision).toBeGreaterThan(before[type]?.revision ?? 0);
      const changed = { key: 'default/c2', value: new Uint8Array([2]), expected: 3 };
      expect(await table.store.commit(type, changed)).toMatchObject({ ok: true });
      const after = (await takeOut(table.store))[type];
      await table.close();
      await backup([at('second'), ...flags]);
      await restore([at('second'), '--data', at('back')]);
      const back = await open({ data: at('back') });
      expect((await takeOut(back.store))[type]?.entries).toEqual(after?.entries);
      expect(await back.store.marks.get('seen', 'a')).toEqual(new Uint8Array([1]));
      await back.close();
    } finally {
      said.mockRestore();
      vi.unstubAllEnvs();
      rmSync(dir, { recursive: true });
    }
  });

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
