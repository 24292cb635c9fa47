import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import type { ApiObject, JsonMap } from '../../../shared/base/object.ts';
import { type Kit, makeCertificate, startComposer } from '../../compose/setup.ts';

let kit: Kit;
let pem: string;
beforeAll(async () => {
  kit = await startComposer();
  pem = makeCertificate('device', kit.ports).pem;
});
beforeEach(() => {
  kit.warnings.length = 0;
});

let count = 0;
const object = (kind: string, spec: JsonMap, annotations: Record<string, string> = {}): ApiObject => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name: `o${count++}`, namespace: 'lab', annotations },
  spec,
});

/** What is wrong with an object, as `field: message`. */
const causesOf = async (one: ApiObject): Promise<string[]> => {
  try {
    await kit.create(one);
    return [];
  } catch (error) {
    if (!isFault(error, 'Invalid')) throw error;
    return error.causes.map(({ field, message }) => `${field}: ${message}`);
  }
};

const containers = (more: JsonMap = {}) => [{ name: 'c', image: 'i', ...more }];

describe('what is accepted', () => {
  test.each<[string, JsonMap]>([
    ['Device', {}],
    ['Device', { serial: 's', 'eve-os-version': '8.10.0-kvm-amd64' }],
    [
      'Device',
      {
        adapters: [
          { name: 'eth0', ptype: 'NetEth' },
          { name: 'eth1', ptype: 'NetEth' },
        ],
        bonds: [{ name: 'bond1', members: ['eth0', 'eth1'], mode: 'ActiveBackup' }],
        vlans: [{ name: 'v5', parent: 'bond1', id: 5 }],
      },
    ],
    ['NetworkConfig', { ip: 'dhcp', proxies: ['https://10.100.100.1:8888'] }],
    [
      'NetworkConfig',
      { ip: 'static', subnet: '10.0.0.0/24', gateway: '10.0.0.1', range: { start: '10.0.0.10', end: '10.0.0.20' } },
    ],
    [
      'DeviceNetwork',
      {
        networkConfig: 'x',
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'name', operator: 'In', values: ['a'] }] }],
            },
          },
        },
      },
    ],
    ['Image', { ref: 'corp1/ubuntu:20.04', storageClass: 'eve-quay', type: 'user' }],
    ['Application', { containers: containers({ resources: { requests: { cpu: 1, memory: '256M', storage: '8G' } } }) }],
    [
      'ApplicationDeployment',
      {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: containers() } },
      },
    ],
    [
      'ApplicationDaemonSet',
      {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: containers() } },
      },
    ],
    [
      'ApplicationStatefulSet',
      {
        selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: containers() } },
      },
    ],
    ['DeviceConfig', { overrides: [{ path: 'apps[displayname=web].fixedresources.memory', value: 512 }] }],
  ])('%s %j', async (kind, spec) => {
    expect(await causesOf(object(kind, spec))).toEqual([]);
  });
});

