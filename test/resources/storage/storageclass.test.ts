import { expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { toTable } from '../../../shared/kube/describe/table.ts';
import { refusal, startKinds } from '../setup.ts';

const storageClass = (fields: object): ApiObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 's' },
  provisioner: 'eve',
  parameters: { type: 'blank' },
  ...fields,
});
const invalid = (text: string) => `422 StorageClass.storage.k8s.io "s" is invalid: ${text}`;
const eveTypes = '"azure", "blank", "container", "ftp", "google", "http", "https", "s3", "sftp"';

test.each<[string, object, string]>([
  ['an EVE class', {}, 'accepted'],
  ['another provisioner', { provisioner: 'Example.com/disk', parameters: undefined }, 'accepted'],
  ['no provisioner', { provisioner: undefined }, invalid('provisioner: Required value')],
  ['an empty provisioner', { provisioner: '' }, invalid('provisioner: Required value')],
  [
    'places that stand twice',
    {
      allowedTopologies: [
        {
          matchLabelExpressions: [
            { key: 'a', values: ['x', 'y', 'x'] },
            { key: 'a', values: ['z'] },
          ],
        },
        { matchLabelExpressions: [{ key: 'b', values: ['1', '2'] }] },
        { matchLabelExpressions: [{ key: 'b', values: ['2', '1'] }] },
      ],
    },
    invalid(
      '[allowedTopologies[0].matchLabelExpressions[0].values[2]: Duplicate value: "x", allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "a", allowedTopologies[2].matchLabelExpressions: Duplicate value: ""]',
    ),
  ],
  [
    'a policy of its own',
    { reclaimPolicy: 'Burn' },
    invalid('reclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Retain"'),
  ],
  [
    'a mode of its own',
    { volumeBindingMode: 'Never' },
    invalid('volumeBindingMode: Unsupported value: "Never": supported values: "Immediate", "WaitForFirstConsumer"'),
  ],
  [
    'an EVE class without a type',
    { parameters: {} },
    invalid(
      'parameters[type]: Required value: must be one of azure, blank, container, ftp, google, http, https, s3, sftp',
    ),
  ],
  [
    'an EVE class of an unknown type',
    { parameters: { type: 'tape' } },
    invalid(`parameters[type]: Unsupported value: "tape": supported values: ${eveTypes}`),
  ],
  ...(
    [
      ['a registry', { type: 'container', URL: 'docker://registry.example.com:5000/team' }, ''],
      ['a server by its address', { type: 'http', url: '[2001:db8::1]:8080' }, ''],
      [
        'a registry without its server',
        { type: 'container' },
        'parameters[URL]: Required value: a class of type container needs its server',
      ],
      [
        'a web server without a name',
        { type: 'https', URL: 'https://' },
        'parameters[URL]: Invalid value: "https://": must be a server, like https://files.example.com:8443/base, without ? and #',
      ],
      [
        'a web server with a query',
        { type: 'https', URL: 'https://files?x=1' },
        'parameters[URL]: Invalid value: "https://files?x=1": must be a server, like https://files.example.com:8443/base, without ? and #',
      ],
      [
        'a port that is none',
        { type: 'sftp', URL: 'files:70000' },
        'parameters[URL]: Invalid value: "files:70000": must be a server, like https://files.example.com:8443/base, without ? and #',
      ],
      [
        'a server of another sort',
        { type: 'https', URL: 'ftp://files' },
        'parameters[URL]: Invalid value: "ftp://files": must have the scheme https or http',
      ],
      [
        'a password in the URL',
        { type: 'https', URL: 'https://me:secret@files' },
        'parameters[URL]: Invalid value: "(hidden)": must not hold credentials; name a Secret in credentialsSecret',
      ],
      [
        'a store without a bucket',
        { type: 's3', path: '/' },
        'parameters[path]: Required value: a class of type s3 needs its bucket',
      ],
      [
        'a path that leads out',
        { type: 'sftp', URL: 'files', path: '../etc' },
        'parameters[path]: Invalid value: "../etc": must be a path without .., ?, # and spaces',
      ],
      [
        'a Secret that can have no such name',
        { type: 'http', URL: 'web', credentialsSecret: 'A/B/C' },
        'parameters[credentialsSecret]: Invalid value: "A/B/C": must be the name of a Secret, or namespace/name',
      ],
    ] as const
  ).map(([name, parameters, text]): [string, object, string] => [
    name,
    { parameters },
    text === '' ? 'accepted' : invalid(text),
  ]),
  [
    'an empty key',
    { parameters: { type: 'blank', '': 'x' } },
    invalid('parameters: Invalid value: "": field can not be empty.'),
  ],
  [
    'too many parameters',
    { parameters: Object.fromEntries([['type', 'blank'], ...Array.from({ length: 512 }, (_, i) => [`p${i}`, ''])]) },
    invalid('parameters: Too long: may not be more than 512 bytes'),
  ],
  [
    'too long parameters',
    { parameters: { type: 'blank', path: 'x'.repeat(262_144) } },
    invalid('parameters: Too long: may not be more than 262144 bytes'),
  ],
])('%s', async (_case, fields, answer) => {
  const { create } = await startKinds();
  expect(await refusal(create(storageClass(fields)))).toBe(answer);
});

test('values of a topology', async () => {
  const { create } = await startKinds();
  const allowedTopologies = [{ matchLabelExpressions: [{ key: 'a', values: [] }] }];
  expect(await refusal(create(storageClass({ allowedTopologies })))).toMatch(
    /is invalid: allowedTopologies\[0\]\.matchLabelExpressions\[0\]\.values: Required value$/,
  );
});

test('the qualified name of a provisioner', async () => {
  const { create } = await startKinds();
  expect(await refusal(create(storageClass({ provisioner: 'a/b/c' })))).toMatch(
    /provisioner: Invalid value: "a\/b\/c": a valid label key must consist of/,
  );
});

test('defaults, no generation, and a namespace is dropped', async () => {
  const { create } = await startKinds();
  const made = await create(storageClass({ metadata: { name: 's', namespace: 'default' } }));
  expect(made).toMatchObject({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
  expect(made.metadata).not.toHaveProperty('generation');
  expect(made.metadata).not.toHaveProperty('namespace');
});

test('what makes a class what it is never changes', async () => {
  const { create, change } = await startKinds();
  const made = await create(storageClass({}));
  const frozen = (field: string, value: unknown) =>
    invalid(`${field}: Invalid value: ${JSON.stringify(value)}: field is immutable`);
  for (const [field, value] of Object.entries({
    provisioner: 'x',
    parameters: { type: 'http', URL: 'http://web' },
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a'] }] }],
  })) {
    expect(await refusal(change(made, { [field]: value }))).toBe(frozen(field, value));
  }
  expect(await refusal(change(made, { allowVolumeExpansion: true, mountOptions: ['ro'] }))).toBe('accepted');
});

test('the default class is marked in tables', async () => {
  const { create, typeOf, clock } = await startKinds();
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  const made = await create(storageClass({ metadata: { name: 's', annotations } }));
  expect(toTable(typeOf(made), [made], { now: clock.now() }).rows).toEqual([
    expect.objectContaining({ cells: ['s (default)', 'eve', 'Delete', 'Immediate', false, '0s'] }),
  ]);
});
