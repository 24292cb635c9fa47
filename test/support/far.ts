import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kubectl, openKubectl } from './kubectl.ts';
import { openRelay, type Relay } from './relay.ts';
import { startServer, type TestServer } from './server.ts';

/** A server with its kubectl, and a client that is far from it. */
export interface Far {
  readonly server: TestServer;
  readonly kubectl: Kubectl;
  /** The network between the two: it can be cut. */
  readonly relay: Relay;
  /** Folder for what the client writes. */
  readonly home: string;
  /** Kubeconfig that leads over the relay; `server.kubeconfig` does not. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** `kubectl`: path of the program. */
export const openFar = async (kubectl: string): Promise<Far> => {
  const server = await startServer();
  const relay = await openRelay(server.url);
  const home = mkdtempSync(join(tmpdir(), 'kubeve-far-'));
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, readFileSync(server.kubeconfig, 'utf8').replaceAll(server.url, relay.url));
  const near = openKubectl(kubectl, server.kubeconfig);
  return {
    server,
    kubectl: near,
    relay,
    home,
    kubeconfig,
    async close() {
      near.close();
      await relay.close();
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
