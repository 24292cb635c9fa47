import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { decodeNotes, encodeNotes } from '../../shared/compose/served.ts';
import { decodeServed, encodeServed } from '../../shared/eve/served.ts';
import { contentUuid } from '../../shared/resources/eve/roles.ts';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;

const digest = (text: string) => text.repeat(64).slice(0, 64);

beforeEach(async () => {
  kit = await startComposer();
  await kit.apply(`apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: box}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: files}
provisioner: eve
parameters: {type: https, URL: 'https://files.example.com'}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: mirror}
provisioner: eve
parameters: {type: https, URL: 'https://mirror.example.com'}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: disk}
spec: {ref: disk.qcow2, storageClass: files, sha256: ${digest('a')}, sizeBytes: 1000}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, dataSourceRef: {apiGroup: eve.lfedge.org, kind: Image, name: disk}}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: web}
spec:
  containers: [{name: c, image: disk, volumeMounts: [{name: d, mountPath: /d}]}]
  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
`);
  await kit.bind('web', 'box');
  // The device came.
  await kit.sendCertificate('box');
  await compose();
});

afterEach(() => kit.store.close());

const compose = async () => {
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  expect(check(await kit.config('box'))).toEqual([]);
  return outcome;
};

const edit = (plural: string, name: string, spec: JsonMap, group?: string) =>
  kit.update(plural, name, now => ({ ...now, spec: { ...now.spec, ...spec } }), group === undefined ? {} : { group });

const told = async () => {
  const { contentInfo = [], volumes = [], datastores = [] } = await kit.config('box');
  return {
    content: contentInfo.map(({ uuid, sha256, URL }) => [uuid, sha256?.[0], URL]),
    volumes: volumes.map(one => [one.displayName, one.origin?.downloadContentTreeID, Number(one.maxsizebytes ?? 0)]),
    stores: datastores.map(({ fqdn }) => fqdn),
  };
};

const problemsOf = (outcome: Awaited<ReturnType<typeof compose>>) =>
  outcome?.problems.map(({ about, reason, message }) => `${about.kind} ${about.metadata.name} ${reason}: ${message}`);

const imageUid = async () => (await kit.get('images', 'disk')).metadata.uid ?? '';

test('an Image that is edited changes nothing of the disks that were made of it, until they are made anew', async () => {
  const before = await told();
  expect(before.content[0]?.[0]).toBe(contentUuid(await imageUid()));
  await edit('images', 'disk', { ref: 'disk2.qcow2', sha256: digest('b'), storageClass: 'mirror' });
  const outcome = await compose();
  expect(problemsOf(outcome)).toEqual([
    'Application web NeedsPurge: spec.containers[0].image: volume "web-c" keeps the content that it was made with; raise spec.eve.purge.counter to start over with a fresh one',
    'PersistentVolumeClaim data NeedsPurge: spec.dataSourceRef: volume "data" keeps the content that it was made with; raise the annotation kubeve.io/volume-generation to have it made anew, empty of its data',
  ]);
  expect(await told()).toMatchObject({ content: before.content, volumes: before.volumes });
  expect((await told()).stores).toContain('https://files.example.com');
  expect((await compose())?.changed).toBe(false);

  await edit('applications', 'web', { eve: { purge: { counter: 1 } } });
  expect(problemsOf(await compose())).toEqual([expect.stringContaining('PersistentVolumeClaim data')]);
  const fresh = contentUuid(await imageUid(), String((await kit.get('images', 'disk')).status?.['content']));
  const { volumes, content } = await told();
  expect(volumes).toContainEqual(['web-c', fresh, 0]);
  expect(volumes).toContainEqual(before.volumes.find(([name]) => name === 'data'));
  expect(content.map(([uuid]) => uuid).sort()).toEqual([before.content[0]?.[0], fresh].sort());

  const annotations = { 'kubeve.io/volume-generation': '1' };
  await kit.update('persistentvolumeclaims', 'data', one => withAnnotations(one, annotations), { group: '' });
  expect(problemsOf(await compose())).toEqual([]);
  expect((await told()).content).toEqual([[fresh, 'b', 'disk2.qcow2']]);
});

test('an Image that moves keeps what it is to devices, as it does when it is edited there and back', async () => {
  const before = await told();
  await edit('images', 'disk', { ref: 'moved/disk.qcow2', storageClass: 'mirror' });
  expect(problemsOf(await compose())).toEqual([]);
  expect(await told()).toMatchObject({ volumes: before.volumes, stores: ['https://mirror.example.com'] });
  await edit('images', 'disk', { sha256: digest('c') });
  await edit('images', 'disk', { sha256: digest('a') });
  expect(problemsOf(await compose())).toEqual([]);
  expect((await told()).volumes).toEqual(before.volumes);
});

test('a volume keeps its size until it is made anew', async () => {
  const before = await told();
  const resources = { requests: { storage: '2Gi' } };
  await edit('applications', 'web', {
    containers: [{ name: 'c', image: 'disk', resources, volumeMounts: [{ name: 'd', mountPath: '/d' }] }],
  });
  expect(problemsOf(await compose())).toEqual([
    expect.stringContaining(
      'spec.containers[0].resources.requests[storage]: volume "web-c" keeps the size that it was',
    ),
  ]);
  expect(await told()).toEqual(before);
});