describe('what is refused, by its field', () => {
  test.each<[string, JsonMap, string]>([
    [
      'Device',
      { certificate: 'bm9uZQ==' },
      'spec.certificate: Invalid value: "bm9uZQ==": must be an X.509 certificate',
    ],
    ['Device', { onboard: 'x' }, 'spec.onboard: Invalid value'],
    ['Device', { taints: [{ key: 'no key!', effect: 'NoSchedule' }] }, 'spec.taints[0].key: Invalid value: "no key!"'],
    ['Device', { taints: [{ key: 'a', value: 'b c', effect: 'NoSchedule' }] }, 'spec.taints[0].value: Invalid value'],
    [
      'Device',
      { taints: ['1', '2'].map(value => ({ key: 'a', value, effect: 'NoSchedule' })) },
      'spec.taints[1]: Duplicate value: "a:NoSchedule"',
    ],
    ['Application', { containers: containers(), nodeSelector: { 'no key!': 'a' } }, 'spec.nodeSelector: Invalid value'],
    [
      'Application',
      { containers: containers(), tolerations: [{ operator: 'Equal' }] },
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty',
    ],
    [
      'Application',
      { containers: containers(), tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      'spec.tolerations[0].operator: Invalid value: "b": value must be empty',
    ],
    [
      'Application',
      { containers: containers(), tolerations: [{ key: 'a', tolerationSeconds: 5 }] },
      'spec.tolerations[0].effect: Invalid value: "": effect must be \'NoExecute\'',
    ],
    [
      'Application',
      {
        containers: containers(),
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] }, topologyKey: 'no key!' },
            ],
          },
        },
      },
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values: Required value',
    ],
    [
      'Application',
      {
        containers: containers(),
        affinity: {
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'a b' } }],
          },
        },
      },
      'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: "a b"',
    ],
    [
      'Application',
      { containers: containers(), volumes: [{ name: 'boot/c', emptyDir: {} }] },
      'spec.volumes[0].name: Invalid value: "boot/c"',
    ],
    [
      'Application',
      { containers: containers({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }) },
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    ],
    [
      'Application',
      { containers: containers({ resources: { requests: { cpu: '-1' } } }) },
      'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    ['Device', { adapters: [{ name: 'eth0', ptype: 'Ether' }] }, 'spec.adapters[0].ptype: Unsupported value: "Ether"'],
    [
      'Device',
      { adapters: [{ name: 'uplink', ptype: 'NetEth' }] },
      'spec.adapters[0].name: Invalid value: "uplink": is a label that EVE gives itself',
    ],
    ['Device', { adapters: [{ name: 'a', ptype: 'NetEth', cost: 256 }] }, 'spec.adapters[0].cost: Invalid value: 256'],
    [
      'Device',
      { adapters: [{ name: 'a', ptype: 'NetEthPF', virtualFunctions: { count: 0, data: [{ index: 1 }] } }] },
      'spec.adapters[0].virtualFunctions.data: Too many: 1',
    ],
    [
      'Device',
      { adapters: [{ name: 'a', ptype: 'NetEth' }], vlans: [{ name: 'a', parent: 'a', id: 4 }] },
      'spec.vlans[0].name: Duplicate value: "a"',
    ],
    [
      'Device',
      { adapters: [{ name: 'a', ptype: 'NetEth' }], bonds: [{ name: 'bond0', members: ['a'], mode: 'BalanceRR' }] },
      'spec.bonds[0].name: Invalid value: "bond0": is reserved',
    ],
    [
      'Device',
      { adapters: [{ name: 'a', ptype: 'NetEth' }], vlans: [{ name: 'v', parent: 'b', id: 4 }] },
      'spec.vlans[0].parent: Not found: "b"',
    ],
    ['Device', { reboot: { counter: -1 } }, 'spec.reboot.counter: Invalid value: -1'],
    ['Device', { adapters: [{ name: 'a' }] }, 'spec.adapters[0].ptype: Required value: there is no model to say it'],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        vlans: [
          { name: 'v', parent: 'a', id: 4 },
          { name: 'w', parent: 'a', id: 4 },
        ],
      },
      'spec.vlans[1].id: Duplicate value: 4',
    ],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        vlans: [
          { name: 'v', parent: 'a', id: 4 },
          { name: 'w', parent: 'v', id: 5 },
        ],
      },
      'spec.vlans[1].parent: Invalid value: "v": must be a port or a bond, not another VLAN',
    ],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        bonds: [{ name: 'b', members: ['a'], mode: 'BalanceRR' }],
        vlans: [{ name: 'v', parent: 'a', id: 4 }],
      },
      'spec.vlans[0].parent: Invalid value: "a": is part of a bond; put the VLAN on the bond',
    ],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        bonds: [
          { name: 'b', members: ['a'], mode: 'BalanceRR' },
          { name: 'c', members: ['a'], mode: 'BalanceRR' },
        ],
      },
      'spec.bonds[1].members[0]: Invalid value: "a": is part of another bond',
    ],
    [
      'Device',
      { adapters: [{ name: 'w', ptype: 'NetWLAN' }], bonds: [{ name: 'b', members: ['w'], mode: 'BalanceRR' }] },
      'spec.bonds[0].members[0]: Invalid value: "w": only Ethernet ports can be joined',
    ],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        bonds: [{ name: 'b', members: ['a'], mode: 'BalanceRR', lacpRate: 'Fast' }],
      },
      'spec.bonds[0].lacpRate: Forbidden',
    ],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        bonds: [{ name: 'b', members: ['a'], mode: '802.3AD', arp: { interval: 1, targets: ['10.0.0.1'] } }],
      },
      'spec.bonds[0].arp: Forbidden: a bond in mode 802.3AD is watched by mii',
    ],
    [
      'Device',
      { edgeView: {} },
      'spec.edgeView: Invalid value: "": must specify one of: `dispatcher` or `tokenSecret`',
    ],
    ['Device', { edgeView: { dispatcher: 'd:1' } }, 'spec.edgeView.expires: Required value: a token must end'],
    [
      'Device',
      { edgeView: { dispatcher: 'https://d', expires: '2026-01-01T00:00:00Z' } },
      'spec.edgeView.dispatcher: Invalid value',
    ],
    [
      'Device',
      { edgeView: { tokenSecret: { name: 's', key: 'k' }, instances: 2 } },
      'spec.edgeView.instances: Forbidden: the token of tokenSecret says it',
    ],
    ['Device', { profile: { localServer: 'http://lps' } }, 'spec.profile.localServer: Invalid value: "http://lps"'],
    [
      'Device',
      { localOperatorConsole: { url: 'console:80' } },
      'spec.localOperatorConsole.url: Invalid value: "console:80"',
    ],
    ['Device', { portAccess: [{ port: 'eth0', enrollment: 'e' }] }, 'spec.portAccess[0].enrollment: Not found: "e"'],
    [
      'Device',
      {
        adapters: [{ name: 'a', ptype: 'NetEth' }],
        certificateEnrollments: [{ name: 'e', url: 'https://s' }],
        portAccess: [{ port: 'b', enrollment: 'e' }],
      },
      'spec.portAccess[0].port: Not found: "b"',
    ],
    [
      'Device',
      { certificateEnrollments: [{ name: 'e', url: 'ldap://s' }] },
      'spec.certificateEnrollments[0].url: Invalid value',
    ],
    [
      'Device',
      { disks: { arrayType: 'RAID5', disks: [{ disk: { name: '/dev/sda' }, use: 'ZFSOnline' }] } },
      'spec.disks.arrayType: Invalid value: "RAID5": needs at least 3 disks or arrays',
    ],
    ['Device', { disks: { disks: [{ disk: {}, use: 'Unused' }] } }, 'spec.disks.disks[0].disk: Required value'],
    [
      'Device',
      {
        disks: {
          disks: [{ disk: { serial: 'A' }, use: 'AppDirect' }],
          children: [{ disks: [{ disk: { serial: 'A' }, use: 'AppDirect' }] }],
        },
      },
      'spec.disks.children[0].disks[0].disk: Duplicate value: "A"',
    ],
    [
      'Device',
      {
        cluster: {
          name: 'c',
          id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
          interface: 'eth0',
          ipPrefix: '10.0.0.2/24',
          joinServerIP: '10.0.1.1',
          tokenSecret: { name: 's', key: 'k' },
        },
      },
      'spec.cluster.joinServerIP: Invalid value: "10.0.1.1": must be inside the subnet of 10.0.0.2/24',
    ],
    [
      'Device',
      {
        cluster: {
          name: 'c',
          id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
          interface: 'eth0',
          ipPrefix: '10.0.0.0/24',
          joinServerIP: '10.0.0.1',
          tokenSecret: { name: 's', key: 'k' },
        },
      },
      'spec.cluster.ipPrefix: Invalid value: "10.0.0.0/24": must hold the node\'s own address',
    ],
    [
      'NetworkConfig',
      { exclusively: { dns: true } },
      'spec.dns: Required value: exclusively.dns makes the device ignore',
    ],
    ['NetworkConfig', { exclusively: { addresses: true } }, 'spec.subnet: Required value'],
    ['NetworkConfig', { proxyExceptions: ['a,b'] }, 'spec.proxyExceptions[0]: Invalid value: "a,b": must be one name'],
    ['NetworkConfig', { wifi: [{ ssid: 'a' }, { ssid: 'a' }] }, 'spec.wifi[1].ssid: Duplicate value: "a"'],
    [
      'NetworkConfig',
      { cellular: { probe: { method: 'TCP', host: 'h' } } },
      'spec.cellular.probe.port: Required value',
    ],
    [
      'NetworkConfig',
      { cellular: { accessPoints: [{ usernameSecret: { name: 's', key: 'k' } }] } },
      'spec.cellular.accessPoints[0].authentication: Required value: devices ignore the secrets without it',
    ],
    [
      'NetworkConfig',
      { cellular: { accessPoints: [{ authentication: 'PAP' }] } },
      'spec.cellular.accessPoints[0].usernameSecret: Required value: authentication PAP needs it',
    ],
    [
      'NetworkConfig',
      { cellular: { accessPoints: [{ simSlot: 1, preferredPLMNs: ['26'] }], activatedSimSlot: 2 } },
      'spec.cellular.activatedSimSlot: Invalid value: 2: has no access point',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { acls: [{ ip: '10.0.0.0/8', drop: true }] } },
      'spec.instance.acls[0].drop: Forbidden: a local network drops what no rule allows',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { type: 'switch', acls: [{ host: 'a.b' }] } },
      'spec.instance.acls[0].host: Forbidden: only a local network knows names',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { acls: [{ protocol: 'TCP/IP' }] } },
      'spec.instance.acls[0].protocol: Invalid value: "TCP/IP"',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { vlanAccessPorts: [{ vlanId: 1, port: 'a' }] } },
      'spec.instance.vlanAccessPorts: Forbidden: only a switch has VLAN access ports',
    ],
    [
      'DeviceNetwork',
      {
        networkConfig: 'x',
        instance: {
          type: 'switch',
          vlanAccessPorts: [
            { vlanId: 1, port: 'a' },
            { vlanId: 2, port: 'a' },
          ],
        },
      },
      'spec.instance.vlanAccessPorts[1].port: Duplicate value: "a"',
    ],
    [
      'DeviceNetwork',
      {
        networkConfig: 'x',
        instance: { staticRoutes: [{ destination: '0.0.0.0/0', port: 'a', probe: { method: 'TCP', host: 'h' } }] },
      },
      'spec.instance.staticRoutes[0].probe.port: Required value: method TCP needs it',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { staticRoutes: [{ destination: '::/0', port: 'a' }] } },
      'spec.instance.staticRoutes[0].destination: Invalid value: "::/0": must be an IPv4 subnet',
    ],
    [
      'Application',
      {
        containers: [
          { name: 'a', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] },
          { name: 'b', image: 'i', ports: [{ containerPort: 81, hostPort: 80 }] },
        ],
      },
      'spec.containers[1].ports[0].hostPort: Duplicate value: "80/TCP"',
    ],
    [
      'Application',
      { containers: containers(), eve: { cpus: 'all' } },
      'spec.eve.cpus: Invalid value: "all": must look like 1-3,5',
    ],
    [
      'Application',
      { containers: containers(), eve: { snapshots: { active: '1b4e28ba-2fa1-11d2-883f-0016d3cca427' } } },
      'spec.eve.snapshots.active: Not found',
    ],
    [
      'Application',
      { containers: containers(), eve: { snapshots: { rollback: { counter: 1 } } } },
      'spec.eve.snapshots.active: Required value',
    ],
    [
      'Application',
      {
        containers: containers(),
        eve: {
          snapshots: {
            items: [
              { id: '1b4e28ba-2fa1-11d2-883f-0016d3cca427', type: 'Immediate' },
              { id: '1b4e28ba-2fa1-11d2-883f-0016d3cca428', type: 'Immediate' },
            ],
          },
        },
      },
      'spec.eve.snapshots.items: Too many: 2: must have at most 1 items',
    ],
    ['OnboardCertificate', { certificate: 'x' }, 'spec.certificate: Invalid value'],
    ['OnboardCertificateAuthority', {}, 'spec.certificate: Required value'],
    [
      'NetworkConfig',
      { ip: 'magic' },
      'spec.ip: Unsupported value: "magic": supported values: "dhcp", "static", "none"',
    ],
    ['NetworkConfig', { ip: 'static' }, 'spec.subnet: Required value'],
    ['NetworkConfig', { subnet: '10.0.0.0' }, 'spec.subnet: Invalid value: "10.0.0.0": must be a valid CIDR'],
    [
      'NetworkConfig',
      { subnet: '10.0.0.0/24', gateway: '10.0.1.1' },
      'spec.gateway: Invalid value: "10.0.1.1": must be inside the subnet',
    ],
    ['NetworkConfig', { dns: ['x'] }, 'spec.dns[0]: Invalid value: "x": must be a valid IP'],
    ['NetworkConfig', { proxies: ['gopher://x'] }, 'spec.proxies[0]: Invalid value: "gopher://x"'],
    ['NetworkConfig', { mtu: 100 }, 'spec.mtu: Invalid value: 100'],
    ['DeviceNetwork', {}, 'spec.networkConfig: Required value'],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { type: 'switch', subnet: '10.0.0.0/24' } },
      'spec.instance.subnet: Forbidden: a switch has no IP settings',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { subnet: '10.0.0.0/31' } },
      'spec.instance.subnet: Invalid value: "10.0.0.0/31": must have at least 4 addresses',
    ],
    [
      'DeviceNetwork',
      { networkConfig: 'x', instance: { acls: [{ remotePort: '80' }] } },
      'spec.instance.acls[0].protocol: Required value',
    ],
    [
      'DeviceNetwork',
      {
        networkConfig: 'x',
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
        },
      },
      'matchExpressions[0].values: Required value',
    ],
    ['Image', { ref: 'https://x/y', storageClass: 'a' }, 'spec.ref: Invalid value: "https://x/y": must be relative'],
    ['Image', { ref: 'x', storageClass: 'a', sha256: 'abc' }, 'spec.sha256: Invalid value'],
    ['Application', { containers: [] }, 'spec.containers: '],
    [
      'Application',
      {
        containers: containers({ volumeMounts: [{ name: 'mypd', mountPath: '/x' }] }),
        volumes: [{ name: 'pd', emptyDir: {} }],
      },
      'spec.containers[0].volumeMounts[0].name: Not found: "mypd"',
    ],
    [
      'Application',
      { containers: containers(), volumes: [{ name: 'a' }] },
      'spec.volumes[0]: Required value: must specify a volume type',
    ],
    [
      'Application',
      { containers: containers({ resources: { requests: { memory: 'lots' } } }) },
      'spec.containers[0].resources.requests',
    ],
    [
      'Application',
      { containers: containers(), eve: { service: true } },
      'spec.eve.service: Invalid value: true: needs mode NOHYPER',
    ],
    [
      'Application',
      { containers: containers(), eve: { userData: {} } },
      'spec.eve.userData: Invalid value: "": must specify one of',
    ],
    [
      'ApplicationDeployment',
      {
        selector: { matchLabels: { a: 'c' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: containers() } },
      },
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
    ],
    ['DeviceConfig', { management: 'Manual' }, 'spec.config: Required value'],
    ['DeviceConfig', { overrides: [{ path: '[0]', value: 1 }] }, 'spec.overrides[0].path: Invalid value: "[0]"'],
    ['DeviceConfig', { overrides: [{ path: 'a' }] }, 'spec.overrides[0]: Invalid value'],
  ])('%s %j', async (kind, spec, text) => {
    expect((await causesOf(object(kind, spec))).join('\n')).toContain(text);
  });
});

