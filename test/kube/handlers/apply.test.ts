import { describe, expect, it } from 'vitest';
import type { JsonMap, ManagedFieldsEntry } from '../../../shared/base/object.ts';
import { type Body, read, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const notes = '/api/v1/namespaces/default/notes';
const type = 'application/apply-patch+yaml';
const merge = 'application/merge-patch+json';
const json = 'application/json-patch+json';
const at = '2026-01-02T03:04:05Z';

const config = (spec: JsonMap, more: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec,
  ...more,
});

type Kube = Awaited<ReturnType<typeof startKube>>;

const apply = (kube: Kube, manager: string, body: unknown, path = '/a', query = '') =>
  read(kube.send('PATCH', `${base}${path}?fieldManager=${manager}${query}`, body, type));

/** Who owns what, shortly: `me Apply` → the printed set. */
const owners = ({ metadata }: Body): Record<string, string> =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      JSON.stringify(fieldsV1),
    ]),
  );

const get = async (kube: Kube) => (await read(kube.call(`${base}/a`))).body;

describe('server-side apply', () => {
  it('creates, applies again without a write, and changes', async () => {
    const kube = await startKube();
    const made = await apply(kube, 'me', config({ color: 'red' }));
    expect([made.code, made.body]).toMatchObject([201, { spec: { color: 'red', size: 1 }, status: { phase: 'New' } }]);
    const entry: ManagedFieldsEntry = {
      manager: 'me',
      operation: 'Apply',
      apiVersion: 'example.com/v1',
      time: at,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:color': {} } },
    };
    expect(made.body.metadata.managedFields).toEqual([entry]);
    kube.clock.advance(5000);
    expect(await apply(kube, 'me', config({ color: 'red' }))).toEqual({ code: 200, body: made.body });
    const changed = await apply(kube, 'me', config({ color: 'blue' }));
    expect(changed.body.metadata).toMatchObject({
      generation: 2,
      managedFields: [{ ...entry, time: '2026-01-02T03:04:10Z' }],
    });
    expect(changed.body.metadata.resourceVersion).not.toBe(made.body.metadata.resourceVersion);
  });

  it('keeps the time of the last change, and has none for who never changed anything', async () => {
    const kube = await startKube();
    const times = ({ metadata }: Body) => metadata.managedFields?.map(({ manager, time }) => [manager, time]);
    await apply(kube, 'me', config({ color: 'red' }));
    kube.clock.advance(5000);
    const shared = await apply(kube, 'you', config({ color: 'red' }));
    expect(times(shared.body)).toEqual([
      ['you', undefined],
      ['me', at],
    ]);
    const left = await apply(kube, 'me', config({}));
    expect(times(left.body)).toEqual([
      ['you', undefined],
      ['me', at],
    ]);
    expect(owners(left.body)).toMatchObject({ 'you Apply': '{"f:spec":{"f:color":{}}}' });
    const changed = await apply(kube, 'you', config({ color: 'blue' }));
    expect(times(changed.body)).toContainEqual(['you', '2026-01-02T03:04:10Z']);
  });

  it.each<[JsonMap, string, string]>([
    [{ color: null }, 'spec.color', 'string'],
    [{ parts: null }, 'spec.parts', 'array'],
    [{ parts: [{ name: 'a', count: null }] }, 'spec.parts[0].count', 'integer'],
    [{ parts: [{ name: null }] }, 'spec.parts[0].name', 'string'],
  ])('refuses the null in %j, which it would own', async (spec, field, expected) => {
    const kube = await startKube();
    const told = {
      reason: 'FieldValueTypeInvalid',
      message: `Invalid value: "null": ${field} in body must be of type ${expected}: "null"`,
      field,
    };
    const made = await apply(kube, 'me', config(spec));
    expect(made).toMatchObject({ code: 422, body: { details: { causes: [told] } } });
    await apply(kube, 'me', config({ size: 3 }));
    expect(await apply(kube, 'you', config(spec))).toMatchObject({ code: 422, body: { details: { causes: [told] } } });
  });

  it('takes a null for the default where there is one', async () => {
    const kube = await startKube();
    const { code, body } = await apply(kube, 'me', config({ size: null }));
    expect([code, body.spec]).toEqual([201, { size: 1 }]);
  });

  it('takes a null among texts for an empty one', async () => {
    const kube = await startKube();
    const metadata = { name: 'n', labels: { a: null }, annotations: { b: null } };
    const note = { apiVersion: 'v1', kind: 'Note', metadata, data: { k: null } };
    const { code, body } = await read(kube.send('PATCH', `${notes}/n?fieldManager=me`, note, type));
    expect([code, body]).toMatchObject([
      201,
      { metadata: { labels: { a: '' }, annotations: { b: '' } }, data: { k: '' } },
    ]);
    expect(owners(body)).toMatchObject({ 'me Apply': expect.stringContaining('"f:data":{"f:k":{}}') });
  });

  it('refuses to take what others own, names them, and takes it by force', async () => {
    const kube = await startKube();
    await apply(kube, 'me', config({ color: 'red', replicas: 1 }));
    await kube.send('PATCH', `${base}/a?fieldManager=scaler`, { spec: { replicas: 2 } }, merge);
    const refused = await apply(kube, 'you', config({ color: 'blue', replicas: 3 }));
    expect(refused).toEqual({
      code: 409,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Conflict',
        code: 409,
        message:
          'Apply failed with 2 conflicts: conflicts with "me":\n- .spec.color\nconflicts with "scaler" using example.com/v1:\n- .spec.replicas',
        details: {
          causes: [
            { reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.spec.color' },
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "scaler" using example.com/v1',
              field: '.spec.replicas',
            },
          ],
        },
      },
    });
    const forced = await apply(kube, 'you', config({ color: 'blue', replicas: 3 }), '/a', '&force=true');
    expect(forced.body.spec).toMatchObject({ color: 'blue', replicas: 3 });
    expect(owners(forced.body)).toEqual({ 'you Apply': '{"f:spec":{"f:color":{},"f:replicas":{}}}' });
  });

  it('gives up what it leaves out', async () => {
    const kube = await startKube();
    const metadata = { name: 'a', labels: { x: '1', z: '2' }, finalizers: ['a/b'] };
    await apply(kube, 'me', config({ color: 'red', replicas: 1 }, { metadata }));
    const { body } = await apply(kube, 'me', config({ replicas: 1 }, { metadata: { name: 'a', labels: { z: '2' } } }));
    expect(body.spec).toEqual({ replicas: 1, size: 1 });
    expect(body.metadata.labels).toEqual({ z: '2' });
    expect(body.metadata.finalizers).toBeUndefined();
    expect(owners(body)).toEqual({ 'me Apply': '{"f:metadata":{"f:labels":{"f:z":{}}},"f:spec":{"f:replicas":{}}}' });
    const { body: empty } = await apply(kube, 'me', { ...config({}), spec: undefined });
    expect(empty.metadata.managedFields).toBeUndefined();
  });

  it.each<[string, string, unknown, number, RegExp]>([
    [
      'no manager',
      '/a',
      config({}),
      422,
      /^PatchOptions\.meta\.k8s\.io "" is invalid: fieldManager: Required value: is required for apply patch$/,
    ],
    ['no YAML', '/a?fieldManager=m', '{', 400, /^error decoding patch|error decoding YAML/],
    ['a list', '/a?fieldManager=m', '[]', 400, /^error decoding YAML/],
    [
      'another kind',
      '/a?fieldManager=m',
      { ...config({}), kind: 'X' },
      400,
      /^invalid object type: example.com\/v1, Kind=X$/,
    ],
    ['no kind', '/a?fieldManager=m', { metadata: { name: 'a' } }, 400, /^invalid object type: \/, Kind=$/],
    [
      'another name',
      '/b?fieldManager=m',
      config({}),
      400,
      /the name of the object \(a\) does not match the name on the URL \(b\)/,
    ],
    ['metadata that is none', '/a?fieldManager=m', config({}, { metadata: 'x' }), 400, /metadata must be a map/],
    [
      'a name that is none',
      '/a?fieldManager=m',
      config({}, { metadata: { name: 1 } }),
      400,
      /metadata.name must be a string/,
    ],
    [
      'managed fields',
      '/a?fieldManager=m',
      config({}, { metadata: { name: 'a', managedFields: [] } }),
      400,
      /^metadata.managedFields must be nil$/,
    ],
    [
      'unknown fields, whatever the validation',
      '/a?fieldManager=m&fieldValidation=Ignore',
      config({ x: 1 }),
      400,
      /^failed to create typed patch object \(\/a; example.com\/v1, Kind=Widget\): \.spec\.x: field not declared in schema$/,
    ],
    [
      'several wrongs',
      '/a?fieldManager=m',
      config({ size: 'x', color: true }),
      400,
      /: errors:\n {2}\.spec\.size: expected numeric \(int or float\), got string\n {2}\.spec\.color: expected string, got &value/,
    ],
    ['invalid values', '/a?fieldManager=m', config({ size: 101 }), 422, /spec.size in body should be less than/],
    [
      'a uid of nothing',
      '/a?fieldManager=m',
      config({}, { metadata: { name: 'a', uid: 'u' } }),
      409,
      /uid mismatch: the provided object specified uid u, and no existing object was found$/,
    ],
    ['a status of nothing', '/a/status?fieldManager=m', config({}), 404, /widgets.example.com "a" not found/],
    ['a scale of nothing', '/a/scale?fieldManager=m', scale(1), 404, /widgets.example.com "a" not found/],
  ])('refuses %s', async (_, path, body, code, message) => {
    const kube = await startKube();
    const answer = await read(kube.send('PATCH', base + path, body, type));
    expect(answer).toMatchObject({ code, body: { kind: 'Status' } });
    expect(answer.body.message).toMatch(message);
    expect((await read(kube.call(base))).body.items).toEqual([]);
  });

  it('reads YAML, and minds fields that stand twice', async () => {
    const kube = await startKube();
    const yaml = 'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\nspec:\n  color: red\n  color: blue\n';
    const strict = await apply(kube, 'm', yaml, '/a', '&fieldValidation=Strict');
    expect(strict).toMatchObject({
      code: 400,
      body: { message: 'error strict decoding YAML: duplicate field "spec.color"' },
    });
    const warned = await kube.send('PATCH', `${base}/a?fieldManager=m`, yaml, type);
    expect([warned.status, warned.headers.get('warning')]).toEqual([201, '299 - "duplicate field \\"spec.color\\""']);
  });

  it('locks on a version when it is given one', async () => {
    const kube = await startKube();
    const { body } = await apply(kube, 'm', config({ color: 'red' }));
    await kube.send('PATCH', `${base}/a`, { spec: { size: 2 } }, merge);
    const stale = { name: 'a', resourceVersion: body.metadata.resourceVersion };
    expect((await apply(kube, 'm', config({ color: 'blue' }, { metadata: stale }))).code).toBe(409);
    const { resourceVersion } = (await get(kube)).metadata;
    expect((await apply(kube, 'm', config({ color: 'blue' }, { metadata: { ...stale, resourceVersion } }))).code).toBe(
      200,
    );
    const other = await apply(kube, 'm', config({ color: 'blue' }, { metadata: { name: 'a', uid: 'other' } }));
    expect(other).toMatchObject({
      code: 422,
      body: { message: 'Widget.example.com "a" is invalid: metadata.uid: Invalid value: "other": field is immutable' },
    });
  });

  it('changes nothing in a dry run', async () => {
    const kube = await startKube();
    const made = await apply(kube, 'm', config({ color: 'red' }), '/a', '&dryRun=All');
    expect(made).toMatchObject({ code: 201, body: { spec: { color: 'red' } } });
    expect((await kube.call(`${base}/a`)).status).toBe(404);
    const { body } = await apply(kube, 'm', config({ color: 'red' }));
    const dry = await apply(kube, 'm', config({ color: 'blue' }), '/a', '&dryRun=All');
    expect(dry).toMatchObject({ code: 200, body: { spec: { color: 'blue' } } });
    expect(await get(kube)).toEqual(body);
  });

  it('asks whether it may create only when it would', async () => {
    const asked: string[] = [];
    const kube = await startKube({
      authorizer: {
        async authorize({ verb }) {
          asked.push(verb);
          return { allowed: verb !== 'create', reason: '' };
        },
      },
    });
    expect((await apply(kube, 'm', config({}))).code).toBe(403);
    const widgets = kube.catalog.get('example.com', 'widgets');
    const user = { name: 'x', groups: [] };
    const metadata = { name: 'a', namespace: 'default' };
    await kube.registry.create(widgets, { ...config({}), metadata }, { user });
    asked.length = 0;
    expect((await apply(kube, 'm', config({}))).code).toBe(200);
    expect(asked).toEqual(['patch']);
  });

  it('keeps trying while others write', async () => {
    const kube = await startKube();
    await apply(kube, 'm', config({ color: 'red' }));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        apply(kube, `m${i}`, config({}, { metadata: { name: 'a', labels: { [`l${i}`]: 'x' } } })),
      ),
    );
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 200));
    const { metadata } = await get(kube);
    expect(Object.keys(metadata.labels ?? {})).toHaveLength(20);
    expect(metadata.managedFields).toHaveLength(21);
  });

  it('creates once when many apply at the same time', async () => {
    const kube = await startKube();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => apply(kube, `m${i}`, config({ color: 'red' }))),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  });
});

