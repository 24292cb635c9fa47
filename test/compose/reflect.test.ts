import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { JsonMap } from '../../shared/base/object.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { reflectOnDevice } from '../../shared/compose/reflect.ts';
import type { ZInfoMsg } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { claimUuid, instanceUuid } from '../../shared/resources/eve/roles.ts';
import { until } from '../support/until.ts';
import { type Reporter, startReporter } from './reporter.ts';
import type { Kit } from './setup.ts';

let reporter: Reporter;
let kit: Kit;

beforeEach(async () => {
  reporter = await startReporter();
  kit = reporter.kit;
});

afterEach(async () => {
  await reporter.stop();
  expect(kit.ports.complaints).toEqual([]);
});

let tick = 0;
/** A report that is newer than all before. */
const report = (part: ZInfoMsg): { message: ZInfoMsg } => ({
  message: { atTimeStamp: fromMs(kit.ports.clock.now() + ++tick), ...part },
});
const status = async (plural: string, name: string, group?: string) =>
  (await kit.get(plural, name, group)).status ?? {};
const reasons = () => kit.events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

const cases: [string, ZInfoMsg, object][] = [
  [
    'network instances with their leases',
    {
      ztype: 6,
      niinfo: {
        networkID: 'AB',
        displayname: 'lan',
        instType: 2,
        activated: true,
        state: 2,
        ipAssignments: [{ macAddress: '02:00', ipAddress: ['10.1.0.2'] }],
      },
    },
    {
      networkInstances: [
        {
          uuid: 'ab',
          name: 'lan',
          type: 'Local',
          state: 'ONLINE',
          leases: [{ mac: '02:00', addresses: ['10.1.0.2'] }],
        },
      ],
    },
  ],
  [
    'its place',
    { ztype: 13, locinfo: { latitude: 48.1, longitude: 11.5, horizontal_reliability: 4, logicallabel: 'wwan0' } },
    { location: { latitude: 48.1, longitude: 11.5, horizontalReliability: 'HIGH', source: 'wwan0' } },
  ],
  [
    'patch envelopes',
    { ztype: 14, patchInfo: { id: 'p1', name: 'patch', version: '2', state: 5, size: 7 } },
    { patchEnvelopes: [{ uuid: 'p1', name: 'patch', version: '2', state: 'READY', sizeBytes: 7 }] },
  ],
  ['EdgeView', { ztype: 12, evinfo: { count_dev: 2, count_app: 1 } }, { edgeView: { deviceSessions: 2 } }],
  [
    'sources of time',
    { ztype: 16, ntp_sources: { sources: [{ hostname: 'pool', state: 1, stratum: 2, reachable: true, offset: 0.1 }] } },
    { timeSources: [{ host: 'pool', state: 'SYNC', stratum: 2, reachable: true }] },
  ],
  [
    'its cluster',
    { ztype: 17, cluster_info: { cluster_id: 'c1', nodes: [{ name: 'n1', conditions: [{ type: 1, set: true }] }] } },
    { cluster: { id: 'c1', nodes: [{ name: 'n1', conditions: [{ type: 'READY', set: true }] }] } },
  ],
  [
    'updates of its cluster',
    { ztype: 18, cluster_update_info: { component: 2, status: 3, current_node: 'n1' } },
    { cluster: { updates: [{ component: 'K3S', status: 'IN_PROGRESS', node: 'n1' }] } },
  ],
  ['its standing in a cluster', { cluster_node: { node_status: 1 } }, { cluster: { node: 'READY' } }],
  [
    'downloads',
    { ztype: 9, binfo: { blob: [{ sha256: 'AA', state: 2, progressPercentage: 40 }] } },
    { downloads: [{ sha256: 'aa', state: 'DOWNLOAD_STARTED', progress: 40 }] },
  ],
  [
    'what it is made of',
    {
      ztype: 11,
      hwinfo: {
        kernel_version: '6.12',
        inventory: {
          tpm: { present: true, manufacturer: 'IFX' },
          pci_devices: [{ address: { bus: 0, device: 31, function: 3 }, vendor_id: 0x8086, device_id: 0xa0c8 }],
        },
      },
    },
    {
      nodeInfo: { kernelVersion: '6.12' },
      inventory: { tpm: { present: true, manufacturer: 'IFX' }, pci: [{ address: '0000:00:1f.3', id: '8086:a0c8' }] },
    },
  ],
];

