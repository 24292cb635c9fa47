import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { kubeconfig } from '../../../cli/kubeconfig.ts';
import { readPartition } from '../../../cli/partition.ts';
import { openBundle } from '../../../functions/identity/bundle.ts';
import { openIdentity, recallIdentity } from '../../../functions/identity/identity.ts';
import { openTokenKeys } from '../../../functions/identity/tokenkeys.ts';
import { systemPorts } from '../../../functions/node/ports.ts';
import { deploy } from '../../../infra/deploy/deploy.ts';
import { parseDeployFlags } from '../../../infra/deploy/flags.ts';
import { awsRoots } from '../../../infra/deploy/identities.ts';
import { staticTokens } from '../../../shared/kube/access/token.ts';
import { createTestCloud, type TestCloud } from '../../support/cloud.ts';

let cloud: TestCloud;
let said: string[];
beforeEach(() => {
  cloud = createTestCloud();
  said = [];
});

const ports = systemPorts('silent');
const run = (args: readonly string[] = [], from?: ReturnType<typeof openBundle>) =>
  deploy({
    cloud,
    flags: parseDeployFlags(args),
    build: () => cloud.step('build'),
    write: cloud.write,
    deployStack: cloud.deployStack,
    say: line => void said.push(line),
    ports,
    pollMs: 0,
    ...(from && { from }),
  });
const secret = (name: string) => openBundle(cloud.secrets.get(`kubeve-prod/${name}`));

