import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import { isFault } from '../../shared/base/fault.ts';
import { describe as named } from '../../shared/compose/problem.ts';
import { type Kit, startComposer } from './setup.ts';

/**
 * What makes EVE crash, loop, lose data or wait for ever, by the sections of the device's reference: each is refused when it is
 * written, where one object shows it, or else held back by the composer, which names the object; in both cases with the field.
 */
let kit: Kit;

beforeEach(async () => {
  kit = await startComposer();
  await kit.apply(base);
});

afterEach(() => kit.store.close());

const base = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: hub}
provisioner: eve
parameters: {type: container, URL: 'https://quay.io'}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: files}
provisioner: eve
parameters: {type: https, URL: 'https://files.example.com'}
---
apiVersion: eve.lfedge.org/v1beta1
kind: Image
metadata: {name: web}
spec: {ref: 'corp/web:1', storageClass: hub}
---
apiVersion: eve.lfedge.org/v1beta1
kind: NetworkConfig
metadata: {name: auto}
spec: {ip: dhcp}
`;

const eve = (kind: string, name: string, spec: string, metadata = ''): string =>
  `apiVersion: eve.lfedge.org/v1beta1\nkind: ${kind}\nmetadata: {name: ${name}${metadata}}\nspec: ${spec}\n`;
const device = (spec = '{}'): string => eve('Device', 'box', spec);
const network = (instance: string, name = 'lan'): string =>
  eve('DeviceNetwork', name, `{networkConfig: auto, instance: ${instance}}`);
const app = (settings: string, name = 'shop', more = ''): string =>
  eve('Application', name, `{containers: [{name: c, image: web${more}}], eve: ${settings}}`);
const onLan = (settings: string, name = 'shop', more = ''): string =>
  eve(
    'Application',
    name,
    `{containers: [{name: c, image: web${more}}], eve: ${settings}}`,
    ', annotations: {k8s.v1.cni.cncf.io/networks: lan}',
  );
const acl = (rule: string): string => app(`{interfaces: [{name: eth0, network: lan, acls: [${rule}]}]}`);
const eth0 = '{name: eth0, ptype: NetEth}';

const written: [string, string, string[]][] = [
  [
    '§3.3 a UUID that is none',
    device(
      '{cluster: {name: c, id: x, interface: eth0, ipPrefix: 10.0.0.1/28, joinServerIP: 10.0.0.1, tokenSecret: {name: s, key: k}}}',
    ),
    ['spec.cluster.id: Invalid value: "x": spec.cluster.id in body must be of type uuid: "x"'],
  ],
  [
    '§6.2 more functions than their count (crash)',
    device(`{adapters: [{name: eth0, ptype: NetEthPF, virtualFunctions: {count: 1, data: [{index: 0}, {index: 1}]}}]}`),
    ['spec.adapters[0].virtualFunctions.data: Too many: 2: must have at most 1 items'],
  ],
  [
    '§6.2 two ports of one label',
    device(`{adapters: [${eth0}, {name: eth1, ptype: NetEth}], vlans: [{name: eth1, parent: eth0, id: 5}]}`),
    ['spec.vlans[0].name: Duplicate value: "eth1"'],
  ],
  [
    '§6.3 a name that Linux does not take',
    device(`{adapters: [{name: eth0, ptype: NetEth, phyaddrs: {Ifname: enp0s31f6abcdefgh}}]}`),
    ['spec.adapters[0].phyaddrs[Ifname]: Invalid value: "enp0s31f6abcdefgh": must be no more than 15 characters'],
  ],
  [
    '§6.3 a VLAN beyond 4094',
    device(`{adapters: [${eth0}], vlans: [{name: v5, parent: eth0, id: 4095}]}`),
    ['spec.vlans[0].id: Invalid value: 4095: spec.vlans[0].id in body should be less than or equal to 4094'],
  ],
  [
    '§6.3 a bond on a VLAN',
    device(
      `{adapters: [${eth0}], vlans: [{name: v5, parent: eth0, id: 5}], bonds: [{name: b1, members: [v5], mode: ActiveBackup}]}`,
    ),
    ['spec.bonds[0].members[0]: Not found: "v5"'],
  ],
  [
    '§6.3 a bond of a name that Linux has',
    device(`{adapters: [${eth0}], bonds: [{name: b1, members: [eth0], interfaceName: bond0, mode: ActiveBackup}]}`),
    ['spec.bonds[0].interfaceName: Invalid value: "bond0": is reserved by Linux'],
  ],
  [
    '§6.4 an MTU that no network has',
    eve('NetworkConfig', 'net', '{ip: dhcp, mtu: 1000}'),
    ['spec.mtu: Invalid value: 1000: spec.mtu in body should be greater than or equal to 1280'],
  ],
  [
    '§6.4 a static network without its subnet',
    eve('NetworkConfig', 'net', '{ip: static, gateway: 10.0.0.1}'),
    ['spec.subnet: Required value: a static network needs its subnet'],
  ],
  [
    '§6.5 a local network of two addresses',
    network('{subnet: 10.0.0.0/31}'),
    ['spec.instance.subnet: Invalid value: "10.0.0.0/31": must have at least 4 addresses'],
  ],
  [
    '§6.5 a gateway inside of the range',
    network('{subnet: 10.0.0.0/24, gateway: 10.0.0.9, range: {start: 10.0.0.2, end: 10.0.0.20}}'),
    ['spec.instance.gateway: Invalid value: "10.0.0.9": must not lie inside the range'],
  ],
  [
    '§6.5 a switch with addresses',
    network('{type: switch, subnet: 10.0.0.0/24}'),
    ['spec.instance.subnet: Forbidden: a switch has no IP settings'],
  ],
  [
    '§6.6 a registry without its server',
    base.split('---')[0]?.replace('hub', 'h2').replace(", URL: 'https://quay.io'", '') ?? '',
    ['parameters[URL]: Required value: a class of type container needs its server'],
  ],
  [
    '§6.7 a digest that is none',
    eve('Image', 'i', '{ref: a, storageClass: hub, sha256: abc}'),
    ['spec.sha256: Invalid value: "abc": spec.sha256 in body should match \'^[0-9a-fA-F]{64}$\''],
  ],
  [
    '§6.7 a blank volume without a size',
    eve(
      'Application',
      'a',
      '{containers: [{name: c, image: web, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: blank}}}}]}',
    ),
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests.storage: Required value: a blank volume needs its size',
    ],
  ],
  [
    '§6.8 a display beyond 99',
    app('{vnc: {enabled: true, display: 100}}'),
    ['spec.eve.vnc.display: Invalid value: 100: spec.eve.vnc.display in body should be less than or equal to 99'],
  ],
  [
    '§6.8 a shim without its console',
    app('{vnc: {shim: true}}'),
    ['spec.eve.vnc.shim: Invalid value: true: needs vnc.enabled'],
  ],
  [
    '§6.8 a service in a machine',
    app('{service: true, mode: HVM}'),
    ['spec.eve.service: Invalid value: true: needs mode NOHYPER'],
  ],
  [
    '§6.8 a rule with a port and no protocol',
    acl('{localPort: "80"}'),
    ['spec.eve.interfaces[0].acls[0].protocol: Required value: a port needs its protocol'],
  ],
  [
    '§6.8 a rule with a name and all others',
    acl('{host: a.example, eidset: true}'),
    ['spec.eve.interfaces[0].acls[0].eidset: Forbidden: may not be set together with host'],
  ],
  [
    '§6.8 a port map for a remote port',
    acl('{protocol: tcp, localPort: "80", remotePort: "81", mapTo: 8080}'),
    ['spec.eve.interfaces[0].acls[0].remotePort: Forbidden: may not be used in a port map'],
  ],
  [
    '§6.8 two snapshots',
    app(
      '{snapshots: {items: [{id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8, type: Immediate}, {id: 6ba7b811-9dad-11d1-80b4-00c04fd430c8, type: Immediate}]}}',
    ),
    ['spec.eve.snapshots.items: Too many: 2: must have at most 1 items'],
  ],
  [
    '§6.11 a session without an end',
    device('{edgeView: {dispatcher: "relay:443"}}'),
    ['spec.edgeView.expires: Required value: a token must end'],
  ],
  [
    '§6.12 a mirror of one disk',
    device('{disks: {arrayType: RAID1, disks: [{disk: {name: /dev/sda}, use: EVEOS}]}}'),
    ['spec.disks.arrayType: Invalid value: "RAID1": needs at least 2 disks or arrays'],
  ],
  [
    '§6.14 a port with an enrolment that is not there',
    device(`{adapters: [${eth0}], portAccess: [{port: eth0, enrollment: e}]}`),
    ['spec.portAccess[0].enrollment: Not found: "e"'],
  ],
  [
    '§8 an option beyond its range',
    eve('Device', 'box', '{}', ', annotations: {config.eve.lfedge.org/timer.config.interval: "1"}'),
    [
      'metadata.annotations[config.eve.lfedge.org/timer.config.interval]: Invalid value: "1": must be a whole number from 5 to 86400',
    ],
  ],
];

test.each(written)('%s is refused', async (_, yaml, causes) => {
  expect(await refusalOf(yaml)).toEqual(causes);
});

const refusalOf = async (yaml: string): Promise<string[]> => {
  try {
    await kit.apply(yaml);
    return ['accepted'];
  } catch (error) {
    if (!isFault(error, 'Invalid')) throw error;
    return error.causes.map(({ field, message }) => `${field}: ${message}`);
  }
};

const held: [string, string, string[]][] = [
  [
    '§6.3 an address on a port of a bond',
    `${device(`{adapters: [${eth0}, {name: eth1, ptype: NetEth}, {name: eth2, ptype: NetEth}], bonds: [{name: b1, members: [eth1, eth2], mode: ActiveBackup}]}`)}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: auto, ports: [eth1]}')}`,
    ['DeviceNetwork lab/lan: port "eth1" cannot have a network: it is given away, switched off or part of a bond'],
  ],
  [
    '§6.5 two local networks of one subnet',
    `${device()}---\n${network('{subnet: 10.0.0.0/24}')}---\n${network('{subnet: 10.0.0.128/25}', 'lan2')}`,
    ['DeviceNetwork lab/lan2: subnet 10.0.0.128/25 overlaps that of network "lan"'],
  ],
  [
    '§6.7 content without a digest from a web server',
    `${device()}---\n${eve('Image', 'web2', '{ref: a.qcow2, storageClass: files}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: Image "web2" has no sha256, without which devices take nothing that is not from a container registry',
    ],
  ],
  [
    '§6.8 two consoles on one display',
    `${device()}---\n${app('{vnc: {enabled: true, display: 3}}')}---\n${app('{vnc: {enabled: true, display: 3}}', 'till')}`,
    ['Application lab/till: has the VNC display 3 like Application "shop"'],
  ],
  [
    '§6.8 one port of the device for two',
    `${device()}---\n${network('{}')}---\n${onLan('{}', 'shop', ', ports: [{containerPort: 80, hostPort: 8080}]')}---\n${onLan('{}', 'till', ', ports: [{containerPort: 81, hostPort: 8080}]')}`,
    [
      'Application lab/till: interface "eth0": maps port 8080 of the device, which is taken by Application "shop" interface "eth0"',
    ],
  ],
  [
    '§6.8 one adapter for two',
    `${device(`{adapters: [${eth0}, {name: COM1, ptype: COM, assigngrp: com, phyaddrs: {Serial: /dev/ttyS0}}]}`)}---\n${app('{adapters: [{name: com}]}')}---\n${app('{adapters: [{name: com}]}', 'till')}`,
    ['Application lab/till: adapter "com" is given to Application "shop"'],
  ],
  [
    '§6.8 a network that the device lacks',
    `${device()}---\n${onLan('{}')}`,
    ['Application lab/shop: the device has no network "lan"'],
  ],
  [
    '§5 a Secret that is not there',
    `${device()}---\n${app('{userData: {secret: {name: none, key: k}}}')}`,
    ['Application lab/shop: Secret "none" does not exist'],
  ],
  [
    '§6.13 a cluster on a port that is not there',
    device(
      '{model: m, cluster: {name: c, id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8, interface: eth7, ipPrefix: 10.0.0.1/28, joinServerIP: 10.0.0.1, tokenSecret: {name: s, key: k}}}',
    ),
    [
      'Device lab/box: spec.model: DeviceModel "m" does not exist',
      'Device lab/box: spec.cluster.interface: the device has no port "eth7"',
    ],
  ],
];

test.each(held)('%s is held back', async (_, yaml, problems) => {
  const objects = await kit.apply(yaml);
  for (const { kind, metadata } of objects) if (kind === 'Application') await kit.bind(metadata.name, 'box');
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  expect(outcome?.problems.map(({ about, message }) => `${named(about)}: ${message}`)).toEqual(problems);
  expect(check(await kit.config('box'))).toEqual([]);
});
