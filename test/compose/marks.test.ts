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
const secret = (name: string, key = 'other'): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {${key}: A=v}\n`;
const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${data}}\n`;
const store = (name: string, parameters: string): string =>
  `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: ${name}}\nprovisioner: eve\nparameters: ${parameters}\n`;
const claim = (spec: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: ${spec}\n`;
const withVolumes = (volumes: string): string =>
  eve(
    'Application',
    'shop',
    `{containers: [{name: c, image: web, volumeMounts: [{name: v, mountPath: /v}]}], volumes: ${volumes}}`,
  );
const envelope = (artifacts: string): string =>
  `apiVersion: kubeve.io/v1alpha1\nkind: PatchEnvelope\nmetadata: {name: files}\nspec: {applications: [shop], artifacts: [${artifacts}]}\n`;
const hall = (node: string): string =>
  `apiVersion: kubeve.io/v1alpha1\nkind: DeviceCluster\nmetadata: {name: hall}\nspec: {interface: eth7, network: 10.0.0.0/28, bootstrap: box, tokenSecret: {name: s, key: k}, nodes: [{device: box, address: 10.0.0.1${node}}]}\n`;
const mapping = (name: string): string =>
  app(
    '{interfaces: [{name: eth0, network: lan, acls: [{ip: 10.0.0.0/8}, {protocol: tcp, localPort: "8080", mapTo: 80}]}]}',
    name,
  );
const eth0 = '{name: eth0, ptype: NetEth}';
const waits = 'waits until the device has sent the certificate that secrets are encrypted to';

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
    [
      'DeviceNetwork lab/lan: spec.ports[0]: port "eth1" cannot have a network: it is given away, switched off or part of a bond',
    ],
  ],
  [
    '§6.5 two local networks of one subnet',
    `${device()}---\n${network('{subnet: 10.0.0.0/24}')}---\n${network('{subnet: 10.0.0.128/25}', 'lan2')}`,
    ['DeviceNetwork lab/lan2: spec.instance.subnet: 10.0.0.128/25 overlaps that of DeviceNetwork "lan"'],
  ],
  [
    '§6.7 content without a digest from a web server',
    `${device()}---\n${eve('Image', 'web2', '{ref: a.qcow2, storageClass: files}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: spec.containers[0].image: Image "web2": spec.sha256: Required value: devices take nothing without it but from a container registry',
    ],
  ],
  [
    '§6.8 two consoles on one display',
    `${device()}---\n${app('{vnc: {enabled: true, display: 3}}')}---\n${app('{vnc: {enabled: true, display: 3}}', 'till')}`,
    ['Application lab/till: spec.eve.vnc.display: has the VNC display 3 like Application "shop"'],
  ],
  [
    '§6.8 one port of the device for two',
    `${device()}---\n${network('{}')}---\n${onLan('{}', 'shop', ', ports: [{containerPort: 80, hostPort: 8080}]')}---\n${onLan('{}', 'till', ', ports: [{containerPort: 81, hostPort: 8080}]')}`,
    [
      'Application lab/till: spec.containers[0].ports[0].hostPort: maps port 8080 of the device, which is taken by Application "shop"',
    ],
  ],
  [
    '§6.8 one adapter for two',
    `${device(`{adapters: [${eth0}, {name: COM1, ptype: COM, assigngrp: com, phyaddrs: {Serial: /dev/ttyS0}}]}`)}---\n${app('{adapters: [{name: com}]}')}---\n${app('{adapters: [{name: com}]}', 'till')}`,
    ['Application lab/till: spec.eve.adapters[0].name: adapter "com" is given to Application "shop"'],
  ],
  [
    '§6.8 a network that the device lacks',
    `${device()}---\n${onLan('{}')}`,
    ['Application lab/shop: metadata.annotations[k8s.v1.cni.cncf.io/networks]: the device has no network "lan"'],
  ],
  [
    '§5 a Secret that is not there',
    `${device()}---\n${app('{userData: {secret: {name: none, key: k}}}')}`,
    ['Application lab/shop: spec.eve.userData.secret.name: Secret "none" does not exist'],
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
  [
    '§5 a Secret without the key',
    `${device()}---\n${secret('s')}---\n${app('{userData: {secret: {name: s, key: k}}}')}`,
    ['Application lab/shop: spec.eve.userData.secret.key: Secret "s" has no key "k"'],
  ],
  [
    '§5 a Secret before the device sent its certificate',
    `${device()}---\n${secret('s', 'k')}---\n${app('{userData: {secret: {name: s, key: k}}}')}`,
    [
      'Application lab/shop: spec.eve.userData.secret: waits until the device has sent the certificate that secrets are encrypted to',
    ],
  ],
  [
    '§6.4 WiFi on a port that has none',
    `${device()}---\n${eve('NetworkConfig', 'air', '{wifi: [{ssid: s}]}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: air}')}`,
    [
      'DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "air": spec.wifi: has no effect on port "eth0", which is none for WiFi',
    ],
  ],
  [
    '§6.4 a modem where there is none',
    `${device()}---\n${eve('NetworkConfig', 'air', '{cellular: {}}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: air}')}`,
    [
      'DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "air": spec.cellular: has no effect on port "eth0", which is none for cellular networks',
    ],
  ],
  [
    '§6.8 a VLAN on a network of type local',
    `${device()}---\n${network('{type: local}')}---\n${app('{interfaces: [{name: eth0, network: lan, accessVLAN: 7}]}')}`,
    ['Application lab/shop: spec.eve.interfaces[0].accessVLAN: Forbidden: only a switch has VLANs'],
  ],
  [
    '§6.8 a variable of more than one line',
    `${device()}---\n${configMap('m', "k: 'a\n\n    b'")}---\n${app('{}', 'shop', ', env: [{name: B, valueFrom: {configMapKeyRef: {name: m, key: k}}}]')}`,
    [
      'Application lab/shop: spec.containers[0].env[0].valueFrom.configMapKeyRef.key: has more than one line, which no variable can',
    ],
  ],
  [
    '§6.8 user data of a container that is no variables',
    `${device()}---\n${app('{userData: {inline: "A=1\\n\\nhello\\n"}}')}`,
    [
      'Application lab/shop: spec.eve.userData.inline: line 3 is not KEY=VALUE, which user data of a container is unless it begins with #cloud-config',
    ],
  ],
  [
    '§6.8 a port of the device for an application without a network',
    `${device()}---\n${app('{}', 'shop', ', ports: [{containerPort: 80}, {containerPort: 81, hostPort: 8081}]')}`,
    [
      'Application lab/shop: spec.containers[0].ports[1].hostPort: leads nowhere, for it is on no network; name one in metadata.annotations[k8s.v1.cni.cncf.io/networks]',
    ],
  ],
  [
    '§5 a variable of a Secret that is not there',
    `${device()}---\n${app('{}', 'shop', ', env: [{name: A, value: a}, {name: B, valueFrom: {secretKeyRef: {name: none, key: k}}}]')}`,
    ['Application lab/shop: spec.containers[0].env[1].valueFrom.secretKeyRef.name: Secret "none" does not exist'],
  ],
  [
    '§5 a variable of a ConfigMap that is not there',
    `${device()}---\n${app('{}', 'shop', ', env: [{name: B, valueFrom: {configMapKeyRef: {name: none, key: k}}}]')}`,
    ['Application lab/shop: spec.containers[0].env[0].valueFrom.configMapKeyRef.name: ConfigMap "none" does not exist'],
  ],
  [
    '§5 a password of the screen that is not there',
    `${device()}---\n${app('{vnc: {enabled: true, passwordSecret: {name: none, key: k}}}')}`,
    ['Application lab/shop: spec.eve.vnc.passwordSecret.name: Secret "none" does not exist'],
  ],
  [
    '§5 settings of the Device whose Secrets are not there',
    device(
      '{profile: {localServer: "10.0.0.1:80", localServerTokenSecret: {name: none, key: k}}, edgeView: {tokenSecret: {name: none, key: k}}, certificateEnrollments: [{name: e, url: "https://ca.example.com/scep", challengePasswordSecret: {name: none, key: k}}]}',
    ),
    [
      'Device lab/box: spec.profile.localServerTokenSecret.name: Secret "none" does not exist',
      'Device lab/box: spec.edgeView.tokenSecret.name: Secret "none" does not exist',
      'Device lab/box: spec.certificateEnrollments[0].challengePasswordSecret.name: Secret "none" does not exist',
    ],
  ],
  [
    '§6.4 a NetworkConfig that is not there',
    `${device()}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: none}')}`,
    ['DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "none" does not exist'],
  ],
  [
    '§6.4 a network on a port that is not there',
    `${device()}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: auto, ports: [eth0, eth7]}')}`,
    ['DeviceNetwork lab/lan: spec.ports[1]: the device has no port "eth7"'],
  ],
  [
    '§6.4 a network that the Device puts on a port that is not there',
    `${eve('Device', 'box', '{}', ', annotations: {eve.lfedge.org/network-eth7: lan}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: auto}')}`,
    [
      'DeviceNetwork lab/lan: Device "box": metadata.annotations[eve.lfedge.org/network-eth7]: the device has no port "eth7"',
    ],
  ],
  [
    '§6.4 two networks on one port',
    `${device()}---\n${eve('NetworkConfig', 'other', '{ip: dhcp}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: auto, ports: [eth0]}')}---\n${eve('DeviceNetwork', 'lan2', '{networkConfig: other, ports: [eth0]}')}`,
    ['DeviceNetwork lab/lan2: spec.ports[0]: port "eth0" has the NetworkConfig "auto" already'],
  ],
  [
    '§6.4 a static network for a port without its address',
    `${device()}---\n${eve('NetworkConfig', 'fixed', '{ip: static, subnet: 10.0.0.0/24, gateway: 10.0.0.1}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: fixed, ports: [eth0]}')}`,
    [
      'DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "fixed": spec.ip: port "eth0" has no address, which a static network needs',
    ],
  ],
  [
    '§6.4 a static network of another family than the address of its port',
    `${device('{adapters: [{name: eth0, ptype: NetEth, address: 10.0.0.9}]}')}---\n${eve('NetworkConfig', 'fixed', "{ip: static, subnet: 'fd00::/64', gateway: 'fd00::1', family: IPv6}")}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: fixed, ports: [eth0]}')}`,
    ['Device lab/box: spec.adapters[0]: has an address of another family than its network'],
  ],
  [
    '§6.4 a cellular network whose password is not there',
    `${device()}---\n${eve('NetworkConfig', 'air', '{ip: dhcp, cellular: {accessPoints: [{apn: a}, {apn: b, simSlot: 2, authentication: PAP, passwordSecret: {name: none, key: k}}]}}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: air, ports: [eth0]}')}`,
    [
      'DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "air": spec.cellular.accessPoints[1].passwordSecret.name: Secret "none" does not exist',
    ],
  ],
  [
    '§6.4 a radio network whose password is not there',
    `${device()}---\n${eve('NetworkConfig', 'air', '{ip: dhcp, wifi: [{ssid: a, keyScheme: WPAPSK, passwordSecret: {name: none, key: k}}]}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: air, ports: [eth0]}')}`,
    [
      'DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "air": spec.wifi[0].passwordSecret.name: Secret "none" does not exist',
    ],
  ],
  [
    '§6.5 a network of applications on a port that is not there',
    `${device()}---\n${network('{port: eth7}')}`,
    ['DeviceNetwork lab/lan: spec.instance.port: the device has no port or shared label "eth7"'],
  ],
  [
    '§6.5 a local network on the subnet of the device',
    `${device(`{adapters: [{name: eth0, ptype: NetEth, address: 10.0.0.9}]}`)}---\n${eve('NetworkConfig', 'fixed', '{ip: static, subnet: 10.0.0.0/24, gateway: 10.0.0.1}')}---\n${eve('DeviceNetwork', 'home', '{networkConfig: fixed, ports: [eth0]}')}---\n${network('{subnet: 10.0.0.0/24}')}`,
    ['DeviceNetwork lab/lan: spec.instance.subnet: has a subnet that overlaps that of DeviceNetwork "home"'],
  ],
  [
    '§6.6 content of a store that is not there',
    `${device()}---\n${eve('Image', 'web2', '{ref: a, storageClass: none}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: spec.containers[0].image: Image "web2": spec.storageClass: StorageClass "none" does not exist',
    ],
  ],
  [
    '§6.6 content of another store that is not there',
    `${device()}---\n${eve('Image', 'web2', `{ref: a, storageClass: files, alternatives: [none], sha256: ${'a'.repeat(64)}}`)}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: spec.containers[0].image: Image "web2": spec.alternatives[0]: StorageClass "none" does not exist',
    ],
  ],
  [
    '§6.7 other stores for content of a container registry',
    `${device()}---\n${eve('Image', 'web2', '{ref: a, storageClass: hub, alternatives: [hub, files]}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}, {name: d, image: web2}]}')}`,
    [
      'Image lab/web2: spec.alternatives: Forbidden: StorageClass "hub" is a container registry, and devices know no other place for what comes from one',
    ],
  ],
  [
    '§6.7 a container registry as another store',
    `${device()}---\n${eve('Image', 'web2', `{ref: a, storageClass: files, alternatives: [files, hub], sha256: ${'a'.repeat(64)}}`)}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Image lab/web2: spec.alternatives[1]: Forbidden: StorageClass "hub" is a container registry, which is no other place for what comes from elsewhere',
    ],
  ],
  [
    '§6.6 a store whose credentials are not there',
    `${device()}---\n${store('closed', "{type: container, URL: 'https://quay.io', credentialsSecret: none}")}---\n${eve('Image', 'web2', '{ref: a, storageClass: closed}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: spec.containers[0].image: Image "web2": spec.storageClass: StorageClass "closed": parameters[credentialsSecret]: Secret "lab/none" does not exist',
    ],
  ],
  [
    '§6.6 content of a store of another provisioner',
    `${device()}---\n${store('disk', '{}').replace('eve', 'csi.example.com')}---\n${eve('Image', 'web2', '{ref: a, storageClass: disk}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web2}]}')}`,
    [
      'Application lab/shop: spec.containers[0].image: Image "web2": spec.storageClass: StorageClass "disk": provisioner: Unsupported value: "csi.example.com": supported values: "eve"',
    ],
  ],
  [
    '§6.6 reports for a store that is not there',
    device('{localOperatorConsole: {url: "http://10.0.0.2", collectInfo: [none]}}'),
    ['Device lab/box: spec.localOperatorConsole.collectInfo[0]: StorageClass "none" does not exist'],
  ],
  [
    '§6.7 a claim that is not there',
    `${device()}---\n${withVolumes('[{name: v, persistentVolumeClaim: {claimName: none}}]')}`,
    [
      'Application lab/shop: spec.volumes[0].persistentVolumeClaim.claimName: PersistentVolumeClaim "none" does not exist',
    ],
  ],
  [
    '§6.7 a claim of an Image that is not there',
    `${device()}---\n${claim('{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, dataSourceRef: {apiGroup: eve.lfedge.org, kind: Image, name: none}}')}---\n${withVolumes('[{name: v, persistentVolumeClaim: {claimName: data}}]')}`,
    [
      'Application lab/shop: spec.volumes[0].persistentVolumeClaim.claimName: PersistentVolumeClaim "data": spec.dataSourceRef.name: Image "none" does not exist',
    ],
  ],
  [
    '§6.7 a volume of an Image that is not there',
    `${device()}---\n${withVolumes('[{name: v, image: {reference: none}}]')}`,
    ['Application lab/shop: spec.volumes[0].image.reference: Image "none" does not exist'],
  ],
  [
    '§6.7 a volume of its own of a store that holds content',
    `${device()}---\n${withVolumes('[{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: hub, resources: {requests: {storage: 1Gi}}}}}}]')}`,
    [
      'Application lab/shop: spec.volumes[0].ephemeral.volumeClaimTemplate.spec.dataSourceRef: Required value: StorageClass "hub" needs the name of an Image',
    ],
  ],
  [
    '§6.8 an adapter that the device lacks',
    `${device()}---\n${app('{adapters: [{name: com}]}')}`,
    ['Application lab/shop: spec.eve.adapters[0].name: the device has no adapter group "com"'],
  ],
  [
    '§6.8 an address of another network',
    `${device()}---\n${network('{subnet: 10.9.0.0/24}')}---\n${app('{interfaces: [{name: eth0, network: lan, address: 10.8.0.5}]}')}`,
    ['Application lab/shop: spec.eve.interfaces[0].address: Invalid value: "10.8.0.5": is outside of 10.9.0.0/24'],
  ],
  [
    '§6.8 the address of the gateway',
    `${device()}---\n${network('{subnet: 10.9.0.0/24}')}---\n${app('{interfaces: [{name: eth0, network: lan, address: 10.9.0.1}]}')}`,
    ['Application lab/shop: spec.eve.interfaces[0].address: has the address 10.9.0.1 of the gateway'],
  ],
  [
    '§6.8 one address for two',
    `${device()}---\n${network('{subnet: 10.9.0.0/24}')}---\n${app('{interfaces: [{name: eth0, network: lan, address: 10.9.0.5}]}')}---\n${app('{interfaces: [{name: eth0, network: lan, address: 10.9.0.5}]}', 'till')}`,
    ['Application lab/till: spec.eve.interfaces[0].address: has the address 10.9.0.5 like Application "shop"'],
  ],
  [
    '§6.8 one hardware address for two',
    `${device()}---\n${network('{}')}---\n${app("{interfaces: [{name: eth0, network: lan, mac: '02:00:00:00:00:01'}]}")}---\n${app("{interfaces: [{name: eth0, network: lan, mac: '02:00:00:00:00:01'}]}", 'till')}`,
    ['Application lab/till: spec.eve.interfaces[0].mac: has the address 02:00:00:00:00:01 like Application "shop"'],
  ],
  [
    '§6.8 a port of the device for two by rules',
    `${device()}---\n${network('{}')}---\n${mapping('shop')}---\n${mapping('till')}`,
    [
      'Application lab/till: spec.eve.interfaces[0].acls[1]: maps port 8080 of the device, which is taken by Application "shop"',
    ],
  ],
  [
    '§6.8 a rule that its network does not know',
    `${device()}---\n${network('{type: switch}')}---\n${acl('{host: a.example}')}`,
    ['Application lab/shop: spec.eve.interfaces[0].acls[0].host: Forbidden: only a local network knows names'],
  ],
  [
    '§6.8 a port map on a switch',
    `${device()}---\n${network('{type: switch}')}---\n${onLan('{}', 'shop', ', ports: [{containerPort: 79}, {containerPort: 80, hostPort: 8080}]')}`,
    [
      'Application lab/shop: spec.containers[0].ports[1].hostPort: Forbidden: interface "eth0" is on a switch, which maps no ports of the device',
    ],
  ],
  [
    '§6.8 memory that no machine has',
    `${device()}---\n${app('{}', 'shop', ', resources: {requests: {memory: 8Pi}}')}`,
    [
      'Application lab/shop: spec.containers[0].resources.requests[memory]: Invalid value: "8Pi": is no memory that a machine can have',
    ],
  ],
  [
    '§6.9 a file of a Secret that is not there',
    `${device()}---\n${app('{}')}---\n${envelope('{name: a, secret: {name: none, key: k}}')}`,
    ['PatchEnvelope lab/files: spec.artifacts[0].secret.name: Secret "none" does not exist'],
  ],
  [
    '§6.9 a file of an Image that is not there',
    `${device()}---\n${app('{}')}---\n${envelope('{name: a, inline: a}, {name: b, image: none}')}`,
    ['PatchEnvelope lab/files: spec.artifacts[1].image: Image "none" does not exist'],
  ],
  [
    '§6.10 a version of EVE that is not there',
    device('{eve-os-version: 16.0.0-kvm-amd64}'),
    ['Device lab/box: spec.eve-os-version: there is no Image of type eve-os with version "16.0.0-kvm-amd64"'],
  ],
  [
    '§6.13 a cluster whose token is not there',
    device(
      '{cluster: {name: c, id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8, interface: eth0, ipPrefix: 10.0.0.1/28, joinServerIP: 10.0.0.1, tokenSecret: {name: none, key: k}}}',
    ),
    ['Device lab/box: spec.cluster.tokenSecret.name: Secret "none" does not exist'],
  ],
  [
    '§6.5 a route over a port that is not there',
    `${device()}---\n${network('{staticRoutes: [{destination: 10.7.0.0/16, port: eth7}]}')}`,
    ['DeviceNetwork lab/lan: spec.instance.staticRoutes[0]: there is no port or label "eth7"'],
  ],
  [
    '§6.8 one volume mounted twice',
    `${device()}---\n${claim('{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}')}---\n${eve('Application', 'shop', '{containers: [{name: c, image: web, volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}, {name: w, persistentVolumeClaim: {claimName: data}}]}')}`,
    ['Application lab/shop: spec.volumes[1]: has the volume "data" twice'],
  ],
  [
    '§6.13 a cluster of a node that is one already',
    `${device('{cluster: {name: c, id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8, interface: eth7, ipPrefix: 10.0.0.1/28, joinServerIP: 10.0.0.1, tokenSecret: {name: s, key: k}}}')}---\n${hall('')}`,
    [
      'Device lab/box: spec.cluster.interface: the device has no port "eth7"',
      'DeviceCluster lab/hall: spec.nodes[0].device: Device "box": spec.cluster: makes it a node already',
    ],
  ],
  [
    '§6.13 a cluster on a port that its node lacks',
    `${device()}---\n${hall('')}`,
    ['DeviceCluster lab/hall: spec.interface: the device has no port "eth7"'],
  ],
  [
    '§6.13 a node on a port that it lacks',
    `${device()}---\n${hall(', interface: eth8')}`,
    ['DeviceCluster lab/hall: spec.nodes[0].interface: the device has no port "eth8"'],
  ],
  [
    '§5.2 secrets that have no form in the clear, where that is asked for',
    `${eve('Device', 'box', '{certificateEnrollments: [{name: e, url: "https://ca.example.com/scep", challengePasswordSecret: {name: s, key: k}}]}', ', annotations: {kubeve.io/clear-text-secrets: "true"}')}---\n${secret('s', 'k')}---\n${hall('').replace('eth7', 'eth0')}---\n${eve('NetworkConfig', 'air', '{ip: dhcp, cellular: {accessPoints: [{apn: a, authentication: PAP, passwordSecret: {name: s, key: k}}]}}')}---\n${eve('DeviceNetwork', 'lan', '{networkConfig: air, ports: [eth0]}')}`,
    [
      `Device lab/box: spec.certificateEnrollments[0].challengePasswordSecret: ${waits}`,
      `DeviceCluster lab/hall: spec.tokenSecret: ${waits}`,
      `DeviceNetwork lab/lan: spec.networkConfig: NetworkConfig "air": spec.cellular.accessPoints[0]: ${waits}`,
    ],
  ],
  [
    '§6.14 access by a port that the model lacks',
    `apiVersion: kubeve.io/v1alpha1\nkind: DeviceModel\nmetadata: {name: m}\nspec: {adapters: [${eth0}]}\n---\n${device('{model: m, portAccess: [{port: eth7, enrollment: e}], certificateEnrollments: [{name: e, url: "https://ca.example.com/scep"}]}')}`,
    ['Device lab/box: spec.portAccess[0]: there is no port "eth7"'],
  ],
  [
    '§6.14 access by a certificate whose challenge is not there',
    device(
      '{adapters: [{name: eth0, ptype: NetEth}], portAccess: [{port: eth0, enrollment: e}], certificateEnrollments: [{name: e, url: "https://ca.example.com/scep", challengePasswordSecret: {name: none, key: k}}]}',
    ),
    ['Device lab/box: spec.certificateEnrollments[0].challengePasswordSecret.name: Secret "none" does not exist'],
  ],
];

test.each(held)('%s is held back', async (_, yaml, problems) => {
  const objects = await kit.apply(yaml);
  for (const { kind, metadata } of objects) if (kind === 'Application') await kit.bind(metadata.name, 'box');
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  expect(outcome?.problems.map(({ about, message }) => `${named(about)}: ${message}`)).toEqual(problems);
  for (const { message } of outcome?.problems ?? [])
    expect(message).toMatch(/^(Device "box": )?(spec|metadata)[.[]\S+: /);
  expect(check(await kit.config('box'))).toEqual([]);
});