function scale(replicas: number) {
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas } };
}

describe('subresources', () => {
  it('apply to the status alone, and own it apart', async () => {
    const kube = await startKube();
    await apply(kube, 'me', config({ color: 'red' }, { status: { phase: 'Mine' } }));
    expect((await get(kube)).status).toEqual({ phase: 'New' });
    const body = config({ color: 'blue' }, { metadata: { name: 'a', labels: { x: 'y2' } }, status: { seen: 'now' } });
    const { body: after } = await apply(kube, 'me', body, '/a/status');
    expect(after).toMatchObject({ spec: { color: 'red' }, status: { phase: 'New', seen: 'now' } });
    expect(after.metadata.labels).toBeUndefined();
    expect(owners(after)).toEqual({
      'me Apply': '{"f:spec":{"f:color":{}}}',
      'me Apply status': '{"f:status":{"f:seen":{}}}',
    });
    const refused = await apply(kube, 'you', config({}, { status: { seen: 'never' } }), '/a/status');
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "me" with subresource "status": .status.seen',
    );
  });

  it('scale, and own the replicas wherever they are', async () => {
    const kube = await startKube();
    await apply(kube, 'me', config({ color: 'red', replicas: 1 }));
    const refused = await read(kube.send('PATCH', `${base}/a/scale?fieldManager=hpa`, scale(3), type));
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "me": .spec.replicas');
    const { code, body } = await read(
      kube.send('PATCH', `${base}/a/scale?fieldManager=hpa&force=true`, scale(3), type),
    );
    expect([code, body.kind, body.spec]).toEqual([200, 'Scale', { replicas: 3 }]);
    expect(owners(await get(kube))).toEqual({
      'hpa Apply scale': '{"f:spec":{"f:replicas":{}}}',
      'me Apply': '{"f:spec":{"f:color":{}}}',
    });
    await kube.send('PATCH', `${base}/a/scale?fieldManager=kubectl-scale`, { spec: { replicas: 5 } }, merge);
    expect(owners(await get(kube))).toEqual({
      'kubectl-scale Update scale': '{"f:spec":{"f:replicas":{}}}',
      'me Apply': '{"f:spec":{"f:color":{}}}',
    });
    const negative = await read(kube.send('PATCH', `${base}/a/scale?fieldManager=hpa`, scale(-1), type));
    expect(negative).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
  });
});

