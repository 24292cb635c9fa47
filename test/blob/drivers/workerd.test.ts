import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkXml } from '../../../infra/sdkxml.ts';
import { Fault } from '../../../shared/base/fault.ts';
import type { Blob, Blobs } from '../../../shared/blob/blobs.ts';
import { describeBlobs } from '../../conformance/blobs.ts';
import type { Ask } from '../../conformance/programs/worker.ts';
import { findDynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { bucketName, openS3Server, type S3Server } from '../../support/s3/server.ts';

let server: S3Server;
let workerd: Miniflare;
let places = 0;
beforeAll(async () => {
  server = await openS3Server();
  const { outputFiles } = await build({
    entryPoints: [new URL('../../conformance/programs/worker.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    plugins: [sdkXml],
  });
  workerd = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-04-01',
    compatibilityFlags: ['nodejs_compat'],
  });
  await workerd.ready;
});
afterAll(async () => {
  await workerd.dispose();
  await server.close();
});

const ask = async (what: Ask, body?: Uint8Array): Promise<Uint8Array | undefined> => {
  const response = await workerd.dispatchFetch('http://worker/', {
    method: 'POST',
    headers: { 'x-ask': JSON.stringify(what) },
    ...(body && { body }),
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  if (response.status === 404) return undefined;
  // Said so by the worker.
  const { reason, message } = (await response.json()) as Pick<Fault, 'reason' | 'message'>;
  throw new Fault(reason, message);
};

const toJson = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

const s3 = (prefix: string): Ask['s3'] => {
  const { endpoint, credentials } = server;
  return { bucket: bucketName, prefix, region: 'us-east-1', endpoint, credentials, partBytes: 1 << 20 };
};

const open = (prefix: string): Blobs => ({
  put: async (key, bytes, options) =>
    toJson(await ask({ s3: s3(prefix), act: 'put', key, ...(options && { options }) }, bytes)),
  get: (key, range) => ask({ s3: s3(prefix), act: 'get', key, ...(range && { range }) }),
  head: async key => toJson(await ask({ s3: s3(prefix), act: 'head', key })) ?? undefined,
  delete: async keys => void (await ask({ s3: s3(prefix), act: 'delete', keys })),
  async *list(start, after): AsyncGenerator<Blob> {
    yield* toJson(await ask({ s3: s3(prefix), act: 'list', prefix: start, ...(after !== undefined && { after }) }));
  },
  close: async () => {},
});

describeBlobs('s3 from workerd', async () => {
  const prefix = `place-${places++}/`;
  return {
    isShared: true,
    largeBytes: 1 << 20,
    open: async () => open(prefix),
    clear: async () => server.bucket.clear(),
    remove: async () => server.bucket.clear(),
  };
});

const program = findDynoxide();
describe.skipIf(program === undefined)('telemetry from workerd (dynoxide is not there for this platform)', () => {
  it('is kept by one request and found by another', async () => {
    const dynamo = await startDynoxide(program ?? '');
    await dynamo.createTable('table');
    const { endpoint, region, credentials } = dynamo;
    const at = { s3: s3('telemetry/'), table: { table: 'table', endpoint, region, credentials } };
    for (const text of ['1', '2', '3']) {
      await ask({ ...at, act: 'append', device: `d${Number(text) % 2}` }, new TextEncoder().encode(text));
    }
    expect(toJson(await ask({ ...at, act: 'read', query: {} }))).toEqual(['1', '2', '3']);
    expect(toJson(await ask({ ...at, act: 'read', query: { device: 'd1', reverse: true } }))).toEqual(['3', '1']);
    dynamo.stop();
  });
});
