import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const flux = findClient('flux');
const kubectlPath = findPrograms().at(-1)?.path;

const objects = (replicas: number): object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gitops' } },
  {
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'NetworkConfig',
    metadata: { name: 'net', namespace: 'gitops' },
    spec: { ip: 'dhcp' },
  },
  {
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'ApplicationDeployment',
    metadata: { name: 'web', namespace: 'gitops' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: 1 } } }] },
      },
    },
  },
];

/** What Flux applies with: drift by a dry run, server-side apply, waiting by kstatus. */
describe.skipIf(!flux || !kubectlPath)('Flux', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home: string;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-flux-'));
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });
  const apply = async (replicas: number): Promise<string[]> => {
    const file = join(home, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(replicas) }));
    const out = await runClient(flux ?? '', [file], { kubeconfig: server.kubeconfig, home });
    return out.trim().split('\n').sort();
  };
  const all = (web: string, others: string) => [
    `ApplicationDeployment/gitops/web ${web}`,
    `Namespace/gitops ${others}`,
    `NetworkConfig/gitops/net ${others}`,
  ];

  it('applies, finds no drift where there is none, and mends what somebody changed', async () => {
    expect(await apply(0)).toEqual(all('created', 'created'));
    expect(await apply(0)).toEqual(all('unchanged', 'unchanged'));
    await kubectl('-n', 'gitops', 'scale', 'appdeploy/web', '--replicas=2');
    expect(await apply(0)).toEqual(all('configured', 'unchanged'));
    expect(await kubectl('-n', 'gitops', 'get', 'appdeploy', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('0');
  });

  it('waits for what becomes ready, and gives up on what does not', async () => {
    await expect(apply(1)).rejects.toThrow(/timeout/i);
  });
});
