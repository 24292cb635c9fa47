import { beforeAll, expect, test } from 'vitest';
import { createAuthenticator } from '../../shared/kube/access/authenticate.ts';
import { bearer } from '../../shared/kube/access/bearer.ts';
import { staticTokens } from '../../shared/kube/access/token.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import { createDescribeApp } from '../../shared/kube/describe/app.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import type { Schema } from '../../shared/kube/schema/schema.ts';
import { bootstrap } from '../../shared/resources/bootstrap.ts';
import { startKinds } from './setup.ts';

/** The native kinds as a client meets them. */
const start = async () => {
  const { registry, catalog, rbac, store, clock, random, log } = await startKinds();
  await bootstrap(registry);
  const tokens = staticTokens('root,admin,u1,system:masters\nann,ann,u2,dev\n');
  const app = createKubeApp({
    registry,
    authenticate: createAuthenticator([bearer([tokens])]),
    authorizer: rbac,
    describe: createDescribeApp({ catalog }),
    clock,
    random,
    log,
  });
  return {
    store,
    catalog,
    async send(token: string, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
      const response = await app.request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      // Every answer of these paths is JSON.
      const warning = response.headers.get('warning');
      return { code: response.status, warning, body: (await response.json()) as Record<string, unknown> };
    },
  };
};

let server: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  server = await start();
});

const maps = '/api/v1/namespaces/default/configmaps';
const access = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const access403 =
  'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" in the namespace "default"';

test.each<[string, string, string, string, object | undefined, number, string]>([
  ['a stranger', 'guess', 'GET', maps, undefined, 401, 'Unauthorized'],
  ['somebody without a role', 'ann', 'GET', maps, undefined, 403, access403],
  [
    'an unknown path before somebody without a role',
    'ann',
    'GET',
    '/nowhere',
    undefined,
    403,
    'forbidden: User "ann" cannot get path "/nowhere"',
  ],
  [
    'a number for a text',
    'root',
    'POST',
    maps,
    { metadata: { name: 'x' }, data: { a: 5 } },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  [
    'a Secret that is not base64',
    'root',
    'POST',
    '/api/v1/namespaces/default/secrets',
    { metadata: { name: 'x' }, data: { a: '%' } },
    400,
    'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  ],
  [
    'making a Service',
    'root',
    'POST',
    '/api/v1/namespaces/default/services',
    { metadata: { name: 'x' }, spec: {} },
    405,
    'the server does not allow this method on the requested resource',
  ],
  [
    'listing reviews',
    'root',
    'GET',
    access,
    undefined,
    405,
    'the server does not allow this method on the requested resource',
  ],
  [
    'deleting all namespaces at once',
    'root',
    'DELETE',
    '/api/v1/namespaces',
    undefined,
    405,
    'the server does not allow this method on the requested resource',
  ],
])('%s', async (_case, token, method, path, body, code, message) => {
  const answer = await server.send(token, method, path, body);
  expect({ code: answer.code, message: answer.body.message }).toEqual({ code, message });
});

const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
const claimOf = (storage: unknown) => ({
  metadata: { name: 'sized' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});
const noQuantity = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

test('a size that is none cannot be read, whole or as a patch of a claim or of its status', async () => {
  for (const storage of ['big', '', true, {}])
    expect(await server.send('root', 'POST', claims, claimOf(storage))).toMatchObject({
      code: 400,
      body: {
        message: `PersistentVolumeClaim in version "v1" cannot be handled as a PersistentVolumeClaim: ${noQuantity}`,
      },
    });
  await server.send('root', 'POST', claims, claimOf('1Gi'));
  const patch = (kind: string, body: object, path = '') =>
    server.send('root', 'PATCH', `${claims}/sized${path}`, body, { 'content-type': `application/${kind}+json` });
  const spec = { resources: { requests: { storage: 'big' } } };
  for (const answer of [
    await patch('merge-patch', { spec }),
    await patch('strategic-merge-patch', { spec }),
    await patch('json-patch', [{ op: 'replace', path: '/spec/resources/requests/storage', value: 'big' }]),
    await patch('merge-patch', { spec }, '/status'),
    await patch('merge-patch', { status: { capacity: { storage: 'big' } } }, '/status'),
  ])
    expect(answer).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid',
        details: {
          causes: [{ field: 'patch', message: expect.stringMatching(/^Invalid value: "\{.*quantities must/) }],
        },
      },
    });
});

test.each<[unknown, string, string | null]>([
  ['2048Mi', '2Gi', null],
  [1.5, '1500m', '"1500m"'],
  ['1500m', '1500m', '"1500m"'],
])('a claim of %j bytes is one of %s', async (given, printed, warned) => {
  const answer = await server.send('root', 'POST', `${claims}?dryRun=All`, {
    ...claimOf(given),
    metadata: { name: 'other' },
  });
  expect(answer.body.spec).toMatchObject({ resources: { requests: { storage: printed } } });
  expect(answer.warning).toEqual(
    warned && expect.stringContaining(`fractional byte value ${warned.replaceAll('"', '\\"')} is invalid`),
  );
});

test.each<[string, string, object, object]>([
  [
    'what a Secret says as text',
    '/api/v1/namespaces/default/secrets',
    { stringData: { a: 'b' } },
    { 'f:data': { '.': {}, 'f:a': {} }, 'f:type': {} },
  ],
  [
    'the name of a Namespace among its labels',
    '/api/v1/namespaces',
    {},
    { 'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/metadata.name': {} } } },
  ],
  [
    'how a claim is mounted',
    claims,
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } },
    { 'f:spec': expect.objectContaining({ 'f:volumeMode': {} }) },
  ],
])('%s is its creator’s', async (_case, path, fields, owned) => {
  const { body } = await server.send('root', 'POST', `${path}?fieldManager=me&dryRun=All`, {
    metadata: { name: 'owned' },
    ...fields,
  });
  expect(body.metadata).toMatchObject({ managedFields: [{ manager: 'me', operation: 'Update', fieldsV1: owned }] });
});

