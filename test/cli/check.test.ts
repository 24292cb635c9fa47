import { expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';

const id = (n: number) => `00000000-0000-4000-8000-0000000000${n}`;

const good: EdgeDevConfig = {
  id: { uuid: id(10) },
  reboot: {},
  shutdown: {},
  deviceIoList: [{ ptype: 1, logicallabel: 'eth0', assigngrp: 'eth0', usage: 1 }],
  networks: [{ id: id(30), type: 4, ip: { dhcp: 4 } }],
  systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: id(30) }],
  networkInstances: [
    {
      uuidandversion: { uuid: id(20) },
      instType: 2,
      activate: true,
      port: { name: 'eth0' },
      ip: { subnet: '10.1.0.0/24' },
    },
  ],
};
const [instance] = good.networkInstances ?? [];
const block = {
  cipherContextId: 'x',
  initialValue: new Uint8Array(16),
  cipherData: new Uint8Array(16),
  clearTextSha256: new Uint8Array(32),
};

test('a sound config passes', () => {
  expect(check(good)).toEqual([]);
});

test.each<[string, Partial<EdgeDevConfig>]>([
  ['not activated', { networkInstances: [{ ...instance, activate: false }] }],
  ['no port eth9', { networkInstances: [{ ...instance, port: { name: 'eth9' } }] }],
  [
    'needs either a gateway or a port',
    { networkInstances: [{ ...instance, static_routes: [{ destination_network: '0.0.0.0/0' }] }] },
  ],
  [
    'no port eth9 for a VLAN',
    { networkInstances: [{ ...instance, vlan_access_ports: [{ vlan_id: 1, access_port: 'eth9' }] }] },
  ],
  [
    'one port is in two bonds',
    {
      bonds: [
        { logicallabel: 'a', lower_layer_names: ['eth0'] },
        { logicallabel: 'b', lower_layer_names: ['eth0'] },
      ],
    },
  ],
  [
    'VLAN v: eth0 is in a bond',
    {
      bonds: [{ logicallabel: 'a', lower_layer_names: ['eth0'] }],
      vlans: [{ logicallabel: 'v', lower_layer_name: 'eth0' }],
    },
  ],
  [
    'more functions than its count',
    { deviceIoList: [{ logicallabel: 'eth0', usage: 1, vflist: { vf_count: 0, data: [{}] } }] },
  ],
  ['0 cellular configs', { networks: [{ id: id(30), type: 4, wireless: { type: 2 } }] }],
  ['datastores.cipherData: no cipher context x', { datastores: [{ id: id(60), cipherData: block }] }],
  [
    'scep_profiles.scep_challenge_password: no cipher context x',
    { scep_profiles: [{ scep_challenge_password: block }] },
  ],
  [
    'an initial value of 12 bytes crashes the agent',
    {
      cipherContexts: [{ contextId: 'x' }],
      datastores: [{ id: id(60), cipherData: { ...block, initialValue: new Uint8Array(12) } }],
    },
  ],
  ['an artifact without one content', { patchEnvelopes: [{ displayName: 'p', artifacts: [{}] }] }],
  [
    'the file a is there twice',
    { patchEnvelopes: [{ artifacts: [{ inline: { fileNameToUse: 'a' } }, { inline: { fileNameToUse: 'a' } }] }] },
  ],
  [
    'fewer than 16 encrypted bytes',
    {
      patchEnvelopes: [
        { artifacts: [{ encrypted_inline: { cipher_data: { ...block, cipherData: new Uint8Array(9) } } }] },
      ],
    },
  ],
])('a device would stumble: %s', (text, change) => {
  expect(check({ ...good, ...change }).join('\n')).toContain(text);
});
