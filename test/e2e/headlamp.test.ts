import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseAllDocuments } from 'yaml';
import { type Client, connect } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const devices = '/apis/eve.lfedge.org/v1beta1/devices';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = new URL('../../docs/crds/eve.lfedge.org_devices.yaml', import.meta.url);

/** A replay: what Headlamp 0.45 was seen to ask when a person looks at the devices, as its backend passes it on. */
describe('Headlamp', () => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startServer();
    client = connect(server.url, server.data);
    // Headlamp lists those kinds under "Custom Resources" that have a definition.
    for (const document of parseAllDocuments(readFileSync(definition, 'utf8')))
      expect((await client.ask('POST', definitions, document.toJS())).status).toBe(201);
  });
  afterAll(async () => {
    client?.close();
    await server?.close();
  });
  const pem = (name: string) => readFileSync(join(server.data, 'pki', name), 'utf8');
  const device = (name: string) => ({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'Device',
    metadata: { name },
    spec: { serial: name },
  });

  it.each([
    ['/version', 200],
    ['/healthz', 200],
    [definitions, 200],
    [`${definitions}/devices.eve.lfedge.org`, 200],
    ['/api/v1/namespaces', 200],
    [devices, 200],
    ['/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DDevice,involvedObject.name%3Dtill', 200],
    // What it asks for to know whether it is there.
    ['/apis/gateway.networking.k8s.io/v1', 404],
    ['/apis/metrics.k8s.io/v1beta1/nodes', 404],
    ['/api/v1/nodes', 404],
  ])('asks for %s: %i', async (path, status) => {
    expect((await client.ask('GET', path)).status).toBe(status);
  });

  it.each([
    ['authorization.k8s.io/v1/selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace: 'default' }],
    [
      'authorization.k8s.io/v1/selfsubjectaccessreviews',
      'SelfSubjectAccessReview',
      { resourceAttributes: { verb: 'update', group: 'eve.lfedge.org', resource: 'devices', namespace: 'default' } },
    ],
    ['authentication.k8s.io/v1/selfsubjectreviews', 'SelfSubjectReview', undefined],
  ])('asks what it may: %s', async (path, kind, spec) => {
    const apiVersion = path.split('/').slice(0, 2).join('/');
    const answer = await client.ask('POST', `/apis/${path}`, { apiVersion, kind, ...(spec && { spec }) });
    expect([answer.status, answer.json.kind]).toEqual([201, kind]);
  });

  it('follows a list by a socket, which its backend opens for the page', async () => {
    const list = await client.ask('GET', devices);
    const query = `watch=1&resourceVersion=${list.json.metadata?.resourceVersion}`;
    const socket = new WebSocket(`${server.url.replace('https', 'wss')}${devices}?${query}`, {
      ca: pem('root.pem'),
      key: pem('admin.key.pem'),
      cert: pem('admin.pem'),
      origin: 'http://localhost:4466',
      headers: { 'x-forwarded-host': new URL(server.url).host, 'x-forwarded-for': '127.0.0.1' },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const told = new Promise(resolve => socket.once('message', data => resolve(JSON.parse(String(data)))));
    await client.ask('POST', devices.replace('/devices', '/namespaces/default/devices'), device('till'));
    expect(await told).toMatchObject({ type: 'ADDED', object: { kind: 'Device', metadata: { name: 'till' } } });
    socket.close();
  });
});