describe('a device shows', () => {
  test.each(cases)('%s', async (_, part, expected) => {
    await reporter.send(report(part));
    expect(await status('devices', 'nuc')).toMatchObject(expected);
  });

  test('no longer what it says is gone', async () => {
    await reporter.send(
      report({ ztype: 6, niinfo: { networkID: 'ab', displayname: 'lan', activated: true, state: 2 } }),
    );
    await reporter.send(report({ ztype: 6, niinfo: { networkID: 'ab' } }));
    await reporter.send(report({ ztype: 9, binfo: { blob: [{ sha256: 'aa', state: 2 }] } }));
    await reporter.send(report({ ztype: 9, binfo: { blob: [{ sha256: 'aa', state: 19 }] } }));
    expect(await status('devices', 'nuc')).toMatchObject({ networkInstances: [], downloads: [] });
  });

  test('that a disk fails, as a condition and an Event', async () => {
    const disks = [{ disk_name: 'sda', smart_attr: [{ id: 5, attribute_name: 'Reallocated', value: 3, thresh: 10 }] }];
    const body = encode(eve, 'hardwarehealth.ZHardwareHealth', { disks });
    await reporter.telemetry.append('hardwarehealth', [{ device: reporter.uuid, at: kit.ports.clock.now(), body }]);
    await until(async () =>
      expect(findCondition((await status('devices', 'nuc'))['conditions'], 'HardwareHealthy')).toMatchObject({
        status: 'False',
        reason: 'DiskFailing',
        message: 'disk sda: Reallocated failed',
      }),
    );
    await until(() => expect(reasons()).toContain('Warning DiskFailing: disk sda: Reallocated failed'));
  });

  test('each new error as an Event, once', async () => {
    const port = (text: string) => ({
      ztype: 1,
      dinfo: { systemAdapter: { status: [{ ports: [{ name: 'eth0', err: { description: text } }] }] } },
    });
    await reporter.send(report(port('no DHCP')));
    await reporter.send(report(port('no DHCP')));
    await reporter.send(report(port('no link')));
    expect(reasons()).toEqual(['Warning PortError: eth0: no DHCP', 'Warning PortError: eth0: no link']);
  });

  test('how it crashed', async () => {
    const dinfo = { lastRebootReason: 'panic in zedagent', lastRebootStack: 'goroutine 1', last_boot_reason: 6 };
    await reporter.send(report({ ztype: 1, dinfo }));
    expect(await status('devices', 'nuc')).toMatchObject({ boot: { lastCrash: 'goroutine 1', reason: 'FATAL' } });
    expect(reasons()).toEqual(['Warning Crashed: panic in zedagent; the stack is in status.boot.lastCrash']);
  });
});

test('a claim shows how its volume comes to be', async () => {
  await kit.apply(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {volume.kubernetes.io/selected-node: nuc}}
spec: {accessModes: [ReadWriteOnce], storageClassName: blank, resources: {requests: {storage: 1Gi}}}
`);
  const uuid = claimUuid((await kit.get('persistentvolumeclaims', 'data', '')).metadata.uid ?? '');
  const ready = async () =>
    findCondition((await status('persistentvolumeclaims', 'data', ''))['conditions'], 'VolumeReady');
  await reporter.send(report({ ztype: 7, vinfo: { uuid, state: 2, progressPercentage: 60 } }));
  expect(await ready()).toMatchObject({ status: 'False', message: 'the volume is DOWNLOAD_STARTED (60 %)' });
  await reporter.send(report({ ztype: 7, vinfo: { uuid, state: 15, resources: { maxSizeBytes: 2_147_483_648 } } }));
  expect(await ready()).toMatchObject({ status: 'True' });
  expect(await status('persistentvolumeclaims', 'data', '')).toMatchObject({ capacity: { storage: '2Gi' } });
  await reporter.send(report({ ztype: 7, vinfo: { uuid, state: 21, volumeErr: { description: 'disk full' } } }));
  expect(await ready()).toMatchObject({ status: 'False', reason: 'VolumeError', message: 'disk full' });
  expect(reasons()).toContain('Warning VolumeError: disk full');
});

describe('what an application says of itself', () => {
  const say = async (type: number, text: string) => {
    const { uid = '' } = (await kit.get('applications', 'shop')).metadata;
    await reporter.send(
      report({ ztype: 10, amdinfo: { uuid: instanceUuid(uid, 0, 'c'), type, data: Buffer.from(text) } }),
    );
  };

  test('stands in its status', async () => {
    await say(2, '{"ready":true}');
    expect(await status('applications', 'shop')).toMatchObject({ customStatus: '{"ready":true}' });
  });

  test('if a kubeconfig, is a Secret that goes with it', async () => {
    await say(1, 'apiVersion: v1');
    const secret = await kit.get('secrets', 'shop-kubeconfig', '');
    expect(secret['data']).toEqual({ value: Buffer.from('apiVersion: v1').toString('base64') });
    expect(secret.metadata.ownerReferences).toMatchObject([{ kind: 'Application', name: 'shop' }]);
    await say(1, 'changed');
    expect((await kit.get('secrets', 'shop-kubeconfig', ''))['data']).toEqual({
      value: Buffer.from('changed').toString('base64'),
    });
    expect(JSON.stringify(await status('applications', 'shop'))).not.toContain('apiVersion');
  });

  test('does not take the Secret of somebody else', async () => {
    await kit.apply('apiVersion: v1\nkind: Secret\nmetadata: {name: shop-kubeconfig}\nstringData: {value: mine}\n');
    await say(1, 'theirs');
    const { data } = await kit.get('secrets', 'shop-kubeconfig', '');
    expect(data).toEqual({ value: Buffer.from('mine').toString('base64') });
  });
});

test('late, repeated and reordered reports leave what the newest of each said', async () => {
  const subjects: ((n: number) => ZInfoMsg)[] = [
    n => ({ ztype: 1, dinfo: { state: n % 9, HostName: `host-${n}`, restartCounter: n } }),
    n => ({ ztype: 6, niinfo: { networkID: 'aa', displayname: 'lan', activated: true, state: 2, mtu: 1000 + n } }),
    n => ({ ztype: 6, niinfo: { networkID: 'bb', displayname: 'wan', activated: true, state: 1 + (n % 3) } }),
    n => ({ ztype: 14, patchInfo: { id: 'p', name: 'patch', version: String(n), state: n % 7 } }),
    n => ({ ztype: 13, locinfo: { latitude: n, longitude: n } }),
    n => ({ ztype: 18, cluster_update_info: { component: 1 + (n % 2), status: n % 6, current_node: `n${n}` } }),
  ];
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ subject: fc.nat(subjects.length - 1), again: fc.boolean(), place: fc.double({ noNaN: true }) }),
        {
          minLength: 1,
          maxLength: 24,
        },
      ),
      async plan => {
        const name = `d${round++}`;
        await kit.apply(`apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: ${name}}\n`);
        const device = String((await kit.get('devices', name)).status?.['uuid']);
        const sent = plan.map(({ subject }, n) => ({
          ...subjects[subject]?.(n),
          atTimeStamp: fromMs(kit.ports.clock.now() + n + 1),
        }));
        const arrivals = plan
          .flatMap(({ again, place }, n) =>
            again
              ? [
                  { place, n },
                  { place: 1 - place, n },
                ]
              : [{ place, n }],
          )
          .sort((a, b) => a.place - b.place);
        for (const { n } of arrivals) {
          const body = encode(eve, 'info.ZInfoMsg', sent[n] ?? {});
          await reporter.telemetry.append('info', [{ device, at: kit.ports.clock.now(), body }]);
        }
        await reporter.settle();
        const before: JsonMap = { uuid: device, observedGeneration: 0 };
        const inOrder = sent.reduce((now, message) => reflectOnDevice(now, message, undefined, 0), before);
        const ignoring = ({ conditions: _, ...rest }: Record<string, unknown>) => sortLists(rest);
        expect(ignoring(await status('devices', name))).toEqual(ignoring(inOrder));
      },
    ),
    { numRuns: 25 },
  );
});

/** Lists of things stand in the order in which they were first heard of. */
const sortLists = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map(sortLists).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sortLists(inner)]));
};

test.each(['mounted', 'kept'])(
  'a claim that is %s shows it although it was written before claims were found by volumes',
  async how => {
    await kit.apply(`apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: quay}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io'}
