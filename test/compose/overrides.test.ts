import { expect, test } from 'vitest';
import { override } from '../../shared/compose/overrides.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import type { DeviceConfig } from '../../shared/resources/eve/deviceconfig.ts';

type Overrides = NonNullable<NonNullable<DeviceConfig['spec']>['overrides']>;

const config: EdgeDevConfig = {
  id: { uuid: 'u' },
  device_name: 'nuc',
  apps: [
    {
      displayname: 'web',
      activate: true,
      fixedresources: { memory: 1, vcpus: 2 },
      volumeRefList: [{ uuid: 'v', mount_dir: '/x' }],
    },
    { displayname: 'db', activate: true },
  ],
};

const by = (overrides: Overrides): DeviceConfig => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'DeviceConfig',
  metadata: { name: 'nuc' },
  spec: { overrides },
});

const run = (...overrides: Overrides) => override(config, by(overrides));

test.each<[string, Overrides[number], (config: EdgeDevConfig) => unknown, unknown]>([
  [
    'a field of a list item by name',
    { path: 'apps[displayname=web].fixedresources.memory', value: 512 },
    now => now.apps?.[0]?.fixedresources,
    { memory: 512, vcpus: 2 },
  ],
  ['a field that was not there', { path: 'globalProfile', value: 'day' }, now => now.global_profile, 'day'],
  [
    'by the original name',
    { path: 'apps[0].volumeRefList[0].mount_dir', value: '/y' },
    now => now.apps?.[0]?.volumeRefList,
    [{ uuid: 'v', mount_dir: '/y' }],
  ],
  [
    'a message that was not there',
    { path: 'apps[displayname=db].fixedresources.memory', value: 7 },
    now => now.apps?.[1]?.fixedresources,
    { memory: 7 },
  ],
  [
    'a whole item by its place',
    { path: 'apps[1]', value: { displayname: 'new' } },
    now => now.apps?.[1],
    { displayname: 'new' },
  ],
  ['one item more', { path: 'apps[2]', value: { displayname: 'third' } }, now => now.apps?.length, 3],
  [
    'away with an item',
    { path: 'apps[displayname=db]', remove: true },
    now => now.apps?.map(one => one.displayname),
    ['web'],
  ],
  ['away with a field', { path: 'deviceName', remove: true }, now => now.device_name, undefined],
])('%s', (_, one, look, expected) => {
  const { config: next, paths, problems } = run(one);
  expect(look(next)).toEqual(expected);
  expect(paths).toEqual([one.path]);
  expect(problems).toEqual([]);
});

test.each<[string, Overrides[number]]>([
  ['finds no place', { path: 'apps[displayname=gone].activate', value: false }],
  ['finds no place', { path: 'apps[9].activate', value: false }],
  ['finds no place', { path: 'vlans', remove: true }],
  ['unknown field', { path: 'nothing.like.this', value: 1 }],
  ['fixedresources.memory', { path: 'apps[displayname=web].fixedresources.memory', value: 'much' }],
  ['is not a path', { path: '__proto__.polluted', value: 1 }],
])('what %s changes nothing: %j', (text, one) => {
  const { config: next, paths, problems } = run(one);
  expect(next).toEqual(config);
  expect(paths).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^spec\.overrides\[0\]\.(path|value): /),
  ]);
  expect(problems[0]?.message).toContain(text);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('what stands there already is no difference', () => {
  expect(run({ path: 'deviceName', value: 'nuc' }).paths).toEqual([]);
});

test('overrides follow one another', () => {
  const { config: next } = run(
    { path: 'apps[2]', value: { displayname: 'x' } },
    { path: 'apps[displayname=x].activate', value: true },
  );
  expect(next.apps?.[2]).toEqual({ displayname: 'x', activate: true });
});
