import { describe, expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { refusal, startKinds } from '../setup.ts';

const base = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } };
const claim = (spec: object, name = 'c'): ApiObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { ...base, ...spec },
});
const storageClass = (name: string, isDefault: boolean): ApiObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
  provisioner: 'example.com/disk',
});
const image = { kind: 'Image', name: 'i' };

test('a claim is born pending, protected, with canonical sizes', async () => {
  const { create } = await startKinds();
  const made = await create(claim({ resources: { requests: { storage: '1024Mi' }, limits: { storage: '2048Mi' } } }));
  expect(made.status).toEqual({ phase: 'Pending' });
  expect(made.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  expect(made.spec).toEqual({
    ...base,
    resources: { requests: { storage: '1Gi' }, limits: { storage: '2Gi' } },
    volumeMode: 'Filesystem',
  });
});

test('a claim says what is not done for it', async () => {
  const kinds = await startKinds();
  const made = await kinds.create(claim({ selector: { matchLabels: { app: 'x' } } }));
  expect(kinds.warnings).toEqual(['spec.selector: has no effect: a volume is made for each claim']);
  kinds.warnings.length = 0;
  await kinds.change(made, { status: { phase: 'Bound', capacity: { storage: '8Gi' } } }, undefined, 'status');
  const grow = (storage: string, annotations = {}) =>
    kinds.change(made, { spec: { ...made.spec, resources: { requests: { storage } } }, metadata: { annotations } });
  await grow('9Gi', { 'kubeve.io/volume-generation': '1' });
  expect(kinds.warnings).toEqual([]);
  await grow('10Gi', { 'kubeve.io/volume-generation': '1' });
  expect(kinds.warnings).toEqual([
    'spec.resources.requests[storage]: the volume keeps its size until the annotation kubeve.io/volume-generation rises, which makes it anew, empty of its data',
  ]);
});

describe('validation', () => {
  const invalid = (text: string) => `422 PersistentVolumeClaim "c" is invalid: ${text}`;
  test.each<[string, object, string]>([
    [
      'a block volume of an image',
      { volumeMode: 'Block', dataSourceRef: { apiGroup: 'eve.lfedge.org', ...image } },
      'accepted',
    ],
    ['a source with a version', { dataSourceRef: { apiGroup: 'eve.lfedge.org/v1beta1', ...image } }, 'accepted'],
    [
      'a source as EVE writes it',
      { dataSourceRef: { group: 'eve.lfedge.org/v1beta1', kind: 'image', name: 'i' } },
      'accepted',
    ],
    ['a claim as source', { dataSource: { kind: 'PersistentVolumeClaim', name: 'i' } }, 'accepted'],
    [
      'no access mode',
      { accessModes: [] },
      invalid('spec.accessModes: Required value: at least 1 access mode is required'),
    ],
    [
      'an unknown access mode',
      { accessModes: ['ReadSome'] },
      invalid(
        'spec.accessModes: Unsupported value: "ReadSome": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ),
    ],
    [
      'ReadWriteOncePod among others',
      { accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] },
      invalid('spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'),
    ],
    ['no size', { resources: {} }, invalid('spec.resources[storage]: Required value')],
    [
      'no space',
      { resources: { requests: { storage: '0' } } },
      invalid('spec.resources[storage]: Invalid value: "0": must be greater than zero'),
    ],
    [
      'a class of attributes that is none',
      { volumeAttributesClassName: 'A b' },
      invalid(
        `spec.volumeAttributesClassName: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ),
    ],
    [
      'an unknown mode',
      { volumeMode: 'Tape' },
      invalid('spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'),
    ],
    [
      'a kind of the core group',
      { dataSource: image },
      invalid(
        `[spec.dataSource: Invalid value: "Image": must be 'PersistentVolumeClaim' when referencing the default apiGroup, spec.dataSourceRef: Invalid value: "Image": must be 'PersistentVolumeClaim' when referencing the default apiGroup]`,
      ),
    ],
    [
      'two sources',
      {
        dataSource: { kind: 'PersistentVolumeClaim', name: 'i' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'j' },
      },
      invalid('spec: Invalid value: "spec.dataSource": must match dataSourceRef'),
    ],
    [
      'an empty version',
      { dataSourceRef: { group: 'eve.lfedge.org/', ...image } },
      invalid('spec.dataSourceRef.apiGroup: Invalid value: "eve.lfedge.org/": the version after the slash is empty'),
    ],
  ])('%s', async (_case, spec, answer) => {
    const { create } = await startKinds();
    expect(await refusal(create(claim(spec)))).toBe(answer);
  });

  test('a class name is a DNS name', async () => {
    const { create } = await startKinds();
    expect(await refusal(create(claim({ storageClassName: 'A_b' })))).toContain(
      'spec.storageClassName: Invalid value: "A_b": a lowercase RFC 1123 subdomain',
    );
  });
});

test('the default class is filled in: of several the newest; an empty name means none', async () => {
  const { create, clock } = await startKinds();
  const classOf = async (spec: object, name: string) => (await create(claim(spec, name))).spec?.storageClassName;
  await create(storageClass('other', false));
  expect(await classOf({}, 'a')).toBeUndefined();
  await create(storageClass('old', true));
  clock.advance(5000);
  await create(storageClass('new', true));
  expect(await classOf({}, 'b')).toBe('new');
  expect(await classOf({ storageClassName: '' }, 'c')).toBe('');
  expect(await classOf({ storageClassName: 'other' }, 'd')).toBe('other');
});

describe('changes', () => {
  const immutable =
    '422 PersistentVolumeClaim "c" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';

  test('the spec stays as it is, but for the binding', async () => {
    const { create, change } = await startKinds();
    const made = await create(claim({ storageClassName: 'x' }));
    expect(await refusal(change(made, { spec: { ...made.spec, accessModes: ['ReadOnlyMany'] } }))).toBe(
      `${immutable}- accessModes: ["ReadWriteOnce"]\n+ accessModes: ["ReadOnlyMany"]`,
    );
    expect(await refusal(change(made, { spec: { ...made.spec, storageClassName: 'y' } }))).toContain(immutable);
    expect(await refusal(change(made, { spec: { ...made.spec, volumeName: 'v' } }))).toBe('accepted');
    expect(await refusal(change(made, { spec: { ...made.spec, volumeName: 'w' } }))).toContain(immutable);
  });

  test('a bound claim may grow, and shrink no further than to what it has', async () => {
    const { create, change } = await startKinds();
    const made = await create(claim({}));
    const resize = (storage: string) =>
      refusal(change(made, { spec: { ...made.spec, resources: { requests: { storage } } } }));
    expect(await resize('9Gi')).toContain(immutable);
    await change(made, { status: { phase: 'Bound', capacity: { storage: '8Gi' } } }, undefined, 'status');
    expect(await resize('10Gi')).toBe('accepted');
    expect(await resize('9Gi')).toBe('accepted');
    expect(await resize('8Gi')).toContain(
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    );
  });

  test('the status is written through its own door only', async () => {
    const { create, change, get } = await startKinds();
    const made = await create(claim({}));
    await change(made, { status: { phase: 'Bound' } });
    expect((await get(made)).status).toEqual({ phase: 'Pending' });
  });
});
