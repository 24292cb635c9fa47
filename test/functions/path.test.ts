import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceOptions, SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
const lives: { stop: AbortController; life: Promise<void> }[] = [];
beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
});
afterEach(async () => {
  for (const { stop } of lives) stop.abort();
  await Promise.all(lives.splice(0).map(({ life }) => life));
  client.close();
  await server.close();
});

const pace = { configMs: 50, metricsMs: 200, logsMs: 100, stepMs: 10, retryMs: 100 };

const makeDevice = (options: Partial<DeviceOptions> = {}): SimulatedDevice =>
  new SimulatedDevice({ ...readPartition(server.partition), serial: 'PATH-1', keepAlive: true, pace, ...options });

const live = (device: SimulatedDevice): SimulatedDevice => {
  const stop = new AbortController();
  lives.push({ stop, life: device.run(stop.signal) });
  return device;
};

const create = async (
  plural: string,
  kind: string,
  name: string,
  spec: object,
  metadata: object = {},
): Promise<void> => {
  const object = { apiVersion: 'eve.lfedge.org/v1beta1', kind, metadata: { name, ...metadata }, spec };
  const { status, text } = await client.ask('POST', eve(plural), object);
  expect(status, text).toBe(201);
};

const read = async (plural: string, name: string): Promise<ApiObject> =>
  (await client.ask('GET', eve(plural, 'default', name))).json;

const condition = (object: ApiObject, type: string) => {
  const list = (object.status?.conditions ?? []) as { type: string; status: string; message: string }[];
  return list.find(one => one.type === type);
};

const soon = (check: () => Promise<void>) => until(check);

const onboardCertificate = (): string =>
  Buffer.from(readFileSync(join(server.partition, 'onboard.cert.pem'))).toString('base64');

const network = async () => {
  await create('networkconfigs', 'NetworkConfig', 'net', { ip: 'dhcp' });
  await create('devicenetworks', 'DeviceNetwork', 'net', {
    networkConfig: 'net',
    ports: ['eth0'],
    instance: { subnet: '10.0.9.0/24' },
  });
};

const image = async () => {
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'hub' },
    provisioner: 'eve',
    parameters: { type: 'container', URL: 'https://index.docker.io', credentialsSecret: 'hub' },
  };
  expect((await client.ask('POST', '/apis/storage.k8s.io/v1/storageclasses', storageClass)).status).toBe(201);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'hub' },
    stringData: { username: 'u', password: 'p' },
  };
  expect((await client.ask('POST', '/api/v1/namespaces/default/secrets', secret)).status).toBe(201);
  await create('images', 'Image', 'nginx', { ref: 'library/nginx:1', storageClass: 'hub' });
};

const application = (more: object = {}) => ({
  nodeSelector: { name: 'lab1' },
  containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: 1, memory: '128Mi' } } }],
  ...more,
});

