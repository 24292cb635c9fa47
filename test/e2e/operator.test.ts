import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, startClient } from '../support/clients.ts';
import { type Far, openFar } from '../support/far.ts';
import { findPrograms } from '../support/kubectl.ts';
import { until } from '../support/until.ts';

const operator = findClient('operator');
const kubectlPath = findPrograms().at(-1)?.path;

/**
 * An operator on controller-runtime (client-go with WatchList, protobuf, leader election by Lease, server-side apply, status,
 * Events, a finalizer), two of it, over a network that is cut.
 */
describe.skipIf(!operator || !kubectlPath)('controller-runtime', () => {
  let far: Far;
  beforeAll(async () => {
    far = await openFar(kubectlPath ?? '');
    await far.kubectl('apply', '-f', new URL('operator/crd.yaml', import.meta.url).pathname);
    await far.kubectl('wait', '--for=condition=established', 'crd/shelves.test.kubeve.io', '--timeout=120s');
  });
  afterAll(() => far?.close());

  const begin = (identity: string) =>
    startClient(operator ?? '', ['-identity', identity], { kubeconfig: far.kubeconfig, home: far.home });
  const stock = (name: string, books: string[]) =>
    far.kubectl.run(['apply', '-f', '-'], {
      input: JSON.stringify({
        apiVersion: 'test.kubeve.io/v1',
        kind: 'Shelf',
        metadata: { name, namespace: 'default' },
        spec: { books },
      }),
    });
  const shelf = async (name: string) => JSON.parse(await far.kubectl('get', 'shelf', name, '-o', 'json')) as Shelf;
  const books = async (name: string) =>
    (await far.kubectl('get', 'configmap', '-l', `shelf=${name}`, '-o', 'name')).trim().split('\n').join(' ');
  interface Shelf {
    metadata: { generation: number };
    status?: { observedGeneration: number; leader: string; books: number };
  }

  it('leads, applies, reports, tells and cleans up; another takes over; cuts do not matter', async () => {
    const one = begin('one');
    const two = begin('two');
    try {
      await stock('oak', ['a', 'b']);
      await far.kubectl('wait', 'shelf/oak', '--for=condition=Ready', '--timeout=120s');
      const { leader = '' } = (await shelf('oak')).status ?? {};
      expect(await books('oak')).toBe('configmap/oak-a configmap/oak-b');
      const fields = await far.kubectl('get', 'configmap', 'oak-a', '-o', 'json', '--show-managed-fields');
      expect(fields).toContain('"manager": "shelf-operator"');
      await until(async () =>
        expect(await far.kubectl('get', 'events')).toMatch(/Normal +Stocked +shelf\/oak +2 books/),
      );

      for (const round of ['c', 'd', 'e', 'f']) {
        far.relay.cut();
        await stock('oak', ['a', round]);
      }
      await until(async () => expect(await books('oak')).toBe('configmap/oak-a configmap/oak-f'));

      await (leader === 'one' ? one : two).end('SIGKILL');
      await stock('elm', ['x']);
      await until(async () => {
        const { status } = await shelf('elm');
        expect(status?.leader).toBe(leader === 'one' ? 'two' : 'one');
      });
      expect(far.relay.cuts()).toBeGreaterThan(3);

      await far.kubectl('delete', 'shelf', 'oak', '--timeout=120s');
      expect(await far.kubectl('get', 'configmap', 'gone-oak', '-o', 'name')).toContain('gone-oak');
      await until(async () => expect(await books('oak')).toBe(''));
    } catch (error) {
      throw new Error(`${error}\none said:\n${one.said()}\ntwo said:\n${two.said()}`, { cause: error });
    } finally {
      await Promise.all([one.end(), two.end()]);
    }
  });
});
