import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readOnboard, readPartition } from '../../cli/partition.ts';
import { toPartition } from '../../functions/identity/partition.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Running, type StartOptions, start } from '../../functions/node/serve.ts';
import { makeTenants } from '../runtimes/tenants.ts';
import { findClient, runClient } from '../support/clients.ts';
import { type CloudServers, openCloudServers } from '../support/cloudservers.ts';
import { findDynamoDbLocal, startDynamoDbLocal } from '../support/dynamodblocal.ts';
import { findDynoxide, startDynoxide } from '../support/dynoxide.ts';
import { findPrograms, type Kubectl, openKubectl, type Result } from '../support/kubectl.ts';
import { type LambdaSite, openLambdaStack } from '../support/lambdastack.ts';
import { bucketName } from '../support/s3/server.ts';
import { openVersitygw } from '../support/s3/versitygw.ts';
import { say } from '../support/tenants.ts';
import { until } from '../support/until.ts';
import { openWorkerStack, type WorkerSite } from '../support/workerstack.ts';

const programs = findPrograms();
const newest = programs.at(-1)?.path ?? '';
const local = findDynamoDbLocal();
const dynoxide = findDynoxide();
const s3 = findClient('versitygw');
const hasServers = (local ?? dynoxide) !== undefined && programs.length > 0;

const openServers = async (secrets: Readonly<Record<string, string>> = {}): Promise<CloudServers> => {
  const dynamo = await (local === undefined ? startDynoxide(dynoxide ?? '') : startDynamoDbLocal(local));
  return openCloudServers({ dynamo, secrets, ...(s3 !== undefined && { s3: openVersitygw(s3, dynamo.region) }) });
};

const quickstart = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));
const pace = { configMs: 500, metricsMs: 1000, logsMs: 700, stepMs: 120, retryMs: 300 };

