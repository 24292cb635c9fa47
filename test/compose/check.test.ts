import { describe, expect, test } from 'vitest';
import type { CheckContext } from '../../shared/compose/check.ts';
import { check } from '../../shared/compose/check.ts';
import { countersOf } from '../../shared/compose/checkcounters.ts';
import type { AppInstanceConfig, EdgeDevConfig } from '../../shared/eve/generated/config.ts';

const uuid = '00000000-0000-4000-8000-00000000000a';
const id = (n: number) => `00000000-0000-4000-8000-0000000000${n}`;
const hash = (byte: number) => new Uint8Array(16).fill(byte);
const context: CheckContext = { uuid, before: undefined, controllerCertHashes: [hash(1)], deviceCertHash: hash(2) };

const app = (more: Partial<AppInstanceConfig> = {}): AppInstanceConfig => ({
  uuidandversion: { uuid: id(10), version: '1' },
  displayname: 'web',
  fixedresources: { memory: 1024, vcpus: 1 },
  interfaces: [{ name: 'eth0', networkId: id(20), acls: [{ id: 1, matches: [{ type: 'ip', value: '0.0.0.0/0' }] }] }],
  volumeRefList: [{ uuid: id(40), generationCount: 1 }],
  ...more,
});

const good: EdgeDevConfig = {
  id: { uuid },
  reboot: { counter: 2 },
  shutdown: {},
  deviceIoList: [
    { ptype: 1, logicallabel: 'eth0', assigngrp: 'eth0', usage: 1 },
    { ptype: 7, logicallabel: 'gpu', assigngrp: 'gpu', usage: 3 },
  ],
  networks: [{ id: id(30), type: 4, ip: { dhcp: 4 } }],
  systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: id(30), lowerLayerName: 'eth0' }],
  networkInstances: [
    {
      uuidandversion: { uuid: id(20) },
      instType: 2,
      activate: true,
      port: { name: 'eth0' },
      ip: { subnet: '10.1.0.0/24', gateway: '10.1.0.1' },
    },
  ],
  datastores: [{ id: id(60), dType: 5 }],
  contentInfo: [{ uuid: id(50), URL: 'a:1', iformat: 8, ds_ids_list: [id(60)] }],
  volumes: [{ uuid: id(40), generationCount: 1, origin: { type: 2, downloadContentTreeID: id(50) } }],
  cipherContexts: [{ contextId: 'x', controllerCertHash: hash(1), deviceCertHash: hash(2) }],
  apps: [app()],
};

test('a sound configuration passes', () => {
  expect(check(good, context)).toEqual([]);
});

const block = {
  cipherContextId: 'x',
  initialValue: new Uint8Array(16),
  cipherData: hash(3),
  clearTextSha256: new Uint8Array(32),
};

const portMap = (n: number, lport: string) => ({
  id: n,
  matches: [
    { type: 'protocol', value: 'tcp' },
    { type: 'lport', value: lport },
  ],
  actions: [{ portmap: true, appPort: 80 }],
});

const nic = (acls: object[]) => [{ name: 'eth0', networkId: id(20), acls }];