describe('what devices know by its former value', () => {
  test.each<[string, string, JsonMap, JsonMap, string]>([
    [
      'Device',
      'devices',
      { reboot: { counter: 5 } },
      { reboot: { counter: 4 } },
      'spec.reboot.counter: Invalid value: 4: must not go down: it was 5',
    ],
    [
      'Device',
      'devices',
      { shutdown: { counter: 5 } },
      {},
      'spec.shutdown.counter: Invalid value: 0: must not go down: it was 5',
    ],
    ['Device', 'devices', { baseOS: { retry: { counter: 2 } } }, { baseOS: {} }, 'spec.baseOS.retry.counter'],
    [
      'Application',
      'applications',
      { containers: containers(), eve: { purge: { counter: 2 } } },
      { containers: containers(), eve: { purge: { counter: 1 } } },
      'spec.eve.purge.counter: Invalid value: 1: must not go down: it was 2',
    ],
    [
      'Application',
      'applications',
      { containers: containers(), eve: { clearText: true } },
      { containers: containers() },
      'spec.eve.clearText: Invalid value: false: field is immutable',
    ],
    [
      'Application',
      'applications',
      { containers: [...containers(), { name: 'd', image: 'i' }] },
      { containers: [{ name: 'd', image: 'i' }, ...containers()] },
      'spec.containers[0].name: Invalid value: "d": must stay "c", the first',
    ],
    [
      'Application',
      'applications',
      { containers: [...containers(), { name: 'd', image: 'i' }] },
      { containers: [{ name: 'd', image: 'i' }] },
      'spec.containers[0].name: Invalid value: "d": must stay "c", the first',
    ],
  ])('of a %s stays, or goes up', async (kind, plural, before, after, text) => {
    const made = await kit.create(object(kind, before));
    const change = kit.update(plural, made.metadata.name, now => ({ ...now, spec: after }));
    await expect(change).rejects.toThrow(text);
    await kit.update(plural, made.metadata.name, now => ({
      ...now,
      metadata: { ...now.metadata, labels: { a: 'b' } },
    }));
  });
});

