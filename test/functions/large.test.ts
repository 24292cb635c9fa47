import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, connect } from '../support/client.ts';
import { watchCpu } from '../support/cpu.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Releases of charts are Secrets near 1 MiB: kept, listed and watched like any other. */
let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  client = connect(server.url, server.data);
});
afterAll(async () => {
  client.close();
  await server.close();
});

const secrets = '/api/v1/namespaces/default/secrets';
const count = 12;
/** As Helm writes it: a text that is compressed, then base64 twice. */
const release = Buffer.from(gzipSync(randomBytes(780_000)).toString('base64')).toString('base64');
const secret = (revision: number, status: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'helm.sh/release.v1',
  metadata: {
    name: `sh.helm.release.v1.big.v${revision}`,
    labels: { owner: 'helm', name: 'big', status, version: String(revision) },
  },
  data: { release },
});

it('large Secrets are kept, listed, paged and changed without strain', async () => {
  expect(Buffer.from(release, 'base64').length).toBeGreaterThan(1_000_000);
  for (let revision = 1; revision <= count; revision += 1) {
    const spent = watchCpu();
    expect((await client.ask('POST', secrets, secret(revision, 'deployed'))).status).toBe(201);
    expect(spent()).toBeLessThan(3_000);
  }
  const before = process.memoryUsage().rss;
  const spent = watchCpu();
  const list = await client.ask('GET', `${secrets}?labelSelector=owner%3Dhelm,name%3Dbig`);
  expect(list.json.items).toHaveLength(count);
  expect(list.json.items?.every(({ data }) => (data as { release: string }).release === release)).toBe(true);
  expect(spent()).toBeLessThan(10_000);
  // What is shown, and what it is made of, and no more.
  expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);

  const page = await client.ask('GET', `${secrets}?labelSelector=owner%3Dhelm&limit=5`);
  expect(page.json.items).toHaveLength(5);
  const table = await client.ask('GET', `${secrets}?limit=500`, undefined, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  expect(table.text.length).toBeLessThan(100_000);

  const name = `${secrets}/sh.helm.release.v1.big.v1`;
  const merge = { 'content-type': 'application/merge-patch+json' };
  const changed = await client.ask('PATCH', name, { metadata: { labels: { status: 'superseded' } } }, merge);
  expect([changed.status, (changed.json.data as { release: string }).release === release]).toEqual([200, true]);
  expect((await client.ask('DELETE', name)).status).toBe(200);
});

it('what is larger than a Secret may be is refused in the words of its protocol', async () => {
  const data = { release: Buffer.alloc(1_048_577).toString('base64') };
  const { status, json } = await client.ask('POST', secrets, { ...secret(99, 'deployed'), data });
  expect([status, json.message?.includes('data: Too long: may not be more than 1048576 bytes')]).toEqual([422, true]);
});
