import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Blobs } from '../../../shared/blob/blobs.ts';
import { createS3Blobs, type S3BlobsOptions } from '../../../shared/blob/drivers/s3.ts';
import { describeBlobs } from '../../conformance/blobs.ts';
import { createTestPorts } from '../../support/ports.ts';
import { bucketName, type Failure, openS3Server, type S3Server } from '../../support/s3/server.ts';

let server: S3Server;
let opened = 0;
beforeAll(async () => {
  server = await openS3Server();
});
afterAll(() => server.close());

/** As another process: with randomness of its own. */
const open = (options: Partial<S3BlobsOptions> = {}): Blobs => {
  const { endpoint, credentials } = server;
  const random = { ...createTestPorts().random, uuid: () => `${opened++}` };
  const partBytes = 1 << 20;
  return createS3Blobs({
    bucket: bucketName,
    region: 'us-east-1',
    endpoint,
    credentials,
    random,
    partBytes,
    ...options,
  });
};

for (const prefix of ['', 'tenant-1/']) {
  describeBlobs(`s3 under "${prefix}"`, async () => ({
    isShared: true,
    largeBytes: 1 << 20,
    open: async () => open({ prefix }),
    clear: async () => server.bucket.clear(),
    remove: async () => server.bucket.clear(),
  }));
}