describe('deploying', () => {
  it('makes identities, the stack and its outputs', async () => {
    const outputs = await run();
    expect(outputs).toMatchObject({ KubeUrl: 'https://kube.example/', BucketName: 'bucket-1' });
    expect(cloud.deployed).toHaveLength(1);
    expect(cloud.deployed[0]).toMatchObject({ identity: 'arn:kubeve-prod/identity', tenant: 'main', truststore: '' });
    expect(said).toContain('    made in the secrets kubeve-prod/authority and kubeve-prod/identity');
  });

  it('gives functions what they need of the identities and nothing more', async () => {
    await run();
    const serving = secret('identity');
    expect(recallIdentity(serving).root.certificatePem).toBe(awsRoots());
    expect(openTokenKeys(serving)).toBeDefined();
    expect(serving.names()).toEqual([
      'client-authority.key.pem',
      'client-authority.pem',
      'ecdh.key.pem',
      'ecdh.pem',
      'escrow.key.pem',
      'root.pem',
      'service-account.key.pem',
      'signing.key.pem',
      'signing.pem',
      'tls-root.pem',
      'tokens.csv',
    ]);
    const [token = ''] = serving.read('tokens.csv')?.split(',') ?? [];
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await staticTokens(serving.read('tokens.csv') ?? '')(token)).toMatchObject({
      name: 'kubeve-admin',
      groups: ['system:masters'],
    });
  });

  it('records requests and serves Adam only when it is told to', async () => {
    await run();
    expect(cloud.deployed[0]).toMatchObject({ auditPolicy: '', adamApi: 'false' });
    await run(['--audit-policy', 'policy.yaml', '--adam-api', '--adam-namespace', 'old']);
    const auditPolicy = '.build/lambda/kube/audit-policy.yaml';
    expect(cloud.deployed[1]).toMatchObject({ auditPolicy, adamApi: 'true', adamNamespace: 'old' });
  });

  it('changes nothing when everything is there', async () => {
    await run();
    const before = new Map(cloud.secrets);
    await run();
    expect(cloud.secrets).toEqual(before);
    expect(cloud.writes).toBe(2);
    expect(said).toContain('    there in the secrets kubeve-prod/authority and kubeve-prod/identity');
  });

  it('keeps what an operator added to the secrets, and brings it to the functions', async () => {
    await run();
    const authority = secret('authority');
    authority.write('tokens.csv', `${authority.read('tokens.csv')}other,jane,jane\n`);
    cloud.secrets.set('kubeve-prod/authority', authority.toText());
    await run();
    expect(secret('identity').read('tokens.csv')).toContain('other,jane,jane');
    expect(said).toContain('    mended in the secrets kubeve-prod/authority and kubeve-prod/identity');
  });

  it('ends well after it broke off at any step, with the same identities', async () => {
    const args = ['--domain', 'eve.example.org', '--domain-certificate', 'arn:c', '--mtls'];
    await run(args);
    const steps = cloud.steps.length;
    expect(steps).toBeGreaterThan(9);
    for (let at = 0; at < steps; at++) {
      cloud = createTestCloud();
      cloud.failAt = at;
      await expect(run(args), `step ${at}`).rejects.toThrow('broke off');
      const authority = cloud.secrets.get('kubeve-prod/authority');
      await run(args);
      if (authority !== undefined) expect(cloud.secrets.get('kubeve-prod/authority')).toBe(authority);
      expect(cloud.deployed.at(-1)).toMatchObject({
        truststore: expect.stringMatching(/^s3:\/\/bucket-1\/truststore\//),
      });
      const [, key = ''] = /s3:\/\/bucket-1\/(.*)/.exec(cloud.deployed.at(-1)?.['truststore'] ?? '') ?? [];
      expect(cloud.objects.get(`bucket-1/${key}`)).toBe(secret('identity').read('client-authority.pem'));
    }
  });

  it('takes over the identities of an installation that moves here, once', async () => {
    const own = openBundle();
    const identity = openIdentity(own, ['localhost'], ports);
    openTokenKeys(own);
    await run([], own);
    const serving = recallIdentity(secret('identity'));
    expect(serving.signing.certificatePem).toBe(identity.signing.certificatePem);
    expect(serving.ecdh.keyPem).toBe(identity.ecdh.keyPem);
    expect(secret('identity').read('root.pem')).toBe(identity.root.certificatePem);
    await run([], own);
    const other = openBundle();
    openIdentity(other, ['localhost'], ports);
    await expect(run([], other)).rejects.toThrow(/this stack has an identity of its own/);
    await expect(run([], openBundle())).rejects.toThrow(/give the pki folder of an installation/);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'never created to its end'],
    ['REVIEW_IN_PROGRESS', 'never created to its end'],
    ['UPDATE_ROLLBACK_FAILED', 'ending its rollback'],
    ['UPDATE_IN_PROGRESS', 'waiting'],
    ['DELETE_IN_PROGRESS', 'waiting'],
  ])('brings a stack in %s to where it can be deployed', async (status, message) => {
    cloud.stack = { status, outputs: {} };
    await run();
    expect(said.join('\n')).toContain(message);
    expect(cloud.deployed).toHaveLength(1);
  });

  it('leaves to a person what only a person can decide', async () => {
    cloud.stack = { status: 'DELETE_FAILED', outputs: {}, reason: 'Bucket is not empty' };
    await expect(run()).rejects.toThrow(/is in DELETE_FAILED \(Bucket is not empty\): finish or undo that/);
  });

  describe('where an earlier stack left its table', () => {
    beforeEach(() => {
      cloud.tables = ['kubeve-prod'];
      cloud.buckets = [
        'kubeve-prod-bucket-1x2y3z',
        'kubeve-test-bucket-1x2y3z',
        'kubeve-prod-serverlessdeploymentbucket-1',
      ];
    });
    const names = () => cloud.imported.map(({ id, identifier }) => [id, ...Object.values(identifier)]);

    it('takes it over with its bucket, and says so', async () => {
      await run();
      expect(names()).toEqual([
        ['Table', 'kubeve-prod'],
        ['Bucket', 'kubeve-prod-bucket-1x2y3z'],
      ]);
      expect(cloud.deployed).toHaveLength(1);
      expect(said.join('\n')).toContain('the bucket kubeve-prod-bucket-1x2y3z: taking them over with what they hold');
    });

    it('ends well after it broke off at any step', async () => {
      const [tables, buckets] = [cloud.tables, cloud.buckets];
      await run();
      const steps = cloud.steps.length;
      for (let at = 0; at < steps; at++) {
        cloud = Object.assign(createTestCloud(), { tables, buckets, failAt: at });
        await expect(run(), `step ${at}`).rejects.toThrow('broke off');
        await run();
        expect(names(), `step ${at}`).toHaveLength(2);
        expect(cloud.stack?.status, `step ${at}`).toBe('CREATE_COMPLETE');
      }
    });

    it('asks which bucket when several may be its, and takes the one that it is told', async () => {
      cloud.buckets.push('kubeve-prod-bucket-other');
      await expect(run()).rejects.toThrow(
        /any of the buckets kubeve-prod-bucket-1x2y3z, kubeve-prod-bucket-other: say which with --bucket NAME/,
      );
      await run(['--bucket', 'kubeve-prod-bucket-other']);
      expect(names()[1]).toEqual(['Bucket', 'kubeve-prod-bucket-other']);
    });

    it('does not go on without what the table refers to', async () => {
      cloud.buckets = [];
      await expect(run()).rejects.toThrow(/its bucket is not: say which with --bucket NAME, or delete the table/);
      expect(cloud.deployed).toEqual([]);
    });

    it('begins anew after it could not be taken over', async () => {
      cloud.stack = { status: 'IMPORT_ROLLBACK_COMPLETE', outputs: {} };
      await run();
      expect(cloud.steps).toContain('delete');
      expect(names()).toHaveLength(2);
    });
  });

  it.each([
    [['--stage', 'Prod'], /--stage must be a name/],
    [['--domain', 'https://x.org'], /--domain must be a host name/],
    [['--domain', 'x.org'], /--domain and --domain-certificate belong together/],
    [['--device-domain-certificate', 'arn:x'], /belong together/],
    [['--mtls'], /--mtls needs a --domain/],
    [['--alarm-email', 'you'], "--alarm-email must be an address such as you@example.org, not 'you'"],
    [['--adam-namespace', 'x'], /--adam-namespace needs --adam-api/],
    [
      [
        '--domain',
        'x.org',
        '--domain-certificate',
        'a',
        '--device-domain',
        'x.org',
        '--device-domain-certificate',
        'a',
      ],
      /must be two names/,
    ],
  ])('refuses %j', (args, message) => {
    expect(() => parseDeployFlags(args)).toThrow(message);
  });
});

