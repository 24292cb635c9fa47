import { beforeEach, describe, expect, test } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import type { JsonMap } from '../../../shared/base/object.ts';
import { startKinds } from '../setup.ts';

let kinds: Awaited<ReturnType<typeof startKinds>>;
beforeEach(async () => {
  kinds = await startKinds();
});

const causesOf = async (kind: string, spec: JsonMap): Promise<string[]> => {
  const metadata = { name: 'one', ...(kind === 'DeviceModel' ? {} : { namespace: 'default' }) };
  try {
    await kinds.create({ apiVersion: 'kubeve.io/v1alpha1', kind, metadata, spec });
    return [];
  } catch (error) {
    if (!isFault(error, 'Invalid')) throw error;
    return error.causes.map(({ field, message }) => `${field}: ${message}`);
  }
};

const eth0 = { name: 'eth0', ptype: 'NetEth' };

describe('DeviceModel', () => {
  test.each<[string, JsonMap, string[]]>([
    ['one port is enough', { adapters: [eth0] }, []],
    [
      'a whole one',
      {
        manufacturer: 'Advantech',
        productName: 'UNO-2372G',
        architecture: 'amd64',
        attributes: { memory: '4G' },
        adapters: [
          { ...eth0, usage: 'MgmtAndApps', cost: 0, phyaddrs: { Ifname: 'eth0', PciLong: '0000:03:00.0' } },
          { name: 'COM1', ptype: 'COM', assigngrp: 'COM1', phyaddrs: { Serial: '/dev/ttyS0' } },
        ],
      },
      [],
    ],
    [
      'no ports at all',
      { adapters: [] },
      ['spec.adapters: Invalid value: 0: spec.adapters in body should have at least 1 items'],
    ],
    [
      'an address of one device',
      { adapters: [{ ...eth0, address: '10.0.0.1' }] },
      ['spec.adapters[0].address: Forbidden: belongs to a Device, not to its model'],
    ],
    ['a name twice', { adapters: [eth0, eth0] }, ['spec.adapters[1]: Duplicate value: {"name":"eth0"}']],
    [
      'an interface name that Linux does not take',
      { adapters: [{ ...eth0, phyaddrs: { ifname: 'enp0s31f6abcdefgh' } }] },
      ['spec.adapters[0].phyaddrs[Ifname]: Invalid value: "enp0s31f6abcdefgh": must be no more than 15 characters'],
    ],
    [
      'more functions than there are',
      {
        adapters: [
          {
            name: 'pf',
            ptype: 'NetEthPF',
            virtualFunctions: { count: 1, data: [{ index: 0 }, { index: 0, mac: '01:00:5e:00:00:01' }] },
          },
        ],
      },
      [
        'spec.adapters[0].virtualFunctions.data: Too many: 2: must have at most 1 items',
        'spec.adapters[0].virtualFunctions.data[1].index: Duplicate value: "0"',
        'spec.adapters[0].virtualFunctions.data[1].mac: Invalid value: "01:00:5e:00:00:01": must not be a multicast address',
      ],
    ],
  ])('%s', async (_, spec, causes) => {
    expect(await causesOf('DeviceModel', spec)).toEqual(causes);
  });
});

