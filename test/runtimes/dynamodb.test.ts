import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Running, type StartOptions, start, startPlain } from '../../functions/node/serve.ts';
import { connect } from '../support/client.ts';
import { findDynoxide, type LocalDynamo, startDynoxide } from '../support/dynoxide.ts';
import { bucketName, openS3Server, type S3Server } from '../support/s3/server.ts';
import { until } from '../support/until.ts';
import { scenario } from './scenario.ts';

const dynoxide = findDynoxide();

describe.skipIf(dynoxide === undefined)('processes over one table and bucket (needs dynoxide: Linux x64)', () => {
  let dynamo: LocalDynamo;
  let s3: S3Server;
  let root: string;
  const warnings: string[] = [];
  const noteWarning = ({ name }: Error): void => {
    warnings.push(name);
  };
  beforeAll(async () => {
    process.on('warning', noteWarning);
    dynamo = await startDynoxide(dynoxide ?? '');
    await dynamo.createTable('kubeve');
    s3 = await openS3Server();
    root = mkdtempSync(join(tmpdir(), 'kubeve-shared-'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    process.off('warning', noteWarning);
    dynamo?.stop();
    await s3?.close();
    rmSync(root, { recursive: true, force: true });
  });

  const optionsOf = (name: string): StartOptions => ({
    data: join(root, name),
    port: 0,
    log: systemPorts('error').log,
    cloud: {
      table: 'kubeve',
      bucket: bucketName,
      tenant: 'main',
      region: dynamo.region,
      tableEndpoint: dynamo.endpoint,
      bucketEndpoint: s3.endpoint,
    },
  });
  /** Another process of the installation has the same keys. */
  const startBeside = async (name: string, from: string): Promise<Running> => {
    cpSync(join(root, from, 'pki'), join(root, name, 'pki'), { recursive: true });
    return start(optionsOf(name));
  };

  it('go all the way together: people ask one, the device another', async () => {
    const first = await start(optionsOf('a'));
    const second = await startBeside('b', 'a');
    try {
      const { url, kubeconfig } = first;
      await scenario({ url, kubeconfig, data: join(root, 'a'), partition: second.partition, close: async () => {} });
    } finally {
      await first.close();
      await second.close();
    }
  });

  it('have one leader, and another one when it ends', async () => {
    const first = await start(optionsOf('a'));
    const client = connect(first.url, join(root, 'a'));
    const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kubeve-controllers';
    const leader = async (ask = client.ask) => (await ask('GET', lease)).json.spec?.['holderIdentity'];
    await until(async () => expect(await leader()).toMatch(/^standing-/));
    const before = await leader();
    const second = await startBeside('c', 'a');
    const other = connect(second.url, join(root, 'c'));
    try {
      client.close();
      await first.close();
      await until(async () => expect(await leader(other.ask)).toMatch(/^standing-/));
      expect(await leader(other.ask)).not.toBe(before);
      expect(warnings).not.toContain('MaxListenersExceededWarning');
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'later' } };
      await other.ask('POST', '/api/v1/namespaces', namespace);
      const account = '/api/v1/namespaces/later/serviceaccounts/default';
      await until(async () => expect((await other.ask('GET', account)).status).toBe(200));
    } finally {
      other.close();
      await second.close();
    }
  });

  it('are of one installation: one with other keys is refused, and what to do is said', async () => {
    await (await start(optionsOf('a'))).close();
    await expect(start(optionsOf('stranger'))).rejects.toThrow('start with a copy of its pki/ folder');
  });

  it('speak plain HTTP behind who ends TLS', async () => {
    const running = await startPlain(optionsOf('a'));
    try {
      expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      await until(async () => expect((await fetch(`${running.url}/readyz`)).status).toBe(200));
      expect((await fetch(`${running.url}/api/v1/namespaces`)).status).toBe(401);
      expect((await fetch(`${running.url}/api/v2/edgedevice/ping`)).status).toBe(200);
    } finally {
      await running.close();
    }
  });

  it('say what is wrong when there is no such table', async () => {
    const { cloud, ...rest } = optionsOf('a');
    if (!cloud) throw new Error('the options name a cloud');
    await expect(startPlain({ ...rest, cloud: { ...cloud, table: 'none' } })).rejects.toThrow(
      'There is no table none here',
    );
  });
});
