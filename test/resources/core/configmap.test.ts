import { expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { refusal, startKinds } from '../setup.ts';

const configMap = (fields: Record<string, unknown>, name = 'c'): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  ...fields,
});

test.each([
  ['nothing at all', {}, 'accepted'],
  ['text and bytes', { data: { 'a.b-c_D': 'x' }, binaryData: { b: 'AAE=' } }, 'accepted'],
  ['a key that is a prototype name', { data: { constructor: 'x' } }, 'accepted'],
  [
    'a key with a slash',
    { data: { 'a/b': 'x' } },
    `422 ConfigMap "c" is invalid: data[a/b]: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
  ],
  [
    'a key ..',
    { data: { '..': 'x' } },
    `422 ConfigMap "c" is invalid: data[..]: Invalid value: "..": must not be '..'`,
  ],
  [
    'a key .',
    { binaryData: { '.': '' } },
    `422 ConfigMap "c" is invalid: binaryData[.]: Invalid value: ".": must not be '.'`,
  ],
  [
    'a key ..a',
    { data: { '..a': '' } },
    `422 ConfigMap "c" is invalid: data[..a]: Invalid value: "..a": must not start with '..'`,
  ],
  [
    'a key in both',
    { data: { k: 'x' }, binaryData: { k: 'AA==' } },
    '422 ConfigMap "c" is invalid: data[k]: Invalid value: "k": duplicate of key present in binaryData',
  ],
  [
    'a key too long',
    { data: { ['k'.repeat(254)]: 'x' } },
    `422 ConfigMap "c" is invalid: data[${'k'.repeat(254)}]: Invalid value: "${'k'.repeat(254)}": must be no more than 253 characters`,
  ],
  ['1 MiB', { data: { k: 'x'.repeat(1_048_576) } }, 'accepted'],
  [
    'a byte more',
    { data: { k: 'x'.repeat(1_048_574), l: 'é' }, binaryData: { b: 'AA==' } },
    '422 ConfigMap "c" is invalid: []: Too long: may not be more than 1048576 bytes',
  ],
  [
    'bytes that are not base64',
    { binaryData: { k: 'A?==' } },
    '400 ConfigMap in version "v1" cannot be handled as a ConfigMap: illegal base64 data at input byte 1',
  ],
])('%s', async (_case, fields, answer) => {
  const { create } = await startKinds();
  expect(await refusal(create(configMap(fields)))).toBe(answer);
});

test('immutable freezes the data and itself, but neither labels nor deletion', async () => {
  const { create, change, remove } = await startKinds();
  const made = await create(configMap({ data: { a: '1' }, immutable: true }));
  expect(await refusal(change(made, { data: { a: '2' }, binaryData: { b: 'AA==' }, immutable: false }))).toBe(
    '422 ConfigMap "c" is invalid: [immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when `immutable` is set, binaryData: Forbidden: field is immutable when `immutable` is set]',
  );
  expect(await refusal(change(made, { metadata: { labels: { a: 'b' } } }))).toBe('accepted');
  expect((await remove(made)).deleted).toBe(true);
});

test('line ends in base64 are taken out', async () => {
  const { create } = await startKinds();
  expect((await create(configMap({ binaryData: { k: 'AA\r\nAA' } }))).binaryData).toEqual({ k: 'AAAA' });
});

test('device options for all are checked where they are written', async () => {
  const { create, warnings } = await startKinds();
  expect(await refusal(create(configMap({ data: { 'timer.config.interval': 'soon' } }, 'eve-global-options')))).toMatch(
    /^422 ConfigMap "eve-global-options" is invalid: data\[timer\.config\.interval\]/,
  );
  await create(configMap({ data: { 'no.such.option': 'x' } }, 'eve-global-options'));
  expect(warnings.join()).toContain('no.such.option');
});
