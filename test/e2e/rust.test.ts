import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient, startClient } from '../support/clients.ts';
import { type Far, openFar } from '../support/far.ts';
import { findPrograms } from '../support/kubectl.ts';
import { until } from '../support/until.ts';

const rust = findClient('rust');
const kubectlPath = findPrograms().at(-1)?.path;

/** `kube`, the client of Kubernetes for Rust. */
describe.skipIf(!rust || !kubectlPath)('Rust', () => {
  let far: Far;
  beforeAll(async () => {
    far = await openFar(kubectlPath ?? '');
    await far.kubectl('create', 'namespace', 'shop');
  });
  afterAll(() => far?.close());

  it('finds kinds, and makes, applies, patches, watches and deletes objects of them', async () => {
    const out = await runClient(rust ?? '', ['objects', 'shop'], { kubeconfig: far.server.kubeconfig, home: far.home });
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
    const reflector = startClient(rust ?? '', ['reflector', 'shop'], { kubeconfig: far.kubeconfig, home: far.home });
    try {
      await until(() => expect(reflector.said()).toContain('started'));
      for (const value of ['a', 'b', 'c', 'd']) {
        far.relay.cut();
        for (const name of ['one', 'two'])
          await far.kubectl.run(['-n', 'shop', 'apply', '-f', '-'], {
            input: JSON.stringify({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name },
              data: { value: `${name}-${value}` },
            }),
          });
      }
      await far.kubectl('-n', 'shop', 'delete', 'configmap', 'two');
      await until(() => {
        reflector.process.stdin?.write('\n');
        expect(reflector.said().trim().split('\n').at(-1)).toBe('{"kube-root-ca.crt":null,"one":"one-d"}');
      });
      expect(far.relay.cuts()).toBeGreaterThan(0);
    } finally {
      await reflector.end('SIGKILL');
    }
  });
});