test('of the secrets of a ServiceAccount only names are kept', async () => {
  const secrets = [{ name: 'a', namespace: 'other', kind: 'Secret' }, {}];
  const body = { metadata: { name: 'robot' }, secrets };
  const answer = await server.send('root', 'POST', '/api/v1/namespaces/default/serviceaccounts?dryRun=All', body);
  expect(answer.body.secrets).toEqual([{ name: 'a' }, {}]);
});

test('text that is put into a Secret is whose who put it there', async () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  await server.send('root', 'POST', `${secrets}?fieldManager=one`, {
    metadata: { name: 'shared' },
    stringData: { a: 'b' },
  });
  const patch = { 'content-type': 'application/merge-patch+json' };
  const { body } = await server.send(
    'root',
    'PATCH',
    `${secrets}/shared?fieldManager=two`,
    { stringData: { c: 'd' } },
    patch,
  );
  expect(body).toMatchObject({ data: { a: 'Yg==', c: 'ZA==' } });
  expect(body.metadata).toMatchObject({
    managedFields: [
      { manager: 'one', fieldsV1: { 'f:data': { '.': {}, 'f:a': {} }, 'f:type': {} } },
      { manager: 'two', fieldsV1: { 'f:data': { 'f:c': {} } } },
    ],
  });
});

