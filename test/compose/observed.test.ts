import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { encode } from '../../shared/base/protobuf.ts';
import type { ZInfoApp } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { instanceUuid } from '../../shared/resources/eve/roles.ts';
import { until } from '../support/until.ts';
import { type Reporter, startReporter } from './reporter.ts';

let reporter: Reporter;

beforeEach(async () => {
  reporter = await startReporter();
  await reporter.kit.apply(`apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: quay}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io'}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: eve}
spec: {type: eve-os, version: 16.0.0, ref: 'a/eve:16', storageClass: quay}
`);
});

afterEach(async () => {
  await reporter.stop();
  expect(reporter.kit.ports.complaints).toEqual([]);
});

const shop = () => reporter.kit.get('applications', 'shop');
const nuc = () => reporter.kit.get('devices', 'nuc');
const edit = (plural: string, name: string, spec: JsonMap) =>
  reporter.kit.update(plural, name, now => ({ ...now, spec: { ...now.spec, ...spec } }));
const observed = ({ metadata, status }: ApiObject) => [metadata.generation, status?.['observedGeneration']];
const said = ({ status }: ApiObject, type: string) => findCondition(status?.['conditions'], type);
const compose = () => reporter.kit.composer.composeDevice({ namespace: 'lab', name: 'nuc' });

/** The device tells of a container of the Application: by default that it runs. */
const tell = async (info: Partial<ZInfoApp>, at = 0, name = 'c'): Promise<ApiObject> => {
  reporter.kit.ports.clock.advance(1_000);
  const AppID = instanceUuid((await shop()).metadata.uid ?? '', at, name);
  const ainfo = { AppName: 'shop', state: 7, ...info, AppID };
  await reporter.send({ message: { ztype: 3, atTimeStamp: fromMs(reporter.kit.ports.clock.now()), ainfo } });
  return shop();
};

/** The device tells that it has applied what it is served. */
const apply = async (): Promise<void> => {
  const { kit, telemetry, uuid } = reporter;
  const served = await kit.served('nuc');
  const dm = { last_processed_config: fromMs(served?.configTimestampMs ?? 0) };
  await telemetry.append('metrics', [
    { device: uuid, at: kit.ports.clock.now(), body: encode(eve, 'metrics.ZMetricMsg', { devID: uuid, dm }) },
  ]);
  await until(async () =>
    expect((await nuc()).status?.['config']).toMatchObject({ appliedVersion: served?.version ?? 0 }),
  );
};

