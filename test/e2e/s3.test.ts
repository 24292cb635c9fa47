import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Blobs } from '../../shared/blob/drivers/s3.ts';
import { describeBlobs } from '../conformance/blobs.ts';
import { findClient } from '../support/clients.ts';
import { createTestPorts } from '../support/ports.ts';
import { bucketName } from '../support/s3/server.ts';
import { openVersitygw } from '../support/s3/versitygw.ts';

const program = findClient('versitygw');

describe.skipIf(program === undefined)('a real S3 server', () => {
  let server: Awaited<ReturnType<typeof openVersitygw>>;
  let places = 0;
  let opened = 0;
  beforeAll(async () => {
    server = await openVersitygw(program ?? '');
  });
  afterAll(() => server.close());

  const open = (prefix: string) => {
    const { endpoint, credentials } = server;
    const random = { ...createTestPorts().random, uuid: () => `${opened++}` };
    const partBytes = 5 << 20;
    return createS3Blobs({
      bucket: bucketName,
      prefix,
      region: 'us-east-1',
      endpoint,
      credentials,
      random,
      partBytes,
      attemptMs: 30_000,
    });
  };

  describeBlobs('versitygw', async () => {
    const prefix = `place-${places++}/`;
    const clear = async () => {
      const blobs = open(prefix);
      const keys: string[] = [];
      for await (const { key } of blobs.list('')) keys.push(key);
      await blobs.delete(keys);
      await blobs.close();
    };
    return { isShared: true, largeBytes: 5 << 20, open: async () => open(prefix), clear, remove: clear };
  });

  it('says what is wrong with keys and buckets', async () => {
    const { endpoint, credentials } = server;
    const { random } = createTestPorts();
    const options = { region: 'us-east-1', endpoint, random };
    const wrongKey = { ...credentials, secretAccessKey: 'wrong' };
    const foreign = createS3Blobs({ ...options, bucket: bucketName, credentials: wrongKey });
    await expect(foreign.put('k', new Uint8Array(1))).rejects.toThrow(/SignatureDoesNotMatch.*correct them/);
    const nowhere = createS3Blobs({ ...options, bucket: 'other', credentials });
    await expect(nowhere.get('k')).rejects.toThrow(/NoSuchBucket.*deploy it/);
  });
});
