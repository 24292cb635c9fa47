import { expect, test } from 'vitest';
import { toTime } from '../../../shared/base/condition.ts';
import type { ApiObject } from '../../../shared/base/object.ts';
import type { User } from '../../../shared/kube/access/user.ts';
import { bootstrap } from '../../../shared/resources/bootstrap.ts';
import { refusal, startKinds } from '../setup.ts';

const review = (kind: string, spec: object, metadata: object = {}): ApiObject => ({
  apiVersion:
    kind.includes('Access') || kind.includes('Rules') ? 'authorization.k8s.io/v1' : 'authentication.k8s.io/v1',
  kind,
  metadata: { name: '', ...metadata },
  spec: { ...spec },
});
const ann: User = { name: 'ann', uid: 'u', groups: ['dev', 'system:authenticated'], extra: { a: ['b'] } };
const viewer = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'viewers', namespace: 'default' },
  roleRef: { kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'Group', name: 'dev' }],
};

const start = async () => {
  const kinds = await startKinds();
  await bootstrap(kinds.registry);
  await kinds.create(viewer);
  return kinds;
};
const maps = { namespace: 'default', verb: 'list', resource: 'configmaps' };

test.each<[string, object, object]>([
  [
    'allowed, with the reason',
    { resourceAttributes: maps },
    { allowed: true, reason: 'RBAC: allowed by RoleBinding "viewers/default" of ClusterRole "view" to Group "dev"' },
  ],
  ['not allowed elsewhere', { resourceAttributes: { ...maps, namespace: 'kube-system' } }, { allowed: false }],
  ['not allowed everywhere', { resourceAttributes: { ...maps, namespace: '' } }, { allowed: false }],
  ['not allowed for any verb', { resourceAttributes: { ...maps, verb: '*' } }, { allowed: false }],
  [
    'a URL',
    { nonResourceAttributes: { path: '/version', verb: 'get' } },
    {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    },
  ],
])('SelfSubjectAccessReview: %s', async (_case, spec, status) => {
  const { create } = await start();
  const answer = await create(review('SelfSubjectAccessReview', spec), ann);
  expect(answer.status).toEqual(status);
  expect(answer.spec).toEqual(spec);
  expect(answer.metadata).toEqual({});
});

test('SubjectAccessReview asks about somebody else', async () => {
  const { create } = await start();
  const ask = async (spec: object) =>
    (await create(review('SubjectAccessReview', { resourceAttributes: maps, ...spec }))).status;
  expect(await ask({ user: 'bob' })).toEqual({ allowed: false });
  expect(await ask({ user: 'bob', groups: ['dev'] })).toMatchObject({ allowed: true });
  expect(await ask({ groups: ['system:masters'] })).toEqual({ allowed: true });
});

test('LocalSubjectAccessReview stays in its namespace', async () => {
  const { create } = await start();
  const ask = (spec: object) =>
    create(review('LocalSubjectAccessReview', { user: 'ann', groups: ['dev'], ...spec }, { namespace: 'default' }));
  expect((await ask({ resourceAttributes: maps })).status).toMatchObject({ allowed: true });
  expect(await refusal(ask({ resourceAttributes: { ...maps, namespace: 'other' } }))).toBe(
    '422 LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
  );
  expect(await refusal(ask({ nonResourceAttributes: { path: '/', verb: 'get' } }))).toContain(
    'disallowed on this kind of request',
  );
});

test.each<[string, string, object, object, string]>([
  [
    'nothing asked',
    'SelfSubjectAccessReview',
    {},
    {},
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ],
  [
    'two things asked',
    'SelfSubjectAccessReview',
    { resourceAttributes: {}, nonResourceAttributes: {} },
    {},
    'spec.nonResourceAttributes: Invalid value: {}: cannot be specified in combination with resourceAttributes',
  ],
  [
    'nobody named',
    'SubjectAccessReview',
    { resourceAttributes: {} },
    {},
    'spec.user: Invalid value: "": at least one of user or group must be specified',
  ],
  [
    'metadata',
    'SelfSubjectAccessReview',
    { resourceAttributes: {} },
    { name: 'x' },
    'metadata: Invalid value: {"name":"x"}: must be empty',
  ],
])('%s is no question', async (_case, kind, spec, metadata, error) => {
  const { create } = await start();
  expect(await refusal(create(review(kind, spec, metadata)))).toBe(
    `422 ${kind}.authorization.k8s.io "" is invalid: ${error}`,
  );
});

