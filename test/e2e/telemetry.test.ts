import { afterAll, beforeAll, describe, it } from 'vitest';
import { createS3Blobs } from '../../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { checkKilledProcesses } from '../conformance/cloudtelemetry.ts';
import { describeTelemetry } from '../conformance/telemetry.ts';
import { attended } from '../support/attended.ts';
import { findClient } from '../support/clients.ts';
import { createPorts, openCloudTelemetry } from '../support/cloudtelemetry.ts';
import { findDynoxide, type LocalDynamo, startDynoxide } from '../support/dynoxide.ts';
import { bucketName } from '../support/s3/server.ts';
import { openVersitygw } from '../support/s3/versitygw.ts';

const s3Program = findClient('versitygw');
const tableProgram = findDynoxide();

describe.skipIf(s3Program === undefined || tableProgram === undefined)(
  'telemetry in a table and a real S3 server',
  () => {
    let dynamo: LocalDynamo;
    let server: Awaited<ReturnType<typeof openVersitygw>>;
    let places = 0;
    beforeAll(async () => {
      dynamo = await startDynoxide(tableProgram ?? '');
      server = await openVersitygw(s3Program ?? '');
    });
    afterAll(async () => {
      dynamo.stop();
      await server.close();
    });
    const newPlaces = async () => {
      const { endpoint, region, credentials } = dynamo;
      const table = { table: `telemetry-${places++}`, endpoint, region, credentials };
      await dynamo.createTable(table.table);
      const { close: _, ...access } = server;
      return { table, s3: { ...access, bucket: bucketName, prefix: `${table.table}/`, region: 'us-east-1' } };
    };
    type Places = Awaited<ReturnType<typeof newPlaces>>;
    const open = ({ table, s3 }: Places, connection = createAwsTable(table)) => {
      const ports = createPorts();
      const blobs = createS3Blobs({ ...s3, random: ports.random });
      return openCloudTelemetry({ table: connection, blobs, ports, patienceMs: 30_000, fillAfterMs: 500 });
    };

    describeTelemetry('cloud, on dynoxide and versitygw', () => {
      let place: Promise<Places> | undefined;
      let answered = async (): Promise<void> => undefined;
      return {
        isDurable: true,
        answered: () => answered(),
        open: async () => {
          place ??= newPlaces();
          const connection = attended(createAwsTable((await place).table));
          answered = connection.answered;
          return open(await place, connection.table);
        },
        crash: async () => {},
        remove: async () => {},
      };
    });

    it('loses, repeats and reorders nothing when processes are killed', async () => {
      const place = await newPlaces();
      await checkKilledProcesses(place, () => open(place), { writers: 3, followers: 2, rounds: 3 });
    });
  },
);
