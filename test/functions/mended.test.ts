import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import { findCondition } from '../../shared/base/condition.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
const abort = new AbortController();
let life: Promise<void>;

beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
});
afterEach(async () => {
  abort.abort();
  await life;
  client.close();
  await server.close();
});

const create = async (path: string, apiVersion: string, kind: string, name: string, more: object): Promise<void> => {
  const { status, text } = await client.ask('POST', path, { apiVersion, kind, metadata: { name }, ...more });
  expect(status, text).toBe(201);
};
const own = (kind: string, plural: string, name: string, spec: object) =>
  create(eve(plural), 'eve.lfedge.org/v1beta1', kind, name, { spec });
const application = async () => (await client.ask('GET', eve('applications', 'default', 'web'))).json;

it('an Application runs as soon as its Image says where its content is, without a purge', async () => {
  const storage = '/apis/storage.k8s.io/v1/storageclasses';
  const parameters = { type: 'container', URL: 'https://quay.io' };
  await create(storage, 'storage.k8s.io/v1', 'StorageClass', 'quay', { provisioner: 'eve', parameters });
  await own('Image', 'images', 'web', { ref: 'corp/wbe:1', storageClass: 'quay' });
  const onboard = readFileSync(join(server.partition, 'onboard.cert.pem')).toString('base64');
  await own('Device', 'devices', 'box', { serial: 'box', onboard });
  await own('Application', 'applications', 'web', { containers: [{ name: 'c', image: 'web' }] });
  const device = new SimulatedDevice({
    ...readPartition(server.partition),
    serial: 'box',
    keepAlive: true,
    pace: { configMs: 50, metricsMs: 80, logsMs: 1000, stepMs: 10, retryMs: 100 },
    failDownload: url => (url.includes('wbe') ? 'manifest unknown' : undefined),
  });
  life = device.run(abort.signal);
  await until(async () =>
    expect((await application()).status).toMatchObject({ volumes: [{ error: expect.stringContaining('manifest') }] }),
  );
  const { headers } = await client.ask(
    'PATCH',
    eve('images', 'default', 'web'),
    { spec: { ref: 'corp/web:1' } },
    merge,
  );
  expect(String(headers['warning'])).toContain('what could not be downloaded is tried anew');
  await until(async () => {
    const { status } = await application();
    expect(findCondition(status?.['conditions'], 'Ready')).toMatchObject({ status: 'True' });
  });
  const { json } = await client.ask('GET', eve('devices', 'default', 'box'));
  expect(findCondition(json.status?.['conditions'], 'ConfigComposed')).toMatchObject({ status: 'True' });
  expect(device.complaints).toEqual([]);
});
