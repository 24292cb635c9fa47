import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { openKeys } from '../../cli/device/keys.ts';
import { readPartition } from '../../cli/partition.ts';
import { parseFlags } from '../../functions/node/flags.ts';
import { type Client, connect, eve } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const begin = async (
  options: Parameters<typeof startServer>[0] = {},
): Promise<{ server: TestServer; client: Client }> => {
  const server = await startServer(options);
  closers.push(() => server.close());
  const client = connect(server.url, server.data);
  closers.push(() => client.close());
  return { server, client };
};

const nobody = (server: TestServer): Client => {
  const client = connect(server.url, server.data, 'nobody');
  closers.push(() => client.close());
  return client;
};

describe("Adam's API at the door", () => {
  it('is not there unless it is asked for', async () => {
    const { server, client } = await begin();
    for (const path of ['/admin/device', '/probe']) {
      expect((await client.ask('GET', path)).status).toBe(404);
      expect((await nobody(server).ask('GET', path)).status).toBe(401);
    }
  });

  it('demands the credentials of kubeve', async () => {
    const { server, client } = await begin({ adamApi: 'guarded' });
    expect((await nobody(server).ask('GET', '/admin/device')).status).toBe(401);
    expect((await nobody(server).ask('GET', '/probe')).status).toBe(200);
    expect(await client.ask('GET', '/admin/device')).toMatchObject({ status: 200, text: '' });
  });

  it('takes a device from onboarding to its configuration as evetest does', async () => {
    const { server } = await begin({ adamApi: 'open' });
    const client = nobody(server);
    const { onboard } = readPartition(server.partition);
    const body = { cert: Buffer.from(onboard?.pem ?? '').toString('base64'), serial: 'ADAM-1' };
    expect((await client.ask('POST', '/admin/onboard', body)).status).toBe(201);
    const device = new SimulatedDevice({ ...readPartition(server.partition), serial: 'ADAM-1' });
    closers.push(() => device.close());
    await device.onboard();
    expect((await client.ask('GET', '/admin/device')).text).toBe(device.uuid);
    const path = `/admin/device/${device.uuid}`;
    expect((await client.ask('GET', path)).json).toMatchObject({ Serial: 'ADAM-1', Onboard: body.cert });
    await device.boot();
    expect((await client.ask('GET', `${path}/certs`)).text).toContain('"type":13');

    // Whoever follows hears of the poll that fetches the configuration.
    const heard: string[] = [];
    const followed = request(new URL(`${path}/requests`, server.url), {
      rejectUnauthorized: false,
      headers: { 'x-stream': 'true' },
    });
    const begun = new Promise<void>(resolve => {
      followed.on('response', answer => {
        answer.setEncoding('utf8').on('data', (text: string) => heard.push(text));
        answer.on('error', () => {});
        resolve();
      });
    });
    followed.on('error', () => {});
    followed.end();
    closers.push(() => void followed.destroy());
    await begun;
    const config = {
      configItems: [{ key: 'timer.config.interval', value: '33' }],
      networks: [{ id: '6605d17b-3273-4108-8e6e-4965441ebe01', type: 4, ip: { dhcp: 4 } }],
      deviceIoList: [
        { ptype: 1, phylabel: 'eth0', logicallabel: 'eth0', usage: 1, phyaddrs: { Ifname: 'eth0' }, assigngrp: 'eth0' },
      ],
      systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: '6605d17b-3273-4108-8e6e-4965441ebe01' }],
    };
    const before = device.configs;
    const put = await client.ask('PUT', `${path}/config`, config);
    expect([put.status, put.text]).toEqual([200, '']);
    await until(async () => {
      await device.poll();
      expect(device.configs).toBeGreaterThan(before);
    });
    expect(device.complaints).toEqual([]);
    await until(() => expect(heard.join('')).toContain(`"url":"/api/v2/edgedevice/id/${device.uuid}/config"`));
    for (const kind of ['info', 'logs', 'metrics', 'flowlogs', 'requests'])
      expect((await client.ask('GET', `${path}/${kind}`)).status, kind).toBe(200);
    expect((await client.ask('DELETE', path)).status).toBe(200);
    expect((await client.ask('GET', eve('devices'))).status).toBe(401);
  });
});

describe('flags', () => {
  it.each([
    [[], undefined],
    [['--adam-api'], 'guarded'],
    [['--adam-api-open'], 'open'],
    [['--adam-api', '--adam-api-open', '--host', '192.0.2.1'], 'open'],
    [['--adam-api', '--host', '0.0.0.0'], 'guarded'],
  ])('%j', (args, wanted) => {
    expect(parseFlags(args, {}).adamApi).toBe(wanted);
  });

  it.each(['0.0.0.0', '::', '0', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0', ''])('do not open it on %j', host => {
    expect(() => parseFlags(['--adam-api-open', '--host', host], {})).toThrow(/--host/);
  });
});

describe('version 1 of the device API at the door', () => {
  it('knows a device by the certificate of its connection', async () => {
    const { server, client } = await begin({ deviceApiV1: true });
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-v1-'));
    closers.push(() => rmSync(dir, { recursive: true, force: true }));
    const { device } = openKeys(dir);
    const spec = { certificate: Buffer.from(device.pem).toString('base64') };
    const object = { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name: 'old' }, spec };
    const made = await client.ask('POST', eve('devices'), object);
    expect(made.status).toBe(201);
    const ask = (own: object): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const url = new URL('/api/v1/edgedevice/uuid', server.url);
        const outgoing = request(url, { method: 'POST', rejectUnauthorized: false, agent: false, ...own }, answer => {
          let body = '';
          answer.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
        });
        outgoing.on('error', reject).end();
      });
    const key = device.key.export({ type: 'pkcs8', format: 'pem' });
    const told = await ask({ key, cert: device.pem });
    expect(told.status).toBe(200);
    expect(told.body).toContain(made.json.metadata.uid);
    expect((await ask({})).status).toBe(401);
    // The certificate of somebody else is worth nothing here, also the administrator's.
    const pem = (name: string) => readFileSync(join(server.data, 'pki', name), 'utf8');
    expect((await ask({ key: pem('admin.key.pem'), cert: pem('admin.pem') })).status).toBe(400);
  });
});
