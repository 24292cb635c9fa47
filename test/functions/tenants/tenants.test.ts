import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SimulatedDevice } from '../../../cli/device/device.ts';
import { readPartition } from '../../../cli/partition.ts';
import { eve } from '../../support/client.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { type Said, say, type Wish } from '../../support/tenants.ts';
import { until } from '../../support/until.ts';

describe('several tenants behind one door', () => {
  let folder: string;
  let server: TestServer;
  const lives: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubeve-tenants-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const tenants = file(
      'tenants.yaml',
      `tenants:
- name: acme
  hosts: [acme.test, eve.acme.test]
  tokenFile: ${file('acme.csv', 'acme-token,ann,1,"system:masters"\n')}
- name: globex
  hosts: [Globex.test]
- name: hidden
  path: false
  hosts: [hidden.test]
`,
    );
    const tokenFile = file('own.csv', 'own-token,owner,1,"system:masters"\n');
    server = await startServer({ tenants, tokenFile });
  });
  afterAll(async () => {
    for (const stop of lives.splice(0)) await stop();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const dataOf = (name: string): string => (name === 'own' ? server.data : join(server.data, 'tenants', name));
  const pem = (name: string, file: string): string => readFileSync(join(dataOf(name), 'pki', file), 'utf8');
  const at = (name: string, path: string): string => `/clusters/${name}${path}`;

  interface Asking extends Omit<Wish, 'ca' | 'client'> {
    /** Whose administrator asks; absent: nobody. */
    readonly as?: string;
    /** Whose certificate the door is to show. */
    readonly of?: string;
  }

  const ask = (path: string, { as, of = 'own', ...wish }: Asking = {}): Promise<Said> =>
    say(server.url, path, {
      ...wish,
      ca: pem(of, 'root.pem'),
      ...(as && { client: { key: pem(as, 'admin.key.pem'), cert: pem(as, 'admin.pem') } }),
    });

  const names = ['own', 'acme', 'globex'] as const;
  const pathOf = (name: string, path: string): string => (name === 'own' ? path : at(name, path));
  const configMaps = '/api/v1/namespaces/default/configmaps';

  it('keeps objects of the same name apart', async () => {
    for (const name of names) {
      const body = { metadata: { name: 'same' }, data: { whose: name } };
      expect((await ask(pathOf(name, configMaps), { as: name, method: 'POST', body })).status).toBe(201);
    }
    for (const name of names) {
      const { text } = await ask(pathOf(name, `${configMaps}/same`), { as: name });
      expect(JSON.parse(text)).toMatchObject({ data: { whose: name } });
      const list = JSON.parse((await ask(pathOf(name, '/api/v1/configmaps'), { as: name })).text);
      const whose = list.items.map((one: { data?: { whose?: string } }) => one.data?.whose).filter(Boolean);
      expect(whose).toEqual([name]);
    }
    const byHost = await ask(`${configMaps}/same`, { as: 'acme', host: 'acme.test', of: 'acme' });
    expect(JSON.parse(byHost.text)).toMatchObject({ data: { whose: 'acme' } });
  });

  it.each(names.flatMap(to => names.filter(name => name !== to).map(from => [from, to] as const)))(
    'lets nobody of %s into %s, neither by certificate nor by token',
    async (from, to) => {
      const path = pathOf(to, '/api/v1/namespaces/default');
      expect((await ask(path, { as: to })).status).toBe(200);
      expect((await ask(path, { as: from })).status).toBe(401);
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
      const account = pathOf(from, '/api/v1/namespaces/default/serviceaccounts/default/token');
      const token = JSON.parse((await ask(account, { as: from, method: 'POST', body })).text).status.token as string;
      expect((await ask(pathOf(from, '/api'), { token })).status).toBe(200);
      expect((await ask(path, { token })).status).toBe(401);
    },
  );

  it('knows static tokens where they are given, and nowhere else', async () => {
    const path = '/api/v1/namespaces/default';
    expect((await ask(at('acme', path), { token: 'acme-token' })).status).toBe(200);
    expect((await ask(path, { token: 'own-token' })).status).toBe(200);
    const strange = [
      ['acme', 'own-token'],
      ['globex', 'own-token'],
      ['globex', 'acme-token'],
      ['own', 'acme-token'],
    ] as const;
    for (const [name, token] of strange) expect((await ask(pathOf(name, path), { token })).status).toBe(401);
  });

  it('lets a kind that one defines be unknown to the others', async () => {
    const body = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.acme.test' },
      spec: {
        group: 'acme.test',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    };
    const definitions = at('acme', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    expect((await ask(definitions, { as: 'acme', method: 'POST', body })).status).toBe(201);
    const path = '/apis/acme.test/v1/namespaces/default/widgets';
    await until(async () => expect((await ask(at('acme', path), { as: 'acme' })).status).toBe(200));
    expect((await ask(path, { as: 'own' })).status).toBe(404);
    expect((await ask(at('globex', path), { as: 'globex' })).status).toBe(404);
  });

  /** Without what differs from one request to the next. */
  const bare = ({ status, headers, text }: Said) => {
    const { 'audit-id': _id, date: _date, ...rest } = headers;
    return { status, headers: rest, text };
  };

  const strangers: readonly [string, Asking][] = [
    ['nothing', {}],
    ['a token of nobody', { token: 'wrong' }],
    ['a token of another tenant', { token: 'own-token' }],
    ['a certificate of another tenant', { as: 'own' }],
    ['another scheme', { headers: { authorization: 'Basic YTpi' } }],
    ['no token in a subprotocol', { headers: { 'sec-websocket-protocol': 'v4.channel.k8s.io' } }],
  ];
  const paths = [
    '',
    '/',
    '/api',
    '/healthz',
    '/readyz?verbose',
    '/version',
    '/metrics',
    '/openapi/v3',
    '/api/v1/namespaces/default',
    '/apis/eve.lfedge.org/v1beta1/devices?watch=1',
    '/backup',
    '/edgenode/3b2c1d4e-0000-4000-8000-000000000000/log',
    '/admin/device',
    '/api/v2/edgedevice/ping',
    '/api/v2/edgedevice/certs',
    '/clusters/acme/api',
    '/%zz',
  ];
  const variants: readonly Asking[] = [{}, { method: 'DELETE' }, { headers: { accept: 'application/yaml' } }];

  it.each(strangers)(
    'tells a stranger with %s the same of every tenant, also of one that is not',
    async (_, asking) => {
      for (const path of paths)
        for (const variant of variants) {
          const wish = { ...asking, ...variant, headers: { ...asking.headers, ...variant.headers } };
          const [there, absent, hidden] = await Promise.all(
            ['globex', 'nobody', 'hidden'].map(async name => bare(await ask(at(name, path), wish))),
          );
          expect(there?.status, path).toBe(401);
          expect(absent, path).toEqual(there);
          expect(hidden, path).toEqual(there);
        }
    },
  );

  it('serves the tenant of a host name at its root, and no other below it', async () => {
    const hidden = { host: 'hidden.test', of: 'hidden' };
    expect((await ask('/healthz', hidden)).text).toBe('ok');
    expect((await ask('/api/v1/namespaces/default', { ...hidden, as: 'hidden' })).status).toBe(200);
    expect((await ask('/api/v1/namespaces/default', { ...hidden, as: 'acme' })).status).toBe(401);
    const globex = { host: 'GLOBEX.test', of: 'globex', as: 'globex' };
    expect((await ask(at('acme', '/api'), globex)).status).toBe(404);
    const unknown = { host: 'other.test', as: 'own' };
    expect((await ask('/api/v1/namespaces/default', unknown)).status).toBe(200);
  });

  it('follows with a watch, over HTTP and over a WebSocket, below a path', async () => {
    // On a busy machine its time may be up before it begins.
    const path = at('acme', `${configMaps}?watch=1&timeoutSeconds=2`);
    await until(async () => expect((await ask(path, { as: 'acme' })).text).toContain('"whose":"acme"'));
    const socket = new WebSocket(`${server.url.replace('https', 'wss')}${at('globex', `${configMaps}?watch=1`)}`, {
      ca: pem('own', 'root.pem'),
      key: pem('globex', 'admin.key.pem'),
      cert: pem('globex', 'admin.pem'),
    });
    const first = await new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', data => {
        if (String(data).includes('"whose"')) resolve(JSON.parse(String(data)));
      });
    });
    socket.close();
    expect(first).toMatchObject({ type: 'ADDED', object: { data: { whose: 'globex' } } });
  });

  const live = (name: string, host: string, serial: string): SimulatedDevice => {
    const pace = { configMs: 100, metricsMs: 1000, logsMs: 200, stepMs: 20, retryMs: 100 };
    const { port } = new URL(server.url);
    const partition = { ...readPartition(join(dataOf(name), 'eve')), server: `${host}:${port}` };
    const device = new SimulatedDevice({ ...partition, hosts: new Map([[host, '127.0.0.1']]), serial, pace });
    const stop = new AbortController();
    const life = device.run(stop.signal);
    lives.push(async () => {
      stop.abort();
      await life;
    });
    return device;
  };

  it('keeps devices of the same name and serial apart', async () => {
    const hosts = { acme: 'eve.acme.test', globex: 'globex.test' };
    const devices = new Map<string, SimulatedDevice>();
    for (const [name, host] of Object.entries(hosts)) {
      const onboard = readFileSync(join(dataOf(name), 'eve', 'onboard.cert.pem')).toString('base64');
      const body = { metadata: { name: 'same' }, spec: { serial: 'SAME-1', onboard } };
      expect((await ask(at(name, eve('devices')), { as: name, method: 'POST', body })).status).toBe(201);
      devices.set(name, live(name, host, 'SAME-1'));
    }
    for (const [name, device] of devices) {
      await until(async () => {
        const { text } = await ask(at(name, eve('devices', 'default', 'same')), { as: name });
        expect(JSON.parse(text).status).toMatchObject({ uuid: device.uuid, state: 'ONLINE' });
      });
      expect(device.complaints).toEqual([]);
    }
    const [acme, globex] = [...devices.values()].map(({ uuid }) => uuid ?? '');
    expect(acme).not.toBe(globex);
    const logOf = async (name: string, uuid = '') =>
      ask(pathOf(name, `/edgenode/${uuid}/log?tailLines=1`), { as: name });
    await until(async () => expect((await logOf('acme', acme)).text).toContain('content'));
    expect((await logOf('acme', globex)).status).toBe(404);
    expect((await logOf('own', acme)).status).toBe(404);
  });
});