describe('PatchEnvelope', () => {
  const sources = '`inline`, `base64`, `configMap`, `secret`, `image`';
  test.each<[string, JsonMap, string[]]>([
    ['text', { artifacts: [{ name: 'a.txt', inline: 'x' }] }, []],
    [
      'nothing',
      { artifacts: [{ name: 'a.txt' }] },
      [`spec.artifacts[0]: Invalid value: "a.txt": must specify one of: ${sources}`],
    ],
    [
      'two contents',
      { artifacts: [{ name: 'a.txt', inline: 'x', image: 'i' }] },
      [`spec.artifacts[0]: Invalid value: "a.txt": must specify one of: ${sources}`],
    ],
    [
      'no base64',
      { artifacts: [{ name: 'a', base64: 'a' }] },
      ['spec.artifacts[0].base64: Invalid value: "a…": must be base64'],
    ],
    [
      'a secret in the clear',
      { artifacts: [{ name: 'a', secret: { name: 's', key: 'k' }, encrypted: false }] },
      ['spec.artifacts[0].encrypted: Invalid value: false: what comes from a Secret is always encrypted'],
    ],
    [
      'one application twice',
      { applications: ['a', 'a'], artifacts: [{ name: 'a', inline: '' }] },
      ['spec.applications[1]: Duplicate value: "a"'],
    ],
  ])('%s', async (_, spec, causes) => {
    expect(await causesOf('PatchEnvelope', spec)).toEqual(causes);
  });

  test.each(['../etc/passwd', 'a/b', '.hidden', '', 'a'.repeat(256)])('%j is no name of a file', async name => {
    const [first] = await causesOf('PatchEnvelope', { artifacts: [{ name, inline: '' }] });
    expect(first).toMatch(/^spec\.artifacts\[0\]\.name: /);
  });

  test('what is missing is warned of', async () => {
    await causesOf('PatchEnvelope', { artifacts: [{ name: 'a', secret: { name: 'nope', key: 'k' } }] });
    expect(kinds.warnings).toEqual(['spec.artifacts[0].secret: Secret "nope" does not exist yet']);
  });
});

const cluster = {
  nodes: [
    { device: 'a', address: '10.9.0.1' },
    { device: 'b', address: '10.9.0.2', role: 'Agent' },
  ],
  bootstrap: 'a',
  network: '10.9.0.0/28',
  interface: 'eth1',
  tokenSecret: { name: 'join', key: 'token' },
};

describe('DeviceCluster', () => {
  test.each<[string, JsonMap, string[]]>([
    ['a whole one', cluster, []],
    [
      'an address outside of the subnet, and a bootstrap node that is none',
      { ...cluster, nodes: [{ device: 'b', address: '10.8.0.1' }] },
      [
        'spec.nodes[0].address: Invalid value: "10.8.0.1": must be inside spec.network 10.9.0.0/28',
        'spec.bootstrap: Invalid value: "a": must be one of spec.nodes',
      ],
    ],
    [
      'one address, or one device, twice',
      {
        ...cluster,
        network: 'fd00::/64',
        nodes: [
          { device: 'a', address: 'fd00::1' },
          { device: 'b', address: 'fd00:0::0:1' },
        ],
      },
      ['spec.nodes[1].address: Duplicate value: "fd00:0::0:1"'],
    ],
    [
      'one device twice',
      {
        ...cluster,
        nodes: [
          { device: 'a', address: '10.9.0.1' },
          { device: 'a', address: '10.9.0.2' },
        ],
      },
      ['spec.nodes[1]: Duplicate value: {"device":"a"}'],
    ],
    [
      'the address of the subnet, and a subnet with that of a node',
      { ...cluster, nodes: [{ device: 'a', address: '10.9.0.15' }], network: '10.9.0.1/28' },
      [
        'spec.network: Invalid value: "10.9.0.1/28": must be the address of the subnet, without that of a node',
        'spec.nodes[0].address: Invalid value: "10.9.0.15": must be the address of a node, not that of the subnet',
      ],
    ],
    [
      'agents where servers are needed',
      { ...cluster, bootstrap: 'b', tieBreaker: 'b' },
      [
        'spec.bootstrap: Invalid value: "b": must be a Server: it begins the cluster',
        'spec.tieBreaker: Invalid value: "b": must be a Server: it decides between halves',
      ],
    ],
    [
      'what is no address at all',
      { ...cluster, loadBalancers: [{ interface: 'eth0', addresses: ['192.168.0.1'] }] },
      [
        'spec.loadBalancers[0].addresses[0]: Invalid value: "192.168.0.1": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
  ])('%s', async (_, spec, causes) => {
    expect(await causesOf('DeviceCluster', spec)).toEqual(causes);
  });
});
