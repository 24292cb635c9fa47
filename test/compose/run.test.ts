import { createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { decode } from '../../shared/base/protobuf.ts';
import { createComposer } from '../../shared/compose/run.ts';
import { decodeNotes, encodeNotes } from '../../shared/compose/served.ts';
import { cipherKey, decryptBlock } from '../../shared/eve/cipher.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { decodeServed, encodeServed } from '../../shared/eve/served.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
  kit.run();
});
afterEach(async () => {
  await kit.stop();
  expect(kit.ports.complaints).toEqual([]);
});

const device = (name: string, spec = '{}') =>
  `apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

const parts = `
apiVersion: v1
kind: Secret
metadata: {name: creds}
stringData: {username: bot, password: hunter2}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: quay}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io'}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: private}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io', credentialsSecret: creds}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: eve-blank}
provisioner: eve
parameters: {type: blank}
---
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: {name: auto}
spec: {ip: dhcp}
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: {name: lan}
spec: {networkConfig: auto}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: web}
spec: {ref: 'corp/web:1', storageClass: quay}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: closed}
spec: {ref: 'corp/closed:1', storageClass: private}
`;

const app = (name: string, image = 'web', more = '') =>
  `apiVersion: eve.lfedge.org/v1beta1\nkind: Application\nmetadata: {name: ${name}, annotations: {k8s.v1.cni.cncf.io/networks: lan}}\nspec:\n  containers: [{name: c, image: ${image}}]\n${more}`;

const start = async (...texts: string[]) => {
  for (const text of texts) await kit.apply(text);
  await kit.composer.idle();
};

const bound = async (name: string, to: string) => {
  await kit.bind(name, to);
  await kit.composer.idle();
};

const conditionOf = async (plural: string, name: string, type: string) =>
  findCondition((await kit.get(plural, name)).status?.['conditions'], type);

const names = async (name: string) => ((await kit.config(name)).apps ?? []).map(one => one.displayname);

describe('a Device alone', () => {
  test('is served a configuration that keeps it online, at once', async () => {
    await start(device('nuc'));
    const config = await kit.config('nuc');
    const { uuid } = (await kit.get('devices', 'nuc')).status ?? {};
    expect(config.id).toEqual({ uuid, version: '1' });
    expect(config.systemAdapterList).toEqual([
      { name: 'eth0', uplink: true, networkUUID: config.networks?.[0]?.id, lowerLayerName: 'eth0' },
    ]);
    expect([config.reboot, config.shutdown]).toEqual([{}, {}]);
  });

  test('has a DeviceConfig of its name that it owns and that shows what is served', async () => {
    await start(device('nuc'));
    const owner = await kit.get('devices', 'nuc');
    const shown = await kit.get('deviceconfigs', 'nuc');
    const served = await kit.served('nuc');
    expect(shown.metadata.ownerReferences).toMatchObject([
      { kind: 'Device', name: 'nuc', uid: owner.metadata.uid, controller: true },
    ]);
    expect(shown.status).toMatchObject({ hash: served?.configHash, version: 1, config: { deviceName: 'nuc' } });
    expect(await conditionOf('devices', 'nuc', 'ConfigComposed')).toMatchObject({ status: 'True' });
    expect(await conditionOf('devices', 'nuc', 'ConfigApplied')).toMatchObject({ status: 'False', reason: 'Pending' });
  });

  test('that goes is served nothing any longer', async () => {
    await start(device('nuc'));
    const uuid = String((await kit.get('devices', 'nuc')).status?.['uuid']);
    await kit.remove('devices', 'nuc');
    await kit.composer.idle();
    expect(await kit.store.get('configs', uuid)).toBeUndefined();
  });
});

test('says of each device of a fleet what it is served, of how many at a time it may remember it', async () => {
  const fleet = await startComposer();
  const all = Array.from({ length: 1100 }, (_, at) => `nuc-${at}`);
  await fleet.apply(all.map(name => device(name)).join('---\n'));
  fleet.run();
  await fleet.composer.idle();
  for (const name of all) {
    const shown = await fleet.get('deviceconfigs', name);
    expect(shown.status).toMatchObject({ hash: (await fleet.served(name))?.configHash, config: { deviceName: name } });
    const { status } = findCondition((await fleet.get('devices', name)).status?.['conditions'], 'ConfigComposed') ?? {};
    expect(status).toBe('True');
  }
  await fleet.stop();
  expect(fleet.ports.complaints).toEqual([]);
});

describe('a change', () => {
  test('of an Application reaches its device and no other', async () => {
    await start(device('a'), device('b'), parts, app('shop'));
    await bound('shop', 'a');
    const others = await kit.served('b');
    const before = await kit.served('a');
    expect(await names('a')).toEqual(['shop']);
    kit.ports.clock.advance(5_000);
    await kit.update('applications', 'shop', now => ({
      ...now,
      spec: { ...now.spec, eve: { restart: { counter: 1 } } },
    }));
    await kit.composer.idle();
    const after = await kit.served('a');
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(after?.configTimestampMs).toBeGreaterThan(before?.configTimestampMs ?? 0);
    expect((await kit.config('a')).apps?.[0]?.restart).toEqual({ counter: 1 });
    expect(await kit.served('b')).toBe(others);
  });

  test('of status alone serves nothing new', async () => {
    await start(device('a'), parts, app('shop'));
    await bound('shop', 'a');
    const before = await kit.served('a');
    await kit.update('applications', 'shop', now => ({ ...now, status: { ...now.status, state: 'RUNNING' } }), {
      subresource: 'status',
    });
    await kit.composer.idle();
    expect(await kit.served('a')).toBe(before);
  });

  test.each([
    ['a NetworkConfig', 'networkconfigs', 'auto', (now: ApiObject) => ({ ...now, spec: { ip: 'dhcp', mtu: 1400 } })],
    ['an Image', 'images', 'web', (now: ApiObject) => ({ ...now, spec: { ...now.spec, sizeBytes: 5 } })],
    ['a DeviceNetwork', 'devicenetworks', 'lan', (now: ApiObject) => ({ ...now, spec: { ...now.spec, cost: 3 } })],
    ['options of the namespace', 'configmaps', 'eve-global-options', undefined],
  ])('of %s reaches the devices that use it', async (_, plural, name, change) => {
    await start(device('a'), parts, app('shop'));
    await bound('shop', 'a');
    const before = await kit.served('a');
    if (change) await kit.update(plural, name, change as (now: ApiObject) => ApiObject);
    else
      await kit.apply(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: eve-global-options}\ndata: {timer.config.interval: "10"}\n',
      );
    await kit.composer.idle();
    expect((await kit.served('a'))?.configHash).not.toBe(before?.configHash);
  });

  test('of a DeviceNetwork looks only at the devices that it matches', async () => {
    await start(device('a'), device('b'), parts);
    const others = await kit.served('b');
    await kit.apply(`apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: {name: extra}
