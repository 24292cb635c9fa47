import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { toDeviceModel } from '../../cli/modelfile.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { startComposer } from '../compose/setup.ts';

const root = new URL('../..', import.meta.url).pathname;
const file = `${root}test/cli/models/gateway.json`;
const run = (...args: string[]) =>
  execFileSync(process.execPath, ['--import', 'tsx', 'cli/kubeve.ts', ...args], { cwd: root, encoding: 'utf8' });

test('a file of EVE becomes a DeviceModel that devices can be made of', async () => {
  const kit = await startComposer();
  const printed = run('model', 'import', file);
  expect(parseYaml(printed)).toEqual({
    apiVersion: 'kubeve.io/v1alpha1',
    kind: 'DeviceModel',
    metadata: { name: 'gateway' },
    spec: {
      architecture: 'amd64',
      url: 'https://maker.example/gateway',
      attributes: { memory: '8G', storage: '500G', Cpus: '4', hsm: '2', watchdog: 'true' },
      adapters: [
        { name: 'eth0', ptype: 'NetEth', phyaddrs: { Ifname: 'eth0', PciLong: '0000:02:00.0' }, usage: 'MgmtAndApps' },
        { name: 'shopfloor', ptype: 'NetEth', phylabel: 'LAN 2', phyaddrs: { Ifname: 'eth1' }, assigngrp: '', cost: 1 },
        {
          name: 'wwan0',
          ptype: 'NetWWAN',
          phyaddrs: { Ifname: 'wwan0', PciLong: '0000:00:15.0' },
          assigngrp: 'USB-A',
          usage: 'MgmtAndApps',
          cost: 10,
        },
        { name: 'USB', ptype: 'USB', phyaddrs: { PciLong: '0000:00:15.0' }, assigngrp: 'USB-A' },
        { name: 'USB-2', ptype: 'USB', phylabel: 'USB', phyaddrs: { PciLong: '0000:00:15.0' }, assigngrp: 'USB-A' },
        { name: 'COM1', ptype: 'COM', phyaddrs: { Ioports: '3f8-3ff', Irq: '4', Serial: '/dev/ttyS0' } },
        { name: 'pf', ptype: 'NetEthPF', cbattr: { a: 'b' }, virtualFunctions: { count: 4 } },
        { name: 'Other11', ptype: 'Other', phyaddrs: { PciLong: '0000:03:00.0' }, assigngrp: 'group11' },
      ],
    },
  });
  await kit.apply(printed);
  await kit.apply(
    'apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: { name: box }\nspec: { model: gateway }',
  );
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  expect(outcome?.problems).toEqual([]);
  expect((await kit.config('box')).deviceIoList).toHaveLength(8);
  await kit.store.close();
});

test.each<[string, string]>([
  ['{}', 'it has no ioMemberList'],
  ['[]', 'the file is no JSON object'],
  ['{"ioMemberList": [{"ztype": 99, "phylabel": "x"}]}', 'ioMemberList[0] has the unknown type 99'],
  ['{"ioMemberList": [{"ztype": 1}]}', 'ioMemberList[0] has no label'],
  ['{"ioMemberList": [{"ztype": 1, "phylabel": "x", "usage": 77}]}', 'ioMemberList[0] has the unknown usage 77'],
])('%s is refused', (text, message) => {
  expect(() => toDeviceModel(text, 'm')).toThrow(message);
});

test('a file that is not there is named once', () => {
  expect(() => run('model', 'import', '/nowhere/box.json')).toThrow(
    /kubeve model: \/nowhere\/box\.json cannot be read: no such file or directory\n/,
  );
});

test('a file that is none is named', () => {
  expect(() => run('model', 'import', `${root}package.json`)).toThrow(/package\.json: is no hardware model/);
});
