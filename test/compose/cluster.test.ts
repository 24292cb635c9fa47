import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCondition } from '../../shared/base/condition.ts';
import { fromMs } from '../../shared/eve/timestamp.ts';
import { instanceUuid } from '../../shared/resources/eve/roles.ts';
import { type Reporter, startReporter } from './reporter.ts';
import type { Kit } from './setup.ts';

let reporter: Reporter;
let kit: Kit;
let uuids: Record<string, string>;

const objects = `apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: a}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: b}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: quay}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io'}
---
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: {name: dhcp}
spec: {ip: dhcp}
---
apiVersion: eve.lfedge.org/v1beta1
kind: DeviceNetwork
metadata: {name: lan}
spec: {networkConfig: dhcp, instance: {clusterWide: true}}
---
apiVersion: v1
kind: Secret
metadata: {name: join}
stringData: {token: s3cret}
---
apiVersion: kubeve.io/v1alpha1
kind: DeviceCluster
metadata: {name: hall}
spec:
  nodes: [{device: a, address: 10.9.0.1}, {device: b, address: 10.9.0.2}]
  bootstrap: a
  network: 10.9.0.0/28
  interface: eth0
  tokenSecret: {name: join, key: token}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: till, annotations: {k8s.v1.cni.cncf.io/networks: lan}}
spec:
  containers: [{name: c, image: web, volumeMounts: [{name: v, mountPath: /v}]}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
  eve: {cluster: hall}
`;

beforeEach(async () => {
  reporter = await startReporter();
  kit = reporter.kit;
  await kit.apply(objects);
  uuids = {};
  for (const name of ['a', 'b']) {
    await kit.sendCertificate(name);
    uuids[name] = String((await kit.get('devices', name)).status?.['uuid']);
  }
  await kit.bind('till', 'a');
});

afterEach(async () => {
  await reporter.stop();
  await kit.store.close();
});

const compose = (name: string) => kit.composer.composeDevice({ namespace: 'lab', name });
const till = async () => (await kit.get('applications', 'till')).status ?? {};