describe('changes of an Application that runs', () => {
  const change = async (after: JsonMap) => {
    const made = await kit.create(object('Application', { containers: containers() }));
    await kit.bind(made.metadata.name, 'somewhere');
    kit.warnings.length = 0;
    await kit.registry.update(
      kit.typeOf(made),
      { namespace: 'lab', name: made.metadata.name },
      now => ({ ...now, spec: after }),
      { user: { name: 'me', groups: [] }, warn: text => kit.warnings.push(text) },
    );
    return kit.warnings.filter(text => text.includes('takes effect'));
  };

  test.each<[JsonMap, string[]]>([
    [{ containers: containers(), eve: { profiles: ['day'] } }, []],
    [
      { containers: containers({ image: 'other' }) },
      [
        'spec.containers[].image: takes effect with a higher spec.eve.purge.counter only, which makes a fresh boot disk',
      ],
    ],
    [{ containers: containers({ image: 'other' }), eve: { purge: { counter: 1 } } }, []],
    [
      { containers: containers({ resources: { requests: { memory: '1Gi' } } }) },
      ['spec.containers[].resources: takes effect with a higher spec.eve.restart.counter only'],
    ],
    [{ containers: containers({ resources: { requests: { memory: '1Gi' } } }), eve: { restart: { counter: 1 } } }, []],
    [
      { containers: containers({ env: [{ name: 'A', value: 'b' }] }), eve: { userData: { inline: 'B=c' } } },
      ['spec.containers[].env', 'spec.eve.userData'].map(
        path => `${path}: takes effect with a higher spec.eve.restart.counter only`,
      ),
    ],
    [
      { containers: containers(), eve: { interfaces: [{ name: 'eth0', network: 'n' }], kernel: 'k' } },
      ['spec.eve.interfaces', 'spec.eve.kernel'].map(
        path => `${path}: takes effect with a higher spec.eve.restart.counter only`,
      ),
    ],
    [
      { containers: containers(), eve: { vnc: { enabled: true }, restart: { counter: 0 } } },
      ['spec.eve.vnc: takes effect with a higher spec.eve.restart.counter only'],
    ],
  ])('%j', async (after, warnings) => {
    expect(await change(after)).toEqual(warnings);
  });
});

