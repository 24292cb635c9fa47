import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { certs } from '../../../cli/certs.ts';
import { kubeconfig } from '../../../cli/kubeconfig.ts';
import { readPartition } from '../../../cli/partition.ts';
import { openBundle } from '../../../functions/identity/bundle.ts';
import { openIdentity, recallIdentity } from '../../../functions/identity/identity.ts';
import { systemPorts } from '../../../functions/node/ports.ts';
import { toTenants } from '../../../functions/tenants/tenant.ts';
import { deploy } from '../../../infra/deploy/deploy.ts';
import { parseDeployFlags } from '../../../infra/deploy/flags.ts';
import { tenantsFile } from '../../../infra/deploy/tenants/pack.ts';
import { createTestCloud, type TestCloud } from '../../support/cloud.ts';

const ports = systemPorts('silent');
let cloud: TestCloud;
let said: string[];
beforeEach(() => {
  cloud = createTestCloud();
  said = [];
});

const acme = { name: 'acme' };
const globex = { name: 'globex', hosts: ['kube.globex.test'], deviceHosts: ['eve.globex.test'], certificate: 'arn:g' };
const run = (list: readonly object[], args: readonly string[] = [], more: Partial<Parameters<typeof deploy>[0]> = {}) =>
  deploy({
    cloud,
    flags: parseDeployFlags(args),
    tenants: own => toTenants(list, own),
    build: () => cloud.step('build'),
    write: cloud.write,
    deployStack: cloud.deployStack,
    say: line => void said.push(line),
    ports,
    pollMs: 0,
    ...more,
  });
const secret = (name: string) => openBundle(cloud.secrets.get(`kubeve-prod/${name}`));
const served = () => JSON.parse(cloud.files.get(tenantsFile) ?? '');

