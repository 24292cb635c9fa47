import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { createScheduler } from '../../shared/controllers/scheduler.ts';
import { type Bench, createBench } from '../support/controllers.ts';
import { until } from '../support/until.ts';

const namespace = 'default';
const scheduledOf = (app: ApiObject | undefined) => findCondition(app?.status?.['conditions'], 'Scheduled');

interface DeviceOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  taints?: JsonMap[];
  unschedulable?: boolean;
  allocatable?: Record<string, string>;
  ready?: boolean;
}

describe.each(['run', 'settle'] as const)('scheduler (%s)', mode => {
  let bench: Bench;
  const device = async (name: string, options: DeviceOptions = {}): Promise<ApiObject> => {
    const { labels = {}, annotations = {}, allocatable, ready, ...spec } = options;
    await bench.create('devices', { metadata: { namespace, name, labels, annotations }, spec });
    return bench.change(
      'devices',
      { namespace, name },
      one => ({
        ...one,
        status: {
          ...one.status,
          ...(allocatable && { allocatable }),
          ...(ready && { conditions: [{ type: 'Ready', status: 'True' }] }),
        },
      }),
      'status',
    );
  };
  const app = (name: string, spec: JsonMap = {}, labels: Record<string, string> = {}) =>
    bench.create('applications', {
      metadata: { namespace, name, labels },
      spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    });
  const bound = async (name: string, to?: string): Promise<string> => {
    const found = await bench.until('applications', { namespace, name }, one =>
      to === undefined ? Boolean(one?.status?.['device']) : one?.status?.['device'] === to,
    );
    return String(found?.status?.['device']);
  };
  const refused = async (name: string, message?: string): Promise<unknown> => {
    const found = await bench.until(
      'applications',
      { namespace, name },
      one =>
        scheduledOf(one)?.['status'] === 'False' &&
        (message === undefined || scheduledOf(one)?.['message'] === message),
    );
    expect(scheduledOf(found)?.['reason']).toBe('Unschedulable');
    expect(found?.status?.['device']).toBeUndefined();
    return scheduledOf(found)?.['message'];
  };
  const requests = (resources: Record<string, string>): JsonMap => ({
    containers: [{ name: 'c', image: 'i', resources: { requests: resources } }],
  });
  const edit = (plural: string, name: string, change: (one: ApiObject) => ApiObject) =>
    bench.change(plural, { namespace, name }, change);
  const run = (): void => bench.run(createScheduler(bench));

  beforeEach(async () => {
    bench = await createBench(mode);
    run();
  });
  afterEach(async () => {
    await bench.stop();
    expect(bench.complaints).toEqual([]);
  });

  it('binds by name, and says so', async () => {
    const target = await device('dev2');
    await device('dev1');
    await app('a', { nodeSelector: { name: 'dev2' } });
    expect(await bound('a')).toBe('dev2');
    const found = await bench.get('applications', { namespace, name: 'a' });
    expect(found.status?.['deviceUID']).toBe(target.metadata.uid);
    expect(scheduledOf(found)).toMatchObject({
      status: 'True',
      reason: 'Scheduled',
      message: 'Bound to Device "dev2".',
      observedGeneration: 1,
    });
    await bench.until('events', { namespace, name: (await bench.events('a'))[0]?.metadata.name ?? '' }, Boolean);
    expect((await bench.events('a')).map(one => one['reason'])).toEqual(['Scheduled']);
  });

  const cluster = (name: string, nodes: string[], tieBreaker?: string) =>
    bench.create('deviceclusters', {
      metadata: { namespace, name },
      spec: {
        nodes: nodes.map((device, at) => ({ device, address: `10.9.0.${at + 1}` })),
        bootstrap: nodes[0] ?? '',
        network: '10.9.0.0/28',
        interface: 'eth0',
        tokenSecret: { name: 's', key: 'k' },
        ...(tieBreaker !== undefined && { tieBreaker }),
      },
    });

  it('starts what is on a cluster on one of its nodes, but not on the one that only decides', async () => {
    await device('alone');
    await device('judge');
    await device('node');
    await app('a', { eve: { cluster: 'hall' } });
    expect(await refused('a')).toBe('There is no DeviceCluster "hall" in namespace "default".');
    await cluster('hall', ['judge', 'node'], 'judge');
    expect(await bound('a')).toBe('node');
    await app('b', { eve: { cluster: 'hall' }, nodeSelector: { name: 'alone' } });
    expect(await refused('b')).toBe(
      '0/3 Devices are available: 1 weren\'t nodes of DeviceCluster "hall" that start applications, 2 had another name.',
    );
  });

  it('starts it elsewhere once its node has left the cluster, and leaves it where it is when there is no cluster', async () => {
    for (const name of ['n1', 'n2']) await device(name);
    await cluster('hall', ['n1', 'n2']);
    await app('a', { eve: { cluster: 'hall' }, nodeSelector: {} });
    const first = await bound('a');
    const other = first === 'n1' ? 'n2' : 'n1';
    await bench.change(
      'applications',
      { namespace, name: 'a' },
      one => ({ ...one, status: { ...one.status, node: first, nodeSeen: '2026-01-01T00:00:00Z' } }),
      'status',
    );
    await edit('deviceclusters', 'hall', one => ({
      ...one,
      spec: { ...one.spec, nodes: [{ device: other, address: '10.9.0.9' }], bootstrap: other },
    }));
    expect(await bound('a', other)).toBe(other);
    expect((await bench.get('applications', { namespace, name: 'a' })).status?.['node']).toBeUndefined();
    await bench.delete('deviceclusters', { namespace, name: 'hall' });
    await edit('applications', 'a', one => ({ ...one, metadata: { ...one.metadata, labels: { seen: 'yes' } } }));
    await app('last', { nodeSelector: { name: other } });
    await bound('last', other);
    expect(await bound('a')).toBe(other);
  });

  it('waits for a Device that is not there yet', async () => {
    await app('a', { nodeSelector: { name: 'dev1' } });
    expect(await refused('a')).toBe('There is no Device "dev1" in namespace "default".');
    await device('dev1');
    expect(await bound('a')).toBe('dev1');
  });

  it('says that there is no Device at all', async () => {
    await app('a');
    expect(await refused('a')).toBe('There is no Device in namespace "default".');
    // Told after the condition is written.
    await until(async () =>
      expect((await bench.events('a')).map(one => [one['type'], one['reason']])).toEqual([
        ['Warning', 'FailedScheduling'],
      ]),
    );
  });

  it('takes Devices of its own namespace only', async () => {
    await bench.create('namespaces', { metadata: { name: 'other' } });
    await bench.create('devices', { metadata: { namespace: 'other', name: 'dev1' }, spec: {} });
    await app('a');
    await refused('a', 'There is no Device in namespace "default".');
  });

  it('follows required and preferred node affinity', async () => {
    await device('dev1', { labels: { zone: 'a' } });
    await device('dev2', { labels: { zone: 'b' } });
    await device('dev3', { labels: { zone: 'b', disk: 'ssd' } });
    const nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
      ],
    };
    await app('a', { affinity: { nodeAffinity } });
    expect(await bound('a')).toBe('dev3');
    await app('b', { affinity: { nodeAffinity }, nodeSelector: { zone: 'a' } });
    expect(await refused('b')).toBe("0/3 Devices are available: 3 didn't match nodeSelector or node affinity.");
  });

  const closed: [string, DeviceOptions, string][] = [
    ['unschedulable', { unschedulable: true }, 'had untolerated taint {node.kubernetes.io/unschedulable: }'],
    [
      'deactivated',
      { annotations: { 'eve.lfedge.org/activate': 'false' } },
      'took no new Applications (deleted or deactivated)',
    ],
  ];
  it.each(closed)('passes over a Device that is %s', async (_, options, why) => {
    await device('dev1', options);
    await app('a');
    expect(await refused('a')).toBe(`0/1 Devices are available: 1 ${why}.`);
    await edit('devices', 'dev1', one => ({
      ...one,
      metadata: { ...one.metadata, annotations: {} },
      spec: { ...one.spec, unschedulable: false },
    }));
    expect(await bound('a')).toBe('dev1');
  });

  it('comes to an unschedulable Device when it tolerates that', async () => {
    await device('dev1', { unschedulable: true });
    await app('a', { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] });
    expect(await bound('a')).toBe('dev1');
  });

  it('respects taints, unless they are tolerated', async () => {
    await device('dev1', { taints: [{ key: 'lab', value: 'x', effect: 'NoSchedule' }] });
    await app('a');
    expect(await refused('a')).toBe('0/1 Devices are available: 1 had untolerated taint {lab: x}.');
    await app('b', { tolerations: [{ key: 'lab', operator: 'Exists' }] });
    expect(await bound('b')).toBe('dev1');
    await app('c', { tolerations: [{ key: 'lab', value: 'x', effect: 'NoSchedule' }] });
    expect(await bound('c')).toBe('dev1');
    await app('d', { tolerations: [{ key: 'lab', value: 'y' }] });
    await refused('d');
    await app('e', { tolerations: [{ operator: 'Exists' }] });
    expect(await bound('e')).toBe('dev1');
  });

  it('avoids what a taint only advises against, and Devices that are silent', async () => {
    await device('dev1', { taints: [{ key: 'old', effect: 'PreferNoSchedule' }] });
    await device('dev2');
    await app('a');
    expect(await bound('a')).toBe('dev2');
    await device('dev3', { ready: true, taints: [{ key: 'old', effect: 'PreferNoSchedule' }] });
    await app('b');
    expect(await bound('b')).toBe('dev3');
  });

  it('spreads', async () => {
    for (const name of ['dev1', 'dev2', 'dev3']) await device(name);
    const places: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      await app(name);
      places.push(await bound(name));
    }
    expect(places).toEqual(['dev1', 'dev2', 'dev3']);
  });

  it('reckons with room, and gives it to who waits when it comes free', async () => {
    await device('dev1', { allocatable: { cpu: '2', memory: '4Gi' } });
    await app('a', requests({ cpu: '1500m', memory: '1Gi' }));
    expect(await bound('a')).toBe('dev1');
    await app('b', requests({ cpu: '1', memory: '1Gi' }));
    expect(await refused('b')).toBe('0/1 Devices are available: 1 had insufficient cpu.');
    await app('c', requests({ 'example.com/gpu': '1' }));
    expect(await refused('c')).toBe('0/1 Devices are available: 1 had insufficient example.com/gpu.');
    await bench.delete('applications', { namespace, name: 'a' });
    expect(await bound('b')).toBe('dev1');
  });

  it('never gives the same room twice, however many ask at once', async () => {
    await device('dev1', { allocatable: { memory: '5Gi' } });
    await device('dev2', { allocatable: { memory: '5Gi' } });
    const names = Array.from({ length: 20 }, (_, i) => `app${i}`);
    await Promise.all(names.map(name => app(name, requests({ memory: '1Gi' }))));
    for (const name of names)
      await bench.until('applications', { namespace, name }, one => scheduledOf(one) !== undefined);
    const apps = await bench.list('applications', namespace);
    const places = apps.map(one => one.status?.['device']);
    expect(places.filter(place => place === 'dev1')).toHaveLength(5);
    expect(places.filter(place => place === 'dev2')).toHaveLength(5);
    expect(places.filter(place => place === undefined)).toHaveLength(10);
  });

  it('keeps apart, in both directions', async () => {
    await device('dev1', { labels: { zone: 'a' } });
    await device('dev2', { labels: { zone: 'a' } });
    await device('dev3', { labels: { zone: 'b' } });
    const apart = (topologyKey: string) => ({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'db' } }, topologyKey },
          ],
        },
      },
    });
    await app('a', apart('zone'), { app: 'db' });
    expect(await bound('a')).toBe('dev1');
    await app('b', apart('zone'), { app: 'db' });
    expect(await bound('b')).toBe('dev3');
    await app('c', {}, { app: 'db' });
    expect(await refused('c')).toBe("0/3 Devices are available: 3 didn't satisfy anti-affinity rules.");
    await app('d', apart('kubernetes.io/hostname'), {});
    expect(await bound('d')).toBe('dev2');
  });

  it('brings together', async () => {
    await device('dev1', { labels: { zone: 'a' } });
    await device('dev2', { labels: { zone: 'b' } });
    const together = {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone' },
          ],
        },
      },
    };
    await app('lonely', together);
    expect(await refused('lonely')).toBe("0/2 Devices are available: 2 didn't satisfy affinity rules.");
    await app('first', { ...together, nodeSelector: { zone: 'b' } }, { app: 'web' });
    expect(await bound('first')).toBe('dev2');
    await app('second', together, { app: 'web' });
    expect(await bound('second')).toBe('dev2');
  });

  it('goes where a claim is held', async () => {
    await device('dev1');
    await device('dev2');
    const mounts = {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    };
    await app('a', { ...mounts, nodeSelector: { name: 'dev2' } });
    expect(await bound('a')).toBe('dev2');
    await app('b', mounts);
    expect(await bound('b')).toBe('dev2');
    await app('c', { ...mounts, nodeSelector: { name: 'dev1' } });
    expect(await refused('c')).toBe(
      `0/2 Devices are available: 1 didn't hold the PersistentVolumeClaim "data", 1 had another name.`,
    );
  });

  it.each<[string, JsonMap, string]>([
    [
      'a port that leads to it',
      { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 8080 }] }] },
      'TCP port 8080',
    ],
    [
      'a port that a rule maps',
      {
        eve: { interfaces: [{ name: 'eth0', network: 'n', acls: [{ protocol: 'udp', localPort: '53', mapTo: 53 }] }] },
      },
      'UDP port 53',
    ],
    ['an adapter', { eve: { adapters: [{ name: 'gpu' }] } }, 'adapter "gpu"'],
    ['a screen', { eve: { vnc: { enabled: true, display: 3 } } }, 'VNC display 3'],
  ])('takes %s once of a Device', async (_, spec, what) => {
    await device('dev1');
    await device('dev2');
    await app('a', { ...spec, nodeSelector: { name: 'dev1' } });
    expect(await bound('a')).toBe('dev1');
    await app('b', spec);
    expect(await bound('b')).toBe('dev2');
    await app('c', spec);
    expect(await refused('c')).toBe(`0/2 Devices are available: 2 had their ${what} taken.`);
    const freed: JsonMap = { containers: [{ name: 'c', image: 'i' }], nodeSelector: { name: 'dev1' } };
    await edit('applications', 'a', one => ({ ...one, spec: freed }));
    expect(await bound('c')).toBe('dev1');
  });

  it('finds the room that an edit makes', async () => {
    await device('dev1', { allocatable: { memory: '1Gi' } });
    await app('a', requests({ memory: '800Mi' }));
    await bound('a');
    await app('b', requests({ memory: '500Mi' }));
    await refused('b');
    await edit('applications', 'a', one => ({ ...one, spec: requests({ memory: '400Mi' }) }));
    expect(await bound('b')).toBe('dev1');
  });

  it('gives a claim that is for one Application to one', async () => {
    await device('dev1');
    await bench.create('persistentvolumeclaims', {
      metadata: { namespace, name: 'data' },
      spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '1Gi' } } },
    });
    const mounts = {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    };
    await app('a', mounts);
    await bound('a');
    await app('b', mounts);
    expect(await refused('b')).toBe('PersistentVolumeClaim "data" is ReadWriteOncePod, and Application "a" mounts it.');
    await bench.delete('applications', { namespace, name: 'a' });
    expect(await bound('b')).toBe('dev1');
  });

  it('goes where the volume of a claim is, also when nobody mounts it any longer', async () => {
    await device('dev1');
    await device('dev2');
    const claim = (to: string) => ({
      namespace,
      name: 'data',
      annotations: { 'volume.kubernetes.io/selected-node': to },
    });
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    await bench.create('persistentvolumeclaims', { metadata: claim('gone'), spec });
    await app('a', {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    });
    await refused('a', `0/2 Devices are available: 2 didn't hold the PersistentVolumeClaim "data".`);
    await edit('persistentvolumeclaims', 'data', one => ({
      ...one,
      metadata: { ...one.metadata, annotations: claim('dev2').annotations },
    }));
    expect(await bound('a')).toBe('dev2');
  });

  it('stays where it is when the Device changes', async () => {
    await device('dev1', { labels: { zone: 'a' } });
    await app('a', { nodeSelector: { zone: 'a' } });
    await bound('a');
    await device('dev2', { labels: { zone: 'a' } });
    await edit('devices', 'dev1', one => ({
      ...one,
      metadata: { ...one.metadata, labels: { zone: 'b' } },
      spec: { taints: [{ key: 'x', effect: 'NoExecute' }], unschedulable: true },
    }));
    await app('probe', { nodeSelector: { zone: 'a' } });
    expect(await bound('probe')).toBe('dev2');
    expect((await bench.get('applications', { namespace, name: 'a' })).status?.['device']).toBe('dev1');
  });

  it('moves when its own wishes change, and only then', async () => {
    await device('dev1');
    await device('dev2');
    await app('a', { nodeSelector: { name: 'dev1' } });
    await bound('a', 'dev1');
    await edit('applications', 'a', one => ({ ...one, spec: { ...one.spec, eve: { activate: false } } }));
    const kept = await bench.until(
      'applications',
      { namespace, name: 'a' },
      one => scheduledOf(one)?.['observedGeneration'] === 2,
    );
    expect(kept?.status?.['device']).toBe('dev1');
    await edit('applications', 'a', one => ({ ...one, spec: { ...one.spec, nodeSelector: { name: 'dev2' } } }));
    await bound('a', 'dev2');
    await until(async () =>
      expect(new Set((await bench.events('a')).map(one => one['message']))).toEqual(
        new Set([
          'Bound to Device "dev1".',
          'Device "dev1" no longer matches the node selector or node affinity.',
          'Bound to Device "dev2".',
        ]),
      ),
    );
  });

  it('lapses when the Device goes', async () => {
    await device('dev1');
    await app('a');
    await bound('a', 'dev1');
    await bench.delete('devices', { namespace, name: 'dev1' });
    await refused('a');
    await device('dev2');
    await bound('a', 'dev2');
  });

  it.each(['dev1', 'dev2'])('says that it was not started yet on the Device %s that comes after', async next => {
    await device('dev1');
    await app('a');
    await bound('a', 'dev1');
    const ready = { type: 'Ready', status: 'True', reason: 'Running' };
    const { metadata } = await bench.change(
      'applications',
      { namespace, name: 'a' },
      one => ({
        ...one,
        status: {
          ...one.status,
          state: 'RUNNING',
          statuses: [{ state: 'RUNNING', timestamp: '2026-01-01T00:00:00Z' }],
          addresses: ['10.0.0.2'],
          observedGeneration: 1,
          conditions: [
            ...((one.status?.['conditions'] as JsonMap[]) ?? []).filter(({ type }) => type !== 'Ready'),
            ready,
          ],
        },
      }),
      'status',
    );
    await app('other');
    await bound('other', 'dev1');
    const before = await bench.get('applications', { namespace, name: 'a' });
    expect(before.metadata.resourceVersion).toBe(metadata.resourceVersion);
    await bench.delete('devices', { namespace, name: 'dev1' });
    await refused('a');
    const expectUnstarted = async () => {
      const { status = {} } = await bench.get('applications', { namespace, name: 'a' });
      expect(findCondition(status['conditions'], 'Ready')).toMatchObject({ status: 'False', reason: 'NotStarted' });
      expect(status['statuses']).toHaveLength(1);
      for (const field of ['state', 'addresses', 'observedGeneration']) expect(status[field], field).toBeUndefined();
    };
    await expectUnstarted();
    await device(next);
    await bound('a', next);
    await expectUnstarted();
  });

  it('tells a new Device from the old one of its name', async () => {
    const old = await device('dev1');
    await app('a');
    await bound('a', 'dev1');
    await bench.stop();
    await bench.delete('devices', { namespace, name: 'dev1' });
    const fresh = await device('dev1');
    run();
    const found = await bench.until(
      'applications',
      { namespace, name: 'a' },
      one => one?.status?.['deviceUID'] === fresh.metadata.uid,
    );
    expect(fresh.metadata.uid).not.toBe(old.metadata.uid);
    expect(found?.status?.['device']).toBe('dev1');
  });

  it('writes nothing when it starts and all is as it should be', async () => {
    await device('dev1');
    await app('a');
    await app('b', { nodeSelector: { name: 'nowhere' } });
    await bound('a');
    await refused('b');
    const before = await bench.list('applications', namespace);
    await bench.stop();
    run();
    await app('probe');
    await bound('probe');
    const after = (await bench.list('applications', namespace)).filter(one => one.metadata.name !== 'probe');
    expect(after.map(one => one.metadata.resourceVersion)).toEqual(before.map(one => one.metadata.resourceVersion));
  });

  it('spreads many Applications over many Devices, one each', async () => {
    const count = 300;
    const zoneOf = (i: number): string => `z${i % 10}`;
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        bench.create('devices', { metadata: { namespace, name: `dev${i}`, labels: { zone: zoneOf(i) } }, spec: {} }),
      ),
    );
    await Promise.all(Array.from({ length: count }, (_, i) => app(`app${i}`, { nodeSelector: { zone: zoneOf(i) } })));
    const places = new Set<string>();
    for (let i = 0; i < count; i++) places.add(await bound(`app${i}`));
    expect(places.size).toBe(count);
  });
});
