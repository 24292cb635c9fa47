import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import { createNamespaces } from '../../shared/controllers/namespaces.ts';
import { type Bench, createBench } from '../support/controllers.ts';

describe.each(['run', 'settle'] as const)('namespaces (%s)', mode => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench(mode);
    bench.run(createNamespaces({ ...bench, rootCertificate: 'PEM' }));
  });
  afterEach(() => bench.stop());

  it.each(['default', 'kube-system', 'kube-public', 'kube-node-lease'])('sees to %s', async name => {
    const found = await bench.until('namespaces', { name }, Boolean);
    expect(found?.status?.['phase']).toBe('Active');
    await bench.until('serviceaccounts', { namespace: name, name: 'default' }, Boolean);
    const root = await bench.until('configmaps', { namespace: name, name: 'kube-root-ca.crt' }, Boolean);
    expect(root?.['data']).toEqual({ 'ca.crt': 'PEM' });
    expect(root?.metadata.annotations).toHaveProperty(['kubernetes.io/description']);
  });

  it('makes again what was deleted, and puts right what was changed', async () => {
    const account = { namespace: 'default', name: 'default' };
    const root = { namespace: 'default', name: 'kube-root-ca.crt' };
    const first = await bench.until('serviceaccounts', account, Boolean);
    await bench.until('configmaps', root, Boolean);
    await bench.delete('serviceaccounts', account);
    const second = await bench.until(
      'serviceaccounts',
      account,
      one => one !== undefined && one.metadata.uid !== first?.metadata.uid,
    );
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
    await bench.change('configmaps', root, one => ({ ...one, data: { 'ca.crt': 'forged', more: 'x' } }));
    await bench.until('configmaps', root, one => JSON.stringify(one?.['data']) === '{"ca.crt":"PEM"}');
    await bench.delete('configmaps', root);
    await bench.until('configmaps', root, Boolean);
  });

  it('makes kube-node-lease again', async () => {
    const first = await bench.until('namespaces', { name: 'kube-node-lease' }, Boolean);
    await bench.delete('namespaces', { name: 'kube-node-lease' });
    await bench.until(
      'namespaces',
      { name: 'kube-node-lease' },
      one => one !== undefined && one.metadata.uid !== first?.metadata.uid,
    );
  });

  it('purges a namespace', async () => {
    await bench.create('namespaces', { metadata: { name: 'a' } });
    for (const name of ['one', 'two']) await bench.create('widgets', { metadata: { namespace: 'a', name }, spec: {} });
    await bench.create('secrets', { metadata: { namespace: 'a', name: 's' } });
    await bench.until('configmaps', { namespace: 'a', name: 'kube-root-ca.crt' }, Boolean);
    const { deleted, object } = await bench.delete('namespaces', { name: 'a' });
    expect({ deleted, phase: object.status?.['phase'] }).toEqual({ deleted: false, phase: 'Terminating' });
    await bench.gone('namespaces', { name: 'a' });
    for (const plural of ['widgets', 'secrets', 'configmaps', 'serviceaccounts'])
      expect(await bench.list(plural, 'a')).toEqual([]);
  });

  it('waits for finalizers, and says for which', async () => {
    await bench.create('namespaces', { metadata: { name: 'a' } });
    await bench.create('widgets', {
      metadata: { namespace: 'a', name: 'held', finalizers: ['example.com/hold'] },
      spec: {},
    });
    await bench.delete('namespaces', { name: 'a' });
    const waiting = await bench.until(
      'namespaces',
      { name: 'a' },
      one => findCondition(one?.status?.['conditions'], 'NamespaceFinalizersRemaining') !== undefined,
    );
    const said = Object.fromEntries(
      ['NamespaceContentRemaining', 'NamespaceFinalizersRemaining', 'NamespaceDeletionContentFailure'].map(type => {
        const { status, reason, message } = findCondition(waiting?.status?.['conditions'], type) ?? {};
        return [type, { status, reason, message }];
      }),
    );
    expect(said).toEqual({
      NamespaceContentRemaining: {
        status: 'True',
        reason: 'SomeResourcesRemain',
        message: 'Some resources are remaining: widgets.example.com has 1 resource instances',
      },
      NamespaceFinalizersRemaining: {
        status: 'True',
        reason: 'SomeFinalizersRemain',
        message: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      },
      NamespaceDeletionContentFailure: {
        status: 'False',
        reason: 'ContentDeleted',
        message: 'All content successfully deleted, may be waiting on finalization',
      },
    });
    await bench.change('widgets', { namespace: 'a', name: 'held' }, one => ({
      ...one,
      metadata: { ...one.metadata, finalizers: [] },
    }));
    await bench.gone('namespaces', { name: 'a' });
  });

  it('lets others go on while a namespace is held', async () => {
    await bench.stop();
    await bench.create('namespaces', { metadata: { name: 'a' } });
    await bench.create('widgets', {
      metadata: { namespace: 'a', name: 'held', finalizers: ['example.com/hold'] },
      spec: {},
    });
    await bench.delete('namespaces', { name: 'a' });
    const namespaces = createNamespaces({ ...bench, rootCertificate: 'PEM' });
    expect((await namespaces.settle()).worked).toBe(true);
    expect((await namespaces.settle()).worked).toBe(true);
    await bench.change('widgets', { namespace: 'a', name: 'held' }, one => ({
      ...one,
      metadata: { ...one.metadata, finalizers: [] },
    }));
    await namespaces.settle();
    expect(await bench.find('namespaces', { name: 'a' })).toBeUndefined();
    await namespaces.settle();
    expect((await namespaces.settle()).worked).toBe(false);
  });

  it('finishes what was begun before it started', async () => {
    await bench.stop();
    await bench.create('namespaces', { metadata: { name: 'a' } });
    await bench.create('widgets', { metadata: { namespace: 'a', name: 'one' }, spec: {} });
    await bench.delete('namespaces', { name: 'a' });
    bench.run(createNamespaces({ ...bench, rootCertificate: 'PEM' }));
    await bench.gone('namespaces', { name: 'a' });
    expect(bench.complaints.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
