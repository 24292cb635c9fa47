import { Buffer } from 'node:buffer';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { ageColumn, defineResource } from '../define.ts';
import { byteMap, flag, text, textMap } from '../text.ts';
import { base64Length, checkKeys, keyPath, maxDataBytes, normalizeBytes } from './data.ts';
import { checkFrozen } from './frozen.ts';

export const secret = defineResource(
  {
    version: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    scope: 'Namespaced',
    native: true,
    description: 'Confidential values under keys: passwords, tokens, private keys.',
    fields: () => ({
      data: byteMap('The values in base64. Keys consist of letters, digits, `-`, `_` and `.`.'),
      stringData: textMap(
        'Values as plain text, for convenience when writing: they are merged into data and never returned.',
      ),
      type: text(
        'What the secret is for, which decides the keys that it must have. Opaque when not given; never changes.',
      ),
      immutable: flag("Freezes data for the rest of the object's life."),
    }),
  },
  {
    countedAs: 'secrets',
    columns: [
      { name: 'Type', type: 'string', description: 'What the secret is for', jsonPath: '.type' },
      {
        name: 'Data',
        type: 'integer',
        description: 'How many keys there are',
        value: object => Object.keys(dataOf(object)).length,
      },
      ageColumn,
    ],
    selectable: ['type'],

    defaults(draft) {
      mergeStrings(draft);
      // Who leaves the type out says Opaque, and is refused where it is another.
      draft.type ||= 'Opaque';
    },
    validate: object => [...checkContent(object), ...checkType(object)],
    validateUpdate: (now, old) => [
      ...(now.type === old.type ? [] : [cause.invalid('type', now.type, 'field is immutable')]),
      ...checkFrozen(now, old, ['data']),
    ],
  },
);

// Values were checked to be strings by the schema before any hook sees the object.
const dataOf = (object: ApiObject) => (object.data ?? {}) as Record<string, string>;

const mergeStrings = (draft: ApiObject): void => {
  if (draft.data) draft.data = normalizeBytes('Secret', dataOf(draft));
  if (draft.stringData === undefined) return;
  const strings = (draft.stringData ?? {}) as Record<string, string>;
  const encoded = Object.entries(strings).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  if (encoded.length > 0) draft.data = { ...dataOf(draft), ...Object.fromEntries(encoded) };
  delete draft.stringData;
};

const checkContent = (object: ApiObject): Cause[] => {
  const data = dataOf(object);
  const causes = checkKeys(data, 'data');
  const size = Object.values(data).reduce((sum, value) => sum + base64Length(value), 0);
  if (size > maxDataBytes) causes.push(cause.tooLong('data', maxDataBytes));
  return causes;
};

/** The keys that a type of secret must have (kubernetes-api reference §2.3). */
const checkType = (object: ApiObject): Cause[] => {
  const data = dataOf(object);
  const missing = (...keys: string[]): Cause[] =>
    keys.filter(key => !Object.hasOwn(data, key)).map(key => cause.required(keyPath('data', key)));
  switch (object.type) {
    case 'kubernetes.io/dockerconfigjson':
      return checkJson(data, '.dockerconfigjson');
    case 'kubernetes.io/dockercfg':
      return checkJson(data, '.dockercfg');
    case 'kubernetes.io/basic-auth':
      return 'username' in data || 'password' in data ? [] : missing('username', 'password');
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [cause.required(keyPath('data', 'ssh-privatekey'))];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    case 'kubernetes.io/service-account-token':
      return object.metadata.annotations?.['kubernetes.io/service-account.name']
        ? []
        : [cause.required(['metadata', 'annotations', { key: 'kubernetes.io/service-account.name' }])];
    default:
      return [];
  }
};

const checkJson = (data: Record<string, string>, key: string): Cause[] => {
  const value = data[key];
  if (value === undefined) return [cause.required(keyPath('data', key))];
  try {
    JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
    return [];
  } catch {
    return [cause.invalid(keyPath('data', key), '<secret contents redacted>', 'must be valid JSON')];
  }
};
