import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { findClient, startClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const argocd = findClient('argocd');
const files = findClient('argocd.files');
const kubectlPath = findPrograms().at(-1)?.path;
const health = new URL('../../examples/argocd/health.yaml', import.meta.url).pathname;

/** What Argo CD installs of itself, but for what runs it: that is started here. */
const installation = {
  namespace: 'argocd',
  resources: ['crds', 'base/config', 'base/application-controller-roles', 'cluster-rbac/application-controller'].map(
    name => `manifests/${name}`,
  ),
};

const eve = (kind: string, name: string, spec: unknown, wave: number) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } },
  spec,
});

const web = (replicas: number) =>
  eve(
    'ApplicationDeployment',
    'web',
    {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: 1 } } }] },
      },
    },
    1,
  );

interface ArgoApplication {
  readonly status?: {
    readonly sync: { readonly status: string; readonly revision: string };
    readonly health: { readonly status: string };
    readonly conditions?: readonly unknown[];
    readonly operationState?: { readonly phase: string };
  };
}

/** Argo CD's application controller and repository server, with their own definitions, over a git repository. */
describe.skipIf(!argocd || !files || !kubectlPath)('Argo CD', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home: string;
  let redis = '';
  const running: ReturnType<typeof startClient>[] = [];

  /** Starts a part of Argo CD; gives what it says of itself when it is ready. */
  const begin = async (args: readonly string[], ready: RegExp): Promise<string> => {
    const client = startClient(argocd ?? '', args, {
      kubeconfig: join(home, 'kubeconfig'),
      home,
      env: { ARGOCD_GPG_ENABLED: 'false', TMPDIR: join(home, 'tmp'), PATH: `${process.env.PATH}:${files}` },
    });
    running.push(client);
    return until(() => {
      const [, said] = ready.exec(client.said()) ?? [];
      if (said === undefined) throw new Error(`not ready: ${client.said().slice(-2000)}`);
      return said;
    });
  };

  const repository = () => join(home, 'repository');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', ...args], {
      cwd: repository(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  /** What shall be there from now on; the revision that says so. */
  const commit = (objects: readonly unknown[]): string => {
    writeFileSync(join(repository(), 'objects.yaml'), objects.map(one => stringify(one)).join('---\n'));
    git('add', '.');
    git('commit', '-q', '-m', 'change');
    return git('rev-parse', 'HEAD').trim();
  };
  const refresh = () =>
    kubectl('-n', 'argocd', 'annotate', 'applications.argoproj.io/shop', 'argocd.argoproj.io/refresh=normal');
  const shop = async (): Promise<ArgoApplication> =>
    JSON.parse(await kubectl('-n', 'argocd', 'get', 'applications.argoproj.io/shop', '-o', 'json'));
  const inShop = (...args: string[]) => kubectl('-n', 'shop', ...args);
  const replicas = () => inShop('get', 'appdeploy', 'web', '-o', 'jsonpath={.spec.replicas}');
  const reaches = (status: Record<string, unknown>) =>
    until(async () => {
      const found = (await shop()).status;
      expect(found?.conditions).toBeUndefined();
      expect(found).toMatchObject(status);
      return found;
    });

  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-argocd-'));
    for (const dir of ['tmp', 'repository']) mkdirSync(join(home, dir));
    git('init', '-q', '-b', 'main');
    cpSync(files ?? '', join(home, 'install'), { recursive: true });
    writeFileSync(join(home, 'install/kustomization.yaml'), stringify(installation));
  });
  afterAll(async () => {
    for (const one of running.reverse()) await one.end();
    kubectl?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  it('installs its definitions, its roles and its settings', async () => {
    await kubectl('create', 'namespace', 'argocd');
    await kubectl('apply', '--server-side', '-k', join(home, 'install'));
    await kubectl('wait', '--for=condition=established', 'crd', '--all', '--timeout=120s');
    await kubectl('-n', 'argocd', 'patch', 'configmap', 'argocd-cm', '--patch-file', health);
    expect(await kubectl('explain', 'applications.spec.syncPolicy', '--api-version=argoproj.io/v1alpha1')).toContain(
      'automated',
    );
  });

  it('starts as its own ServiceAccount, and knows the server as a cluster', async () => {
    const token = await kubectl('-n', 'argocd', 'create', 'token', 'argocd-application-controller');
    const config = parse(readFileSync(server.kubeconfig, 'utf8'));
    const [{ cluster }] = config.clusters;
    config.users = [{ name: 'argocd', user: { token } }];
    config.contexts[0].context = { cluster: config.clusters[0].name, user: 'argocd', namespace: 'argocd' };
    writeFileSync(join(home, 'kubeconfig'), stringify(config));
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'kubeve',
        namespace: 'argocd',
        labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
      },
      stringData: {
        name: 'kubeve',
        server: cluster.server,
        config: JSON.stringify({
          bearerToken: token,
          tlsClientConfig: { caData: cluster['certificate-authority-data'] },
        }),
      },
    };
    await kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(secret) });
    redis = await begin(['redis'], /^(\S+:\d+)$/m);
    const address = await begin(
      [
        'argocd-repo-server',
        '--address=127.0.0.1',
        '--port=0',
        '--metrics-address=127.0.0.1',
        '--metrics-port=0',
      ].concat(['--disable-tls', '--client-ca-path=', `--redis=${redis}`]),
      /listening on (127\.0\.0\.1:\d+)/,
    );
    await begin(
      [
        'argocd-application-controller',
        `--repo-server=${address}`,
        '--repo-server-plaintext',
        `--redis=${redis}`,
      ].concat(['--metrics-port=0', `--kubeconfig=${join(home, 'kubeconfig')}`]),
      /(Cluster cache informer synced)/,
    );
  });

  it('syncs by server-side apply, wave by wave', async () => {
    const revision = commit([
      web(0),
      eve('NetworkConfig', 'net', { ip: 'dhcp' }, -1),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { greeting: 'hello' } },
    ]);
    const manifests = [
      {
        kind: 'AppProject',
        metadata: { name: 'default', namespace: 'argocd' },
        spec: {
          sourceRepos: ['*'],
          destinations: [{ namespace: '*', server: '*' }],
          clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        },
      },
      {
        kind: 'Application',
        metadata: { name: 'shop', namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
        spec: {
          project: 'default',
          source: { repoURL: `file://${repository()}`, targetRevision: 'main', path: '.' },
          destination: { name: 'kubeve', namespace: 'shop' },
          syncPolicy: {
            automated: { prune: true, selfHeal: true },
            syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
          },
        },
      },
    ].map(one => ({ apiVersion: 'argoproj.io/v1alpha1', ...one }));
    const applied = await kubectl.run(['apply', '-f', '-'], {
      input: manifests.map(one => JSON.stringify(one)).join('\n---\n'),
    });
    expect(applied).toMatchObject({ code: 0 });
    await reaches({
      sync: { status: 'Synced', revision },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded' },
    });
    // Its cache may lag behind its own last wave: then it heals what is whole, and the result of that is what it shows.
    const made: number[] = [];
    for (const kind of ['namespace/shop', 'networkconfig/net', 'configmap/settings', 'appdeploy/web']) {
      const { metadata } = JSON.parse(await inShop('get', kind, '-o', 'json', '--show-managed-fields'));
      expect(metadata.managedFields).toContainEqual(
        expect.objectContaining({ manager: 'argocd-controller', operation: 'Apply' }),
      );
      made.push(Date.parse(metadata.creationTimestamp));
    }
    expect(made).toEqual([...made].sort((one, other) => one - other));
  });

  it('sees what somebody changed, and mends it', async () => {
    await inShop('scale', 'appdeploy/web', '--replicas=2');
    await until(async () => expect(await replicas()).toBe('0'));
    await reaches({ sync: { status: 'Synced' }, operationState: { phase: 'Succeeded' } });
  });

  it('compares by a dry run on the server', async () => {
    await kubectl(
      ...['-n', 'argocd', 'annotate', 'applications.argoproj.io/shop'],
      'argocd.argoproj.io/compare-options=ServerSideDiff=true',
    );
    const revision = commit([
      web(0),
      eve('NetworkConfig', 'net', { ip: 'dhcp' }, -1),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { greeting: 'hi' } },
    ]);
    await refresh();
    await reaches({ sync: { status: 'Synced', revision }, operationState: { phase: 'Succeeded' } });
    expect(await inShop('get', 'configmap', 'settings', '-o', 'jsonpath={.data.greeting}')).toBe('hi');
  });

  it('prunes what is no longer asked for', async () => {
    const revision = commit([web(0), eve('NetworkConfig', 'net', { ip: 'dhcp' }, -1)]);
    await refresh();
    await reaches({ sync: { status: 'Synced', revision }, operationState: { phase: 'Succeeded' } });
    expect(await inShop('get', 'configmap', '-o', 'name')).toBe('configmap/kube-root-ca.crt\n');
  });

  it('knows what is not ready yet, and what hangs on what', async () => {
    const revision = commit([web(1), eve('NetworkConfig', 'net', { ip: 'dhcp' }, -1)]);
    await refresh();
    await reaches({ sync: { status: 'Synced', revision }, health: { status: 'Progressing' } });
    await until(async () =>
      expect((await readTree(redis)).nodes.map(toLine).sort()).toEqual([
        expect.stringMatching(/^Application web-\S+ of web: Progressing, There is no Device in namespace "shop"\.$/),
        'ApplicationDeployment web: Progressing, 0 of 1 Applications are up to date and available.',
        expect.stringMatching(/^ApplicationRevision web-\S+ of web: undefined, $/),
        'NetworkConfig net: Healthy, ',
      ]),
    );
  });

  it('takes everything away with itself', async () => {
    await kubectl('-n', 'argocd', 'delete', 'applications.argoproj.io/shop', '--timeout=120s');
    expect(await inShop('get', 'appdeploy,applications.eve.lfedge.org,networkconfig', '-o', 'name')).toBe('');
  });
});

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly health?: { readonly status: string; readonly message?: string };
  readonly parentRefs?: readonly { readonly name: string }[];
}

const toLine = ({ kind, name, health, parentRefs = [] }: Node): string => {
  const parents = parentRefs.map(one => ` of ${one.name}`).join('');
  return `${kind} ${name}${parents}: ${health?.status}, ${health?.message ?? ''}`;
};

/** The tree of resources as Argo CD's user interface reads it, from where the controller puts it. */
const readTree = (redis: string): Promise<{ nodes: Node[] }> =>
  new Promise((resolve, reject) => {
    const [host, port] = redis.split(':');
    const key = 'app|resources-tree|shop|1.8.3.gz';
    const socket = connect(Number(port), host);
    let answer = Buffer.alloc(0);
    socket.on('data', part => {
      answer = Buffer.concat([answer, part]);
      const start = answer.indexOf('\r\n') + 2;
      const length = Number(answer.toString('latin1', 1, start - 2));
      if (start < 2 || answer.length < start + length + 2) return;
      socket.destroy();
      resolve(JSON.parse(gunzipSync(answer.subarray(start, start + length)).toString()));
    });
    socket.on('error', reject);
    socket.write(`*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`);
  });
