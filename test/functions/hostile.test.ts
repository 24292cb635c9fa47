import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../support/client.ts';
import { watchCpu } from '../support/cpu.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** What is meant to wear a server out: refused or cut off, while others are served. */
let server: TestServer;
let client: Client;
let bystander: Client;
beforeAll(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
  bystander = connect(server.url, server.data);
});
afterAll(async () => {
  client.close();
  bystander.close();
  await server.close();
});

const configMaps = '/api/v1/namespaces/default/configmaps';
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Asks for something small again and again while `act` runs; the most processor time that an answer took, in milliseconds. */
const longestWait = async (act: () => Promise<void>): Promise<number> => {
  let isOver = false;
  let longest = 0;
  const watching = (async () => {
    while (!isOver) {
      const spent = watchCpu();
      expect((await bystander.ask('GET', '/api/v1/namespaces/default')).status).toBe(200);
      longest = Math.max(longest, spent());
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  })();
  try {
    await act();
  } finally {
    isOver = true;
    await watching;
  }
  return longest;
};

const definition = (plural: string, spec: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.hostile.example.org` },
  spec: {
    group: 'hostile.example.org',
    scope: 'Cluster',
    names: { plural, kind: `${plural.charAt(0).toUpperCase()}${plural.slice(1)}` },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
      },
    ],
  },
});

describe('bodies', () => {
  it.each<[string, () => string, number, string]>([
    ['nested 10,000 deep', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 400, 'exceeded max depth'],
    ['of 3 MB', () => JSON.stringify({ data: { k: 'x'.repeat(3 * 1024 * 1024) } }), 413, 'limit is 3145728'],
    ['of nothing but lists', () => `{"a":${'[],'.repeat(900_000).replace(/^/, '[').replace(/,$/, ']')}}`, 422, 'name'],
    [
      'with 10,000 bad labels',
      () =>
        JSON.stringify({
          metadata: {
            name: 'bad',
            labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a b ${i}`, 'x'])),
          },
        }),
      422,
      'name part must consist of alphanumeric characters',
    ],
  ])('%s are refused', async (_, make, code, message) => {
    const body = make();
    const wait = await longestWait(async () => {
      const { status, text } = await client.ask('POST', configMaps, body);
      expect([status, text.length < 16 * 1024 * 1024]).toEqual([code, true]);
      expect(text).toContain(message);
    });
    expect(wait).toBeLessThan(5_000);
  });

  it('with 10,000 good labels are kept and selected', async () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label-${i}`, `value-${i}`]));
    const wait = await longestWait(async () => {
      expect((await client.ask('POST', configMaps, { metadata: { name: 'labelled', labels } })).status).toBe(201);
      const found = await client.ask('GET', `${configMaps}?labelSelector=label-9999%3Dvalue-9999`);
      expect(found.json.items?.map(({ metadata }) => metadata.name)).toEqual(['labelled']);
    });
    expect(wait).toBeLessThan(5_000);
  });
});

describe('definitions', () => {
  it('with a pattern that ruins other engines keep to linear time', async () => {
    const spec = { type: 'object', properties: { x: { type: 'string', pattern: '^((a+)+)+$' } } };
    expect((await client.ask('POST', crds, definition('slows', spec))).status).toBe(201);
    const wait = await longestWait(async () => {
      const body = { apiVersion: 'hostile.example.org/v1', kind: 'Slows', metadata: { name: 'a' } };
      const x = `${'a'.repeat(500_000)}b`;
      const path = '/apis/hostile.example.org/v1/slows';
      const { status, json } = await client.ask('POST', path, { ...body, spec: { x } });
      expect([status, json.message?.includes('should match')]).toEqual([422, true]);
    });
    expect(wait).toBeLessThan(5_000);
  });

  it.each([
    ['a pattern that explodes', { x: { type: 'string', pattern: '((a{100}){100}){100}' } }, 'invalid repeat count'],
    ['a pattern that is none here', { x: { type: 'string', pattern: '(?=a)b' } }, 'pattern'],
    [
      'rules that explode',
      {
        x: {
          type: 'array',
          items: { type: 'string' },
          'x-kubernetes-validations': [
            { rule: 'self.all(a, self.all(b, self.all(c, self.all(d, a + b + c + d != ""))))' },
          ],
        },
      },
      'estimated rule cost exceeds budget',
    ],
  ])('with %s are refused', async (_, properties, message) => {
    const wait = await longestWait(async () => {
      const { status, text } = await client.ask('POST', crds, definition('bads', { type: 'object', properties }));
      expect(status, text.slice(0, 300)).toBe(422);
      expect(text).toContain(message);
    });
    expect(wait).toBeLessThan(5_000);
  });
});

describe('a watch that nobody reads', () => {
  it('fills no memory with what waits for it, holds up nobody, and goes on when it is read', async () => {
    const pem = (name: string) => readFileSync(join(server.data, 'pki', name));
    const { hostname, port } = new URL(server.url);
    const socket = connectTls({
      host: hostname,
      port: Number(port),
      servername: 'localhost',
      ca: pem('root.pem'),
      key: pem('admin.key.pem'),
      cert: pem('admin.pem'),
    });
    const gone = new Promise<void>(resolve => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write(`GET ${configMaps}?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise(resolve => socket.once('readable', resolve));
    // Nothing is read from here on.
    socket.pause();
    const data = { k: 'x'.repeat(500_000) };
    await client.ask('POST', configMaps, { metadata: { name: 'big' }, data });
    const before = process.memoryUsage().rss;
    const wait = await longestWait(async () => {
      for (let i = 0; i < 160; i += 1) {
        const body = { metadata: { name: 'big', labels: { i: String(i) } }, data };
        expect((await client.ask('PUT', `${configMaps}/big`, body)).status).toBe(200);
      }
    });
    // Eighty megabytes of events were made.
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    expect(wait).toBeLessThan(5_000);
    let length = 0;
    socket.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
    });
    socket.resume();
    await until(() => expect(length).toBeGreaterThan(2_000_000));
    socket.destroy();
    await gone;
  });
});
