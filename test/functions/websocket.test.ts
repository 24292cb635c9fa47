import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, connect } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: Client;
let token: string;
const path = '/api/v1/namespaces/default/configmaps';

beforeAll(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  await client.ask('POST', '/api/v1/namespaces/default/serviceaccounts', account);
  await client.ask('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', binding);
  const made = await client.ask('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', request);
  token = String(made.json.status?.token);
});
afterAll(async () => {
  client?.close();
  await server?.close();
});

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } };
const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'robot' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'robot' }],
};

const pem = (name: string) => readFileSync(join(server.data, 'pki', name), 'utf8');
const asAdmin = () => ({ key: pem('admin.key.pem'), cert: pem('admin.pem') });
const asRobot = () => [`base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`];

const open = (at: string, protocols: string[] = [], options: object = {}): WebSocket =>
  new WebSocket(server.url.replace('https', 'wss') + at, protocols, { ca: pem('root.pem'), ...options });

interface Event {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string } };
}

/** The next so many events. */
const read = (socket: WebSocket, count: number): Promise<Event[]> =>
  new Promise((resolve, reject) => {
    const events: Event[] = [];
    socket.on('error', reject);
    socket.on('message', (data, isBinary) => {
      if (isBinary) reject(new Error('an event is a text'));
      events.push(JSON.parse(String(data)) as Event);
      if (events.length === count) resolve(events);
    });
  });

/** The status with which a socket is refused, and what is said. */
const refusal = (socket: WebSocket): Promise<[number | undefined, string]> =>
  new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was opened')));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve([response.statusCode, text]));
    });
  });

it('tells events as messages, to who brings a token as a subprotocol', async () => {
  const socket = open(`${path}?watch=true`, [...asRobot(), 'any.k8s.io']);
  const events = read(socket, 3);
  await client.ask('POST', path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'ü' } });
  await client.ask('DELETE', `${path}/a`);
  const seen = (await events).filter(event => event.object.metadata.name === 'a').map(event => event.type);
  expect(seen).toEqual(['ADDED', 'DELETED']);
  expect(socket.protocol).toBe('any.k8s.io');
  socket.close();
});

it('ends when the time of the watch is up', async () => {
  const socket = open(`${path}?watch=true&timeoutSeconds=1`, [], asAdmin());
  const code = await new Promise(resolve => socket.on('close', resolve));
  expect(code).toBe(1000);
});

it('lets in nobody else', async () => {
  expect((await refusal(open(`${path}?watch=true`)))[0]).toBe(401);
  const [code, text] = await refusal(open('/api/v1/secrets?watch=true', asRobot()));
  expect([code, JSON.parse(text).reason]).toEqual([403, 'Forbidden']);
});

it('lets no page of another origin use the certificate of a browser', async () => {
  const at = `${path}?watch=true`;
  const evil = { origin: 'https://evil.example' };
  expect((await refusal(open(at, [], { ...asAdmin(), ...evil })))[0]).toBe(403);
  // A token that nobody knows makes the certificate count no more than none does.
  const made = [`base64url.bearer.authorization.k8s.io.${Buffer.from('made-up').toString('base64url')}`, 'any.k8s.io'];
  expect((await refusal(open(at, made, { ...asAdmin(), ...evil })))[0]).toBe(401);
  // Nor may it do what the token's user may not.
  const secrets = '/api/v1/namespaces/default/secrets?watch=true';
  expect((await refusal(open(secrets, [...asRobot(), 'any.k8s.io'], { ...asAdmin(), ...evil })))[0]).toBe(403);
  const own = open(at, [], { ...asAdmin(), origin: server.url });
  expect((await read(own, 1))[0]?.type).toBe('ADDED');
  own.close();
  const robot = open(at, [...asRobot(), 'any.k8s.io'], evil);
  expect((await read(robot, 1))[0]?.type).toBe('ADDED');
  robot.close();
});

it('keeps nothing of sockets that were refused', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  for (let count = 0; count < 15; count++) expect((await refusal(open(`${path}?watch=true`)))[0]).toBe(401);
  const sockets = Array.from({ length: 15 }, () => open(`${path}?watch=true`, [], asAdmin()));
  const first = await Promise.all(sockets.map(socket => read(socket, 1)));
  expect(first.flat().every(({ type }) => type === 'ADDED')).toBe(true);
  for (const socket of sockets) socket.close();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

it.each([{ 'x-forwarded-for': '127.0.0.1' }, { 'x-forwarded-host': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }])(
  'serves a proxy that passes on what its own pages ask for: %j',
  async headers => {
    const page = { origin: 'http://127.0.0.1:4466', headers };
    const socket = open(`${path}?watch=true`, [], { ...asAdmin(), ...page });
    expect((await read(socket, 1))[0]?.type).toBe('ADDED');
    socket.close();
  },
);

it('answers what is no watch as if nobody had asked for a socket', async () => {
  const [code, text] = await refusal(open(path, asRobot()));
  expect([code, JSON.parse(text).kind]).toEqual([200, 'ConfigMapList']);
});

it('ends when the server does', async () => {
  const other = await startServer();
  const options = { key: 'admin.key.pem', cert: 'admin.pem', ca: 'root.pem' };
  const files = Object.fromEntries(
    Object.entries(options).map(([name, file]) => [name, readFileSync(join(other.data, 'pki', file), 'utf8')]),
  );
  const socket = new WebSocket(`${other.url.replace('https', 'wss')}${path}?watch=true`, files);
  await new Promise(resolve => socket.on('open', resolve));
  const closed = new Promise(resolve => socket.on('close', resolve));
  await other.close();
  expect(await closed).toBe(1000);
});