test('a review is answered and not stored, and has no table', async () => {
  const spec = { nonResourceAttributes: { path: '/version', verb: 'get' } };
  const answer = await server.send('ann', 'POST', access, { spec });
  expect(answer).toMatchObject({
    code: 201,
    body: { kind: 'SelfSubjectAccessReview', spec, status: { allowed: true } },
  });
  const table = await server.send(
    'ann',
    'POST',
    access,
    { spec },
    { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  );
  expect(table.code).toBe(406);
  expect(await server.store.head('objects/authorization.k8s.io/selfsubjectaccessreviews')).toBe(0);
});

test('what is deleted answers with the object or with a Status, kind by kind', async () => {
  const kindOfAnswer = async (path: string, object: object) => {
    await server.send('root', 'POST', path, { metadata: { name: 'gone' }, ...object });
    return (await server.send('root', 'DELETE', `${path}/gone`)).body.kind;
  };
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  expect(await kindOfAnswer(maps, {})).toBe('Status');
  expect(await kindOfAnswer('/api/v1/namespaces/default/secrets', {})).toBe('Status');
  expect(await kindOfAnswer('/api/v1/namespaces/default/serviceaccounts', {})).toBe('ServiceAccount');
  expect(await kindOfAnswer('/apis/storage.k8s.io/v1/storageclasses', { provisioner: 'x' })).toBe('StorageClass');
  expect(await kindOfAnswer(`${rbac}/clusterroles`, {})).toBe('Status');
});

test('a namespace goes when its last finalizer is taken through finalize', async () => {
  await server.send('root', 'POST', '/api/v1/namespaces', { metadata: { name: 'short' } });
  const marked = await server.send('root', 'DELETE', '/api/v1/namespaces/short');
  expect(marked).toMatchObject({ code: 200, body: { kind: 'Namespace', status: { phase: 'Terminating' } } });
  const body = { ...marked.body, spec: { finalizers: [] } };
  expect((await server.send('root', 'PUT', '/api/v1/namespaces/short/finalize', body)).code).toBe(200);
  expect((await server.send('root', 'GET', '/api/v1/namespaces/short')).code).toBe(404);
});

test('a strategic patch of a ServiceAccount joins its secrets by name', async () => {
  const path = '/api/v1/namespaces/default/serviceaccounts';
  await server.send('root', 'POST', path, {
    metadata: { name: 'robot' },
    secrets: [{ name: 'a' }],
    imagePullSecrets: [{ name: 'x' }],
  });
  const patch = { secrets: [{ name: 'b' }], imagePullSecrets: [{ name: 'x', $patch: 'delete' }] };
  const { body } = await server.send('root', 'PATCH', `${path}/robot`, patch, {
    'content-type': 'application/strategic-merge-patch+json',
  });
  expect((body.secrets as { name: string }[]).map(secret => secret.name).sort()).toEqual(['a', 'b']);
  expect(body.imagePullSecrets ?? []).toEqual([]);
});

test.each(['v1', 'v1beta1'])('who the caller is, asked in %s', async version => {
  const path = `/apis/authentication.k8s.io/${version}/selfsubjectreviews`;
  const { code, body } = await server.send('ann', 'POST', path, {
    apiVersion: `authentication.k8s.io/${version}`,
    kind: 'SelfSubjectReview',
  });
  expect(code).toBe(201);
  expect(body).toMatchObject({
    apiVersion: `authentication.k8s.io/${version}`,
    status: { userInfo: { username: 'ann' } },
  });
});

test('there are no pods, and saying so is no error', async () => {
  const { code, body } = await server.send('root', 'GET', '/api/v1/namespaces/default/pods');
  expect({ code, items: body['items'] }).toEqual({ code: 200, items: [] });
  const made = await server.send('root', 'POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' } });
  expect(made.code).toBe(405);
});

/** Objects of a type that have one list each, at any place where its schema has one, with an item that says nothing. */
const barren = ({ properties = {}, items, additionalProperties }: Schema): unknown[] => [
  ...(items ? [[null], ...(items.type === 'object' ? [[{}]] : []), ...barren(items).map(item => [item])] : []),
  ...(typeof additionalProperties === 'object'
    ? [{ a: null }, ...barren(additionalProperties).map(value => ({ a: value }))]
    : []),
  ...Object.entries(properties).flatMap(([name, schema]) =>
    [null, ...barren(schema)].map(value => ({ [name]: value })),
  ),
];

const placeOf = ({ group, version, plural, scope }: ResourceType): string =>
  [
    group === '' ? '/api' : `/apis/${group}`,
    version,
    ...(scope === 'Namespaced' ? ['namespaces/default'] : []),
    plural,
  ].join('/');

test('what says nothing where something is expected is no riddle to any native kind', async () => {
  const riddles: string[] = [];
  // Of other kinds nothing is looked at before its schema holds.
  for (const type of server.catalog.all().filter(({ native, verbs }) => native && verbs.includes('create'))) {
    for (const body of barren(type.schema)) {
      const object = { ...(body as object), metadata: { name: 'barren' } };
      const { code } = await server.send('root', 'POST', `${placeOf(type)}?dryRun=All`, object);
      if (code === 500) riddles.push(`${type.kind} ${JSON.stringify(body)}`);
    }
  }
  expect(riddles).toEqual([]);
});
