import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DeviceOptions, SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import { type Client, connect, eve } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
const devices: SimulatedDevice[] = [];

beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
});
afterEach(async () => {
  for (const device of devices.splice(0)) device.close();
  client.close();
  await server.close();
});

const create = async (path: string, object: object): Promise<void> => {
  const { status, text } = await client.ask('POST', path, object);
  expect(status, text).toBe(201);
};

/** A Device, and the simulated one that is it, onboarded. */
const enter = async (name: string, options: Partial<DeviceOptions> = {}): Promise<SimulatedDevice> => {
  const onboard = readFileSync(join(server.partition, 'onboard.cert.pem')).toString('base64');
  const metadata = { name };
  const spec = { serial: name, onboard };
  await create(eve('devices'), { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata, spec });
  const device = new SimulatedDevice({ ...readPartition(server.partition), serial: name, tpm: true, ...options });
  devices.push(device);
  await device.onboard();
  return device;
};

const attested = async (name: string) => {
  const { json } = await client.ask('GET', eve('devices', 'default', name));
  const conditions = (json.status?.['conditions'] ?? []) as { type: string; status: string; reason: string }[];
  return conditions.find(({ type }) => type === 'Attested');
};

it('a device that booted something else gets nothing, until it boots what it should', async () => {
  await create('/apis/kubeve.io/v1alpha1/namespaces/default/attestationpolicies', {
    apiVersion: 'kubeve.io/v1alpha1',
    kind: 'AttestationPolicy',
    metadata: { name: 'boot' },
    spec: { mode: 'enforce', learnFrom: 'teacher' },
  });
  const teacher = await enter('teacher');
  await teacher.boot();
  await until(async () => expect(await attested('teacher')).toMatchObject({ status: 'True', reason: 'Trusted' }));
  await until(async () => expect(await teacher.poll()).toBe('new'));

  const bad = await enter('pupil', { tampered: 'rootkit' });
  await expect(bad.boot()).rejects.toThrow('code 4');
  await expect(bad.poll()).rejects.toThrow('code 4');
  await until(async () =>
    expect(await attested('pupil')).toMatchObject({ status: 'False', reason: 'OtherMeasurement' }),
  );
  expect(bad.configs).toBe(0);

  const { uuid } = bad;
  const { text } = await client.ask('GET', `/edgenode/${uuid}/attestation?tailLines=1`);
  const quote = JSON.parse(text) as { registers: object; events: { text?: string }[] }; // one line of JSON
  expect(quote.events.map(event => event.text)).toContain('rootkit');
  expect(quote.registers).toMatchObject({ 4: { agrees: true } });

  const { keys } = bad;
  const mended = new SimulatedDevice({ ...readPartition(server.partition), serial: 'pupil', tpm: true, keys });
  devices.push(mended);
  await mended.onboard();
  expect(mended.uuid).toBe(uuid);
  await mended.boot();
  await until(async () => expect(await mended.poll()).toBe('new'));
  await until(async () => expect(await attested('pupil')).toMatchObject({ status: 'True', reason: 'Measured' }));
  expect(mended.complaints).toEqual([]);
});
