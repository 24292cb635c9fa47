// One of several processes on the same cloud telemetry. Writes for as long as it lives and prints each append that was
// acknowledged: device, text. Or follows from a cursor on and prints what it sees: cursor, text.

import { isFault } from '../../../shared/base/fault.ts';
import { createS3Blobs } from '../../../shared/blob/drivers/s3.ts';
import { createAwsTable } from '../../../shared/store/drivers/dynamo/awstable.ts';
import { createPorts, openCloudTelemetry } from '../../support/cloudtelemetry.ts';
import { say } from '../say.ts';

const [, , places = '', role = '', after = ''] = process.argv;
const { table, s3 } = JSON.parse(places);
const ports = createPorts();
const telemetry = openCloudTelemetry({
  table: createAwsTable(table),
  blobs: createS3Blobs({ ...s3, random: ports.random }),
  ports,
  flushMs: 10,
  pollMs: 20,
  fillAfterMs: 300,
  patienceMs: 30_000,
});

const write = async (worker: number): Promise<void> => {
  for (let i = 0; ; i++) {
    const text = `${role}-${worker}-${i}`;
    const body = new TextEncoder().encode(text.padEnd(200 + (i % 9) * 100, '.'));
    const device = `d${worker}`;
    try {
      await telemetry.append('log', [{ device, at: Date.now(), body }]);
      say(`${device} ${text}`);
    } catch (error) {
      if (!isFault(error, 'ServiceUnavailable')) throw error;
    }
  }
};

let reached = after;
const follow = async (): Promise<void> => {
  const from = reached === '' ? { since: 0 } : { after: reached };
  try {
    for await (const { cursor, body } of telemetry.tail('log', from, new AbortController().signal)) {
      say(`${cursor} ${new TextDecoder().decode(body).replace(/\.+$/, '')}`);
      reached = cursor;
    }
  } catch (error) {
    // A machine that stands still for seconds uses up all patience.
    if (!isFault(error, 'ServiceUnavailable')) throw error;
  }
};

if (role === 'follow') for (;;) await follow();
else await Promise.all(Array.from({ length: 4 }, (_, i) => write(i)));