describe('from an object to a device and back', () => {
  it('takes a device from its first contact to a running application', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    await network();
    await image();
    await create('applications', 'Application', 'web', application(), {
      annotations: { 'k8s.v1.cni.cncf.io/networks': 'net' },
    });
    const device = live(makeDevice());
    await soon(async () => expect((await read('applications', 'web')).status?.state).toBe('RUNNING'));
    const web = await read('applications', 'web');
    expect(condition(web, 'Ready')?.status).toBe('True');
    expect(web.status?.device).toBe('lab1');
    const walked = (web.status?.statuses ?? []) as { state: string }[];
    expect(walked.map(({ state }) => state)).toEqual(expect.arrayContaining(['INSTALLED', 'BOOTING', 'RUNNING']));
    await soon(async () => {
      const lab1 = await read('devices', 'lab1');
      for (const type of ['Onboarded', 'ConfigComposed', 'ConfigApplied', 'Ready'])
        expect(condition(lab1, type), type).toMatchObject({ status: 'True' });
      expect(lab1.status).toMatchObject({ uuid: device.uuid, 'eve-os-version': '16.0.0-lts-kvm-amd64' });
      expect(lab1.status?.addresses).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'InternalIP' })]));
    });
    expect(device.complaints).toEqual([]);
  });

  it('never takes what was said of an older spec for the new one', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    await network();
    await image();
    await create('applications', 'Application', 'web', application(), {
      annotations: { 'k8s.v1.cni.cncf.io/networks': 'net' },
    });
    live(makeDevice());
    const isDone = async (plural: string, name: string) => {
      const one = await read(plural, name);
      expect(one.status?.observedGeneration).toBe(one.metadata.generation);
      expect(condition(one, 'Ready')?.status).toBe('True');
      return one;
    };
    const edit = async (plural: string, name: string, spec: object): Promise<ApiObject> => {
      const { status, json } = await client.ask('PATCH', eve(plural, 'default', name), { spec }, merge);
      expect(status).toBe(200);
      expect(json.metadata.generation).toBeGreaterThan(Number(json.status?.observedGeneration));
      return json;
    };
    await soon(async () => {
      expect((await isDone('applications', 'web')).status).toMatchObject({ observedGeneration: 1, version: '1' });
    });
    await soon(async () => void (await isDone('devices', 'lab1')));

    await edit('applications', 'web', { eve: { restart: { counter: 1 } } });
    await soon(async () => {
      expect((await isDone('applications', 'web')).status).toMatchObject({ observedGeneration: 2, version: '2' });
    });
    const applied = (generation: number): Promise<unknown> =>
      until(async () => {
        const config = (await isDone('devices', 'lab1')).status?.config;
        expect(config).toMatchObject({ generation });
        const { version, appliedVersion } = config as Record<string, unknown>;
        expect(appliedVersion).toBe(version);
        return version;
      });
    await edit('devices', 'lab1', { manufacturer: 'Acme' });
    const version = await applied(2);
    await edit('devices', 'lab1', { location: 'here' });
    expect(await applied(3)).toBe(version);
  });

  it('gives a bare Device a config that keeps it online', async () => {
    await create('devices', 'Device', 'bare', { serial: 'PATH-1', onboard: onboardCertificate() });
    const device = makeDevice();
    await device.onboard();
    await device.boot();
    expect(await device.poll()).toBe('new');
    expect(device.complaints).toEqual([]);
    device.close();
  });

  it('lets a device in by its onboarding certificate, and not after that is gone', async () => {
    await create('onboardcertificates', 'OnboardCertificate', 'shelf', { certificate: onboardCertificate() });
    const first = makeDevice({ serial: 'SHELF/1' });
    await first.onboard();
    const { items = [] } = (await client.ask('GET', eve('devices'))).json;
    expect(items.map(one => one.status?.uuid)).toEqual([first.uuid]);
    expect((await client.ask('DELETE', eve('onboardcertificates', 'default', 'shelf'))).status).toBe(200);
    const second = makeDevice({ serial: 'SHELF/2' });
    await expect(second.onboard()).rejects.toThrow(/no UUID/);
    expect(await first.poll().catch(() => 'refused')).not.toBe('refused');
    first.close();
    second.close();
  });

  it('knows nobody that it was not told of', async () => {
    const device = makeDevice();
    await expect(device.onboard()).rejects.toThrow(/no UUID/);
    expect((await client.ask('GET', eve('devices'))).json.items).toEqual([]);
    device.close();
  });

  it('stops serving a device that is deleted', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    const device = makeDevice();
    await device.onboard();
    await device.boot();
    expect((await client.ask('DELETE', eve('devices', 'default', 'lab1'))).status).toBe(200);
    await expect(device.poll()).rejects.toThrow(/no UUID/);
    device.close();
  });

  it('leaves the last good config in place when a reference breaks, and says what is wrong', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    await network();
    await image();
    await create('applications', 'Application', 'web', application());
    const device = live(makeDevice());
    await soon(async () => expect((await read('applications', 'web')).status?.state).toBe('RUNNING'));
    const spec = { containers: [{ name: 'main', image: 'gone' }] };
    expect((await client.ask('PATCH', eve('applications', 'default', 'web'), { spec }, merge)).status).toBe(200);
    await soon(async () => {
      expect(condition(await read('devices', 'lab1'), 'ConfigComposed')).toMatchObject({
        status: 'False',
        message: expect.stringContaining('gone'),
      });
    });
    await device.poll();
    expect([...device.world.apps.values()].map(app => app.isRunning)).toEqual([true]);
    const events = (await client.ask('GET', '/api/v1/namespaces/default/events')).json.items ?? [];
    expect(events.filter(event => event.type === 'Warning').map(event => event.message)).toEqual(
      expect.arrayContaining([expect.stringContaining('gone')]),
    );
  });

  it('reads back what the device sent, and follows it', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    const device = live(makeDevice());
    await soon(async () => expect(device.configs).toBeGreaterThan(0));
    await soon(async () => {
      for (const kind of ['log', 'info', 'metrics', 'hardwarehealth'])
        expect((await client.ask('GET', `/edgenode/${device.uuid}/${kind}?limit=1`)).text, kind).toMatch(/^\{.*\}\n$/);
    });
    const lines = (await client.ask('GET', `/edgenode/${device.uuid}/log?content~=attested`)).text;
    expect(lines).toContain('attested');
    const events = await client.ask('GET', `/edgenode/00000000-0000-4000-8000-000000000000/log`);
    expect(events.status).toBe(404);
  });

  it('reboots a device by its counter', async () => {
    await create('devices', 'Device', 'lab1', { serial: 'PATH-1', onboard: onboardCertificate() });
    const device = live(makeDevice());
    await soon(async () => expect(device.configs).toBeGreaterThan(0));
    const spec = { reboot: { counter: 1 } };
    const patched = await client.ask('PATCH', eve('devices', 'default', 'lab1'), { spec }, merge);
    expect(patched.status, patched.text).toBe(200);
    await soon(async () => expect(device.facts.boots).toBe(2));
  });
});

describe('who may', () => {
  it('refuses strangers and says no more', async () => {
    const stranger = connect(server.url, server.data, 'nobody');
    for (const path of ['/api', '/apis', eve('devices'), '/edgenode/x/log', '/nowhere']) {
      const { status, json } = await stranger.ask('GET', path);
      expect([status, json.reason], path).toEqual([401, 'Unauthorized']);
    }
    expect((await stranger.ask('GET', '/api/v2/edgedevice/ping')).status).toBe(200);
    stranger.close();
  });

  it.each([
    ['/api/v2/edgedevice/register', 400],
    ['/api/v2/edgedevice/uuid', 400],
    ['/api/v2/edgedevice/id/00000000-0000-4000-8000-000000000000/config', 400],
    ['/api/v2/edgedevice/nothing', 404],
  ])('answers nonsense at %s with %d', async (path, status) => {
    const stranger = connect(server.url, server.data, 'nobody');
    const answer = await stranger.ask('POST', path, 'nonsense', { 'content-type': 'application/x-proto-binary' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect([status, 401, 422]).toContain(answer.status);
    stranger.close();
  });
});
