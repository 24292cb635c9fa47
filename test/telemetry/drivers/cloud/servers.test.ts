import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Blobs } from '../../../../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../../../../shared/store/drivers/dynamo/awstable.ts';
import { checkKilledProcesses } from '../../../conformance/cloudtelemetry.ts';
import { describeTelemetry } from '../../../conformance/telemetry.ts';
import { attended } from '../../../support/attended.ts';
import { createPorts, openCloudTelemetry, toRecord } from '../../../support/cloudtelemetry.ts';
import { findDynoxide, type LocalDynamo, startDynoxide } from '../../../support/dynoxide.ts';
import { bucketName, openS3Server, type S3Server } from '../../../support/s3/server.ts';
import { until } from '../../../support/until.ts';

const program = findDynoxide();

describe.skipIf(program === undefined)('cloud telemetry (dynoxide is not there for this platform)', () => {
  let dynamo: LocalDynamo;
  let server: S3Server;
  let tables = 0;
  beforeAll(async () => {
    dynamo = await startDynoxide(program ?? '');
    server = await openS3Server();
  });
  afterAll(async () => {
    dynamo.stop();
    await server.close();
  });
  const newPlaces = async () => {
    const { endpoint, region, credentials } = dynamo;
    const table = { table: `telemetry-${tables++}`, endpoint, region, credentials };
    await dynamo.createTable(table.table);
    const prefix = `${table.table}/`;
    const s3 = {
      bucket: bucketName,
      prefix,
      region: 'us-east-1',
      endpoint: server.endpoint,
      credentials: server.credentials,
    };
    return { table, s3 };
  };
  type Places = Awaited<ReturnType<typeof newPlaces>>;
  const open = ({ table, s3 }: Places, connection = createAwsTable(table)) => {
    const ports = createPorts();
    const blobs = createS3Blobs({ ...s3, random: ports.random });
    return openCloudTelemetry({ table: connection, blobs, ports, patienceMs: 30_000, fillAfterMs: 300 });
  };

  describeTelemetry('cloud, on dynoxide and S3', () => {
    let places: Promise<Places> | undefined;
    let answered = async (): Promise<void> => undefined;
    return {
      isDurable: true,
      answered: () => answered(),
      open: async () => {
        places ??= newPlaces();
        const connection = attended(createAwsTable((await places).table));
        answered = connection.answered;
        return open(await places, connection.table);
      },
      crash: async () => {},
      remove: async () => server.bucket.clear(),
    };
  });

  it('loses, repeats and reorders nothing when processes are killed', async () => {
    const places = await newPlaces();
    await checkKilledProcesses(places, () => open(places), { writers: 2, followers: 1, rounds: 2 });
  });

  it('costs half a read unit for a look, and two write units for what arrived in a flush interval', async () => {
    const { table, s3 } = await newPlaces();
    const units: string[] = [];
    const ports = createPorts();
    const telemetry = openCloudTelemetry({
      table: createAwsTable({
        ...table,
        // What is asked for again is paid for again.
        timeoutMs: 300_000,
        meter: (operation, { read, write }) => units.push(`${operation} ${read} ${write}`),
      }),
      blobs: createS3Blobs({ ...s3, random: ports.random }),
      ports,
      flushMs: 20,
    });
    await telemetry.append('log', [toRecord('a', 0, 'warm')]);
    units.length = 0;
    await Promise.all(Array.from({ length: 100 }, (_, i) => telemetry.append('log', [toRecord(`d${i}`, 0, `${i}`)])));
    expect(units).toEqual(['update 0 1', 'put 0 1']);
    const stop = new AbortController();
    const tail = telemetry.tail('log', {}, stop.signal)[Symbol.asyncIterator]().next();
    const looks = (count: number) => until(() => expect(units.slice(-count)).toEqual(Array(count).fill('get 0.5 0')));
    await looks(3);
    units.length = 0;
    await looks(5);
    stop.abort();
    await tail;
    expect(new Set(units)).toEqual(new Set(['get 0.5 0']));
    await telemetry.close();
  });
});