describe('managedFields of other writes', () => {
  it('name the manager, or the client', async () => {
    const kube = await startKube();
    const send = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
      read(
        kube.call(base + path, {
          method,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }),
      );
    const made = await send('POST', '?fieldManager=maker', config({ color: 'red' }), {});
    expect(owners(made.body)).toEqual({ 'maker Update': '{"f:spec":{".":{},"f:color":{},"f:size":{}}}' });
    const agent = { 'content-type': merge, 'user-agent': 'kubectl/v1.33 (linux)' };
    await send('PATCH', '/a', { spec: { color: 'blue' } }, agent);
    await send('PATCH', '/a', { metadata: { labels: { x: '1' } } }, { 'content-type': merge });
    expect(owners(await get(kube))).toEqual({
      'maker Update': '{"f:spec":{".":{},"f:size":{}}}',
      'kubectl Update': '{"f:spec":{"f:color":{}}}',
      'unknown Update': '{"f:metadata":{"f:labels":{".":{},"f:x":{}}}}',
    });
  });

  it('are apart for the status, and move when a value does', async () => {
    const kube = await startKube();
    await kube.send('POST', `${base}?fieldManager=maker`, config({}));
    const status = { metadata: { labels: { x: '1' } }, status: { phase: 'Ready' } };
    kube.clock.advance(1000);
    await kube.send('PATCH', `${base}/a/status?fieldManager=maker`, status, merge);
    const { metadata } = await get(kube);
    expect(metadata.managedFields?.map(({ time, subresource }) => [time, subresource])).toEqual([
      [at, undefined],
      ['2026-01-02T03:04:06Z', 'status'],
    ]);
    await kube.send('PATCH', `${base}/a/status?fieldManager=other`, { status: { phase: 'Gone' } }, merge);
    expect(owners(await get(kube))).toMatchObject({ 'other Update status': '{"f:status":{"f:phase":{}}}' });
    expect(owners(await get(kube))).not.toHaveProperty('maker Update status');
  });

  it('do not change, and nothing is written, when nothing was changed', async () => {
    const kube = await startKube();
    await kube.send('POST', `${base}?fieldManager=maker`, config({ color: 'red' }));
    const before = await get(kube);
    kube.clock.advance(1000);
    await kube.send('PATCH', `${base}/a?fieldManager=other`, { spec: { color: 'red' } }, merge);
    expect(await get(kube)).toEqual(before);
    const { managedFields: _, ...metadata } = before.metadata;
    const put = await read(kube.send('PUT', `${base}/a?fieldManager=other`, { ...before, metadata }));
    expect(put).toEqual({ code: 200, body: before });
  });

  it.each([
    ['an empty list', []],
    ['an empty entry', [{}]],
  ])('are given up for %s, and stay so until the next apply', async (_, managedFields) => {
    const kube = await startKube();
    await kube.send('POST', `${base}?fieldManager=maker`, config({ color: 'red' }));
    await kube.send('PATCH', `${base}/a`, { metadata: { managedFields } }, merge);
    expect((await get(kube)).metadata.managedFields).toBeUndefined();
    await kube.send('PATCH', `${base}/a?fieldManager=other`, { spec: { color: 'blue' } }, merge);
    expect((await get(kube)).metadata.managedFields).toBeUndefined();
    await apply(kube, 'me', config({ replicas: 1 }));
    expect(owners(await get(kube))).toEqual({
      'me Apply': '{"f:spec":{"f:replicas":{}}}',
      'before-first-apply Update': expect.stringContaining('"f:color":{}'),
    });
  });

  it('are taken from a client that says them well, and kept from one that does not', async () => {
    const kube = await startKube();
    await kube.send('POST', `${base}?fieldManager=maker`, config({ color: 'red' }));
    const [entry] = (await get(kube)).metadata.managedFields ?? [];
    const replace = (value: unknown, path = '') =>
      kube.send('PATCH', `${base}/a${path}`, [{ op: 'replace', path: '/metadata/managedFields', value }], json);
    await replace([{ ...entry, manager: 'heir', operation: 'Apply' }]);
    expect(Object.keys(owners(await get(kube)))).toEqual(['heir Apply']);
    await replace([{ ...entry, fieldsV1: { nonsense: {} } }]);
    await replace([{}], '/status');
    expect(Object.keys(owners(await get(kube)))).toEqual(['heir Apply']);
  });

  it('are at most ten that update', async () => {
    const kube = await startKube();
    await kube.send('POST', `${base}?fieldManager=maker`, config({}));
    for (let i = 0; i < 14; i++) {
      kube.clock.advance(1000);
      await kube.send('PATCH', `${base}/a?fieldManager=m${i}`, { metadata: { labels: { [`l${i}`]: 'x' } } }, merge);
    }
    const names = Object.keys(owners(await get(kube)));
    expect(names).toHaveLength(10);
    expect(names).toEqual(expect.arrayContaining(['ancient-changes Update', 'm13 Update']));
    expect(names).not.toContain('maker Update');
  });

  it('of a native kind do not own its empty structs', async () => {
    const kube = await startKube();
    await kube.send('POST', '/api/v1/namespaces?fieldManager=maker', { metadata: { name: 'n', labels: { a: 'b' } } });
    const { body } = await read(kube.call('/api/v1/namespaces/n'));
    expect(owners(body)).toEqual({ 'maker Update': '{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}' });
  });
});