describe('the generation of an Application that its device has taken up', () => {
  test('follows what the device tells', async () => {
    expect(observed(await shop())).toEqual([1, undefined]);
    const first = await tell({ appVersion: '1' });
    expect([observed(first), said(first, 'Ready')]).toMatchObject([[1, 1], { status: 'True', observedGeneration: 1 }]);
    await edit('applications', 'shop', { eve: { startDelaySeconds: 1 } });
    expect(observed(await shop())).toEqual([2, 1]);
    const second = await tell({ appVersion: '1' });
    expect([observed(second), said(second, 'Ready')]).toMatchObject([
      [2, 1],
      { status: 'False', reason: 'Outdated', observedGeneration: 1 },
    ]);
    const third = await tell({ appVersion: '2' });
    expect([observed(third), said(third, 'Ready')]).toMatchObject([[2, 2], { status: 'True', observedGeneration: 2 }]);
  });

  test('is that of an Application that is not ready, too', async () => {
    const app = await tell({ appVersion: '1', state: 14 });
    expect([observed(app), said(app, 'Ready')?.['status']]).toEqual([[1, 1], 'False']);
  });

  test('stays when only labels change', async () => {
    await tell({ appVersion: '1' });
    await reporter.kit.update('applications', 'shop', now => ({
      ...now,
      metadata: { ...now.metadata, labels: { a: 'b' } },
    }));
    expect(observed(await shop())).toEqual([1, 1]);
  });

  test.each(['1', '3', '02', '-1', '1.5', 'x', '', undefined])(
    'is not moved by the version %j when it is 2 already',
    async appVersion => {
      await edit('applications', 'shop', { eve: { startDelaySeconds: 1 } });
      await tell({ appVersion: '2' });
      const app = await tell({ appVersion });
      expect([observed(app), said(app, 'Ready')?.['observedGeneration']]).toEqual([[2, 2], 2]);
    },
  );

  test.each(['9', 'x', undefined])('is not known by the version %j', async appVersion => {
    expect(observed(await tell({ appVersion }))).toEqual([1, undefined]);
  });

  test('is that of the container which is furthest behind', async () => {
    await edit('applications', 'shop', {
      containers: [
        { name: 'c', image: 'web' },
        { name: 'd', image: 'web' },
      ],
    });
    expect(observed(await tell({ appVersion: '2' }))).toEqual([2, undefined]);
    expect(observed(await tell({ appVersion: '1' }, 1, 'd'))).toEqual([2, 1]);
    const app = await tell({ appVersion: '2' }, 1, 'd');
    expect([observed(app), said(app, 'Ready')]).toMatchObject([[2, 2], { status: 'True', observedGeneration: 2 }]);
    await edit('applications', 'shop', { containers: [{ name: 'c', image: 'web' }] });
    expect(observed(await tell({ appVersion: '3' }))).toEqual([3, 3]);
  });

  test('costs no write when the device tells the same again', async () => {
    const before = await tell({ appVersion: '1' });
    const after = await tell({ appVersion: '1' });
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('is beside the one that was composed', async () => {
    await compose();
    expect(said(await shop(), 'Composed')).toMatchObject({ status: 'True', observedGeneration: 1 });
    await tell({ appVersion: '1' });
    await edit('applications', 'shop', { eve: { startDelaySeconds: 1 } });
    await compose();
    const told = await shop();
    expect([observed(told), said(told, 'Composed')]).toMatchObject([[2, 1], { status: 'True', observedGeneration: 2 }]);
    await compose();
    expect((await shop()).metadata.resourceVersion).toBe(told.metadata.resourceVersion);

    await edit('applications', 'shop', { containers: [{ name: 'c', image: 'none' }] });
    await compose();
    const broken = await shop();
    expect([observed(broken), said(broken, 'Composed')]).toMatchObject([
      [3, 1],
      { status: 'False', reason: 'ReferenceNotFound', observedGeneration: 3 },
    ]);
  });

  test('stays behind, and it is said why, while something else holds the configuration', async () => {
    const { kit } = reporter;
    await kit.apply(`apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: other}
spec: {containers: [{name: c, image: web}]}
`);
    await kit.bind('other', 'nuc');
    await compose();
    await apply();
    await edit('applications', 'other', { containers: [{ name: 'c', image: 'none' }] });
    await edit('applications', 'shop', { eve: { startDelaySeconds: 1 } });
    await edit('devices', 'nuc', { manufacturer: 'b' });
    await compose();
    const message = expect.stringContaining('Application lab/other: ');
    expect(said(await shop(), 'Composed')).toMatchObject({
      status: 'False',
      reason: 'HeldBack',
      message,
      observedGeneration: 2,
    });
    await apply();
    expect(observed(await nuc())).toEqual([2, 1]);
    expect(said(await nuc(), 'ConfigComposed')).toMatchObject({ status: 'False', message, observedGeneration: 2 });

    await edit('applications', 'other', { containers: [{ name: 'c', image: 'web' }] });
    await compose();
    expect(said(await shop(), 'Composed')).toMatchObject({ status: 'True', observedGeneration: 2 });
    await apply();
    expect(observed(await nuc())).toEqual([2, 2]);
  });
});

describe('the generation of a Device that it has applied', () => {
  test('comes with what it tells of its configuration', async () => {
    await compose();
    const fresh = await nuc();
    expect([observed(fresh), said(fresh, 'ConfigApplied')]).toMatchObject([
      [1, 0],
      { status: 'False', observedGeneration: 1 },
    ]);
    await apply();
    expect([observed(await nuc()), said(await nuc(), 'ConfigApplied')]).toMatchObject([
      [1, 1],
      { status: 'True', observedGeneration: 1 },
    ]);
    reporter.kit.ports.clock.advance(1_000);
    await edit('devices', 'nuc', { manufacturer: 'b' });
    expect(observed(await nuc())).toEqual([2, 1]);
    await compose();
    const changed = await nuc();
    expect([observed(changed), said(changed, 'ConfigApplied')]).toMatchObject([
      [2, 1],
      { status: 'False', observedGeneration: 2 },
    ]);
    await apply();
    expect([observed(await nuc()), said(await nuc(), 'ConfigApplied')]).toMatchObject([
      [2, 2],
      { status: 'True', observedGeneration: 2 },
    ]);
  });

  test('comes with composing when the device is told nothing new', async () => {
    await compose();
    await apply();
    const served = await reporter.kit.served('nuc');
    await edit('devices', 'nuc', { location: 'here' });
    await compose();
    const after = await nuc();
    expect((await reporter.kit.served('nuc'))?.version).toBe(served?.version);
    expect([observed(after), said(after, 'ConfigApplied')]).toMatchObject([
      [2, 2],
      { status: 'True', observedGeneration: 2 },
    ]);
    await compose();
    expect((await nuc()).metadata.resourceVersion).toBe(after.metadata.resourceVersion);
  });

  test('waits for the device when there is something new before it, too', async () => {
    await compose();
    await edit('devices', 'nuc', { location: 'here' });
    await compose();
    expect(observed(await nuc())).toEqual([2, 0]);
    await apply();
    expect(observed(await nuc())).toEqual([2, 2]);
  });

  test('is 0 before it applied any, from its first moment and however it came to be without', async () => {
    const { kit } = reporter;
    const made = await kit.create({
      apiVersion: 'eve.lfedge.org/v1beta1',
      kind: 'Device',
      metadata: { name: 'fresh', namespace: 'lab' },
    });
    expect(observed(made)).toEqual([1, 0]);
    await kit.update(
      'devices',
      'fresh',
      ({ status: { observedGeneration: _, ...status } = {}, ...now }) => ({ ...now, status }),
      { subresource: 'status' },
    );
    expect(observed(await kit.get('devices', 'fresh'))).toEqual([1, undefined]);
    await kit.composer.composeDevice({ namespace: 'lab', name: 'fresh' });
    expect(observed(await kit.get('devices', 'fresh'))).toEqual([1, 0]);
  });
});
