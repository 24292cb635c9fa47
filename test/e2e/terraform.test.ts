import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const hasTerraform = (): boolean => {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('left out: the tests of Terraform: there is no terraform\n');
    return false;
  }
};

/** Its registry's name is `hashicorp/kubernetes`; put the program there by hand: no module proxy has it. */
const provider = findClient('terraform-provider-kubernetes');
const kubectlPath = findPrograms().at(-1)?.path;

const namespace = 'shop';
const after = ['kubernetes_namespace_v1.shop'];

interface Wish {
  readonly greeting: string;
  readonly replicas: number;
}

/** A configuration: the typed resources, and kinds of kubeve as `kubernetes_manifest`. */
const configuration = ({ greeting, replicas }: Wish) => ({
  terraform: { required_providers: { kubernetes: { source: 'hashicorp/kubernetes' } } },
  provider: { kubernetes: {} },
  resource: {
    kubernetes_namespace_v1: { shop: { metadata: { name: namespace }, wait_for_default_service_account: true } },
    kubernetes_secret_v1: {
      creds: { metadata: { name: 'creds', namespace }, data: { user: 'u', password: 'p' }, depends_on: after },
    },
    kubernetes_config_map_v1: {
      settings: { metadata: { name: 'settings', namespace }, data: { greeting }, depends_on: after },
    },
    kubernetes_manifest: {
      device: {
        manifest: {
          apiVersion: 'eve.lfedge.org/v1beta1',
          kind: 'Device',
          metadata: { name: 'till', namespace },
          spec: { serial: 'till' },
        },
        depends_on: after,
      },
      web: {
        manifest: {
          apiVersion: 'eve.lfedge.org/v1beta1',
          kind: 'ApplicationDeployment',
          metadata: { name: 'web', namespace },
          spec: {
            replicas,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: '1' } } }] },
            },
          },
        },
        wait: { condition: { type: 'Ready', status: 'True' } },
        timeouts: { create: '3s', update: '3s' },
        depends_on: after,
      },
    },
  },
});

/** Terraform with HashiCorp's provider: plan, apply, refresh, drift, import, destroy. */
describe.skipIf(!provider || !kubectlPath || !hasTerraform())('Terraform', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home: string;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-terraform-'));
    const overrides = `dev_overrides { "hashicorp/kubernetes" = ${JSON.stringify(dirname(provider ?? ''))} }`;
    writeFileSync(join(home, 'rc'), `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  const terraform = (...args: string[]) =>
    runClient('terraform', [`-chdir=${home}`, ...args, '-no-color'], {
      kubeconfig: server.kubeconfig,
      home,
      env: { TF_CLI_CONFIG_FILE: join(home, 'rc'), KUBE_CONFIG_PATH: server.kubeconfig, CHECKPOINT_DISABLE: '1' },
    });
  const wish = (what: Wish) => writeFileSync(join(home, 'main.tf.json'), JSON.stringify(configuration(what)));
  const apply = () => terraform('apply', '-auto-approve');
  const inShop = (...args: string[]) => kubectl('-n', namespace, ...args);
  const same = 'No changes. Your infrastructure matches the configuration.';

  it('applies, waits for what becomes ready, and finds nothing to change', async () => {
    wish({ greeting: 'hello', replicas: 0 });
    expect(await apply()).toContain('Apply complete! Resources: 5 added, 0 changed, 0 destroyed.');
    expect(await inShop('get', 'device,appdeploy', '-o', 'name')).toBe(
      'device.eve.lfedge.org/till\napplicationdeployment.eve.lfedge.org/web\n',
    );
    expect(await inShop('get', 'secret', 'creds', '-o', 'jsonpath={.data.password}')).toBe('cA==');
    expect(await terraform('plan')).toContain(same);
  });

  it('changes what changed', async () => {
    wish({ greeting: 'hi', replicas: 0 });
    expect(await apply()).toContain('0 added, 1 changed, 0 destroyed');
    expect(await inShop('get', 'configmap', 'settings', '-o', 'jsonpath={.data.greeting}')).toBe('hi');
  });

  it('finds what somebody else changed, and mends it where it is the owner', async () => {
    await inShop('patch', 'configmap', 'settings', '-p', '{"data":{"greeting":"hey"}}');
    expect(await terraform('plan')).toContain('"greeting" = "hey" -> "hi"');
    expect(await apply()).toContain('0 added, 1 changed, 0 destroyed');
    expect(await terraform('plan')).toContain(same);
  });

  it('is told who owns what it would change', async () => {
    await inShop('scale', 'appdeploy/web', '--replicas=2');
    await expect(apply()).rejects.toThrow(/conflict with \\?"kubectl.*\.spec\.replicas/s);
    await inShop('scale', 'appdeploy/web', '--replicas=0');
    expect(await terraform('plan')).toContain(same);
  });

  it('imports what is there', async () => {
    await terraform('state', 'rm', 'kubernetes_manifest.device', 'kubernetes_config_map_v1.settings');
    await terraform('import', 'kubernetes_config_map_v1.settings', `${namespace}/settings`);
    const id = `apiVersion=eve.lfedge.org/v1beta1,kind=Device,namespace=${namespace},name=till`;
    expect(await terraform('import', 'kubernetes_manifest.device', id)).toContain('Import successful!');
    expect(await apply()).toContain('0 added, 1 changed, 0 destroyed');
    expect(await terraform('plan')).toContain(same);
  });

  it('gives up on what does not become ready', async () => {
    await terraform('state', 'rm', 'kubernetes_manifest.web');
    await inShop('delete', 'appdeploy', 'web');
    wish({ greeting: 'hi', replicas: 1 });
    await expect(apply()).rejects.toThrow(/timed out/);
  });

  it('takes everything away', async () => {
    expect(await terraform('destroy', '-auto-approve')).toMatch(/Destroy complete! Resources: \d destroyed/);
    await expect(kubectl('get', 'namespace', namespace)).rejects.toThrow(/not found/);
  });
});
