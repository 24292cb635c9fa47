import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { certs } from '../../cli/certs.ts';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { openKeys } from '../../cli/device/keys.ts';
import { readPartition } from '../../cli/partition.ts';
import { retire } from '../../functions/identity/rotate.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
const lives: { device: SimulatedDevice; stop: () => Promise<void> }[] = [];

beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const { stop } of lives.splice(0)) await stop();
  client.close();
  await server.close();
});

const pace = { configMs: 50, metricsMs: 80, logsMs: 1000, stepMs: 10, retryMs: 100 };

const live = (serial: string, keys = openKeys()) => {
  const device = new SimulatedDevice({ ...readPartition(server.partition), serial, keys, keepAlive: true, pace });
  const abort = new AbortController();
  const life = device.run(abort.signal);
  const stop = async () => {
    abort.abort();
    await life;
  };
  lives.push({ device, stop });
  return { device, stop, keys };
};

const soon = (check: () => Promise<void> | void) => until(check);

const create = async (path: string, object: object): Promise<void> => {
  const { status, text } = await client.ask('POST', path, object);
  expect(status, text).toBe(201);
};

const own = (kind: string, name: string, spec: object) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name },
  spec,
});

/** A Device with an Application whose user data is a secret. */
const device = async (name: string) => {
  const onboard = readFileSync(join(server.partition, 'onboard.cert.pem')).toString('base64');
  await create(eve('devices'), own('Device', name, { serial: name, onboard }));
  await create(
    eve('applications'),
    own('Application', `app-${name}`, {
      nodeSelector: { name },
      containers: [{ name: 'main', image: 'nginx' }],
      eve: { userData: { secret: { name: 'login', key: 'text' } } },
    }),
  );
};

const setSecret = (text: string) =>
  client.ask('PATCH', '/api/v1/namespaces/default/secrets/login', { stringData: { text } }, merge);

/** Under which of the controller's certificates a device's secrets are encrypted. */
const exchangeOf = async (name: string): Promise<string | undefined> => {
  const { json } = await client.ask('GET', eve('deviceconfigs', 'default', name));
  const config = json.status?.['config'] as { cipherContexts?: { controllerCertHash: string }[] } | undefined;
  return config?.cipherContexts?.[0]?.controllerCertHash;
};

const opened = ({ device: one }: { device: SimulatedDevice }, name: string) => one.userData.get(`app-${name}`);

it('certificates rotate without a device being lost, also one that is away', async () => {
  await create('/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'hub' },
    provisioner: 'eve',
    parameters: { type: 'container', URL: 'https://index.docker.io' },
  });
  await create('/api/v1/namespaces/default/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { text: 'A=first' },
  });
  await create(eve('images'), own('Image', 'nginx', { ref: 'library/nginx:1', storageClass: 'hub' }));
  await device('near');
  await device('away');
  const near = live('near');
  const away = live('away');
  await soon(() => expect([opened(near, 'near'), opened(away, 'away')]).toEqual(['A=first', 'A=first']));
  const before = await exchangeOf('near');
  await away.stop();

  await certs(['rotate', '--data', server.data]);
  await soon(async () => expect(await exchangeOf('near')).not.toBe(before));
  await setSecret('A=second');
  await soon(() => expect(opened(near, 'near')).toBe('A=second'));
  expect(await exchangeOf('away')).toBe(before);
  expect(near.device.complaints).toEqual([]);

  const vault = openFolder(join(server.data, 'pki'));
  const store = { find: async () => ['a configuration that needs it'] };
  expect(await retire(vault, store, Date.now() + 3 * 86_400_000)).toBe(0);

  const back = live('away', away.keys);
  await soon(() => expect(opened(back, 'away')).toBe('A=second'));
  await soon(async () => expect(await exchangeOf('away')).toBe(await exchangeOf('near')));
  await setSecret('A=third');
  await soon(() => expect([opened(near, 'near'), opened(back, 'away')]).toEqual(['A=third', 'A=third']));
  expect([...near.device.complaints, ...back.device.complaints]).toEqual([]);

  const unused = { find: async () => [] };
  expect(await retire(vault, unused, Date.now())).toBe(0);
  expect(await retire(vault, unused, Date.now() + 3 * 86_400_000)).toBe(1);
  expect(readdirSync(join(server.data, 'pki')).filter(name => name.startsWith('ecdh'))).toEqual([
    'ecdh.key.pem',
    'ecdh.pem',
  ]);
});

it('a signing certificate alone rotates too', async () => {
  await device('near');
  const near = live('near');
  await soon(() => expect(near.device.configs).toBeGreaterThan(0));
  const count = near.device.configs;
  await certs(['rotate', 'signing', '--data', server.data]);
  await soon(() => expect(near.device.configs).toBeGreaterThan(count));
  await soon(async () => {
    const { json } = await client.ask('GET', eve('devices', 'default', 'near'));
    const config = json.status?.['config'] as { version?: number; appliedVersion?: number };
    expect(config.appliedVersion).toBe(config.version);
  });
  expect(near.device.complaints).toEqual([]);
});

it.each([
  [['rotate', 'root'], /cannot be rotated/],
  [['revoke'], /no kubeve certs revoke/],
])('what cannot be done is said: %j', async (args, text) => {
  await expect(certs([...args, '--data', server.data])).rejects.toThrow(text);
});
