import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(() => kit.store.close());

const device = (spec: string) => `
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: box }
spec: ${spec}
`;
const model = (adapters: string) => `
apiVersion: kubeve.io/v1alpha1
kind: DeviceModel
metadata: { name: m }
spec: { manufacturer: Maker, productName: Product, adapters: ${adapters} }
`;

const compose = async () => {
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
  return {
    config: await kit.config('box'),
    changed: outcome?.changed,
    problems: outcome?.problems.map(one => one.message) ?? [],
  };
};

const ports = (config: { deviceIoList?: { logicallabel?: string | undefined }[] | undefined }) =>
  config.deviceIoList?.map(one => one.logicallabel);

test('a device without a model gets one management port', async () => {
  await kit.apply(device('{}'));
  const { config } = await compose();
  expect(ports(config)).toEqual(['eth0']);
  expect(config.systemAdapterList).toMatchObject([{ name: 'eth0', uplink: true }]);
});

test('the Device says more than its model, and otherwise', async () => {
  await kit.apply(model('[{ name: eth0, ptype: NetEth, cost: 7 }, { name: eth1, ptype: NetEth, phylabel: LAN 2 }]'));
  await kit.apply(
    device('{ model: m, productName: Mine, adapters: [{ name: eth1, usage: Disabled }, { name: com, ptype: COM }] }'),
  );
  const { config, problems } = await compose();
  expect(problems).toEqual([]);
  expect(config).toMatchObject({ manufacturer: 'Maker', productName: 'Mine' });
  expect(config.deviceIoList).toMatchObject([
    { logicallabel: 'eth0', usage: 1 },
    { logicallabel: 'eth1', phylabel: 'LAN 2', usage: 4 },
    { logicallabel: 'com', ptype: 3, usage: 3 },
  ]);
  expect(config.systemAdapterList).toMatchObject([{ name: 'eth0', cost: 7 }]);
});

test('a change of the model reaches its devices', async () => {
  await kit.apply(model('[{ name: eth0, ptype: NetEth }]'));
  await kit.apply(device('{ model: m }'));
  kit.run();
  await kit.composer.idle();
  const type = kit.catalog.get('kubeve.io', 'devicemodels');
  const adapters = [
    { name: 'eth0', ptype: 'NetEth' },
    { name: 'gpu', ptype: 'HDMI' },
  ];
  await kit.registry.update(type, { name: 'm' }, now => ({ ...now, spec: { adapters } }), {
    user: { name: 'a', groups: [] },
  });
  await kit.composer.idle();
  expect(ports(await kit.config('box'))).toEqual(['eth0', 'gpu']);
  await kit.stop();
});

test('nothing is taken from a device because its model is missing', async () => {
  await kit.apply(model('[{ name: lan0, ptype: NetEth }]'));
  await kit.apply(device('{ model: m }'));
  expect(ports((await compose()).config)).toEqual(['lan0']);
  await kit.update('devices', 'box', now => ({ ...now, spec: { model: 'other' } }));
  const { config, changed, problems } = await compose();
  expect(problems).toEqual(['spec.model: DeviceModel "other" does not exist']);
  expect(changed).toBe(false);
  expect(ports(config)).toEqual(['lan0']);
});

test.each([
  [
    '{ model: m, adapters: [{ name: nope, usage: Shared }] }',
    'spec.adapters[0]: the model has no adapter "nope", and ptype does not say what it is',
  ],
  ['{ model: m, vlans: [{ name: v, parent: nope, id: 5 }] }', 'spec.vlans[0].parent: the device has no port "nope"'],
  [
    '{ model: m, bonds: [{ name: b, members: [lan0, nope], mode: ActiveBackup }] }',
    'spec.bonds[0].members: the device has no port "nope"',
  ],
])('%s keeps what the device has', async (spec, problem) => {
  await kit.apply(model('[{ name: lan0, ptype: NetEth }]'));
  await kit.apply(device('{ model: m }'));
  await compose();
  const { spec: wanted } = (await import('../../shared/base/yaml.ts')).parseYaml(`spec: ${spec}`) as { spec: object };
  await kit.update('devices', 'box', now => ({ ...now, spec: JSON.parse(JSON.stringify(wanted)) }));
  const { config, changed, problems } = await compose();
  expect(problems).toEqual([problem]);
  expect(changed).toBe(false);
  expect(ports(config)).toEqual(['lan0']);
});