describe('options in annotations', () => {
  test.each([
    ['timer.config.interval', '60', ''],
    ['timer.config.interval', '4', 'Invalid value: "4": must be a whole number from 5 to 86400'],
    ['timer.config.interval', '1e3', 'must be a whole number'],
    ['debug.enable.usb', 'TRUE', ''],
    ['debug.enable.usb', 'yes', 'Invalid value: "yes": must be true or false'],
    ['network.fallback.any.eth', 'enabled', ''],
    ['network.fallback.any.eth', 'true', 'must be one of none, enabled, disabled'],
    ['agent.zedagent.debug.loglevel', 'loud', 'must be one of "panic"'],
    ['debug.kernel.loglevel', 'crit', ''],
    ['debug.enable.ssh', 'ssh-ed25519 AAAA', ''],
    ['debug.enable.ssh', 'ssh-ed25519 AAAA me@home\nssh-rsa BBBB\n', ''],
    ['debug.enable.ssh', '', ''],
    ['debug.enable.ssh', 'command="x" ssh-rsa AAAA', 'must be public keys as in authorized_keys'],
    ['edgeview.authen.publickey', 'AAAA', 'must be public keys as in authorized_keys'],
    ['vector.config', 'not base64!', 'must be base64'],
    ['timer.vault.trim.cron', '0 2 * * 6,0', ''],
    ['timer.vault.trim.cron', 'daily', 'must be the five fields of cron'],
    ['igpu.gop', '../gop.rom', 'must be the name of a file'],
    ['diag.probe.remote.https.endpoint', '1.2.3.4', 'must be the name of a host'],
    ['diag.probe.remote.https.endpoint', 'www.example.com', ''],
    ['storage.longhorn.node-drain-policy', 'never', 'must be one of "block-for-eviction"'],
    ['kubernetes.vmi.deschedule.events', 'boot', ''],
    ['log.filter.filenames', 'a.go:12,b.go:7', ''],
    ['log.filter.filenames', 'a.go', 'must be a comma list of file:line'],
    ['memory.eve.limit.MiB', '800', ''],
  ])('%s=%s', async (key, value, text) => {
    const causes = await causesOf(object('Device', {}, { [`config.eve.lfedge.org/${key}`]: value }));
    if (text === '') expect(causes).toEqual([]);
    else expect(causes.join()).toContain(`metadata.annotations[config.eve.lfedge.org/${key}]: `);
    expect(causes.join()).toContain(text);
    expect(kit.warnings).toEqual([]);
  });

  test('that are not known pass with a warning', async () => {
    expect(await causesOf(object('Device', {}, { 'config.eve.lfedge.org/new.thing': 'x' }))).toEqual([]);
    expect(kit.warnings.join()).toContain('EVE config item "new.thing" is not known');
  });

  test('activate takes the texts true and false', async () => {
    expect((await causesOf(object('Device', {}, { 'eve.lfedge.org/activate': 'no' }))).join()).toContain(
      'Unsupported value: "no"',
    );
  });
});