describe('from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const note = (data: object, annotations: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Note',
    metadata: { name: 'a', annotations },
    data,
  });
  const applied = (data: object) => ({
    [annotation]: `${JSON.stringify({ ...note(data), metadata: { name: 'a' } })}\n`,
  });
  const server = (kube: Kube, data: object, manager = 'kubectl') =>
    read(kube.send('PATCH', `${notes}/a?fieldManager=${manager}`, { ...note(data), metadata: { name: 'a' } }, type));

  it('takes over what was applied and not changed since, and keeps the annotation', async () => {
    const kube = await startKube();
    const data = { x: '1', z: '1' };
    await kube.send('POST', `${notes}?fieldManager=kubectl-client-side-apply`, note(data, applied(data)));
    const { code, body } = await server(kube, { x: '2', z: '1' });
    expect([code, body.data]).toEqual([200, { x: '2', z: '1' }]);
    expect(body.metadata.annotations).toEqual({
      [annotation]:
        '{"apiVersion":"v1","data":{"x":"2","z":"1"},"kind":"Note","metadata":{"name":"a","namespace":"default"}}\n',
    });
  });

  it('does not take over what somebody has changed since, nor under another name', async () => {
    const kube = await startKube();
    const data = { x: '1', z: '1' };
    await kube.send('POST', `${notes}?fieldManager=kubectl-client-side-apply`, note(data, applied(data)));
    const other = await server(kube, { x: '2' }, 'other');
    expect(other).toMatchObject({ code: 409, body: { details: { causes: [{ field: '.data.x' }] } } });
    await kube.send('PATCH', `${notes}/a?fieldManager=edit`, { data: { x: '9' } }, merge);
    const refused = await server(kube, { x: '2', z: '2' });
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "edit" using v1: .data.x');
  });
});