describe('kubeve kubeconfig --from-stack', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kubeve-stack-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const print = async (...args: string[]): Promise<string> => {
    let text = '';
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation(part => {
      text += part;
      return true;
    });
    try {
      await kubeconfig(args, () => cloud);
    } finally {
      spy.mockRestore();
    }
    return text;
  };

  it('prints what kubectl needs, and writes what devices need', async () => {
    await run();
    const text = await print('--from-stack', 'kubeve-prod', '--partition', join(dir, 'eve'));
    const config = parse(text);
    expect(config.clusters[0].cluster).toEqual({ server: 'https://kube.example' });
    const token = secret('authority').read('tokens.csv')?.split(',')[0];
    expect(config.users[0].user.token).toBe(token);
    const partition = readPartition(join(dir, 'eve'));
    expect(partition.server).toBe('device.example:443');
    expect(partition.rootPem).toBe(secret('identity').read('root.pem'));
    expect(readFileSync(join(dir, 'eve', 'v2tlsbaseroot-certificates.pem'), 'utf8')).toBe(awsRoots());
    expect(await print('--from-stack', 'kubeve-prod', '--output', join(dir, 'config'))).toBe('');
    expect(readFileSync(join(dir, 'config'), 'utf8')).toBe(text);
    expect(statSync(join(dir, 'config')).mode & 0o777).toBe(0o600);
  });

  it('says what is missing', async () => {
    await expect(print()).rejects.toThrow(/give a stack/);
    await expect(print('--from-stack', 'other')).rejects.toThrow(/has no whole stack other/);
    await run();
    cloud.secrets.clear();
    await expect(print('--from-stack', 'kubeve-prod')).rejects.toThrow(/the secret kubeve-prod\/authority is missing/);
  });
});
