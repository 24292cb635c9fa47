import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { certs } from '../../cli/certs.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { startPlain } from '../../functions/node/serve.ts';
import { ensureIdentities, retireIdentities } from '../../infra/deploy/identities.ts';
import { createTestCloud, type TestCloud } from '../support/cloud.ts';
import { openSecretsServer, type SecretsServer } from '../support/secretsserver.ts';
import { until } from '../support/until.ts';

const stack = 'kubeve-prod';
const outputs = {
  TableName: 'kubeve-prod',
  BucketName: 'bucket-1',
  Tenant: 'main',
  KubeUrl: 'https://kube.example/',
  DeviceUrl: 'https://device.example/',
};
let data: string;
let cloud: TestCloud;
let secrets: SecretsServer;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'kubeve-secret-'));
  cloud = createTestCloud();
  cloud.stack = { status: 'CREATE_COMPLETE', outputs };
  const { serving } = await ensureIdentities(cloud, stack, systemPorts('error'));
  secrets = await openSecretsServer(`${stack}/identity`, serving.text);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  secrets.close();
  rmSync(data, { recursive: true, force: true });
});

const pemOf = (name: string, of: 'authority' | 'identity' = 'identity'): string =>
  openBundle(cloud.secrets.get(`${stack}/${of}`)).read(name) ?? '';

it('a process goes on with the certificates that its secret holds, and with the former ones while it cannot be read', async () => {
  const lost: string[] = [];
  const log = { ...systemPorts('silent').log, error: (message: string) => void lost.push(message) };
  const running = await startPlain({ data, port: 0, identitySecret: `${stack}/identity`, lookMs: 50, log });
  const told = async () =>
    Buffer.from(await (await fetch(`${running.url}/api/v2/edgedevice/certs`)).arrayBuffer()).toString('latin1');
  try {
    const [signing, ecdh] = [pemOf('signing.pem'), pemOf('ecdh.pem')];
    expect(await told()).toContain(signing);
    await certs(['rotate', '--from-stack', stack], () => cloud);
    secrets.failure = 'InternalServiceError';
    await until(() => expect(lost).not.toEqual([]));
    expect(await told()).toContain(signing);
    secrets.failure = undefined;
    secrets.keep(`${stack}/identity`, cloud.secrets.get(`${stack}/identity`) ?? '');
    await until(async () => expect(await told()).toContain(pemOf('signing.pem')));
    const after = await told();
    expect(after).toContain(pemOf('ecdh.pem'));
    expect(after).toContain(ecdh);
    expect(after).not.toContain(signing);
  } finally {
    await running.close();
  }
});

it('a process behind somebody who ends TLS goes on with the certificates of its folder, and of those of its tenants', async () => {
  const tenants = join(data, 'tenants.yaml');
  writeFileSync(tenants, 'tenants:\n  - name: acme\n    hosts: [acme.example.com]\n');
  const running = await startPlain({ data, port: 0, tenants, log: systemPorts('silent').log });
  const told = async (host?: string) => {
    const answer = await get(`${running.url}/api/v2/edgedevice/certs`, host);
    return answer.toString('latin1');
  };
  const pem = (name: string, ...folder: string[]) => readFileSync(join(data, ...folder, 'pki', `${name}.pem`), 'utf8');
  try {
    for (const [host, folder] of [
      [undefined, []],
      ['acme.example.com', ['tenants', 'acme']],
    ] as const) {
      const [signing, ecdh] = [pem('signing', ...folder), pem('ecdh', ...folder)];
      expect(await told(host)).toContain(signing);
      await certs(['rotate', '--data', join(data, ...folder)]);
      await until(async () => expect(await told(host)).not.toContain(signing));
      const after = await told(host);
      expect(after).toContain(pem('signing', ...folder));
      expect(after).toContain(ecdh);
    }
  } finally {
    await running.close();
  }
});

/** `fetch` lets nobody name another host. */
const get = (url: string, host: string | undefined) =>
  new Promise<Buffer>((resolve, reject) => {
    const outgoing = request(url, host === undefined ? {} : { headers: { host } }, answer => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    });
    outgoing.on('error', reject).end();
  });

it('a stack keeps the former key for secrets until nobody uses it, and keys of functions are those of the authority', async () => {
  const former = pemOf('ecdh.pem');
  await certs(['rotate', 'ecdh', '--from-stack', stack], () => cloud);
  expect(pemOf('ecdh-former-1.pem')).toBe(former);
  for (const name of ['ecdh.pem', 'ecdh.key.pem', 'ecdh-former-1.pem', 'signing.pem', 'root.pem'])
    expect(pemOf(name)).toBe(pemOf(name, 'authority'));
  expect(pemOf('root.key.pem')).toBe('');
  const later = Date.now() + 3 * 86_400_000;
  const used = { find: async () => ['a configuration'] };
  const unused = { find: async () => [] };
  expect(await retireIdentities(cloud, stack, used, later)).toBe(0);
  expect(await retireIdentities(cloud, stack, unused, Date.now())).toBe(0);
  expect(await retireIdentities(cloud, stack, unused, later)).toBe(1);
  expect([pemOf('ecdh-former-1.pem'), pemOf('ecdh-former-1.pem', 'authority')]).toEqual(['', '']);
});

it.each([
  [['rotate', '--from-stack', 'kubeve-other'], /no whole stack kubeve-other/],
  [['rotate', 'root', '--from-stack', stack], /cannot be rotated/],
  [['retire', '--from-stack', 'kubeve-other'], /no whole stack kubeve-other/],
])('what cannot be done is said: %j', async (args, text) => {
  await expect(certs(args, () => cloud)).rejects.toThrow(text);
});

it('a stack that lost its secrets is named', async () => {
  cloud.secrets.clear();
  await expect(certs(['rotate', '--from-stack', stack], () => cloud)).rejects.toThrow(
    /no secret kubeve-prod\/authority: deploy/,
  );
});
