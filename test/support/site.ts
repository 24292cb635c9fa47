import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fetch } from '../../functions/fetch.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { toKubeconfig } from '../../functions/identity/kubeconfig.ts';
import { toPartition } from '../../functions/identity/partition.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { openDoor } from '../../functions/node/door.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';

/** A controller that is reached over TLS, with what its clients and devices need. */
export interface TestSite {
  readonly url: string;
  /** Folder with `pki`, as an installation has it. */
  readonly data: string;
  readonly kubeconfig: string;
  readonly partition: string;
  close(): Promise<void>;
}

export interface SiteParts {
  /** Opens what serves. `serving` is the text of a secret with the identity that functions need. */
  open(identity: { readonly serving: string; readonly data: string }): Promise<Fetch>;
  close(): Promise<void>;
}

/** Puts a door with TLS and client certificates before something that has none of its own. */
export const openTestSite = async ({ open, close }: SiteParts): Promise<TestSite> => {
  const ports = systemPorts('error');
  const data = mkdtempSync(join(tmpdir(), 'kubeve-site-'));
  const vault = openFolder(join(data, 'pki'));
  const identity = openIdentity(vault, ['localhost', '127.0.0.1'], ports);
  openTokenKeys(vault);
  const serving = openBundle();
  for (const name of vault.names())
    if (!/^(root|admin|onboard|server)\.key\.pem$/.test(name)) serving.write(name, vault.read(name) ?? '');
  const end = async (): Promise<void> => {
    await close();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const fetch = await open({ serving: serving.toText(), data });
    const door = await openDoor({ identity, host: '127.0.0.1', port: 0, fetch, log: ports.log });
    const url = `https://127.0.0.1:${door.port}`;
    const kubeconfig = join(data, 'kubeconfig');
    writeFileSync(kubeconfig, toKubeconfig(identity, url));
    const partition = join(data, 'eve');
    mkdirSync(partition);
    for (const [name, text] of Object.entries(toPartition(identity, `127.0.0.1:${door.port}`)))
      writeFileSync(join(partition, name), text);
    return { url, data, kubeconfig, partition, close: () => door.close().then(end) };
  } catch (error) {
    await end();
    throw error;
  }
};
