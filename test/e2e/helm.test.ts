import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const chart = new URL('../../examples/chart', import.meta.url).pathname;
const kubectlPath = findPrograms().at(-1)?.path;
const helms = ['helm3', 'helm4'].map(name => ({ name, path: findClient(name) }));

/** Helm as it is, with a chart that carries kinds of kubeve. */
describe.each(helms)('$name', ({ name, path = '' }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home = '';
  beforeAll(async () => {
    if (path === '' || !kubectlPath) return;
    server = await startServer();
    kubectl = openKubectl(kubectlPath, server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-helm-'));
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
    if (home !== '') rmSync(home, { recursive: true, force: true });
  });
  const helm = (...args: string[]) => runClient(path, args, { kubeconfig: server.kubeconfig, home });
  const shop = (...args: string[]) => kubectl('-n', 'shop', ...args);
  const greeting = () => shop('get', 'configmap', 'web', '-o', 'jsonpath={.data.greeting}');
  const replicas = () => shop('get', 'appdeploy', 'web', '-o', 'jsonpath={.spec.replicas}');

  /** Helm 4 applies on the server, where it is in conflict with whoever scaled. */
  const forced = name === 'helm4' ? ['--force-conflicts'] : [];

  it.skipIf(path === '' || !kubectlPath)('installs, upgrades, rolls back and uninstalls', async () => {
    expect(await helm('install', 'web', chart, '-n', 'shop', '--create-namespace')).toContain('STATUS: deployed');
    expect(await shop('get', 'image,networkconfig,devicenetwork,appdeploy', '-o', 'name')).toBe(
      [
        'image.eve.lfedge.org/web',
        'networkconfig.eve.lfedge.org/web',
        'devicenetwork.eve.lfedge.org/web',
        'applicationdeployment.eve.lfedge.org/web\n',
      ].join('\n'),
    );
    expect(await kubectl('get', 'storageclass', 'shop-web', '-o', 'name')).toContain('shop-web');
    await helm('upgrade', 'web', chart, '-n', 'shop', '--set', 'greeting=hi,replicas=2');
    expect([await greeting(), await replicas()]).toEqual(['hi', '2']);
    await shop('scale', 'appdeploy/web', '--replicas=3');
    // What somebody else changed stays where the chart did not change.
    await helm('upgrade', 'web', chart, '-n', 'shop', '--reuse-values', '--set', 'greeting=hey', ...forced);
    expect(await greeting()).toBe('hey');
    await helm('rollback', 'web', '1', '-n', 'shop', ...forced);
    expect([await greeting(), await replicas()]).toEqual(['hello', '1']);
    const history = JSON.parse(await helm('history', 'web', '-n', 'shop', '-o', 'json')) as { status: string }[];
    expect(history.map(one => one.status)).toEqual(['superseded', 'superseded', 'superseded', 'deployed']);
    expect(await shop('get', 'secrets', '-l', 'owner=helm,name=web', '-o', 'name')).toContain(
      'sh.helm.release.v1.web.v4',
    );
    await helm('uninstall', 'web', '-n', 'shop', '--wait');
    expect(await shop('get', 'image,networkconfig,devicenetwork,appdeploy,configmap', '-o', 'name')).toBe(
      'configmap/kube-root-ca.crt\n',
    );
  });

  it.skipIf(path === '' || !kubectlPath)('waits for what becomes ready, and gives up on what does not', async () => {
    await helm(
      'install',
      'none',
      chart,
      '-n',
      'shop',
      '--create-namespace',
      '--set',
      'replicas=0',
      '--wait',
      '--timeout',
      '30s',
    );
    // Helm 3 knows no readiness of kinds that are not Kubernetes' own.
    const never = helm('install', 'one', chart, '-n', 'shop', '--set', 'replicas=1', '--wait', '--timeout', '3s');
    if (name === 'helm4') await expect(never).rejects.toThrow(/timeout|deadline|not ready/i);
    else expect(await never).toContain('STATUS: deployed');
  });
});