describe('networks of an Application', () => {
  const given = (text: string) =>
    causesOf(object('Application', { containers: containers() }, { 'k8s.v1.cni.cncf.io/networks': text }));

  test.each([
    '',
    'wlan-local,vpn-corp',
    'lab/lan@eth1, other',
    '[{"name":"lan","ips":["10.0.0.2/24"],"mac":"02:00:00:00:00:01"}]',
  ])('%j is fine', async text => {
    expect(await given(text)).toEqual([]);
  });

  test.each([
    'a,,b',
    'a/b/c',
    'UPPER',
    '[{"ips":[]}]',
    '{"name":"x"}',
    '[{"name":"x","mac":"1"}]',
    '[{"name":"x","ips":["y"]}]',
    'a@way-too-long-interface-name',
  ])('%j is refused', async text => {
    expect((await given(text)).join()).toContain('metadata.annotations[k8s.v1.cni.cncf.io/networks]');
  });

  test('that do not exist are a warning', async () => {
    await given('nowhere');
    expect(kit.warnings.join('\n')).toContain('DeviceNetwork "nowhere" does not exist yet');
    expect(kit.warnings.join('\n')).toContain('Image "i" does not exist yet');
  });
});

describe('what is written, and warned of', () => {
  const storageClass = (name: string, type: string): ApiObject => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'eve',
    parameters: { type, URL: 'https://example.com' },
  });
  beforeAll(async () => {
    for (const [name, type] of [
      ['hub', 'container'],
      ['files', 'https'],
    ] as const)
      await kit.create(storageClass(name, type));
  });
  const sha256 = 'a'.repeat(64);

  test.each<[string, string, JsonMap, string[]]>([
    [
      'a static network without a gateway',
      'NetworkConfig',
      { ip: 'static', subnet: '10.0.0.0/24' },
      [
        'spec.gateway: without it ports reach only what is in 10.0.0.0/24; a device that reaches this controller over one of them needs it in there, or a proxy to it',
      ],
    ],
    ['one with', 'NetworkConfig', { ip: 'static', subnet: '10.0.0.0/24', gateway: '10.0.0.1' }, []],
    ['a network that is not static', 'NetworkConfig', { subnet: '10.0.0.0/24' }, []],
    [
      'fields from which nothing follows',
      'ApplicationDeployment',
      {
        selector: { matchLabels: { app: 'x' } },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: {
            containers: containers({
              volumeMounts: [
                { name: 'v', mountPath: '/v', readOnly: true },
                { name: 'i', mountPath: '/i', readOnly: true },
              ],
            }),
            volumes: [
              { name: 'v', persistentVolumeClaim: { claimName: 'v', readOnly: true } },
              { name: 'i', image: { reference: 'i' } },
            ],
            tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
            eve: { resolution: '1920x1080', vnc: { display: 3 } },
          },
        },
      },
      [
        'spec.template.spec.containers[0].volumeMounts[0].readOnly: has no effect: a device lets write to a volume or not, whoever mounts it; accessModes [ReadOnlyMany] of the claim makes it read-only',
        'spec.template.spec.volumes[0].persistentVolumeClaim.readOnly: has no effect: a device lets write to a volume or not, whoever mounts it; accessModes [ReadOnlyMany] of the claim makes it read-only',
        'spec.template.spec.tolerations[0].tolerationSeconds: has no effect; an Application stays where it is',
        'spec.template.spec.eve.resolution: has no effect without mode FML',
        'spec.template.spec.eve.vnc: has no effect without enabled: true',
      ],
    ],
    [
      'other stores beside a container registry',
      'Image',
      { ref: 'a', storageClass: 'hub', alternatives: ['files'] },
      [
        'spec.alternatives: are not used: StorageClass "hub" is a container registry, and devices know no other place for what comes from one',
      ],
    ],
    [
      'a container registry beside another store',
      'Image',
      { ref: 'a', storageClass: 'files', alternatives: ['files', 'hub'], sha256 },
      [
        'spec.alternatives[1]: is not used: StorageClass "hub" is a container registry, which is no other place for what comes from elsewhere',
      ],
    ],
    ['other stores', 'Image', { ref: 'a', storageClass: 'files', alternatives: ['files'], sha256 }, []],
    [
      'stores that are not there',
      'Image',
      { ref: 'a', storageClass: 'none', alternatives: ['files', 'nope'], sha256 },
      [
        'spec.storageClass: StorageClass "none" does not exist yet',
        'spec.alternatives[1]: StorageClass "nope" does not exist yet',
      ],
    ],
  ])('%s', async (_, kind, spec, warnings) => {
    expect(await causesOf(object(kind, spec))).toEqual([]);
    expect(kit.warnings).toEqual(warnings);
  });
});

