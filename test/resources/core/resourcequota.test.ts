import { expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { refusal, startKinds } from '../setup.ts';

const quota = (spec: object): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'default' },
  spec: { ...spec },
});
const pods = { hard: { pods: '1' } };
const selecting = (...expressions: object[]) => ({ scopeSelector: { matchExpressions: expressions } });
const selector = 'spec.scopeSelector.matchExpressions';
const none = 'must be a standard resource type or fully qualified';
const notHere = 'must be a standard resource for quota';

test.each<[string, object, string[]]>([
  [
    'objects and sizes',
    { hard: { configmaps: '3', 'count/devices.eve.lfedge.org': '5', 'requests.storage': '1Gi' } },
    [],
  ],
  ['huge pages', { hard: { 'hugepages-2Mi': '1', 'requests.hugepages-2Mi': '1' } }, []],
  [
    'what is no resource',
    { hard: { foo: '1', storage: '1' } },
    [
      `spec.hard[foo]: Invalid value: "foo": ${none}`,
      `spec.hard[foo]: Invalid value: "foo": ${notHere}`,
      `spec.hard[storage]: Invalid value: "storage": ${notHere}`,
    ],
  ],
  [
    'half a claim of a class',
    { hard: { 'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1500m' } },
    ['spec.hard[gold.storageclass.storage.k8s.io/persistentvolumeclaims]: Invalid value: "1500m": must be an integer'],
  ],
  ['a scope of Pods', { ...pods, scopes: ['BestEffort'] }, []],
  ['an unknown scope', { ...pods, scopes: ['Foo'] }, ['spec.scopes: Invalid value: ["Foo"]: unsupported scope']],
  [
    'a scope of Pods about other things',
    { hard: { configmaps: '1', 'count/a.b': '1' }, scopes: ['Terminating'] },
    ['spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource'],
  ],
  [
    'opposite scopes',
    { ...pods, scopes: ['Terminating', 'NotTerminating'] },
    ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
  ],
  ['expressions', { ...pods, ...selecting({ scopeName: 'PriorityClass', operator: 'In', values: ['x'] }) }, []],
  [
    'no value to compare with',
    { ...pods, ...selecting({ scopeName: 'PriorityClass', operator: 'In' }) },
    [
      `${selector}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
  ],
  [
    'a value that nothing is compared with',
    { ...pods, ...selecting({ scopeName: 'PriorityClass', operator: 'Exists', values: ['x'] }) },
    [
      `${selector}.values: Invalid value: ["x"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
    ],
  ],
  [
    'an unknown scope and operator',
    { ...pods, ...selecting({ scopeName: 'Foo', operator: 'Bar' }) },
    [
      `${selector}.scopeName: Invalid value: "Foo": unsupported scope`,
      `${selector}.operator: Invalid value: "Bar": not a valid selector operator`,
    ],
  ],
  [
    'opposite expressions',
    {
      ...pods,
      ...selecting({ scopeName: 'BestEffort', operator: 'Exists' }, { scopeName: 'NotBestEffort', operator: 'Exists' }),
    },
    [`${selector}: Invalid value: null: conflicting scopes`],
  ],
])('%s', async (_case, spec, errors) => {
  const { create } = await startKinds();
  const text = errors.length > 1 ? `[${errors.join(', ')}]` : errors[0];
  expect(await refusal(create(quota(spec)))).toBe(
    text === undefined ? 'accepted' : `422 ResourceQuota "q" is invalid: ${text}`,
  );
});

test('limits are written in one way', async () => {
  const { create } = await startKinds();
  const made = await create(quota({ hard: { 'requests.storage': '2048Mi', cpu: '1500m', pods: 5 } }));
  expect(made.spec?.hard).toEqual({ 'requests.storage': '2Gi', cpu: '1500m', pods: '5' });
});