`);
    const mount = { volumeMounts: [{ name: 'd', mountPath: '/d' }] };
    const mounting = {
      containers: [{ name: 'c', image: 'web', ...mount }],
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
    };
    const compose = () => kit.composer.composeDevice({ namespace: 'lab', name: 'nuc' });
    await kit.update('applications', 'shop', now => ({ ...now, spec: mounting }));
    await compose();
    if (how === 'kept') {
      const spec = { containers: [{ name: 'c', image: 'web' }] };
      await kit.update('applications', 'shop', now => ({ ...now, spec }));
      await compose();
    }
    const { storage } = kit.catalog.get('', 'persistentvolumeclaims');
    const entry = await kit.store.get(storage, 'lab/data');
    if (!entry) throw new Error('there is no claim');
    await kit.store.commit(storage, { key: 'lab/data', value: entry.value, expected: entry.revision, terms: [] });
    const uuid = claimUuid((await kit.get('persistentvolumeclaims', 'data', '')).metadata.uid ?? '');
    expect(await kit.store.find(storage, `volume=${uuid}`)).toEqual([]);

    await reporter.send(report({ ztype: 7, vinfo: { uuid, state: 15 } }));
    const { conditions } = await status('persistentvolumeclaims', 'data', '');
    expect(findCondition(conditions, 'VolumeReady')).toMatchObject({ status: 'True' });
    expect(await kit.store.find(storage, `volume=${uuid}`)).toEqual(['lab/data']);
  },
);

test('whatever a device says, its status stays bounded', async () => {
  const text = 'x'.repeat(5_000);
  const many = <T>(item: T): T[] => Array.from({ length: 200 }, () => item);
  const error = { description: text };
  const port = {
    name: text,
    IPAddrs: many(text),
    err: error,
    wireless_status: { cellular: { providers: many({ plmn: text }) } },
  };
  await reporter.send(
    report({
      ztype: 1,
      dinfo: {
        HostName: text,
        lastRebootStack: text,
        assignableAdapters: many({ name: text }),
        storageList: many({ device: text }),
        swList: many({ shortVersion: text, swErr: error }),
        systemAdapter: { status: [{ ports: many(port).slice(0, 80), lastError: text }] },
      },
    }),
  );
  const shown = await status('devices', 'nuc');
  for (const [field, value] of Object.entries(shown)) expect(JSON.stringify(value).length, field).toBeLessThan(66_000);
  expect(shown['ports']).not.toEqual([]);
});
