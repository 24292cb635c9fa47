import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../../shared/base/object.ts';
import { createClaims } from '../../shared/controllers/claims.ts';
import { createQuotas } from '../../shared/controllers/quotas.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const asController = { user: controllerUser };

describe('a ResourceQuota', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await createBench();
    bench.run(createQuotas(bench));
  });
  afterEach(() => bench.stop());

  const limit = async (hard: Record<string, string>, name = 'q') => {
    await bench.create('resourcequotas', { metadata: { namespace: 'default', name }, spec: { hard } });
    return used(name, found => Object.keys(found).length > 0);
  };
  const used = async (name: string, isSo: (used: Record<string, string>) => boolean) => {
    const found = await bench.until('resourcequotas', { namespace: 'default', name }, one =>
      isSo((one?.status?.used ?? {}) as Record<string, string>),
    );
    return found?.status;
  };
  const make = (name: string, plural = 'configmaps', rest: object = {}) =>
    bench.create(plural, { metadata: { namespace: 'default', name }, ...rest });
  const now = async (name = 'q') => (await bench.get('resourcequotas', { namespace: 'default', name })).status;

  it('counts what is there, and what is made, and refuses what is too much in the words of upstream', async () => {
    await make('a');
    const hard = { 'count/configmaps': '2', configmaps: '5', 'count/widgets.example.com': '1', pods: '0' };
    const status = await limit(hard);
    expect(status).toEqual({
      hard,
      used: { 'count/configmaps': '1', configmaps: '1', 'count/widgets.example.com': '0', pods: '0' },
    });
    await make('b');
    await make('w', 'widgets', { spec: {} });
    expect((await now())?.used).toMatchObject({
      'count/configmaps': '2',
      configmaps: '2',
      'count/widgets.example.com': '1',
    });
    await expect(make('c')).rejects.toMatchObject({
      reason: 'Forbidden',
      message:
        'configmaps "c" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2',
    });
    await expect(make('x', 'widgets', { spec: {} })).rejects.toThrow(
      'widgets.example.com "x" is forbidden: exceeded quota: q, requested: count/widgets.example.com=1, used: count/widgets.example.com=1, limited: count/widgets.example.com=1',
    );
    expect((await now())?.used).toMatchObject({ configmaps: '2' });
  });

  it('counts anew when objects go, and when the limits change', async () => {
    for (const name of ['a', 'b', 'c']) await make(name);
    await limit({ 'count/configmaps': '3' });
    await bench.delete('configmaps', { namespace: 'default', name: 'a' });
    await used('q', found => found['count/configmaps'] === '2');
    await make('d');
    await bench.change('resourcequotas', { namespace: 'default', name: 'q' }, one => ({
      ...one,
      spec: { hard: { 'count/configmaps': '9', 'count/secrets': '1' } },
    }));
    const status = await used('q', found => found['count/secrets'] === '0');
    expect(status).toMatchObject({ hard: { 'count/configmaps': '9' }, used: { 'count/configmaps': '3' } });
  });

  it('is not overrun by those who come at the same time', async () => {
    await limit({ 'count/configmaps': '5' });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => make(`m${i}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await bench.list('configmaps', 'default')).toHaveLength(5);
    expect((await now())?.used).toEqual({ 'count/configmaps': '5' });
  });

  it('takes nothing for what is not made', async () => {
    await limit({ 'count/configmaps': '5' });
    await limit({ 'count/configmaps': '1' }, 'small');
    await make('a');
    await expect(make('b')).rejects.toThrow('exceeded quota: small');
    expect([(await now())?.used, (await now('small'))?.used]).toEqual([
      { 'count/configmaps': '1' },
      { 'count/configmaps': '1' },
    ]);
    await bench.delete('resourcequotas', { namespace: 'default', name: 'small' });
    await expect(make('a')).rejects.toMatchObject({ reason: 'AlreadyExists' });
    expect((await now())?.used).toEqual({ 'count/configmaps': '1' });
    const dry = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'dry' } };
    await bench.registry.create(bench.type('configmaps'), dry, { ...asController, dryRun: true });
    expect((await now())?.used).toEqual({ 'count/configmaps': '1' });
  });

  it('measures volumes, also when they grow', async () => {
    bench.run(createClaims(bench));
    const hard = {
      persistentvolumeclaims: '3',
      'requests.storage': '10Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '6Gi',
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '2',
    };
    await limit(hard);
    const claim = (storage: string, storageClassName = 'fast') => ({
      spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
    });
    await make('a', 'persistentvolumeclaims', claim('4Gi'));
    await make('b', 'persistentvolumeclaims', claim('4Gi', 'slow'));
    expect((await now())?.used).toEqual({
      persistentvolumeclaims: '2',
      'requests.storage': '8Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '4Gi',
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    });
    await expect(make('c', 'persistentvolumeclaims', claim('3Gi'))).rejects.toThrow(
      'exceeded quota: q, requested: fast.storageclass.storage.k8s.io/requests.storage=3Gi,requests.storage=3Gi, used: fast.storageclass.storage.k8s.io/requests.storage=4Gi,requests.storage=8Gi, limited: fast.storageclass.storage.k8s.io/requests.storage=6Gi,requests.storage=10Gi',
    );
    await bench.delete('persistentvolumeclaims', { namespace: 'default', name: 'a' });
    await used('q', found => found['requests.storage'] === '4Gi');
  });

  it('with scopes chooses among Pods, and holds for nothing else', async () => {
    await bench.create('resourcequotas', {
      metadata: { namespace: 'default', name: 's' },
      spec: { hard: { 'count/configmaps': '0' }, scopes: ['Terminating'] },
    });
    await bench.until('resourcequotas', { namespace: 'default', name: 's' }, one => one?.status?.hard !== undefined);
    await make('a');
  });

  it.each<[object, string, ...string[]]>([
    [{ hard: { 'count/x y': '1' } }, 'spec.hard[count/x y]', 'name part must consist of'],
    [
      { hard: { widgets: '1' } },
      'spec.hard[widgets]',
      'must be a standard resource type or fully qualified',
      'must be a standard resource for quota',
    ],
    [{ hard: { secrets: '-1' } }, 'spec.hard[secrets]', 'must be greater than or equal to 0'],
    [{ hard: { secrets: '1500m' } }, 'spec.hard[secrets]', 'must be an integer'],
    [{ hard: { 'count/secrets': '0.5' } }, 'spec.hard[count/secrets]', 'must be an integer'],
    [{ scopes: ['Odd'] }, 'spec.scopes', 'unsupported scope'],
  ])('%j is refused', async (spec, field, ...messages) => {
    const bad: Partial<ApiObject> & { metadata: ApiObject['metadata'] } = {
      metadata: { namespace: 'default', name: 'q' },
      spec: spec as NonNullable<ApiObject['spec']>,
    };
    await expect(bench.create('resourcequotas', bad)).rejects.toMatchObject({
      reason: 'Invalid',
      causes: messages.map(message => expect.objectContaining({ field, message: expect.stringContaining(message) })),
    });
  });
});