test('what was served before anything was noted of volumes stays as it is', async () => {
  const { uid = '' } = (await kit.get('devices', 'box')).metadata;
  const entry = await kit.store.get('configs', uid);
  if (!entry) throw new Error('nothing is served');
  const served = decodeServed(entry.value);
  const { made: _, ...notes } = decodeNotes(served);
  const value = encodeServed({ ...served, notes: encodeNotes(notes) });
  await kit.store.commit('configs', { key: uid, value, expected: entry.revision, terms: notes.terms });
  expect((await compose())?.changed).toBe(false);
  await edit('images', 'disk', { sha256: digest('b') });
  expect((await compose())?.problems).toHaveLength(2);
  expect((await kit.config('box')).contentInfo?.map(({ sha256 }) => sha256?.[0])).toEqual(['a']);
});

describe('content that the device cannot have', () => {
  const setStatus = (plural: string, name: string, status: JsonMap) =>
    kit.update(plural, name, now => ({ ...now, status: { ...now.status, ...status } }), { subresource: 'status' });
  /** The device says of volumes of an Application, by name and state, with an error where there is one. */
  const say = (name: string, ...volumes: [string, string, string?][]) =>
    setStatus('applications', name, {
      volumes: volumes.map(([one, state, error]) => ({ name: one, state, ...(error !== undefined && { error }) })),
    });
  const runs = (version: string) => setStatus('devices', 'box', { 'eve-os-version': version });
  const mend = () => edit('images', 'disk', { ref: 'disk2.qcow2', sha256: digest('b') });
  const waits = () => say('web', ['c', 'DOWNLOAD_STARTED', '404'], ['d', 'VERIFYING', 'sha256 differs']);

  test('is another as soon as the Image is mended', async () => {
    const before = await told();
    await runs('16.0.0-lts-kvm-amd64');
    await waits();
    await mend();
    expect(problemsOf(await compose())).toEqual([]);
    expect(await told()).toEqual({ ...before, content: [[before.content[0]?.[0], 'b', 'disk2.qcow2']] });
    expect((await compose())?.changed).toBe(false);

    await say('web', ['c', 'CREATED_VOLUME'], ['d', 'CREATED_VOLUME']);
    expect((await compose())?.changed).toBe(false);
    await edit('images', 'disk', { sha256: digest('c') });
    expect((await compose())?.problems).toHaveLength(2);
    expect((await told()).content).toEqual([[before.content[0]?.[0], 'b', 'disk2.qcow2']]);
  });

  test('is another when the device says that it waits only after the Image was mended', async () => {
    kit.run();
    try {
      await kit.composer.idle();
      await runs('16.0.0-lts-kvm-amd64');
      await mend();
      await kit.composer.idle();
      expect((await told()).content[0]?.[1]).toBe('a');
      await waits();
      await kit.composer.idle();
      expect((await told()).content.map(([, sha]) => sha)).toEqual(['b']);
    } finally {
      await kit.stop();
    }
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['of an EVE that goes on with the former', '14.5.0-lts-kvm-amd64', waits],
    ['of an EVE of no version that is known', '0.0.0-master-1a2b3c4d', waits],
    ['that nothing was said of', '16.0.0', async () => {}],
    ['that is on its way', '16.0.0', () => say('web', ['c', 'DOWNLOAD_STARTED'], ['d', 'DOWNLOAD_STARTED'])],
    ['that one volume was made from', '16.0.0', () => say('web', ['c', 'INITIAL', '404'], ['d', 'CREATED_VOLUME'])],
    ['of a volume that was made', '16.0.0', () => say('web', ['c', 'CREATED_VOLUME', 'x'], ['d', 'INITIAL', '404'])],
  ])('%s stays as it is', async (_, version, tell) => {
    const before = await told();
    await runs(version);
    await tell();
    await mend();
    expect((await compose())?.problems).toHaveLength(2);
    expect((await told()).content).toEqual(before.content);
  });

  test('is another even before the device came for the first time', async () => {
    await kit.apply(`apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: later}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: shop}
spec: {containers: [{name: c, image: disk}]}
`);
    await kit.bind('shop', 'later');
    const composeLater = () => kit.composer.composeDevice({ namespace: 'lab', name: 'later' });
    await composeLater();
    await mend();
    const resources = { requests: { storage: '2Gi' } };
    await edit('applications', 'shop', { containers: [{ name: 'c', image: 'disk', resources }] });
    expect(problemsOf(await composeLater())).toEqual([]);
    const { contentInfo = [], volumes = [] } = await kit.config('later');
    expect(contentInfo.map(({ sha256 }) => sha256?.[0])).toEqual(['b']);
    expect(volumes.map(({ maxsizebytes }) => Number(maxsizebytes))).toEqual([2 ** 31]);
  });
});

const withAnnotations = (one: ApiObject, annotations: Record<string, string>): ApiObject => ({
  ...one,
  metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...annotations } },
});
