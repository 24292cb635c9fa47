import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { findClient, startClient } from '../support/clients.ts';
import { openGitServer } from '../support/gitserver.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const flux = findClient('flux');
const kubectlPath = findPrograms().at(-1)?.path;
const chart = new URL('../../examples/chart', import.meta.url).pathname;

const eve = (kind: string, name: string, spec: unknown) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name },
  spec,
});
const web = (replicas: number) =>
  eve('ApplicationDeployment', 'web', {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: 1 } } }] },
    },
  });
const network = eve('NetworkConfig', 'net', { ip: 'dhcp' });
const settings = (greeting: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { greeting },
});

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}
interface Reconciled {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
    readonly lastHandledReconcileAt?: string;
  };
}

/** A port that nobody has right now. */
const findPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address !== 'string' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

/** Flux's source and kustomize controllers, with their own definitions, over a git repository. */
describe.skipIf(!flux || !kubectlPath)('Flux', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home: string;
  let gitServer: Awaited<ReturnType<typeof openGitServer>>;
  const running: ReturnType<typeof startClient>[] = [];

  const begin = (name: string, ...args: string[]) => {
    const common = ['--metrics-addr=127.0.0.1:0', '--health-addr=127.0.0.1:0', '--watch-all-namespaces'];
    const client = startClient(join(flux ?? '', name), [...args, ...common], {
      kubeconfig: server.kubeconfig,
      home,
      env: { RUNTIME_NAMESPACE: 'flux-system', TMPDIR: join(home, 'tmp') },
    });
    running.push(client);
    return client;
  };
  const repository = () => join(home, 'repositories/shop');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', ...args], {
      cwd: repository(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  /** What shall be there from now on; the revision that says so. */
  const commit = (...objects: object[]): string => {
    writeFileSync(join(repository(), 'shop/objects.yaml'), objects.map(one => stringify(one)).join('---\n'));
    git('add', '.');
    git('commit', '-q', '-m', 'change');
    return `main@sha1:${git('rev-parse', 'HEAD').trim()}`;
  };
  const inFlux = (...args: string[]) => kubectl('-n', 'flux-system', ...args);
  const inShop = (...args: string[]) => kubectl('-n', 'shop', ...args);
  const apply = async (...objects: object[]) => {
    const { code, err } = await kubectl.run(['-n', 'flux-system', 'apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });
    expect([code, err]).toEqual([0, '']);
  };
  let asked = 0;
  /** As `flux reconcile` does: it asks by an annotation, and the controller writes into the status what it has handled. */
  const reconcile = async (what: string) => {
    asked += 1;
    await inFlux('annotate', '--overwrite', what, `reconcile.fluxcd.io/requestedAt=${asked}`);
    await until(async () => expect((await show(what)).status?.lastHandledReconcileAt).toBe(String(asked)));
    return show(what);
  };
  const show = async (what: string): Promise<Reconciled> => JSON.parse(await inFlux('get', what, '-o', 'json'));
  const ready = ({ status }: Reconciled) => status?.conditions?.find(one => one.type === 'Ready');
  /** Has a revision fetched; what became of it. */
  const settle = async (revision: string) => {
    await reconcile('gitrepository/shop');
    return until(async () => {
      const found = await show('kustomization/shop');
      expect(found.status?.lastAttemptedRevision).toBe(revision);
      expect(ready(found)?.status).not.toBe('Unknown');
      return found;
    });
  };
  const replicas = () => inShop('get', 'appdeploy', 'web', '-o', 'jsonpath={.spec.replicas}');

  const source = (url: string) => ({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'shop' },
    spec: { url, ref: { branch: 'main' }, interval: '1h' },
  });
  const kustomization = (more: object = {}) => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'shop' },
    spec: {
      sourceRef: { kind: 'GitRepository', name: 'shop' },
      path: './shop',
      targetNamespace: 'shop',
      interval: '1h',
      retryInterval: '1h',
      timeout: '30s',
      prune: true,
      wait: true,
      ...more,
    },
  });

  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-flux-'));
    for (const dir of ['tmp', 'artifacts', 'repositories/shop/shop']) mkdirSync(join(home, dir), { recursive: true });
    git('init', '-q', '-b', 'main');
    cpSync(chart, join(repository(), 'chart'), { recursive: true });
    gitServer = await openGitServer(join(home, 'repositories'));
  });
  afterAll(async () => {
    for (const one of running.reverse()) await one.end();
    await gitServer?.close();
    kubectl?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  it('installs its definitions, and starts', async () => {
    await kubectl('apply', '--server-side', '-f', join(flux ?? '', 'crds'));
    await kubectl('wait', '--for=condition=established', 'crd', '--all', '--timeout=120s');
    await kubectl('create', 'namespace', 'flux-system');
    await kubectl('create', 'namespace', 'shop');
    const address = `127.0.0.1:${await findPort()}`;
    begin(
      'source-controller',
      `--storage-path=${join(home, 'artifacts')}`,
      `--storage-addr=${address}`,
      `--storage-adv-addr=${address}`,
    );
    begin('kustomize-controller');
    await until(() => {
      for (const one of running) expect(one.said()).toContain('"msg":"Starting workers"');
    });
  });

  it('fetches a repository and applies what is in it', async () => {
    const revision = commit(web(0), network, settings('hello'));
    await apply(source(`${gitServer.url}/shop/.git`), kustomization());
    await inFlux('wait', 'gitrepository/shop', '--for=condition=Ready', '--timeout=120s');
    await inFlux('wait', 'kustomization/shop', '--for=condition=Ready', '--timeout=120s');
    const { metadata, status } = await show('kustomization/shop');
    expect(status).toMatchObject({ lastAppliedRevision: revision, observedGeneration: metadata.generation });
    const { metadata: made } = JSON.parse(
      await inShop('get', 'appdeploy', 'web', '-o', 'json', '--show-managed-fields'),
    );
    expect(made.labels).toMatchObject({ 'kustomize.toolkit.fluxcd.io/name': 'shop' });
    expect(made.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'kustomize-controller', operation: 'Apply' }),
    );
    await until(async () =>
      expect(await inFlux('events', '--for=kustomization/shop')).toContain('ReconciliationSucceeded'),
    );
  });

  it('finds no drift where there is none, and mends what somebody changed', async () => {
    const version = () =>
      inShop('get', 'appdeploy,networkconfig,configmap', '-o', 'jsonpath={.items[*].metadata.resourceVersion}');
    const before = await version();
    await reconcile('kustomization/shop');
    expect(await version()).toBe(before);
    await inShop('scale', 'appdeploy/web', '--replicas=2');
    await inShop('delete', 'networkconfig', 'net');
    expect(ready(await reconcile('kustomization/shop'))).toMatchObject({ status: 'True' });
    expect(await replicas()).toBe('0');
    expect(await inShop('get', 'networkconfig', '-o', 'name')).toBe('networkconfig.eve.lfedge.org/net\n');
  });

  it('follows a new revision, and prunes what is no longer asked for', async () => {
    const revision = commit(web(0), settings('hi'));
    expect((await settle(revision)).status).toMatchObject({ lastAppliedRevision: revision });
    expect(await inShop('get', 'configmap', 'settings', '-o', 'jsonpath={.data.greeting}')).toBe('hi');
    expect(await inShop('get', 'networkconfig', '-o', 'name')).toBe('');
  });

  it('says of what is wrong which field it is, and applies nothing of it', async () => {
    const revision = commit(web(0), eve('NetworkConfig', 'net', { ip: 'perhaps' }), settings('wrong'));
    expect(ready(await settle(revision))).toMatchObject({
      status: 'False',
      reason: 'ReconciliationFailed',
      message: expect.stringMatching(/NetworkConfig\/shop\/net.* spec\.ip: Unsupported value: "perhaps"/s),
    });
    expect(await inShop('get', 'configmap', 'settings', '-o', 'jsonpath={.data.greeting}')).toBe('hi');
  });

  it('gives what is not ready yet half a minute, as it does at least', async () => {
    const lonely = eve('Application', 'lonely', { containers: [{ name: 'main', image: 'web' }] });
    expect(ready(await settle(commit(web(0), network, lonely, settings('hi'))))).toMatchObject({
      status: 'False',
      reason: 'HealthCheckFailed',
    });
    expect(ready(await settle(commit(web(0), network, settings('hi'))))).toMatchObject({ status: 'True' });
  });

  it('leaves alone what is suspended', async () => {
    await apply(kustomization({ suspend: true }));
    await inShop('scale', 'appdeploy/web', '--replicas=3');
    await inFlux('annotate', '--overwrite', 'kustomization/shop', 'reconcile.fluxcd.io/requestedAt=suspended');
    await new Promise(resolve => setTimeout(resolve, 2_000));
    expect(await replicas()).toBe('3');
    await apply(kustomization({ suspend: false }));
    await until(async () => expect(await replicas()).toBe('0'));
  });

  it('packs a chart of the repository', async () => {
    await apply({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmChart',
      metadata: { name: 'web' },
      spec: { chart: './chart', sourceRef: { kind: 'GitRepository', name: 'shop' }, interval: '1h' },
    });
    await inFlux('wait', 'helmchart/web', '--for=condition=Ready', '--timeout=120s');
    expect(ready(await show('helmchart/web'))).toMatchObject({ reason: 'ChartPackageSucceeded' });
  });

  it('takes away with itself what it made', async () => {
    await inFlux('delete', 'kustomization/shop', '--timeout=120s');
    expect(await inShop('get', 'appdeploy,networkconfig,configmap', '-o', 'name')).toBe('configmap/kube-root-ca.crt\n');
    await inFlux('delete', 'gitrepository/shop', 'helmchart/web', '--timeout=120s');
  });
});
