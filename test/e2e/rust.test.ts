import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findClient, runClient, startClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { openRelay, type Relay } from '../support/relay.ts';
import { startServer, type TestServer } from '../support/server.ts';

const rust = findClient('rust');
const kubectlPath = findPrograms().at(-1)?.path;

/** `kube`, the client of Kubernetes for Rust. */
describe.skipIf(!rust || !kubectlPath)('Rust', () => {
  let server: TestServer;
  let relay: Relay;
  let kubectl: Kubectl;
  let home: string;
  beforeAll(async () => {
    server = await startServer();
    relay = await openRelay(server.url);
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-rust-'));
    writeFileSync(join(home, 'far'), readFileSync(server.kubeconfig, 'utf8').replaceAll(server.url, relay.url));
    await kubectl('create', 'namespace', 'shop');
  });
  afterAll(async () => {
    kubectl?.close();
    await relay?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  it('finds kinds, and makes, applies, patches, watches and deletes objects of them', async () => {
    const out = await runClient(rust ?? '', ['objects', 'shop'], { kubeconfig: server.kubeconfig, home });
    expect(out.trim().split('\n')).toEqual([
      'created till',
      'applied lab',
      'patched roof',
      'watched roof',
      'reported reported',
      'left 0',
      'typed u',
      'refused 409 AlreadyExists',
    ]);
  });

  it('keeps what the server has, listed by a watch, however often connections are cut', async () => {
    const reflector = startClient(rust ?? '', ['reflector', 'shop'], { kubeconfig: join(home, 'far'), home });
    try {
      await vi.waitFor(() => expect(reflector.said()).toContain('started'), 20_000);
      for (const value of ['a', 'b', 'c', 'd']) {
        relay.cut();
        for (const name of ['one', 'two'])
          await kubectl.run(['-n', 'shop', 'apply', '-f', '-'], {
            input: JSON.stringify({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name },
              data: { value: `${name}-${value}` },
            }),
          });
      }
      await kubectl('-n', 'shop', 'delete', 'configmap', 'two');
      await vi.waitFor(
        () => {
          reflector.process.stdin?.write('\n');
          expect(reflector.said().trim().split('\n').at(-1)).toBe('{"kube-root-ca.crt":null,"one":"one-d"}');
        },
        { timeout: 40_000, interval: 250 },
      );
      expect(relay.cuts()).toBeGreaterThan(0);
    } finally {
      await reflector.end('SIGKILL');
    }
  });
});