describe('deploying tenants', () => {
  it('makes an identity for each, and tells functions where it is', async () => {
    await run([acme, globex]);
    const names = ['main', 'acme', 'globex'].map(name => (name === 'main' ? 'identity' : `tenants/${name}/identity`));
    const roots = names.map(name => recallIdentity(secret(name)).clientAuthority.certificatePem);
    expect(new Set(roots).size).toBe(3);
    for (const name of names) expect(secret(name).names()).not.toContain('root.key.pem');
    expect(served()).toEqual([
      { ...acme, hosts: [], path: true, identity: 'arn:kubeve-prod/tenants/acme/identity' },
      {
        ...globex,
        hosts: ['kube.globex.test', 'eve.globex.test'],
        path: true,
        identity: 'arn:kubeve-prod/tenants/globex/identity',
      },
    ]);
    expect(cloud.deployed[0]).toMatchObject({ tenantsFile, hasKubeHosts: 'true', hasDeviceHosts: 'true' });
  });

  it('changes nothing of any when another one comes, and nothing at all the next time', async () => {
    await run([acme]);
    const before = new Map(cloud.secrets);
    await run([acme, globex]);
    for (const [name, text] of before) expect(cloud.secrets.get(name), name).toBe(text);
    expect(cloud.secrets.size).toBe(6);
    const { writes } = cloud;
    await run([acme, globex]);
    expect(cloud.writes).toBe(writes);
  });

  it('ends well after it broke off at any step, with the same identities', async () => {
    const args = ['--domain', 'kube.test', '--domain-certificate', 'arn:c', '--mtls'];
    await run([globex], args);
    const steps = cloud.steps.length;
    for (let at = 0; at < steps; at++) {
      cloud = createTestCloud();
      cloud.failAt = at;
      await expect(run([globex], args), `step ${at}`).rejects.toThrow('broke off');
      const before = new Map(cloud.secrets);
      await run([globex], args);
      for (const [name, text] of before) expect(cloud.secrets.get(name), `step ${at}: ${name}`).toBe(text);
      expect(cloud.secrets.size).toBe(4);
      const { resources } = JSON.parse(cloud.files.get('.build/stack/tenants.json') ?? '');
      const { TruststoreUri: uri } = resources.Resources.KubeDomainkubePglobexPtest.Properties.MutualTlsAuthentication;
      const authority = cloud.objects.get(uri.replace('s3://', ''));
      expect(authority).toBe(secret('tenants/globex/identity').read('client-authority.pem'));
    }
  });

  it('takes over the identity of a tenant that moves here', async () => {
    const own = openBundle();
    const { signing } = openIdentity(own, ['acme.test'], ports);
    const fromTenant = (name: string) => (name === 'acme' ? own : undefined);
    await run([acme, globex], [], { fromTenant });
    expect(recallIdentity(secret('tenants/acme/identity')).signing.certificatePem).toBe(signing.certificatePem);
    expect(secret('tenants/globex/identity').read('signing.pem')).not.toBe(signing.certificatePem);
  });

  it('packs the files that tenants name, and says which of them is wrong before anything is made', async () => {
    const text = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n';
    await run([{ ...acme, authenticationConfig: 'authn.yaml' }], [], { read: () => text });
    const [{ authenticationConfig }] = served();
    expect(cloud.files.get(authenticationConfig)).toBe(text);
    cloud = createTestCloud();
    const wrong = run([{ ...acme, authenticationConfig: 'authn.yaml' }], [], { read: () => 'kind: Pod' });
    await expect(wrong).rejects.toThrow(/acme\.authenticationConfig authn\.yaml: .*AuthenticationConfiguration/);
    expect(cloud.writes).toBe(0);
  });

  it('locks nobody out whose list was forgotten', async () => {
    await run([acme, globex]);
    await expect(run([globex])).rejects.toThrow(
      /the stack serves acme, which no list names: .*--without-tenant acme \(what is stored/,
    );
    await expect(run([acme], ['--without-tenant', 'acme'])).rejects.toThrow(/acme is in the list .* and in --without/);
    await run([globex], ['--without-tenant', 'acme']);
    expect(served().map(({ name }: { name: string }) => name)).toEqual(['globex']);
    expect(cloud.secrets.has('kubeve-prod/tenants/acme/authority')).toBe(true);
  });

  it('goes on serving what it serves when the name of its own tenant is not said again', async () => {
    await run([acme], ['--tenant', 'moved']);
    await run([acme]);
    expect(cloud.deployed.map(({ tenant }) => tenant)).toEqual(['moved', 'moved']);
  });

  it.each<[object, readonly string[], RegExp]>([
    [{ tokenFile: 'a.csv' }, [], /acme: a stack reads no tokenFile: .*kubeve-prod\/tenants\/acme\/authority/],
    [{ clientCaFile: 'ca.pem' }, [], /acme: a stack reads no clientCaFile/],
    [{ identity: 'other' }, [], /acme: the deployment makes its identity/],
    [{ hosts: ['a.test'] }, [], /acme: 'a\.test' needs a certificate in ACM/],
    [{ deviceHosts: ['a.test'] }, ['--domain', 'x.test', '--domain-certificate', 'c'], /'a\.test' needs a certificate/],
    [{ deviceHosts: ['a.test'], path: false, certificate: 'c' }, [], /acme: nobody reaches its Kubernetes API/],
    [
      { hosts: ['x.test'] },
      ['--domain', 'x.test', '--domain-certificate', 'c'],
      /'x\.test' is the name of the install/,
    ],
    [{ name: 'main' }, [], /tenants\[0\]\.name is taken: 'main'/],
    [
      { hosts: Array.from({ length: 101 }, (_, at) => `h${at}.test`), certificate: 'c' },
      [],
      /tenants have 101 host names; a stack takes 100/,
    ],
  ])('refuses %j with %j', async (fields, args, message) => {
    await expect(run([{ ...acme, ...fields }], args)).rejects.toThrow(message);
    expect(cloud.writes).toBe(0);
  });
});

describe('of a tenant of a stack', () => {
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kubeve-tenant-'));
    await run([acme, globex]);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const stack = ['--from-stack', 'kubeve-prod'];
  const print = async (command: typeof kubeconfig, ...args: string[]): Promise<string> => {
    let text = '';
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation(part => {
      text += part;
      return true;
    });
    try {
      await command(args, () => cloud);
    } finally {
      spy.mockRestore();
    }
    return text;
  };
  const clusterOf = (text: string) => parse(text).clusters[0];

  it('kubeve kubeconfig prints where it is, for its own administrator', async () => {
    const text = await print(kubeconfig, ...stack, '--tenant', 'acme');
    expect(clusterOf(text)).toEqual({
      name: 'kubeve-prod-acme',
      cluster: { server: 'https://kube.example/clusters/acme' },
    });
    const { user } = parse(text).users[0];
    expect(user.token).toBe(secret('tenants/acme/authority').read('tokens.csv')?.split(',')[0]);
    const partition = join(dir, 'eve');
    const named = await print(kubeconfig, ...stack, '--tenant', 'globex', '--partition', partition);
    expect(clusterOf(named).cluster).toEqual({ server: 'https://kube.globex.test' });
    expect(readPartition(partition)).toMatchObject({
      server: 'eve.globex.test:443',
      rootPem: secret('tenants/globex/identity').read('root.pem'),
    });
    expect(clusterOf(await print(kubeconfig, ...stack, '--tenant', 'main')).cluster.server).toBe(
      'https://kube.example',
    );
  });

  it('kubeve kubeconfig and certs name the tenants there are, and say what is missing', async () => {
    for (const command of [kubeconfig, certs])
      await expect(print(command, ...stack, '--tenant', 'initech')).rejects.toThrow(
        /kubeve-prod has no tenant initech: there are acme, globex/,
      );
    await expect(print(kubeconfig, ...stack, '--tenant', 'acme', '--partition', dir)).rejects.toThrow(
      /no device reaches acme: give it deviceHosts/,
    );
    await expect(print(certs, '--tenant', 'acme')).rejects.toThrow(/--tenant belongs to --from-stack/);
    cloud.secrets.delete('kubeve-prod/tenants/acme/authority');
    await expect(print(certs, ...stack, '--tenant', 'acme')).rejects.toThrow(/no secret .*tenants\/acme\/authority/);
  });

  it('kubeve certs rotates its own and nobody else’s', async () => {
    const before = new Map(cloud.secrets);
    const told = await print(certs, 'rotate', 'signing', ...stack, '--tenant', 'acme');
    expect(told).toContain('the secrets of kubeve-prod/tenants/acme');
    for (const [name, text] of before)
      if (name.includes('/tenants/acme/')) expect(cloud.secrets.get(name), name).not.toBe(text);
      else expect(cloud.secrets.get(name), name).toBe(text);
  });
});