const required = (path: string) => `spec.resourceAttributes.${path}: Required value: `;
test.each<[string, object, string[]]>([
  ['text', { fieldSelector: { rawSelector: 'a=b' } }, []],
  ['parts', { labelSelector: { requirements: [{ key: 'a', operator: 'Exists' }] } }, []],
  [
    'both',
    { fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } },
    [
      'spec.resourceAttributes.fieldSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements',
    ],
  ],
  [
    'neither',
    { fieldSelector: {} },
    [
      `${required('fieldSelector.requirements')}when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required`,
    ],
  ],
  [
    'fields without names and values',
    {
      fieldSelector: {
        requirements: [
          { key: '', operator: 'In', values: ['b'] },
          { key: 'a', operator: 'NotIn' },
          { key: 'a', operator: 'Exists', values: ['x'] },
        ],
      },
    },
    [
      `${required('fieldSelector.requirements[0].key')}must be specified`,
      `${required('fieldSelector.requirements[1].values')}must be specified when \`operator\` is 'In' or 'NotIn'`,
      "spec.resourceAttributes.fieldSelector.requirements[2].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ],
  [
    'labels that are none',
    {
      labelSelector: {
        requirements: [
          { key: 'a b', operator: 'Exists' },
          { key: 'a', operator: 'In', values: ['b c'] },
        ],
      },
    },
    [
      'spec.resourceAttributes.labelSelector.requirements[0].key: Invalid value: "a b": name part must consist',
      'spec.resourceAttributes.labelSelector.requirements[1].values[0]: Invalid value: "b c": a valid label must be',
    ],
  ],
])('a question may be narrowed by %s', async (_case, selection, errors) => {
  const { create } = await start();
  const answer = await refusal(
    create(review('SelfSubjectAccessReview', { resourceAttributes: { ...maps, ...selection } })),
  );
  if (errors.length === 0) expect(answer).toBe('accepted');
  for (const error of errors) expect(answer).toContain(error);
});

test.each<[object, string | undefined]>([
  [{ fieldSelector: { rawSelector: 'a=b' }, labelSelector: { rawSelector: 'a in (b)' } }, undefined],
  [{ fieldSelector: { rawSelector: 'a' } }, 'spec.resourceAttributes.fieldSelector ignored due to parse error'],
  [
    { fieldSelector: { rawSelector: 'a' }, labelSelector: { rawSelector: 'a in (' } },
    'spec.resourceAttributes.fieldSelector ignored due to parse error; spec.resourceAttributes.labelSelector ignored due to parse error',
  ],
  [
    {
      labelSelector: {
        requirements: [
          { key: 'a', operator: 'Later' },
          { key: 'b', operator: 'Exists' },
        ],
      },
    },
    'spec.resourceAttributes.labelSelector partially ignored due to parse error',
  ],
  [
    { fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] } },
    'spec.resourceAttributes.fieldSelector ignored due to parse error',
  ],
])('%j is answered, and what of it was not read is told', async (selection, evaluationError) => {
  const { create } = await start();
  const { status } = await create(
    review('SelfSubjectAccessReview', { resourceAttributes: { ...maps, ...selection } }),
    ann,
  );
  expect(status).toMatchObject({ allowed: true });
  expect(status?.evaluationError).toBe(evaluationError);
});

test('SelfSubjectRulesReview tells all rules', async () => {
  const { create } = await start();
  const { spec, status } = await create(review('SelfSubjectRulesReview', { namespace: 'default' }), ann);
  expect(spec).toEqual({});
  expect(status).toMatchObject({
    incomplete: false,
    resourceRules: expect.arrayContaining([
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      expect.objectContaining({ apiGroups: ['eve.lfedge.org'], verbs: ['get', 'list', 'watch'] }),
    ]),
    nonResourceRules: expect.arrayContaining([expect.objectContaining({ verbs: ['get'] })]),
  });
  expect(await refusal(create(review('SelfSubjectRulesReview', {}), ann))).toBe('400 no namespace on request');
});

test('SelfSubjectReview tells who is calling', async () => {
  const { clock, create } = await start();
  const answer = await create(review('SelfSubjectReview', {}, { name: 'x', labels: { a: 'b' } }), ann);
  expect(answer.status).toEqual({
    userInfo: { username: 'ann', uid: 'u', groups: ['dev', 'system:authenticated'], extra: { a: ['b'] } },
  });
  expect(answer.metadata).toEqual({ creationTimestamp: toTime(clock.now()) });
});

test('TokenReview tells whose a token is', async () => {
  const { create } = await start();
  expect((await create(review('TokenReview', { token: 'secret-token' }))).status).toEqual({
    authenticated: true,
    user: { username: 'alice', uid: 'u1', groups: ['dev', 'ops', 'system:authenticated'] },
  });
  expect((await create(review('TokenReview', { token: 'guess' }))).status).toEqual({});
  expect(await refusal(create(review('TokenReview', {})))).toMatch(
    /^400 token is required for TokenReview in authentication$/,
  );
});

test('nothing of a review is stored', async () => {
  const { create, store } = await start();
  await create(review('SelfSubjectReview', {}), ann);
  expect(await store.head('objects/authentication.k8s.io/selfsubjectreviews')).toBe(0);
});
