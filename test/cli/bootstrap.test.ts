import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bootstrap } from '../../cli/bootstrap.ts';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import { decode, encode } from '../../shared/base/protobuf.ts';
import { eve as messages } from '../../shared/eve/generated/table.ts';
import { type Client, connect, eve } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let client: Client;
let output: string;

beforeEach(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  output = join(server.data, 'out');
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  client.close();
  await server.close();
});

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

/** A Device on a network where DHCP alone does not do. */
const device = async (network: object): Promise<void> => {
  await create(eve('networkconfigs'), own('NetworkConfig', 'lan', network));
  await create(eve('devicenetworks'), own('DeviceNetwork', 'lan', { networkConfig: 'lan', ports: ['eth0'] }));
  const onboard = readFileSync(join(server.partition, 'onboard.cert.pem')).toString('base64');
  await create(eve('devices'), own('Device', 'lab1', { serial: 'BOOT-1', onboard }));
};

const fixed = { ip: 'dhcp', mtu: 1400, proxies: ['http://10.9.0.1:3128'] };

const write = (...more: string[]) =>
  bootstrap([
    'lab1',
    '--output',
    output,
    '--config',
    server.partition,
    '--kubeconfig',
    join(server.data, 'kubeconfig'),
    ...more,
  ]);

const said: string[] = [];
const start = () => {
  said.length = 0;
  const device = new SimulatedDevice({
    ...readPartition(output),
    serial: 'BOOT-1',
    say: line => said.push(line),
  });
  return device;
};

it('a device begins with what is on its config partition, and goes on with what its controller says', async () => {
  await device(fixed);
  await write();
  expect(statSync(join(output, 'onboard.key.pem')).mode & 0o777).toBe(0o600);
  const one = start();
  await one.onboard();
  expect(said[0]).toBe('has its first network from the config partition: eth0');
  expect(one.config.networks).toMatchObject([
    { mtu: 1400, entProxy: { proxies: [{ server: '10.9.0.1', port: 3128 }] } },
  ]);
  expect(one.config.apps ?? []).toEqual([]);
  await one.boot();
  const status = async () => (await client.ask('GET', eve('devices', 'default', 'lab1'))).json.status ?? {};
  await until(async () =>
    expect((await status())['ports']).toMatchObject([{ name: 'eth0', configSource: 'BOOTSTRAP' }]),
  );
  await until(async () => expect(await one.poll()).toBe('new'));
  await until(async () =>
    expect((await status())['ports']).toMatchObject([{ name: 'eth0', configSource: 'CONTROLLER' }]),
  );
  expect(one.complaints).toEqual([]);
  one.close();
});

it('what was changed on the way is not taken', async () => {
  await device(fixed);
  await write();
  const file = join(output, 'bootstrap-config.pb');
  const message = decode(messages, 'config.BootstrapConfig', readFileSync(file));
  const payload = Buffer.from(message.signed_config?.protectedPayload?.payload ?? []);
  payload.writeUInt8(payload.readUInt8(payload.length - 1) ^ 1, payload.length - 1);
  const changed = { ...message, signed_config: { ...message.signed_config, protectedPayload: { payload } } };
  writeFileSync(file, encode(messages, 'config.BootstrapConfig', changed));
  const one = start();
  await expect(one.onboard()).rejects.toThrow('signature');
  one.close();
});

it('secrets stand there in the clear only where that is asked for', async () => {
  await create('/api/v1/namespaces/default/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'wifi' },
    stringData: { password: 'open sesame' },
  });
  const wifi = { ssid: 'lab', keyScheme: 'WPAPSK', passwordSecret: { name: 'wifi', key: 'password' } };
  await device({ ip: 'dhcp', wifi: [wifi] });
  await expect(write()).rejects.toThrow('--secrets-in-clear');
  await write('--secrets-in-clear');
  expect(readFileSync(join(output, 'bootstrap-config.pb')).toString('latin1')).toContain('open sesame');
});

it('says what is not there', async () => {
  await expect(write()).rejects.toThrow('404');
  await expect(write()).rejects.toThrow(/there is no Device .* in namespace .*: say another with -n/);
  await expect(bootstrap([])).rejects.toThrow('give the name of one Device');
});