describe('a Device', () => {
  test('has a UUID from the beginning, and is found by what it shows', async () => {
    const type = kit.catalog.get('eve.lfedge.org', 'devices');
    const base64 = Buffer.from(pem).toString('base64');
    const twice = Buffer.from(base64).toString('base64');
    const made = await kit.create(object('Device', { certificate: twice, onboard: pem, serial: 's9' }));
    expect(made.status?.['uuid']).toBe(made.metadata.uid);
    const hash = (type.terms?.(made) ?? []).find(term => term.startsWith('certificate='))?.slice('certificate='.length);
    for (const term of [`uuid=${made.metadata.uid}`, `certificate=${hash}`, `onboard=${hash}`, 'serial=s9'])
      expect((await kit.registry.findByTerm(type, term)).map(one => one.metadata.name)).toEqual([made.metadata.name]);
    expect(made.spec?.['certificate']).toBe(twice);
  });

  test('keeps its UUID once it has registered', async () => {
    const made = await kit.create(object('Device', {}));
    const set = (status: JsonMap) =>
      kit.update('devices', made.metadata.name, now => ({ ...now, status: { ...now.status, ...status } }), {
        subresource: 'status',
      });
    await set({ uuid: '11111111-2222-4333-8444-555555555555' });
    await set({ registration: { certificate: pem } });
    await expect(set({ uuid: '22222222-2222-4333-8444-555555555555' })).rejects.toThrow(
      /may not change once the device has registered/,
    );
    await expect(set({ uuid: 'x' })).rejects.toThrow(/must be a UUID/);
  });

  test('shows when it was heard and what it fetched', async () => {
    const { metadata } = await kit.create(object('Device', {}));
    const mark = (value: object) => Buffer.from(JSON.stringify(value));
    await kit.store.marks.set('seen', metadata.uid ?? '', mark({ at: Date.parse('2026-03-01T00:00:00Z') }));
    await kit.store.marks.set(
      'fetched',
      metadata.uid ?? '',
      mark({ at: Date.parse('2026-03-01T00:00:01Z'), hash: 'h' }),
    );
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'x',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    await kit.update('devices', metadata.name, now => ({ ...now, status: { ...now.status, conditions: [ready] } }), {
      subresource: 'status',
    });
    expect((await kit.get('devices', metadata.name)).status).toMatchObject({
      conditions: [{ ...ready, lastHeartbeatTime: '2026-03-01T00:00:00Z' }],
      config: { fetchedHash: 'h', fetchedAt: '2026-03-01T00:00:01Z' },
    });
  });
});