describe('the nodes of a DeviceCluster', () => {
  test('are told the same of each Application, and who starts it', async () => {
    for (const name of ['a', 'b']) {
      const outcome = await compose(name);
      expect(outcome?.problems.map(one => one.message)).toEqual([]);
      const { apps = [], volumes = [], contentInfo = [], cluster } = await kit.config(name);
      expect(apps.map(one => [one.displayname, one.designated_node_id])).toEqual([['till', uuids['a']]]);
      expect(new Set([...volumes, ...contentInfo].map(one => one.designated_node_id))).toEqual(new Set([uuids['a']]));
      expect(cluster).toMatchObject({
        cluster_ip_prefix: name === 'a' ? '10.9.0.1/28' : '10.9.0.2/28',
        join_server_ip: '10.9.0.1',
        master_node_uuids: [uuids['a'], uuids['b']],
      });
    }
    const apps = await Promise.all(['a', 'b'].map(async name => (await kit.config(name)).apps?.[0]));
    expect(apps[0]).toEqual(apps[1]);
  });

  test('have the token encrypted each to itself', async () => {
    for (const name of ['a', 'b']) await compose(name);
    const [a, b] = await Promise.all(['a', 'b'].map(async name => (await kit.config(name)).cluster));
    expect(a?.encrypted_cluster_token?.cipherData).toBeDefined();
    expect(a?.encrypted_cluster_token?.cipherData).not.toEqual(b?.encrypted_cluster_token?.cipherData);
  });

  test('leave a claim to the one that makes its volume, whoever is composed first', async () => {
    await compose('b');
    const before = await kit.get('persistentvolumeclaims', 'data', '');
    expect(before.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBeUndefined();
    await compose('a');
    const { annotations } = (await kit.get('persistentvolumeclaims', 'data', '')).metadata;
    expect(annotations).toMatchObject({
      'volume.kubernetes.io/selected-node': 'a',
      'kubeve.io/device-cluster': (await kit.get('deviceclusters', 'hall', 'kubeve.io')).metadata.uid,
    });
    expect((await compose('b'))?.problems).toEqual([]);
  });

  test('keep the volumes of one that leaves', async () => {
    for (const name of ['a', 'b']) await compose(name);
    await kit.update(
      'deviceclusters',
      'hall',
      now => ({ ...now, spec: { ...now.spec, nodes: [{ device: 'b', address: '10.9.0.2' }], bootstrap: 'b' } }),
      { group: 'kubeve.io' },
    );
    await kit.bind('till', 'b');
    expect((await compose('b'))?.problems.map(one => one.message)).toEqual([]);
    const claim = await kit.get('persistentvolumeclaims', 'data', '');
    expect(claim.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe('b');
    await compose('a');
    expect((await kit.config('a')).cluster).toBeUndefined();
    expect((await kit.config('a')).apps ?? []).toEqual([]);
  });

  test('stay in it when its token is gone', async () => {
    await compose('a');
    await kit.remove('secrets', 'join', '');
    const outcome = await compose('a');
    expect(outcome?.problems.map(({ about, message }) => `${about.kind} ${about.metadata.name}: ${message}`)).toEqual([
      'DeviceCluster hall: spec.tokenSecret.name: Secret "join" does not exist',
    ]);
    expect((await kit.config('a')).cluster?.cluster_name).toBe('hall');
  });

  test('are in one cluster only: the oldest that names them', async () => {
    kit.ports.clock.advance(1000);
    await kit.apply(`apiVersion: kubeve.io/v1alpha1
kind: DeviceCluster
metadata: {name: annex}
spec:
  nodes: [{device: a, address: 10.8.0.1}]
  bootstrap: a
  network: 10.8.0.0/28
  interface: eth0
  tokenSecret: {name: join, key: token}
`);
    const outcome = await compose('a');
    expect(outcome?.problems.map(({ about, message }) => `${about.metadata.name}: ${message}`)).toEqual([
      'annex: spec.nodes[0].device: Device "a" is a node of DeviceCluster "hall"',
    ]);
    expect((await kit.config('a')).cluster?.cluster_name).toBe('hall');
  });

  test('say what one of them lacks in its own conditions, not in those of the Application', async () => {
    await kit.update('devices', 'b', now => ({ ...now, spec: { adapters: [{ name: 'eth0', ptype: 'NetEth' }] } }));
    await kit.update('applications', 'till', now => ({
      ...now,
      spec: { ...now.spec, eve: { cluster: 'hall', adapters: [{ name: 'com' }] } },
    }));
    await kit.update('devices', 'a', now => ({
      ...now,
      spec: {
        adapters: [
          { name: 'eth0', ptype: 'NetEth' },
          { name: 'COM1', ptype: 'COM', assigngrp: 'com', phyaddrs: { Serial: '/dev/ttyS0' } },
        ],
      },
    }));
    await compose('a');
    await compose('b');
    expect(findCondition((await till())['conditions'], 'Composed')).toMatchObject({ status: 'True' });
    expect(findCondition((await kit.get('devices', 'b')).status?.['conditions'], 'ConfigComposed')).toMatchObject({
      status: 'False',
      message: 'Application lab/till: spec.eve.adapters[0].name: the device has no adapter group "com"',
    });
  });
});

describe('an Application of a DeviceCluster', () => {
  const start = 1_000_000;
  const say = async (node: string, at: number, state: number, isRunning: boolean): Promise<void> => {
    const { uid = '' } = (await kit.get('applications', 'till')).metadata;
    const ainfo = { AppID: instanceUuid(uid, 0, 'c'), AppName: 'till', state, cluster_app_running: isRunning };
    const now = kit.ports.clock.now();
    const message = { ztype: 3, atTimeStamp: fromMs(now - start + at), ainfo };
    await reporter.send({ message, device: uuids[node] ?? '' });
  };
  const [downloading, running, halting, installed] = [2, 7, 8, 5];

  test('is what the node says that has it, and follows to another one without turning back', async () => {
    await say('a', 1000, downloading, false);
    await say('b', 1500, installed, false);
    expect(await till()).toMatchObject({ state: 'DOWNLOAD_STARTED' });
    await say('a', 2000, running, true);
    expect(await till()).toMatchObject({ state: 'RUNNING', node: 'a', device: 'a' });
    await say('b', 9000, installed, false);
    expect(await till()).toMatchObject({ state: 'RUNNING', node: 'a' });
    // Node a dies; b takes over.
    await say('b', 20_000, 6, true);
    expect(await till()).toMatchObject({ state: 'BOOTING', node: 'b', device: 'a' });
    await say('b', 21_000, running, true);
    expect(await till()).toMatchObject({ state: 'RUNNING', node: 'b' });
    // Node a is back, with what it had queued, and with what it is now.
    await say('a', 15_000, running, true);
    await say('a', 30_000, halting, false);
    expect(await till()).toMatchObject({ state: 'RUNNING', node: 'b' });
    expect(kit.events.filter(({ reason }) => reason === 'Moved').map(({ message }) => message)).toEqual([
      'Device b of the cluster has it now instead of a',
    ]);
    // And has it again.
    await say('a', 40_000, running, true);
    expect(await till()).toMatchObject({ state: 'RUNNING', node: 'a' });
    expect((await till())['statuses']).toMatchObject([
      { state: 'DOWNLOAD_STARTED' },
      { state: 'RUNNING' },
      { state: 'BOOTING' },
      { state: 'RUNNING' },
    ]);
  });

  test('is not what a device says that is no node of it', async () => {
    const { uid = '' } = (await kit.get('applications', 'till')).metadata;
    const ainfo = { AppID: instanceUuid(uid, 0, 'c'), AppName: 'till', state: running, cluster_app_running: true };
    await reporter.send({ message: { ztype: 3, atTimeStamp: fromMs(kit.ports.clock.now()), ainfo } });
    expect((await till())['state']).toBeUndefined();
  });
});
