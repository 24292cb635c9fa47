import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certs } from '../../cli/certs.ts';
import { kubeconfig as kubeconfigCommand } from '../../cli/kubeconfig.ts';
import type { Fetch } from '../../functions/fetch.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { toKubeconfig } from '../../functions/identity/kubeconfig.ts';
import { toPartition } from '../../functions/identity/partition.ts';
import { type Guest, openDoor } from '../../functions/node/door.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { stackName } from '../../infra/deploy/deploy.ts';
import { ensureIdentities } from '../../infra/deploy/identities.ts';
import { createTestCloud } from './cloud.ts';
import { bucketName } from './s3/server.ts';

/** A controller that is reached over TLS, with what its clients and devices need. */
export interface TestSite {
  readonly url: string;
  /** Folder with `pki`, as an installation has it. */
  readonly data: string;
  readonly kubeconfig: string;
  readonly partition: string;
  close(): Promise<void>;
}

/** A site whose identities a deployment made. */
export interface DeployedSite extends TestSite {
  /** What `kubeve kubeconfig --from-stack` writes: its user has a token, and the system says which servers are trusted. */
  readonly stackKubeconfig: string;
  /** PEM of whom the system has to trust. */
  readonly rootFile: string;
  /** Rotates its certificates as `kubeve certs rotate --from-stack` does. Answers what its secret holds then. */
  rotate(): Promise<string>;
}

export interface SiteParts {
  /** Opens what serves. `serving` is the text of a secret with the identity that functions need. */
  open(identity: { readonly serving: string; readonly data: string }): Promise<Fetch>;
  close(): Promise<void>;
  /** Tenants with host names and certificates of their own. */
  readonly guests?: readonly Guest[] | undefined;
}

const toOutputs = (url: string) => ({
  KubeUrl: `${url}/`,
  DeviceUrl: `${url}/`,
  TableName: 'kubeve',
  BucketName: bucketName,
  Tenant: 'main',
});

/** Puts a door with TLS and client certificates before something that has none of its own. */
export const openTestSite = async ({ open, close, guests = [] }: SiteParts): Promise<DeployedSite> => {
  const ports = systemPorts('error');
  const data = mkdtempSync(join(tmpdir(), 'kubeve-site-'));
  const cloud = createTestCloud();
  const stack = stackName('prod');
  const { authority, serving } = await ensureIdentities(cloud, stack, ports);
  const vault = openFolder(join(data, 'pki'));
  const bundle = openBundle(authority.text);
  for (const name of bundle.names()) vault.write(name, bundle.read(name) ?? '');
  const identity = openIdentity(vault, ['localhost', '127.0.0.1'], ports);
  const end = async (): Promise<void> => {
    await close();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const fetch = await open({ serving: serving.text, data });
    const door = await openDoor({ identity, guests, host: '127.0.0.1', port: 0, fetch, log: ports.log });
    const url = `https://127.0.0.1:${door.port}`;
    const kubeconfig = join(data, 'kubeconfig');
    writeFileSync(kubeconfig, toKubeconfig(identity, url));
    const stackKubeconfig = join(data, 'stack.kubeconfig');
    cloud.stack = { status: 'CREATE_COMPLETE', outputs: toOutputs(url) };
    await kubeconfigCommand(['--from-stack', stack, '--output', stackKubeconfig], () => cloud);
    const partition = join(data, 'eve');
    mkdirSync(partition);
    for (const [name, text] of Object.entries(toPartition(identity, `127.0.0.1:${door.port}`)))
      writeFileSync(join(partition, name), text);
    const rootFile = join(data, 'pki', 'root.pem');
    const rotate = async (): Promise<string> => {
      await certs(['rotate', '--from-stack', stack], () => cloud);
      return cloud.secrets.get(`${stack}/identity`) ?? '';
    };
    const shut = () => door.close().then(end);
    return { url, data, kubeconfig, stackKubeconfig, rootFile, partition, rotate, close: shut };
  } catch (error) {
    await end();
    throw error;
  }
};