test('every kind declares what kubectl shows', () => {
  for (const type of kit.catalog.all().filter(one => one.group === 'eve.lfedge.org')) {
    expect(type.categories, type.kind).toContain('eve');
    expect(type.shortNames.length, type.kind).toBeGreaterThan(0);
    expect(type.description, type.kind).not.toBe('');
    expect(type.columns.at(-1) || type.columns.some(column => column.name === 'Age'), type.kind).toBeTruthy();
  }
});

describe('who waits for a new one by its status', () => {
  test.each<[string, JsonMap]>([
    ['Device', {}],
    ['Application', { containers: containers() }],
  ])('a %s is not ready from its first moment', async (kind, spec) => {
    const { status } = await kit.create(object(kind, spec));
    expect(status?.['conditions']).toEqual([expect.objectContaining({ type: 'Ready', reason: expect.any(String) })]);
    expect(status?.['conditions']).not.toEqual([expect.objectContaining({ status: 'True' })]);
  });

  test.each(['ApplicationDeployment', 'ApplicationDaemonSet', 'ApplicationStatefulSet'])(
    'nobody has observed a new %s',
    async kind => {
      const template = { metadata: { labels: { app: 'a' } }, spec: { containers: containers() } };
      const { status } = await kit.create(object(kind, { selector: { matchLabels: { app: 'a' } }, template }));
      expect(status).toEqual({ observedGeneration: 0 });
    },
  );
});
