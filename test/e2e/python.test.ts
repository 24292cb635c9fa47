import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient, startClient } from '../support/clients.ts';
import { type Far, openFar } from '../support/far.ts';
import { findPrograms } from '../support/kubectl.ts';
import { until } from '../support/until.ts';

const python = findClient('python/bin/python');
const kubectlPath = findPrograms().at(-1)?.path;
const script = new URL('python/client.py', import.meta.url).pathname;

/** The Python client of Kubernetes: typed and dynamic, its informer over cut connections, its leader election. */
describe.skipIf(!python || !kubectlPath)('Python', () => {
  let far: Far;
  beforeAll(async () => {
    far = await openFar(kubectlPath ?? '');
    await far.kubectl('create', 'namespace', 'shop');
  });
  afterAll(() => far?.close());
  const begin = (...args: string[]) =>
    startClient(python ?? '', [script, ...args], { kubeconfig: far.kubeconfig, home: far.home });
  const apply = (object: object) => far.kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(object) });

  it('finds kinds, and makes, applies, patches, watches and deletes objects of them', async () => {
    const out = await runClient(python ?? '', [script, 'dynamic', 'shop'], {
      kubeconfig: far.server.kubeconfig,
      home: far.home,
    });
    expect(out.trim().split('\n')).toEqual([
      'created till',
      'applied lab',
      'patched roof',
      'watched MODIFIED roof',
      'left 0',
      'typed ADDED dQ==',
      'refused 409 AlreadyExists',
    ]);
  });

  it('keeps what the server has in its informer, however often connections are cut', async () => {
    const informer = begin('informer', 'shop');
    try {
      await until(() => expect(informer.said()).toContain('started'));
      for (const value of ['a', 'b', 'c', 'd']) {
        far.relay.cut();
        for (const name of ['one', 'two'])
          await apply({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: 'shop' },
            data: { value: `${name}-${value}` },
          });
      }
      await far.kubectl('-n', 'shop', 'delete', 'configmap', 'two');
      await until(() => {
        informer.process.stdin?.write('\n');
        expect(informer.said().trim().split('\n').at(-1)).toBe('{"kube-root-ca.crt": null, "one": "one-d"}');
      });
    } finally {
      await informer.end('SIGKILL');
    }
  });

  it('leads by a Lease; another takes over', async () => {
    const first = begin('lead', 'one');
    const started = [first];
    try {
      await until(() => expect(first.said()).toContain('leads one'));
      // The Lease is there by now: its client repeats what it reads and replaces over a cut connection, but not what it creates.
      const second = begin('lead', 'two');
      started.push(second);
      await until(() => expect(second.said()).toContain('stands two'));
      far.relay.cut();
      await first.end('SIGKILL');
      await until(() => expect(second.said()).toContain('leads two'));
    } finally {
      for (const each of started) await each.end('SIGKILL');
    }
  });
});
