import { expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { refusal, startKinds } from '../setup.ts';

const secret = (fields: Record<string, unknown>, annotations: Record<string, string> = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'default', annotations },
  ...fields,
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('stringData goes over data and is never returned; the type is Opaque unless said', async () => {
  const { create, change, get } = await startKinds();
  const made = await create(
    secret({ data: { a: base64('1'), b: base64('2') }, stringData: { b: 'two', __proto__x: 'ü' } }),
  );
  expect(made.data).toEqual({ a: base64('1'), b: base64('two'), __proto__x: base64('ü') });
  expect(made.stringData).toBeUndefined();
  expect(made.type).toBe('Opaque');
  await change(made, { stringData: { a: 'one' }, type: '' });
  expect(await get(made)).toMatchObject({ data: { a: base64('one'), b: base64('two') }, type: 'Opaque' });
});

test.each([
  ['kubernetes.io/dockerconfigjson', {}, 'data[.dockerconfigjson]: Required value'],
  [
    'kubernetes.io/dockerconfigjson',
    { '.dockerconfigjson': base64('{') },
    'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": must be valid JSON',
  ],
  ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64('{}') }, undefined],
  ['kubernetes.io/dockercfg', {}, 'data[.dockercfg]: Required value'],
  ['kubernetes.io/basic-auth', {}, '[data[username]: Required value, data[password]: Required value]'],
  ['kubernetes.io/basic-auth', { password: '' }, undefined],
  ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }, 'data[ssh-privatekey]: Required value'],
  ['kubernetes.io/tls', { 'tls.crt': '' }, 'data[tls.key]: Required value'],
  ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }, undefined],
  [
    'kubernetes.io/service-account-token',
    {},
    'metadata.annotations[kubernetes.io/service-account.name]: Required value',
  ],
  ['example.com/anything', {}, undefined],
])('%s with %o', async (type, data, error) => {
  const { create } = await startKinds();
  expect(await refusal(create(secret({ type, data })))).toBe(
    error === undefined ? 'accepted' : `422 Secret "s" is invalid: ${error}`,
  );
});

test.each([
  ['A', 1],
  ['AAA', 3],
  ['A===', 1],
  ['AA=A', 2],
  ['!AAA', 0],
])('%s is not base64', async (value, at) => {
  const { create } = await startKinds();
  expect(await refusal(create(secret({ data: { k: value } })))).toBe(
    `400 Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${at}`,
  );
});

test('the type never changes, and immutable data neither', async () => {
  const { create, change } = await startKinds();
  const made = await create(secret({ immutable: true, data: { a: 'AA==' } }));
  expect(await refusal(change(made, { type: 'other', data: {} }))).toBe(
    '422 Secret "s" is invalid: [type: Invalid value: "other": field is immutable, data: Forbidden: field is immutable when `immutable` is set]',
  );
});

test('a type that is left out is Opaque', async () => {
  const { create, change } = await startKinds();
  const made = await create(secret({ type: 'example.com/key', data: { a: 'AA==' } }));
  for (const type of ['', undefined])
    expect(await refusal(change(made, { type }))).toBe(
      '422 Secret "s" is invalid: type: Invalid value: "Opaque": field is immutable',
    );
});

test('1 MiB of bytes is the most', async () => {
  const { create } = await startKinds();
  expect(await refusal(create(secret({ stringData: { a: 'x'.repeat(1_048_577) } })))).toBe(
    '422 Secret "s" is invalid: data: Too long: may not be more than 1048576 bytes',
  );
});