spec: {networkConfig: auto, instance: {type: switch}, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: name, operator: In, values: [a]}]}]}}}}
`);
    await kit.composer.idle();
    expect((await kit.config('a')).networkInstances?.map(one => one.displayname)).toEqual(['extra']);
    expect(await kit.served('b')).toBe(others);
  });
});

describe('a broken reference', () => {
  test('leaves the last good configuration, says why, and heals', async () => {
    await start(device('a'), parts, app('shop'));
    await bound('shop', 'a');
    const good = (await kit.served('a'))?.configHash;
    await kit.remove('images', 'web');
    await kit.composer.idle();
    expect((await kit.served('a'))?.configHash).toBe(good);
    expect(await conditionOf('devices', 'a', 'ConfigComposed')).toMatchObject({
      status: 'False',
      reason: 'ReferenceNotFound',
      message: 'Application lab/shop: spec.containers[0].image: Image "web" does not exist',
    });
    expect(await conditionOf('applications', 'shop', 'Composed')).toMatchObject({ status: 'False' });
    expect(kit.events).toContainEqual(
      expect.objectContaining({
        type: 'Warning',
        reason: 'ReferenceNotFound',
        message: 'spec.containers[0].image: Image "web" does not exist',
      }),
    );
    await kit.apply(
      'apiVersion: eve.lfedge.org/v1beta1\nkind: Image\nmetadata: {name: web}\nspec: {ref: "corp/web:1", storageClass: quay}\n',
    );
    await kit.composer.idle();
    expect(await conditionOf('devices', 'a', 'ConfigComposed')).toMatchObject({ status: 'True' });
    expect(await names('a')).toEqual(['shop']);
  });

  test('of something new keeps only that out', async () => {
    await start(device('a'), parts, app('shop'), app('bad', 'nowhere'));
    await bound('bad', 'a');
    await bound('shop', 'a');
    expect(await names('a')).toEqual(['shop']);
    expect(await conditionOf('applications', 'bad', 'Composed')).toMatchObject({
      status: 'False',
      reason: 'ReferenceNotFound',
    });
    expect(await conditionOf('applications', 'shop', 'Composed')).toMatchObject({ status: 'True' });
  });

  test('of two that clash keeps out the younger', async () => {
    await start(device('a'), parts);
    const clashing = (name: string) =>
      kit.apply(app(name).replace('image: web}', 'image: web, ports: [{containerPort: 80, hostPort: 8080}]}'));
    await clashing('first');
    kit.ports.clock.advance(2_000);
    await clashing('second');
    await bound('first', 'a');
    await bound('second', 'a');
    expect(await names('a')).toEqual(['first']);
    expect(await conditionOf('applications', 'second', 'Composed')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('maps port 8080 of the device, which is taken'),
    });
  });

  test('of the network keeps the device where it is', async () => {
    await start(device('a'), parts);
    const good = await kit.config('a');
    await kit.remove('networkconfigs', 'auto');
    await kit.composer.idle();
    expect((await kit.config('a')).networks).toEqual(good.networks);
  });

  test('of what several devices share is told of each of them', async () => {
    await start(device('a'), device('b'), parts);
    await kit.remove('networkconfigs', 'auto');
    await kit.composer.idle();
    const told = kit.events.filter(({ object }) => object.kind === 'DeviceNetwork').map(({ message }) => message);
    const problem = 'spec.networkConfig: NetworkConfig "auto" does not exist';
    expect(told.sort()).toEqual([`Device "a": ${problem}`, `Device "b": ${problem}`]);
  });
});

describe('secrets', () => {
  test('wait for the certificate of the device, and are encrypted to it', async () => {
    await start(device('a'), parts, app('shop', 'closed'));
    await bound('shop', 'a');
    expect(await names('a')).toEqual([]);
    expect(await conditionOf('applications', 'shop', 'Composed')).toMatchObject({ reason: 'Waiting' });
    expect(kit.events.filter(({ reason }) => reason === 'Waiting')).toMatchObject([{ type: 'Normal' }]);
    const key = await kit.sendCertificate('a');
    await kit.composer.idle();
    const store = (await kit.config('a')).datastores?.[0];
    expect([store?.apiKey ?? '', store?.password ?? '']).toEqual(['', '']);
    const shared = cipherKey(key, createPublicKey(kit.controller.ecdh.key));
    const plain = decryptBlock(shared, store?.cipherData ?? {});
    expect(decode(eve, 'common.EncryptionBlock', plain)).toEqual({ dsAPIKey: 'bot', dsPassword: 'hunter2' });
  });

  test('are encrypted anew when the device has another certificate, and not otherwise', async () => {
    await start(device('a'), parts, app('shop', 'closed'));
    await kit.sendCertificate('a');
    await bound('shop', 'a');
    const first = await kit.config('a');
    await kit.update('applications', 'shop', now => ({ ...now, spec: { ...now.spec, eve: { activate: false } } }));
    await kit.composer.idle();
    expect((await kit.config('a')).datastores).toEqual(first.datastores);
    await kit.sendCertificate('a');
    await kit.composer.idle();
    const after = await kit.config('a');
    expect(after.datastores?.[0]?.cipherData).not.toEqual(first.datastores?.[0]?.cipherData);
    expect(after.cipherContexts).toHaveLength(1);
  });

  test('go in the clear only where the Device says so', async () => {
    await start(device('a'), parts, app('shop', 'closed'));
    await kit.update('devices', 'a', now => ({
      ...now,
      metadata: { ...now.metadata, annotations: { 'kubeve.io/clear-text-secrets': 'true' } },
    }));
    await bound('shop', 'a');
    expect((await kit.config('a')).datastores?.[0]).toMatchObject({ apiKey: 'bot', password: 'hunter2' });
    const shown = JSON.stringify((await kit.get('deviceconfigs', 'a')).status);
    expect(shown).not.toContain('hunter2');
  });

  test('and texts with a line break at their end become variables', async () => {
    await start(device('a'), parts);
    await kit.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {k: "hello\\n"}\n');
    const env = 'env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}]';
    const inline = '"# for people\\nB=2\\r\\n\\nC=3=4\\n"';
    await start(
      app('shop', 'web', `  eve: {userData: {inline: ${inline}}}\n`).replace('image: web', `image: web, ${env}`),
    );
    await bound('shop', 'a');
    const [one] = (await kit.config('a')).apps ?? [];
    expect(Buffer.from(one?.userData ?? '', 'base64').toString()).toBe('A=hello\nB=2\nC=3=4');
  });

  test('of user data that go in the clear are not shown', async () => {
    await start(device('a'), parts);
    await kit.update('devices', 'a', now => ({
      ...now,
      metadata: { ...now.metadata, annotations: { 'kubeve.io/clear-text-secrets': 'true' } },
    }));
    const env = 'env: [{name: A, valueFrom: {secretKeyRef: {name: creds, key: password}}}]';
    const secretly = app('shop').replace('image: web', `image: web, ${env}`);
    await start(secretly, app('open', 'web', '  eve: {userData: {inline: A=1}}\n'));
    await bound('shop', 'a');
    await bound('open', 'a');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const config = await kit.config('a');
    expect(new Map(config.apps?.map(one => [one.displayname, one.userData]))).toEqual(
      new Map([
        ['shop', base64('A=hunter2')],
        ['open', base64('A=1')],
      ]),
    );
    const shown = async () => (await kit.get('deviceconfigs', 'a')).status;
    expect((await shown())?.['config']).toMatchObject({
      apps: expect.arrayContaining([
        expect.objectContaining({ displayname: 'shop', userData: '(hidden)' }),
        expect.objectContaining({ displayname: 'open', userData: base64('A=1') }),
      ]),
    });
    // What is served stays, as there is no certificate to seal it for.
    await kit.update('devices', 'a', now => ({ ...now, metadata: { ...now.metadata, annotations: {} } }));
    await kit.composer.idle();
    await kit.apply(app('more'));
    await bound('more', 'a');
    expect(JSON.stringify(await shown())).not.toContain(base64('A=hunter2'));
  });
});

test('ends when it is told to, however much waits', async () => {
  await kit.apply(Array.from({ length: 60 }, (_, at) => device(`device-${at}`)).join('---\n'));
  // What is composed waits to be written about until most of the rest is composed too.
  while (kit.composer.waiting().publish === 0) await new Promise(resolve => setImmediate(resolve));
  await kit.stop();
  expect(kit.composer.waiting().compose).toBeGreaterThan(16);
});

describe('claims', () => {
  const claim =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: eve-blank}\n';
  const mounting = (name: string) =>
    `apiVersion: eve.lfedge.org/v1beta1\nkind: Application\nmetadata: {name: ${name}}\nspec:\n  containers: [{name: c, image: web, volumeMounts: [{name: d, mountPath: /data}]}]\n  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n`;
  const volumes = async (name: string) => ((await kit.config(name)).volumes ?? []).map(one => one.displayName);

  test('are bound to one device and outlive the Application until they go', async () => {
    await start(device('a'), device('b'), parts, claim, mounting('one'), mounting('two'));
    await bound('one', 'a');
    const found = await kit.get('persistentvolumeclaims', 'data', '');
    expect(found.status).toMatchObject({ phase: 'Bound', capacity: { storage: '1Gi' } });
    expect(found.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/selected-node': 'a' });
    await bound('two', 'b');
    expect(await conditionOf('applications', 'two', 'Composed')).toMatchObject({ status: 'False', reason: 'Conflict' });
    await kit.remove('applications', 'one');
    await kit.remove('applications', 'two');
    await kit.composer.idle();
    expect(await volumes('a')).toEqual(['data']);
    await kit.remove('persistentvolumeclaims', 'data', '');
    // What the claims controller does for a claim that nobody mounts.
    await kit.update(
      'persistentvolumeclaims',
      'data',
      now => ({ ...now, metadata: { ...now.metadata, finalizers: [] } }),
      { group: '' },
    );
    await kit.composer.idle();
    expect(await volumes('a')).toEqual([]);
    await expect(kit.get('persistentvolumeclaims', 'data', '')).rejects.toThrow(/not found/);
  });

  test('keep the name of a volume that they were given', async () => {
    await start(device('a'), parts, claim.replace('spec: {', 'spec: {volumeName: mine, '), mounting('one'));
    await bound('one', 'a');
    const found = await kit.get('persistentvolumeclaims', 'data', '');
    expect([found.status?.['phase'], found.spec?.['volumeName']]).toEqual(['Bound', 'mine']);
  });

  test('have no source in another namespace', async () => {
    const source = 'dataSourceRef: {apiGroup: eve.lfedge.org, kind: Image, name: web, namespace: other}, ';
    await start(device('a'), parts, claim.replace('spec: {', `spec: {${source}`), mounting('one'));
    await bound('one', 'a');
    expect((await conditionOf('applications', 'one', 'Composed'))?.['message']).toContain(
      'spec.dataSourceRef.namespace: Invalid value: "other": Images are of the namespace "lab"',
    );
  });

  test('stay on the device while an Application mounts them', async () => {
    await start(device('a'), parts, claim, mounting('one'));
    await bound('one', 'a');
    await kit.remove('persistentvolumeclaims', 'data', '');
    await kit.composer.idle();
    expect((await kit.get('persistentvolumeclaims', 'data', '')).metadata.deletionTimestamp).toBeDefined();
    expect(await volumes('a')).toContain('data');
  });
});

describe('a DeviceConfig', () => {
  const configure = async (spec: NonNullable<ApiObject['spec']>) => {
    await kit.update('deviceconfigs', 'a', now => ({ ...now, spec }));
    await kit.composer.idle();
  };

  test('overrides what was composed, and says where', async () => {
    await start(device('a'), parts, app('shop'));
    await bound('shop', 'a');
    await configure({
      overrides: [
        { path: 'apps[displayname=shop].fixedresources.memory', value: 4096 },
        { path: 'configItems[key=debug.enable.vga]', remove: true },
        { path: 'globalProfile', value: 'night' },
        { path: 'apps[displayname=gone].activate', value: false },
      ],
    });
    const config = await kit.config('a');
    expect(config.apps?.[0]?.fixedresources?.memory).toBe(4096);
    expect(config.configItems?.map(one => one.key)).not.toContain('debug.enable.vga');
    expect(config.global_profile).toBe('night');
    const shown = await kit.get('deviceconfigs', 'a');
    expect(shown.status?.['overridden']).toEqual([
      'apps[displayname=shop].fixedresources.memory',
      'configItems[key=debug.enable.vga]',
      'globalProfile',
    ]);
    expect(findCondition(shown.status?.['conditions'], 'ConfigComposed')).toMatchObject({
      status: 'False',
      reason: 'OverrideNotApplied',
    });
  });

  test('that overrides into ruin is not served', async () => {
    await start(device('a'));
    const good = (await kit.served('a'))?.configHash;
    await configure({ overrides: [{ path: 'systemAdapterList', remove: true }] });
    expect((await kit.served('a'))?.configHash).toBe(good);
    expect(await conditionOf('devices', 'a', 'ConfigComposed')).toMatchObject({
      status: 'False',
      reason: 'InvalidConfig',
      message: expect.stringContaining(
        'DeviceConfig lab/a: spec.overrides[0]: systemAdapterList: no port can manage the device: it would be lost',
      ),
    });
  });

  test('managed by hand is served as it stands, when it is sound', async () => {
    await start(device('a'));
    const shown = (await kit.get('deviceconfigs', 'a')).status?.['config'] as Record<string, unknown>;
    await configure({
      management: 'Manual',
      config: { ...shown, productName: 'mine', id: { uuid: 'whatever' } } as never,
    });
    const uuid = (await kit.get('devices', 'a')).status?.['uuid'];
    expect(await kit.config('a')).toMatchObject({ productName: 'mine', id: { uuid, version: '2' } });
    await configure({ management: 'Manual', config: { productName: 'lost' } });
    expect(await kit.config('a')).toMatchObject({ productName: 'mine' });
    expect(await conditionOf('deviceconfigs', 'a', 'ConfigComposed')).toMatchObject({
      message: 'DeviceConfig lab/a: spec.config.systemAdapterList: no port can manage the device: it would be lost',
    });
    expect(await conditionOf('deviceconfigs', 'a', 'Overridden')).toMatchObject({ reason: 'Manual' });
    await configure({ management: 'Manual', config: { nonsense: 1 } });
    expect(await conditionOf('deviceconfigs', 'a', 'ConfigComposed')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('spec.config.nonsense'),
    });
    await configure({});
    expect((await kit.config('a')).productName ?? '').toBe('');
  });
});

test('counters never go down', async () => {
  await start(device('a', '{reboot: {counter: 5}}'));
  const lower = kit.update('devices', 'a', now => ({ ...now, spec: { reboot: { counter: 4 } } }));
  await expect(lower).rejects.toThrow('spec.reboot.counter: Invalid value: 4: must not go down: it was 5');
  // An override may ask for it all the same.
  const overrides = [{ path: 'reboot.counter', value: 4 }];
  await kit.update('deviceconfigs', 'a', now => ({ ...now, spec: { overrides } }));
  await kit.composer.idle();
  expect((await kit.config('a')).reboot).toEqual({ counter: 5 });
  expect(await conditionOf('devices', 'a', 'ConfigComposed')).toMatchObject({
    message: expect.stringContaining('reboot.counter: goes down from 5 to 4'),
  });
});

test('counters never go down, also from what was served before they were noted', async () => {
  await start(device('a', '{reboot: {counter: 5}}'));
  const [uuid] = (await kit.store.list('configs')).entries.map(({ key }) => key);
  const entry = await kit.store.get('configs', uuid ?? '');
  if (!entry || uuid === undefined) throw new Error('nothing is served');
  const served = decodeServed(entry.value);
  const { counters, ...notes } = decodeNotes(served);
  expect(counters).toEqual({ 'reboot.counter': '5' });
  const value = encodeServed({ ...served, notes: encodeNotes(notes) });
  await kit.store.commit('configs', { key: uuid, value, expected: entry.revision, terms: [...notes.terms] });
  const overrides = [{ path: 'reboot.counter', value: 4 }];
  await kit.update('deviceconfigs', 'a', now => ({ ...now, spec: { overrides } }));
  await kit.composer.idle();
  expect((await kit.config('a')).reboot).toEqual({ counter: 5 });
});

test('a Device that is switched off gets no applications', async () => {
  await start(device('a'), parts, app('shop'));
  await bound('shop', 'a');
  await kit.update('devices', 'a', now => ({
    ...now,
    metadata: { ...now.metadata, annotations: { 'eve.lfedge.org/activate': 'false' } },
  }));
  await kit.composer.idle();
  expect(await names('a')).toEqual([]);
  expect(await conditionOf('applications', 'shop', 'Composed')).toMatchObject({ reason: 'NotActivated' });
});

test('what is served survives a restart of the composer without a new version', async () => {
  await start(device('a'), parts, app('shop'));
  await bound('shop', 'a');
  const before = await kit.served('a');
  await kit.stop();
  kit.ports.clock.advance(3_600_000);
  const again = await kit.composer.composeDevice({ namespace: 'lab', name: 'a' });
  expect(again?.changed).toBe(false);
  expect((await kit.served('a'))?.version).toBe(before?.version);
});

test('ends when it is told to before it has begun', async () => {
  let look = (): void => {};
  const looks = new Promise<void>(resolve => {
    look = resolve;
  });
  const store: typeof kit.store = {
    ...kit.store,
    async head(type) {
      await looks;
      return kit.store.head(type);
    },
  };
  const { registry, controller, ports } = kit;
  const recorder = { record: async () => {} };
  const stop = new AbortController();
  const running = createComposer({ store, registry, controller, ports, user: controllerUser, recorder }).run(
    stop.signal,
  );
  stop.abort();
  look();
  await running;
});