describe('blobs in S3', () => {
  let blobs: Blobs;
  let hurried: Blobs;
  beforeEach(() => {
    blobs = open();
    hurried = open({ attemptMs: 1500 });
  });
  afterEach(async () => {
    await blobs.close();
    await hurried.close();
    server.heal();
    server.bucket.clear();
  });
  /** Where an answer comes too late, who does not wait for it; else one for whom a busy machine is never too late. */
  const facing = (failure: Failure): Blobs => ('lateMs' in failure ? hurried : blobs);
  const small = new TextEncoder().encode('small');
  const large = new Uint8Array((2 << 20) + 7).fill(7);

  it('keep to their prefix', async () => {
    const one = open({ prefix: 'one/' });
    const two = open({ prefix: 'two/' });
    await one.put('a', small);
    expect(await two.get('a')).toBeUndefined();
    for await (const { key } of two.list('')) expect(key).toBe('nothing');
    await two.delete(['a']);
    expect(server.bucket.keys).toEqual(['one/a']);
  });

  it.each([
    ['503', { status: 503, code: 'SlowDown' }, 1],
    ['500 twice', { status: 500, code: 'InternalError' }, 2],
    ['reset before it is done', { reset: 'before' }, 2],
    ['reset after it was done', { reset: 'after' }, 1],
    ['an answer that comes too late', { lateMs: 3000 }, 1],
  ] as const)('put, read, look and delete through %s', async (_, failure, times) => {
    const own = facing(failure);
    server.fail(/^PUT k$/, failure, times);
    expect(await own.put('k', small, { ifAbsent: true })).toBe(true);
    server.fail(/^GET k$/, failure, times);
    expect(await own.get('k')).toEqual(small);
    server.fail(/^HEAD k$/, failure, times);
    expect(await own.head('k')).toMatchObject({ size: 5 });
    server.fail(/^GET \?list-type$/, failure, times);
    for await (const { key } of own.list('')) expect(key).toBe('k');
    server.fail(/^POST \?delete$/, failure, times);
    await own.delete(['k']);
    expect(server.bucket.keys).toEqual([]);
  });

  it.each([{ reset: 'after' }, { lateMs: 3000 }] as const)(
    'know whether it was they who put, after an answer was lost (%j)',
    async failure => {
      const own = facing(failure);
      for (const bytes of [small, large]) {
        const key = `k${bytes.length}`;
        const last = bytes === small ? `^PUT ${key}$` : `^POST ${key}\\?uploadId$`;
        server.fail(new RegExp(last), failure);
        expect(await own.put(key, bytes, { ifAbsent: true })).toBe(true);
        expect(await blobs.put(key, bytes, { ifAbsent: true })).toBe(false);
      }
      expect(server.bucket.openUploads).toBe(0);
    },
  );

  it('ask again when S3 could not decide between two', async () => {
    server.fail(/^PUT k$/, { status: 409, code: 'ConditionalRequestConflict' }, 2);
    expect(await blobs.put('k', small, { ifAbsent: true })).toBe(true);
    server.fail(/^POST l\?uploadId$/, { status: 409, code: 'ConditionalRequestConflict' }, 2);
    expect(await blobs.put('l', large, { ifAbsent: true })).toBe(true);
    expect(isSame(await blobs.get('l'), large)).toBe(true);
    expect(server.bucket.openUploads).toBe(0);
  });

  it('read again what broke in the middle', async () => {
    await blobs.put('k', large);
    server.fail(/^GET k$/, { reset: 'within' }, 2);
    expect(isSame(await blobs.get('k'), large)).toBe(true);
    server.fail(/^GET k$/, { reset: 'within' }, 2);
    const part = await blobs.get('k', { start: 5, end: 1_000_000 });
    expect(isSame(part, large.slice(5, 1_000_000))).toBe(true);
    server.fail(/^GET k$/, { reset: 'within' }, 9);
    await expect(blobs.get('k')).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
  });

  it('leave no parts behind when a put fails', async () => {
    server.fail(/^PUT k\?partNumber$/, { status: 503, code: 'SlowDown' }, 99);
    await expect(blobs.put('k', large)).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    expect(server.bucket.openUploads).toBe(0);
    expect(server.bucket.keys).toEqual([]);
  });

  it.each([
    [{ status: 503, code: 'SlowDown' }, /SlowDown.*asked too much/],
    [{ status: 500, code: 'InternalError' }, /InternalError.*if it lasts/],
    [{ status: 403, code: 'AccessDenied' }, /AccessDenied.*not allowed/],
    [{ status: 400, code: 'ExpiredToken' }, /ExpiredToken.*renew them/],
    [{ status: 403, code: 'RequestTimeTooSkewed' }, /clock of this machine/],
    [{ reset: 'before' }, /cannot be used now/],
    [{ lateMs: 2000 }, /TimeoutError/],
  ] as const)('say what to do about %j', async (failure, message) => {
    server.fail(/./, failure, 99);
    const own = open('lateMs' in failure ? { attemptMs: 400 } : {});
    const puts = own.put('k', small, { ifAbsent: true });
    await expect(puts).rejects.toMatchObject({ reason: 'ServiceUnavailable', code: 503 });
    await expect(puts).rejects.toThrow(message);
    await expect(own.get('k')).rejects.toThrow(message);
    await expect(own.delete(['k'])).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    await own.close();
  });

  it('say what is wrong with bucket, keys and address', async () => {
    const { credentials } = server;
    const cases: [Partial<S3BlobsOptions>, RegExp][] = [
      [{ bucket: 'other' }, /NoSuchBucket.*deploy it/],
      [{ credentials: { ...credentials, secretAccessKey: 'wrong' } }, /SignatureDoesNotMatch.*correct them/],
      [{ credentials: { ...credentials, accessKeyId: 'wrong' } }, /InvalidAccessKeyId.*correct them/],
      [{ endpoint: 'http://127.0.0.1:1' }, /cannot be used now/],
    ];
    for (const [options, message] of cases) {
      const wrong = open(options);
      await expect(wrong.put('k', small)).rejects.toThrow(message);
      await expect(wrong.get('k')).rejects.toThrow(message);
      await wrong.close();
    }
  });

  it('take one request for a put, a read, a look, and a thousand deletes', async () => {
    const before = server.requests.length;
    await blobs.put('k', small, { ifAbsent: true });
    await blobs.get('k', { start: 1, end: 3 });
    await blobs.head('k');
    await blobs.delete(Array.from({ length: 1000 }, (_, i) => `k${i}`));
    expect(server.requests.slice(before)).toEqual(['PUT k', 'GET k', 'HEAD k', 'POST ?delete']);
  });
});

/** `toEqual` takes seconds for megabytes. */
const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;