describe('what would harm a device is found', () => {
  test.each<[string, Partial<EdgeDevConfig>]>([
    ['id.uuid: must be', { id: { uuid: id(99) } }],
    ['reboot: must be there', { reboot: undefined }],
    ['shutdown: must be there', { shutdown: undefined }],
    ['which is no UUID', { networks: [{ id: 'n1', type: 4, ip: { dhcp: 4 } }, ...(good.networks ?? [])] }],
    ['like another one', { networks: [...(good.networks ?? []), ...(good.networks ?? [])] }],
    [
      'has the logical label "eth0" like another one',
      { vlans: [{ logicallabel: 'eth0', interface_name: 'v', lower_layer_name: 'eth0', vlan_id: 1 }] },
    ],
    [
      'has more entries than its count',
      {
        deviceIoList: [
          { ...good.deviceIoList?.[0], vflist: { vf_count: 0, data: [{ index: 0 }] } },
          { logicallabel: 'gpu', assigngrp: 'gpu' },
        ],
      },
    ],
    ['makes the device ignore costs', { deviceIoList: [{ ...good.deviceIoList?.[0], usagePolicy: {} }] }],
    ['refuses network type 9', { networks: [{ id: id(30), type: 9, ip: { dhcp: 4 } }] }],
    ['has no ip', { networks: [{ id: id(30), type: 4 }] }],
    ['MTU outside', { networks: [{ id: id(30), type: 4, ip: { dhcp: 4 }, mtu: 500 }] }],
    ['needs exactly one cellular', { networks: [{ id: id(30), type: 4, ip: { dhcp: 4 }, wireless: { type: 2 } }] }],
    ['the device: it would be lost', { systemAdapterList: [] }],
    ['there is no network', { systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: id(31) }] }],
    [
      'there is no port, VLAN or bond "eth9"',
      { systemAdapterList: [...(good.systemAdapterList ?? []), { name: 'eth9' }] },
    ],
    ['network without addresses', { networks: [{ id: id(30), type: 4, ip: { dhcp: 2 } }] }],
    ['no address on a static network', { networks: [{ id: id(30), type: 4, ip: { dhcp: 1, subnet: '10.0.0.0/24' } }] }],
    [
      'is part of a bond',
      { bonds: [{ logicallabel: 'b', interface_name: 'b', lower_layer_names: ['eth0'], bond_mode: 1 }] },
    ],
    [
      'cannot be an interface name',
      { bonds: [{ logicallabel: 'b', interface_name: 'bond0', lower_layer_names: ['gpu'], bond_mode: 1 }] },
    ],
    ['may not manage the device by its usage', { deviceIoList: [{ logicallabel: 'eth0', usage: 2 }] }],
    ['has the type 4', { networkInstances: [{ uuidandversion: { uuid: id(20) }, instType: 4 }] }],
    ['needs an IPv4 subnet', { networkInstances: [{ uuidandversion: { uuid: id(20) }, instType: 2, ip: {} }] }],
    [
      'gateway outside',
      {
        networkInstances: [
          { uuidandversion: { uuid: id(20) }, instType: 2, ip: { subnet: '10.1.0.0/24', gateway: '10.2.0.1' } },
        ],
      },
    ],
    [
      'overlaps',
      {
        networkInstances: [
          ...(good.networkInstances ?? []),
          { uuidandversion: { uuid: id(21) }, instType: 2, ip: { subnet: '10.1.0.0/16' } },
        ],
      },
    ],
    [
      'there is no port or label "eth7"',
      { networkInstances: [{ ...good.networkInstances?.[0], port: { name: 'eth7' } }] },
    ],
    ['there is no datastore', { datastores: [] }],
    [
      'may have only one datastore',
      {
        datastores: [
          { id: id(60), dType: 5 },
          { id: id(61), dType: 1 },
        ],
        contentInfo: [{ ...good.contentInfo?.[0], ds_ids_list: [id(60), id(61)] }],
      },
    ],
    ['has no sha256', { datastores: [{ id: id(60), dType: 1 }] }],
    ['there is no content tree', { contentInfo: [] }],
    ['is blank and has no size', { volumes: [{ uuid: id(40), generationCount: 1, origin: { type: 1 } }] }],
    ['baseos: has no version', { baseos: { content_tree_uuid: id(50) } }],
    ['there is no volume', { volumes: [{ ...good.volumes?.[0], generationCount: 2 }] }],
    ['there is no network instance', { networkInstances: [] }],
    ['the device would crash', { apps: [app({ fixedresources: undefined })] }],
    ['has no uuidandversion: the device would crash', { apps: [app({ uuidandversion: undefined })] }],
    ['has no volume to start from', { apps: [app({ volumeRefList: [] })] }],
    ['there is no adapter group "x"', { apps: [app({ adapters: [{ name: 'x' }] })] }],
    [
      'has the adapter group "gpu" like apps[0]',
      {
        apps: [
          app({ adapters: [{ name: 'gpu' }] }),
          app({ uuidandversion: { uuid: id(11) }, displayname: 'b', adapters: [{ name: 'gpu' }] }),
        ],
      },
    ],
    [
      'has the VNC display 0 like apps[0]',
      {
        apps: [
          app({ fixedresources: { memory: 1, vcpus: 1, enable_vnc: true } }),
          app({
            uuidandversion: { uuid: id(11) },
            displayname: 'b',
            fixedresources: { memory: 1, vcpus: 1, enable_vnc: true },
          }),
        ],
      },
    ],
    ['needs mode NOHYPER', { apps: [app({ service: true })] }],
    [
      'two rules with the id 1',
      {
        apps: [
          app({
            interfaces: nic([
              { id: 1, matches: [] },
              { id: 1, matches: [] },
            ]),
          }),
        ],
      },
    ],
    [
      'a port but no protocol',
      { apps: [app({ interfaces: nic([{ id: 1, matches: [{ type: 'fport', value: '1' }] }]) })] },
    ],
    [
      'maps port 22 of the device, which is taken by SSH',
      {
        configItems: [{ key: 'debug.enable.ssh', value: 'ssh-ed25519 AAAA' }],
        apps: [app({ interfaces: nic([portMap(1, '22')]) })],
      },
    ],
    [
      'maps port 8080 of the device, which is taken by apps[0]',
      {
        apps: [
          app({ interfaces: nic([portMap(1, '8080')]) }),
          app({ uuidandversion: { uuid: id(11) }, displayname: 'b', interfaces: nic([portMap(1, '8080')]) }),
        ],
      },
    ],
    [
      'two have the same',
      {
        apps: [
          app({
            fixedresources: { memory: 1, vcpus: 1, enforce_network_interface_order: true },
            adapters: [{ name: 'gpu' }],
          }),
        ],
      },
    ],
    ['outside of 1280 to 65535', { networkInstances: [{ ...good.networkInstances?.[0], mtu: 70000 }] }],
    [
      'static_routes[0]: needs either a gateway or a port',
      { networkInstances: [{ ...good.networkInstances?.[0], static_routes: [{ destination_network: '0.0.0.0/0' }] }] },
    ],
    [
      'static_routes[0]: there is no port or label "eth9"',
      {
        networkInstances: [
          { ...good.networkInstances?.[0], static_routes: [{ destination_network: '0.0.0.0/0', port: 'eth9' }] },
        ],
      },
    ],
    [
      'there is no port or label "eth9" for a VLAN',
      {
        networkInstances: [
          { uuidandversion: { uuid: id(20) }, instType: 1, vlan_access_ports: [{ vlan_id: 5, access_port: 'eth9' }] },
        ],
      },
    ],
    [
      'which is not of its network',
      { apps: [app({ interfaces: [{ name: 'a', networkId: id(20), addr: '10.2.0.9' }] })] },
    ],
    [
      'the address 10.1.0.1 of the gateway',
      { apps: [app({ interfaces: [{ name: 'a', networkId: id(20), addr: '10.1.0.1' }] })] },
    ],
    [
      'has the address 10.1.0.9 like apps[0]',
      {
        apps: [
          app({ interfaces: [{ name: 'a', networkId: id(20), addr: '10.1.0.9' }] }),
          app({
            uuidandversion: { uuid: id(11) },
            displayname: 'b',
            interfaces: [{ name: 'a', networkId: id(20), addr: '10.1.0.9' }],
          }),
        ],
      },
    ],
    [
      'a rule that drops, which a local network does not know',
      {
        apps: [
          app({
            interfaces: nic([{ id: 1, matches: [{ type: 'ip', value: '10.0.0.1' }], actions: [{ drop: true }] }]),
          }),
        ],
      },
    ],
    [
      'which a switch does not know',
      {
        networkInstances: [{ uuidandversion: { uuid: id(20) }, instType: 1 }],
        apps: [app({ interfaces: nic([{ id: 1, matches: [{ type: 'host', value: 'a.b' }] }]) })],
      },
    ],
    ['there is no snapshot s', { apps: [app({ snapshot: { active_snapshot: 's' } })] }],
    ['needs exactly one content', { patchEnvelopes: [{ uuid: id(70), displayName: 'p', artifacts: [{}] }] }],
    [
      'is none for applications to read',
      {
        patchEnvelopes: [
          { uuid: id(70), displayName: 'p', artifacts: [{ volumeRef: { imageId: good.volumes?.[0]?.uuid } }] },
        ],
      },
    ],
    ['there is no application', { patchEnvelopes: [{ uuid: id(70), displayName: 'p', appInstIdsAllowed: [id(99)] }] }],
    [
      'has the file name "a" like patchEnvelopes[0].artifacts[0]',
      {
        patchEnvelopes: [
          { uuid: id(70), displayName: 'p', artifacts: [{ inline: { fileNameToUse: 'a' } }] },
          { uuid: id(71), displayName: 'q', artifacts: [{ inline: { fileNameToUse: 'a' } }] },
        ],
      },
    ],
    [
      'fewer than 16 encrypted bytes',
      {
        patchEnvelopes: [
          {
            uuid: id(70),
            displayName: 'p',
            artifacts: [{ encrypted_inline: { cipher_data: { ...block, cipherData: new Uint8Array(15) } } }],
          },
        ],
      },
    ],
    ['pnacs[0]: there is no enrollment "e"', { pnacs: [{ logicallabel: 'eth0', cert_enrollment_profile_name: 'e' }] }],
    ['edgeview: has no token of three parts', { edgeview: { token: 'a.b' } }],
    ['cluster: there is no port "eth9"', { cluster: { cluster_interface: 'eth9' } }],
    ['disks.children[0].disks[0]: names no disk', { disks: { children: [{ disks: [{}] }] } }],
    [
      'which is the name of a port',
      { systemAdapterList: [{ ...good.systemAdapterList?.[0], shared_labels: ['gpu'] }] },
    ],
    ['not in the configuration', { apps: [app({ cipherData: { ...block, cipherContextId: 'y' } })] }],
    [
      'not 16 bytes long: the device would crash',
      { apps: [app({ cipherData: { ...block, initialValue: new Uint8Array(12) } })] },
    ],
    [
      'no SHA-256 of the clear text',
      { datastores: [{ id: id(60), dType: 5, cipherData: { ...block, clearTextSha256: undefined } }] },
    ],
    [
      'not for the certificate of the controller',
      { cipherContexts: [{ contextId: 'x', controllerCertHash: hash(9), deviceCertHash: hash(2) }] },
    ],
    [
      'not for the present certificate of the device',
      { cipherContexts: [{ contextId: 'x', controllerCertHash: hash(1), deviceCertHash: hash(9) }] },
    ],
  ])('%s', (text, change) => {
    expect(check({ ...good, ...change }, context).join('\n')).toContain(text);
  });
});

describe('counters', () => {
  test.each<[string, Partial<EdgeDevConfig>]>([
    ['reboot.counter: goes down from 2 to 1', { reboot: { counter: 1 } }],
    [`apps[uuid=${id(10)}].purge.counter: goes down from 5 to 4`, { apps: [app({ purge: { counter: 4 } })] }],
  ])('%s', (text, change) => {
    const previous = { ...good, apps: [app({ purge: { counter: 5 } })] };
    expect(check({ ...previous, ...change }, { ...context, before: countersOf(previous) })).toEqual([text]);
  });

  test('of what is new or gone are free', () => {
    expect(check({ ...good, apps: [] }, { ...context, before: countersOf(good) })).toEqual([]);
    expect(check(good, { ...context, before: countersOf({ ...good, apps: [] }) })).toEqual([]);
  });
});
