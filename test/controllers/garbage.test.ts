import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiObject, OwnerReference } from '../../shared/base/object.ts';
import { createGarbage } from '../../shared/controllers/garbage.ts';
import { type Bench, createBench } from '../support/controllers.ts';

const namespace = 'default';

const owns = ({ apiVersion, kind, metadata }: ApiObject, blockOwnerDeletion = false): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  ...(blockOwnerDeletion && { blockOwnerDeletion }),
});

describe.each(['run', 'settle'] as const)('garbage (%s)', mode => {
  let bench: Bench;
  const widget = (name: string, ...ownerReferences: OwnerReference[]) =>
    bench.create('widgets', { metadata: { namespace, name, ownerReferences }, spec: {} });
  const hold = (name: string, ...ownerReferences: OwnerReference[]) =>
    bench.create('widgets', {
      metadata: { namespace, name, ownerReferences, finalizers: ['example.com/hold'] },
      spec: {},
    });
  const release = (name: string) =>
    bench.change('widgets', { namespace, name }, one => ({
      ...one,
      metadata: {
        ...one.metadata,
        finalizers: one.metadata.finalizers?.filter(held => held !== 'example.com/hold') ?? [],
      },
    }));
  const ref = (name: string) => ({ namespace, name });

  beforeEach(async () => {
    bench = await createBench(mode);
    bench.run(createGarbage(bench));
  });
  afterEach(async () => {
    await bench.stop();
    expect(bench.complaints.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('collects dependents, and theirs', async () => {
    const owner = await widget('owner');
    const child = await widget('child', owns(owner));
    await widget('grandchild', owns(child));
    await bench.create('configmaps', { metadata: { namespace, name: 'other', ownerReferences: [owns(owner)] } });
    await widget('stranger');
    await bench.delete('widgets', ref('owner'));
    await bench.gone('widgets', ref('grandchild'));
    await bench.gone('widgets', ref('child'));
    await bench.gone('configmaps', ref('other'));
    expect(await bench.find('widgets', ref('stranger'))).toBeDefined();
  });

  it('collects what is created for an owner that is not there', async () => {
    await widget('child', { apiVersion: 'example.com/v1', kind: 'Widget', name: 'nobody', uid: 'gone' });
    await bench.gone('widgets', ref('child'));
  });

  it('tells a namesake from the owner', async () => {
    const namesake = await widget('owner');
    await widget('child', { ...owns(namesake), uid: 'another' });
    await bench.gone('widgets', ref('child'));
    expect(await bench.find('widgets', ref('owner'))).toBeDefined();
  });

  it('keeps a dependent that has an owner left, and forgets the other', async () => {
    const [a, b] = [await widget('a'), await widget('b')];
    await widget('child', owns(a), owns(b));
    await bench.delete('widgets', ref('a'));
    const child = await bench.until('widgets', ref('child'), one => one?.metadata.ownerReferences?.length === 1);
    expect(child?.metadata.ownerReferences).toEqual([owns(b)]);
  });

  it('leaves dependents of kinds that it does not know', async () => {
    await widget('child', { apiVersion: 'other.example/v1', kind: 'Thing', name: 'x', uid: 'y' });
    const owner = await widget('owner');
    await widget('probe', owns(owner));
    await bench.delete('widgets', ref('owner'));
    await bench.gone('widgets', ref('probe'));
    expect(await bench.find('widgets', ref('child'))).toBeDefined();
  });

  it('takes cluster-scoped owners of namespaced dependents', async () => {
    const planet = await bench.create('planets', { metadata: { name: 'earth' }, spec: {} });
    await widget('child', owns(planet));
    await bench.delete('planets', { name: 'earth' });
    await bench.gone('widgets', ref('child'));
  });

  it('lets an owner wait for nobody outside of its namespace', async () => {
    const owner = await widget('owner');
    const foreign = { name: 'foreign', ownerReferences: [owns(owner, true)], finalizers: ['example.com/hold'] };
    await bench.create('namespaces', { metadata: { name: 'elsewhere' } });
    await bench.create('widgets', { metadata: { ...foreign, namespace: 'elsewhere' }, spec: {} });
    await bench.create('planets', { metadata: { name: 'earth', ownerReferences: [owns(owner, true)] }, spec: {} });
    await bench.delete('widgets', ref('owner'), 'Foreground');
    await bench.gone('widgets', ref('owner'));
    expect(await bench.find('planets', { name: 'earth' })).toBeDefined();
  });

  it('says that a cluster-scoped dependent cannot have a namespaced owner', async () => {
    await bench.create('planets', {
      metadata: {
        name: 'earth',
        ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'u' }],
      },
      spec: {},
    });
    const isIt = (one: ApiObject) => (one['involvedObject'] as { name?: string }).name === 'earth';
    for await (const { object } of bench.registry.watch(
      bench.type('events'),
      { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true },
      AbortSignal.timeout(300_000),
    ))
      if (object['involvedObject'] && isIt(object)) break;
    const [told] = await bench.events('earth');
    expect(told?.['reason']).toBe('OwnerRefInvalidNamespace');
    expect(await bench.find('planets', { name: 'earth' })).toBeDefined();
  });

  it('orphans', async () => {
    const owner = await widget('owner');
    await widget('child', owns(owner));
    const { deleted } = await bench.delete('widgets', ref('owner'), 'Orphan');
    expect(deleted).toBe(false);
    await bench.gone('widgets', ref('owner'));
    expect((await bench.get('widgets', ref('child'))).metadata.ownerReferences ?? []).toEqual([]);
  });

  it('waits in the foreground for dependents that block', async () => {
    const owner = await widget('owner');
    await hold('blocking', owns(owner, true));
    await hold('other', owns(owner));
    await bench.delete('widgets', ref('owner'), 'Foreground');
    await bench.until('widgets', ref('blocking'), one => one?.metadata.deletionTimestamp !== undefined);
    await bench.until('widgets', ref('other'), one => one?.metadata.deletionTimestamp !== undefined);
    expect((await bench.get('widgets', ref('owner'))).metadata.finalizers).toEqual(['foregroundDeletion']);
    await release('blocking');
    await bench.gone('widgets', ref('owner'));
    expect(await bench.find('widgets', ref('other'))).toBeDefined();
    await release('other');
    await bench.gone('widgets', ref('other'));
  });

  it('passes the foreground on to the dependents', async () => {
    const owner = await widget('owner');
    const child = await widget('child', owns(owner, true));
    await hold('grandchild', owns(child, true));
    await bench.delete('widgets', ref('owner'), 'Foreground');
    await bench.until('widgets', ref('grandchild'), one => one?.metadata.deletionTimestamp !== undefined);
    expect(await bench.find('widgets', ref('child'))).toBeDefined();
    expect(await bench.find('widgets', ref('owner'))).toBeDefined();
    await release('grandchild');
    await bench.gone('widgets', ref('owner'));
  });

  it('is not blocked by a circle', async () => {
    const a = await widget('a');
    const b = await widget('b', owns(a, true));
    await bench.change('widgets', ref('a'), one => ({
      ...one,
      metadata: { ...one.metadata, ownerReferences: [owns(b, true)] },
    }));
    await bench.delete('widgets', ref('a'), 'Foreground');
    await bench.gone('widgets', ref('a'));
    await bench.gone('widgets', ref('b'));
  });

  it('catches up with what happened while it did not run', async () => {
    const owner = await widget('owner');
    await widget('child', owns(owner));
    await bench.stop();
    await bench.delete('widgets', ref('owner'));
    expect(await bench.find('widgets', ref('child'))).toBeDefined();
    bench.run(createGarbage(bench));
    await bench.gone('widgets', ref('child'));
  });
});
