import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { seal } from '../../cli/device/envelope.ts';
import { openKeys } from '../../cli/device/keys.ts';
import { openTransport, type Transport } from '../../cli/device/transport.ts';
import { readPartition } from '../../cli/partition.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { eve as messages } from '../../shared/eve/generated/table.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Bad input through the door: the exact answer of each protocol, never a 5xx, and nothing changed. */
let server: TestServer;
let client: Client;
let device: SimulatedDevice;
let other: SimulatedDevice;
let transport: Transport;
beforeAll(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  for (const name of ['one', 'two']) {
    const spec = { serial: `BAD-${name}`, acceptSerialAlone: true };
    const object = { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name }, spec };
    expect((await client.ask('POST', eve('devices'), object)).status).toBe(201);
  }
  const partition = readPartition(server.partition);
  device = new SimulatedDevice({ ...partition, serial: 'BAD-one' });
  other = new SimulatedDevice({ ...partition, serial: 'BAD-two' });
  for (const one of [device, other]) {
    await one.onboard();
    await one.boot();
  }
  transport = openTransport({ server: partition.server, rootPem: partition.rootPem, keepAlive: true });
});
afterAll(async () => {
  device.close();
  other.close();
  transport.close();
  client.close();
  await server.close();
});

/** What users wrote. What devices reported before may still be on its way into status. */
const wishes = async (): Promise<unknown> => {
  const lists = ['devices', 'deviceconfigs', 'applications'].map(async plural => {
    const { items = [] } = (await client.ask('GET', eve(plural))).json;
    return items.map(({ metadata, spec }) => [metadata.uid, metadata.generation, metadata.labels, spec]);
  });
  return Promise.all(lists);
};

describe('a device that lies', () => {
  const proto = { 'content-type': 'application/x-proto-binary' };
  const post = async (path: string, body: Uint8Array): Promise<number> =>
    (await transport.send('POST', `/api/v2/edgedevice/${path}`, body, proto)).status;
  const info = () => encode(messages, 'info.ZInfoMsg', { ztype: 1, devId: device.uuid });
  const stranger = openKeys().device;
  const spoil = (bytes: Uint8Array, at: number) =>
    bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ 1 : byte));

  it.each<[string, () => [string, Uint8Array], number[]]>([
    ['the UUID of another', () => [`id/${other.uuid}/info`, seal(info(), device.keys.device)], [400, 403]],
    ['a certificate that nobody knows', () => [`id/${device.uuid}/info`, seal(info(), stranger)], [400, 401, 403, 404]],
    ['a spoilt signature', () => [`id/${device.uuid}/info`, spoil(seal(info(), device.keys.device), -3)], [401]],
    ['no envelope', () => [`id/${device.uuid}/info`, info()], [400, 401, 422]],
    ['nothing', () => [`id/${device.uuid}/info`, new Uint8Array()], [400, 401, 422]],
    ['noise', () => [`id/${device.uuid}/config`, Buffer.alloc(512, 0xff)], [400, 422]],
    [
      'no message in a good envelope',
      () => [`id/${device.uuid}/info`, seal(Buffer.from('\xff\xff\xff', 'latin1'), device.keys.device)],
      [400, 422],
    ],
    [
      'logs that are no gzip',
      () => [`id/${device.uuid}/newlogs`, seal(Buffer.from('plain'), device.keys.device)],
      [400, 422],
    ],
    ['too much', () => [`id/${device.uuid}/info`, Buffer.alloc(11 * 1024 * 1024)], [413]],
    ['a UUID that is none', () => ['id/not-a-uuid/info', seal(info(), device.keys.device)], [400, 403, 404]],
    ['an endpoint that is none', () => [`id/${device.uuid}/secrets`, seal(info(), device.keys.device)], [404]],
  ])('with %s is told so', async (_, make, expected) => {
    const before = await wishes();
    const [path, body] = make();
    const status = await post(path, body);
    expect(expected).toContain(status);
    expect(await wishes()).toEqual(before);
  });

  it('is served as before afterwards', async () => {
    expect(await device.poll()).toBe('new');
  });
});

describe('a client that errs', () => {
  const object = (name: string, spec: unknown) => ({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'Device',
    metadata: { name },
    spec,
  });
  const one = eve('devices', 'default', 'one');

  it.each<[string, string, string, unknown, number, Record<string, string>?]>([
    ['a body that is no JSON', 'POST', eve('devices'), '{', 400],
    ['a body of another kind', 'POST', eve('devices'), { ...object('x', {}), kind: 'Image' }, 422],
    ['a wrong type', 'POST', eve('devices'), object('x', { serial: 7 }), 422],
    ['a spec that is a list', 'POST', eve('devices'), object('x', []), 422],
    ['a spec that is a text', 'POST', eve('devicenetworks'), { ...object('x', 'text'), kind: 'DeviceNetwork' }, 422],
    [
      'an unknown field, strictly',
      'POST',
      `${eve('devices')}?fieldValidation=Strict`,
      object('x', { sereal: 'a' }),
      400,
    ],
    ['a bad name', 'POST', eve('devices'), object('Not A Name', {}), 422],
    ['no name', 'POST', eve('devices'), { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device' }, 422],
    ['a name that is there', 'POST', eve('devices'), object('one', {}), 409],
    ['another namespace', 'POST', eve('devices', 'nowhere'), object('x', {}), 404],
    ['a stale version', 'PUT', one, { ...object('one', {}), metadata: { name: 'one', resourceVersion: '1' } }, 409],
    ['no version', 'PUT', one, object('one', {}), 422],
    ['a patch that is none', 'PATCH', one, 'x', 400, merge],
    ['a patch of no known type', 'PATCH', one, {}, 415, { 'content-type': 'application/json' }],
    ['an unknown type of body', 'POST', eve('devices'), 'x', 415, { 'content-type': 'text/csv' }],
    ['what cannot be given', 'GET', one, undefined, 406, { accept: 'image/png' }],
    ['a bad selector', 'GET', `${eve('devices')}?labelSelector=a%20b%3D%3D`, undefined, 400],
    ['an unknown field selector', 'GET', `${eve('devices')}?fieldSelector=spec.unknown%3D1`, undefined, 400],
    ['a bad limit', 'GET', `${eve('devices')}?limit=many`, undefined, 400],
    [
      'a version of the future',
      'GET',
      `${eve('devices')}?resourceVersion=999999&resourceVersionMatch=Exact`,
      undefined,
      504,
    ],
    ['a bad continue', 'GET', `${eve('devices')}?continue=zzz`, undefined, 400],
    ['a method that is not for it', 'PUT', eve('devices'), object('x', {}), 405],
    ['a path that is not there', 'GET', '/apis/nobody.example.org/v1/things', undefined, 404],
    [
      'a prototype',
      'POST',
      eve('devices'),
      '{"__proto__":{"x":1},"apiVersion":"eve.lfedge.org/v1beta1","kind":"Device","metadata":{"name":"two"}}',
      400,
    ],
    ['too much', 'POST', eve('devices'), JSON.stringify(object('x', { location: 'x'.repeat(4_000_000) })), 413],
    ['deep nesting', 'POST', eve('devices'), `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
  ])('with %s is told so', async (_, method, path, body, expected, headers) => {
    const before = await wishes();
    const { status, text } = await client.ask(method, path, body, headers);
    expect(status, text.slice(0, 300)).toBe(expected);
    expect(await wishes()).toEqual(before);
  });
});