/** From nothing to a running application and its logs, and back. `get`: reads below the place of the API. */
const walk = async (
  kubectl: Kubectl,
  partition: string,
  get = (path: string): Promise<string> => kubectl('get', '--raw', path),
): Promise<void> => {
  const ours = (...args: string[]) => kubectl('-n', 'quickstart', ...args);
  expect(await kubectl('apply', '-f', quickstart)).toContain('device.eve.lfedge.org/lab1 created');
  const onboard = readOnboard(join(quickstart, 'config'));
  const device = new SimulatedDevice({ ...readPartition(partition), onboard, serial: 'QUICKSTART-1', pace });
  const stop = new AbortController();
  const life = device.run(stop.signal);
  try {
    for (const [what, condition] of [
      ['device/lab1', 'Onboarded'],
      ['application/web', 'Ready'],
      ['device/lab1', 'ConfigApplied'],
    ] as const)
      await ours('wait', what, `--for=condition=${condition}`, '--timeout=240s');
    expect(await ours('get', 'devices,applications')).toMatch(/^application\.eve\.lfedge\.org\/web +lab1 +RUNNING/m);
    expect(await ours('get', 'device/lab1', '-o', 'jsonpath={.status.uuid}')).toBe(device.uuid);
    await device.sendLogs();
    const logs = await get(`/edgenode/${device.uuid}/log?tailLines=5`);
    expect(logs).toMatch(/"source":"zed/);
    expect(await kubectl('apply', '-f', quickstart)).toContain('application.eve.lfedge.org/web unchanged');
    await ours('delete', 'application/web');
    await until(() => expect(device.world.apps.size).toBe(0));
    expect(device.complaints).toEqual([]);
  } finally {
    stop.abort();
    await life;
  }
  await kubectl('delete', '-f', quickstart, '--ignore-not-found', '--timeout=120s');
  expect(await kubectl('get', 'namespace', 'quickstart', '--ignore-not-found')).toBe('');
};

describe.skipIf(!hasServers)('the functions, behind a function URL', () => {
  let site: LambdaSite;
  const opened: Kubectl[] = [];
  /** Its user has a token, and it trusts the server as it does any other of the internet. */
  const open = (path: string): Kubectl => {
    const kubectl = openKubectl(path, site.stackKubeconfig, { SSL_CERT_FILE: site.rootFile });
    opened.push(kubectl);
    return kubectl;
  };
  beforeAll(async () => {
    // A watch ends after five seconds: three are left for its end.
    const kubeMs = ({ url }: Request): number => (/[?&]watch=/.test(url) ? 8_000 : 300_000);
    site = await openLambdaStack({ servers: await openServers(), kubeMs });
  });
  afterAll(async () => {
    for (const kubectl of opened) kubectl.close();
    await site?.close();
  });

  it('serve kubectl and a device, all the way', async () => {
    await walk(open(newest), site.partition);
    expect(site.deadLetters).toEqual([]);
  });

  it.each(programs)(
    'serve kubectl $version, and watches that end before their time is up',
    async ({ version, path }) => {
      const namespace = `v${version.replaceAll(/[^0-9]/g, '-')}x`;
      const kubectl = open(path);
      const ours = (...args: string[]) => kubectl('-n', namespace, ...args);
      await kubectl('create', 'namespace', namespace);
      const device = {
        apiVersion: 'eve.lfedge.org/v1beta1',
        kind: 'Device',
        metadata: { name: 'cam' },
        spec: { serial: `CAM-${version}` },
      };
      const { code } = await kubectl.run(['-n', namespace, 'apply', '--server-side', '-f', '-'], {
        input: JSON.stringify(device),
      });
      expect(code).toBe(0);
      expect(await ours('get', 'devices')).toMatch(/^cam /m);
      // Two watches have ended when it happens.
      const waiting = ours('wait', 'device/cam', '--for=jsonpath={.metadata.labels.late}=yes', '--timeout=120s');
      const watched = kubectl.run(['-n', namespace, 'get', 'devices', '--watch', '-o', 'name']);
      const seen: Result = await watched;
      expect(seen.out).toMatch(/^(device\.eve\.lfedge\.org\/cam\n)+$/);
      expect(seen.err).not.toMatch(/EOF|unexpected|reset|INTERNAL_ERROR/);
      await new Promise(resolve => setTimeout(resolve, 6_000));
      await ours('label', 'device/cam', 'late=yes');
      expect(await waiting).toContain('device.eve.lfedge.org/cam condition met');
      await ours('delete', 'device/cam', '--timeout=120s');
      expect(await ours('get', 'devices', '-o', 'name')).toBe('');
      await kubectl('delete', 'namespace', namespace, '--timeout=120s');
    },
  );

  const helm = findClient('helm4');
  it.skipIf(helm === undefined)('serve Helm', async () => {
    const home = mkdtempSync(join(tmpdir(), 'kubeve-helm-'));
    const setting = { kubeconfig: site.stackKubeconfig, home, env: { SSL_CERT_FILE: site.rootFile } };
    const chart = fileURLToPath(new URL('../../examples/chart', import.meta.url));
    const run = (...args: string[]) => runClient(helm ?? '', args, setting);
    try {
      const installed = await run('install', 'web', chart, '-n', 'shop', '--create-namespace');
      expect(installed).toContain('STATUS: deployed');
      expect(await open(newest)('-n', 'shop', 'get', 'appdeploy', '-o', 'name')).toContain('/web');
      expect(await run('uninstall', 'web', '-n', 'shop', '--wait')).toContain('uninstalled');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!hasServers)('the functions, for two tenants', () => {
  let given: Awaited<ReturnType<typeof makeTenants>>;
  let site: LambdaSite;
  let dir: string;
  const opened: Kubectl[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kubeve-tenants-'));
    given = await makeTenants();
    const list = join(dir, 'tenants.json');
    writeFileSync(list, JSON.stringify(given.declared));
    const servers = await openServers(given.secrets);
    site = await openLambdaStack({ servers, guests: given.guests, environment: { KUBEVE_TENANTS_FILE: list } });
  }, 600_000);
  afterAll(async () => {
    for (const kubectl of opened) kubectl.close();
    await site?.close();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  /** kubectl by the path of a tenant, with the token of its administrator. */
  const open = (name: string, token: string): Kubectl => {
    const config = readFileSync(site.stackKubeconfig, 'utf8')
      .replace(/server: .*/, `server: ${site.url}/clusters/${name}`)
      .replace(/token: .*/, `token: ${token}`)
      .replace(/ *client-(certificate|key)-data: .*\n/g, '');
    const path = join(dir, `${name}.kubeconfig`);
    writeFileSync(path, config);
    const kubectl = openKubectl(newest, path, { SSL_CERT_FILE: site.rootFile });
    opened.push(kubectl);
    return kubectl;
  };

  /** What devices of a tenant are given: they come by its host name. */
  const toPartitionOf = ({ name, host, identity }: (typeof given.made)[number]): string => {
    const partition = join(dir, name);
    mkdirSync(partition);
    const files = { ...toPartition(identity, `${host}:${new URL(site.url).port}`), hosts: `127.0.0.1 ${host}\n` };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(partition, file), text);
    return partition;
  };

  it('serve kubectl and a device of each, all the way and at once, with things of the same names', {
    timeout: 900_000,
  }, async () => {
    const [acme, globex] = given.made;
    if (!acme || !globex) throw new Error('there are two tenants');
    const ca = readFileSync(site.rootFile, 'utf8');
    await Promise.all(
      given.made.map(one =>
        walk(open(one.name, one.token), toPartitionOf(one), async path => {
          // Versions of kubectl do not agree on what `--raw` is below.
          const { status, text } = await say(site.url, `/clusters/${one.name}${path}`, { ca, token: one.token });
          expect(status, text).toBe(200);
          return text;
        }),
      ),
    );
    const stranger = open(acme.name, globex.token);
    const { code, err } = await stranger.run(['get', 'devices', '-A']);
    expect([code, err]).toEqual([1, expect.stringMatching(/must be logged in|Unauthorized|provide credentials/)]);
    expect(site.deadLetters).toEqual([]);
  });
});

describe.skipIf(dynoxide === undefined || programs.length === 0)('the worker, in workerd', () => {
  let site: WorkerSite;
  let kubectl: Kubectl;
  beforeAll(async () => {
    site = await openWorkerStack(dynoxide ?? '');
    site.begin();
    kubectl = openKubectl(newest, site.stackKubeconfig, { SSL_CERT_FILE: site.rootFile });
  });
  afterAll(async () => {
    kubectl?.close();
    await site?.close();
  });

  it('serves kubectl and a device, all the way', async () => {
    await walk(kubectl, site.partition);
    expect(site.complaints).toEqual([]);
  });
});

describe.skipIf(!hasServers)('two processes over one table and bucket', () => {
  let servers: CloudServers;
  let root: string;
  const processes: Running[] = [];
  const kubectls: Kubectl[] = [];
  beforeAll(async () => {
    servers = await openServers();
    root = mkdtempSync(join(tmpdir(), 'kubeve-shared-'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', servers.s3.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', servers.s3.credentials.secretAccessKey);
    const { region, endpoint: tableEndpoint } = servers.dynamo;
    const places = { tableEndpoint, bucketEndpoint: servers.s3.endpoint };
    const cloud = { table: servers.table, bucket: bucketName, tenant: 'main', region, ...places };
    const optionsOf = (name: string): StartOptions => ({
      data: join(root, name),
      port: 0,
      log: systemPorts('error').log,
      cloud,
    });
    processes.push(await start(optionsOf('a')));
    // Another process of the installation has the same keys.
    cpSync(join(root, 'a', 'pki'), join(root, 'b', 'pki'), { recursive: true });
    processes.push(await start(optionsOf('b')));
    for (const { kubeconfig } of processes) kubectls.push(openKubectl(newest, kubeconfig));
  });
  afterAll(async () => {
    for (const kubectl of kubectls) kubectl.close();
    for (const running of processes) await running.close();
    vi.unstubAllEnvs();
    await servers?.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('serve kubectl, which asks one and then the other, and a device that asks the second', async () => {
    let count = 0;
    const next = (): Kubectl => {
      const kubectl = kubectls[count++ % kubectls.length];
      if (!kubectl) throw new Error('there is no kubectl');
      return kubectl;
    };
    const either: Kubectl = Object.assign((...args: string[]) => next()(...args), {
      run: (...args: Parameters<Kubectl['run']>) => next().run(...args),
      start: (...args: Parameters<Kubectl['start']>) => next().start(...args),
      close: () => undefined,
    });
    await walk(either, processes[1]?.partition ?? '');
  });
});
