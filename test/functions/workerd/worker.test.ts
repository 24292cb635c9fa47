import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import worker from '../../../functions/workerd/worker.ts';

const bindings = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-real-one',
  KUBEVE_TABLE: 'kubeve',
  KUBEVE_BUCKET: 'kubeve',
  KUBEVE_IDENTITY: 'kubeve/identity',
};

/** Nothing goes on behind these answers. */
const context = {
  waitUntil: () => {
    throw new Error('nothing was written');
  },
};

describe('a worker whose bindings are wrong', () => {
  let logged: string;
  beforeEach(() => {
    logged = '';
    vi.spyOn(console, 'error').mockImplementation((text: string) => {
      logged += text;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  it.each(Object.keys(bindings))(
    'says that %s is missing where the operator reads, and no more to others',
    async name => {
      const env = { ...bindings, [name]: undefined };
      const kube = await worker.fetch(new Request('https://worker/api/v1/namespaces'), env, context);
      expect([kube.status, kube.headers.get('retry-after')]).toEqual([503, '10']);
      expect(await kube.json()).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable', code: 503 });
      expect(logged).toContain(`${name} is not set`);
      logged = '';
      const device = await worker.fetch(new Request('https://worker/api/v2/edgedevice/ping'), env, context);
      expect([device.status, await device.text()]).toEqual([503, '']);
      expect(logged).toContain(`${name} is not set`);
      logged = '';
      await expect(worker.scheduled({}, env)).rejects.toThrow(`${name} is not set`);
      expect(logged).toContain(`${name} is not set`);
      expect(logged).not.toContain(bindings.AWS_SECRET_ACCESS_KEY);
    },
  );

  it('says that nobody answers where the secret should be', async () => {
    const env = { ...bindings, ...nowhere };
    const kube = await worker.fetch(new Request('https://worker/api/v1/namespaces'), env, context);
    expect(await kube.json()).toMatchObject({ reason: 'ServiceUnavailable', code: 503 });
    expect(logged).not.toContain(bindings.AWS_SECRET_ACCESS_KEY);
  });
});

/** A port that nobody listens on. */
const nowhere = {
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
};
