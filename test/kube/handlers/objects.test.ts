import { describe, expect, it } from 'vitest';
import { read, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const widget = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...metadata },
  spec,
});
const note = (name: string, data: object = {}) => ({ apiVersion: 'v1', kind: 'Note', metadata: { name }, data });
const json = 'application/json-patch+json';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';

describe('POST', () => {
  it('creates', async () => {
    const kube = await startKube();
    const { code, body } = await read(kube.send('POST', base, widget('a', { color: 'red' })));
    expect(code).toBe(201);
    expect(body).toMatchObject({
      kind: 'Widget',
      metadata: { name: 'a', namespace: 'default', resourceVersion: '2', generation: 1 },
      spec: { color: 'red', size: 1 },
    });
    expect(await read(kube.call(`${base}/a`))).toEqual({ code: 200, body });
  });

  it('takes apiVersion, kind and namespace from the URL', async () => {
    const kube = await startKube();
    const { code, body } = await read(kube.send('POST', base, { metadata: { name: 'a' }, spec: {} }));
    expect(code).toBe(201);
    expect(body).toMatchObject({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { namespace: 'default' } });
  });

  it.each<[string, string, unknown, number, RegExp]>([
    ['no JSON', base, '{', 400, /the object provided is unrecognized \(must be of type Widget\)/],
    ['a list', base, '[]', 400, /cannot unmarshal array/],
    ['nothing', base, '', 400, /unrecognized/],
    [
      'another kind',
      base,
      { ...widget('a'), kind: 'Bar' },
      422,
      /^Bar.example.com "a" is invalid: kind: Invalid value: "Bar": must be Widget$/,
    ],
    [
      'another version',
      base,
      { ...widget('a'), apiVersion: 'example.com/v2' },
      400,
      /does not match the expected API v/,
    ],
    [
      'another namespace',
      base,
      widget('a', {}, { namespace: 'x' }),
      400,
      /^the namespace of the provided object does not match the namespace sent on the request$/,
    ],
    [
      'mistyped metadata',
      base,
      widget('a', {}, { labels: { a: 1 } }),
      400,
      /cannot be handled as a Widget: json: cannot/,
    ],
    ['mistyped spec', base, widget('a', { size: 'x' }), 422, /spec.size in body must be of type integer: "string"/],
    ['a missing namespace', base.replace('default', 'x'), widget('a'), 404, /^namespaces "x" not found$/],
    ['an unknown dry run', `${base}?dryRun=Some`, widget('a'), 422, /dryRun: Unsupported value/],
    [
      'an unknown validation',
      `${base}?fieldValidation=x`,
      widget('a'),
      422,
      /fieldValidation: Unsupported value: "x": su/,
    ],
    ['a long manager', `${base}?fieldManager=${'x'.repeat(129)}`, widget('a'), 422, /fieldManager: Too long/],
    ['an odd manager', `${base}?fieldManager=%00`, widget('a'), 422, /invalid character U\+0000 \(at position 0\)/],
    ['an odd one later', `${base}?fieldManager=%C3%A9%00`, widget('a'), 422, /U\+0000 \(at position 2\)/],
    [
      'a long manager',
      `${base}?fieldManager=${'%C3%A9'.repeat(65)}`,
      widget('a'),
      422,
      /may not be more than 128 bytes/,
    ],
  ])('refuses %s', async (_, path, body, code, message) => {
    const kube = await startKube();
    const answer = await read(kube.send('POST', path, body));
    expect(answer).toMatchObject({ code, body: { kind: 'Status', status: 'Failure', code } });
    expect(answer.body.message).toMatch(message);
    expect((await kube.registry.list(kube.catalog.get('example.com', 'widgets'))).items).toEqual([]);
  });

  it('names unknown and duplicate fields as it is told', async () => {
    const kube = await startKube();
    const text = '{"metadata":{"name":"a"},"spec":{"color":"red","color":"blue","x":1},"y":2}';
    const strict = await read(kube.send('POST', `${base}?fieldValidation=Strict`, text));
    expect(strict).toMatchObject({
      code: 400,
      body: {
        message:
          'Widget in version "v1" cannot be handled as a Widget: strict decoding error: duplicate field "spec.color", unknown field "spec.x", unknown field "y"',
      },
    });
    const ignore = await kube.send('POST', `${base}?fieldValidation=Ignore&dryRun=All`, text);
    expect([ignore.status, ignore.headers.get('warning')]).toEqual([201, null]);
    const warn = await kube.send('POST', base, text);
    expect(warn.headers.get('warning')).toBe(
      '299 - "duplicate field \\"spec.color\\"", 299 - "unknown field \\"spec.x\\"", 299 - "unknown field \\"y\\""',
    );
    const { body } = await read(warn);
    expect(body.spec).toEqual({ color: 'blue', size: 1 });
    expect(body).not.toHaveProperty('y');
  });

  it('reads YAML, and refuses what it cannot read', async () => {
    const kube = await startKube();
    const yaml = 'metadata:\n  name: a\nspec:\n  color: red\n';
    expect((await kube.send('POST', base, yaml, 'application/yaml')).status).toBe(201);
    const text = await read(kube.send('POST', base, 'x', 'text/plain'));
    expect(text).toMatchObject({ code: 415, body: { reason: 'UnsupportedMediaType' } });
  });

  it('refuses bodies that are too large, told so or not', async () => {
    const kube = await startKube();
    const huge = 'x'.repeat(3 * 1024 * 1024 + 1);
    const told = await read(kube.send('POST', base, huge));
    expect(told).toMatchObject({
      code: 413,
      body: { reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728' },
    });
    const chunks = ReadableStream.from([huge.slice(0, 2_000_000), huge].map(part => new TextEncoder().encode(part)));
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: chunks as never, duplex: 'half' };
    expect((await read(kube.call(base, init))).code).toBe(413);
  });

  it('answers what is answered instead of stored', async () => {
    const kube = await startKube();
    const { code, body } = await read(kube.send('POST', '/apis/example.com/v1/questions', { spec: { text: 'Why' } }));
    expect({ code, status: body.status }).toEqual({ code: 201, status: { answer: 'Why? Ask system:kubeve.' } });
    const table = await kube.call('/apis/example.com/v1/questions', {
      method: 'POST',
      body: '{"spec":{"text":"Why"}}',
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    expect(table.status).toBe(406);
  });
});

describe('PUT', () => {
  it.each(['+00:00', '.000Z', '.000000+00:00'])(
    'takes the time of creation as other clients write it: %s',
    async end => {
      const kube = await startKube();
      const { body: made } = await read(kube.send('POST', base, widget('a', { color: 'red' })));
      const { creationTimestamp } = made.metadata;
      const metadata = { ...made.metadata, creationTimestamp: creationTimestamp?.replace('Z', end) };
      const { code, body } = await read(kube.send('PUT', `${base}/a`, { ...made, metadata, spec: { color: 'blue' } }));
      expect(code).toBe(200);
      expect(body.metadata.creationTimestamp).toBe(creationTimestamp);
    },
  );

  it('replaces, with the version that was read', async () => {
    const kube = await startKube();
    const { body: made } = await read(kube.send('POST', base, widget('a')));
    const { code, body } = await read(kube.send('PUT', `${base}/a`, { ...made, spec: { color: 'red' } }));
    expect({ code, metadata: body.metadata }).toMatchObject({
      code: 200,
      metadata: { resourceVersion: '3', generation: 2, uid: made.metadata.uid },
    });
    const stale = await read(kube.send('PUT', `${base}/a`, { ...made, spec: { color: 'blue' } }));
    expect(stale).toMatchObject({ code: 409, body: { reason: 'Conflict', details: { name: 'a', kind: 'widgets' } } });
  });

  it.each<[string, string, object, number, RegExp]>([
    [
      'a missing version',
      'a',
      widget('a'),
      422,
      /metadata.resourceVersion: Invalid value: 0: must be specified for an/,
    ],
    ['another name', 'a', widget('b'), 400, /^the name of the object \(b\) does not match the name on the URL \(a\)$/],
    [
      'no name',
      'a',
      widget(''),
      400,
      /^the name of the object \(a based on URL\) was undeterminable: name must be pro/,
    ],
    ['a missing object', 'x', widget('x'), 404, /^widgets.example.com "x" not found$/],
    [
      'another namespace',
      'a',
      widget('a', {}, { namespace: 'x' }),
      400,
      /^the namespace of the provided object does no/,
    ],
  ])('refuses %s', async (_, name, body, code, message) => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const answer = await read(kube.send('PUT', `${base}/${name}`, body));
    expect(answer.code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  it('creates where a type allows it, for those who may create', async () => {
    const kube = await startKube({
      authorizer: {
        authorize: async ({ verb, resource }) => ({
          allowed: verb !== 'create' || resource?.name !== 'forbidden',
          reason: '',
        }),
      },
    });
    const notes = '/api/v1/namespaces/default/notes';
    expect((await kube.send('PUT', `${notes}/a`, note('a'))).status).toBe(201);
    expect((await kube.send('PUT', `${notes}/a`, note('a', { x: 'y' }))).status).toBe(200);
    expect((await kube.send('PUT', `${notes}/forbidden`, note('forbidden'))).status).toBe(403);
  });

  it('lets nobody create who may not, when what was there goes meanwhile', async () => {
    let isCreator = true;
    const kube = await startKube({
      authorizer: { authorize: async ({ verb }) => ({ allowed: verb !== 'create' || isCreator, reason: '' }) },
    });
    const path = '/api/v1/namespaces/default/notes/a';
    expect((await kube.send('PUT', path, note('a'))).status).toBe(201);
    isCreator = false;
    const { get, commit } = kube.store;
    const { storage } = kube.catalog.get('', 'notes');
    const getAndLose: typeof get = async (type, key) => {
      const found = await get(type, key);
      if (found && type === storage) await commit(type, { key, expected: found.revision, delete: true });
      return found;
    };
    Object.assign(kube.store, { get: getAndLose });
    expect((await kube.send('PUT', path, note('a', { x: 'y' }))).status).toBe(403);
    expect((await kube.call(path)).status).toBe(404);
  });

  it('writes the status alone through its own door', async () => {
    const kube = await startKube();
    const { body: made } = await read(kube.send('POST', base, widget('a', { color: 'red' })));
    const next = { ...made, spec: { color: 'blue' }, status: { phase: 'Done' } };
    const labelled = { ...next, metadata: { ...next.metadata, labels: { a: 'b' } } };
    const { code, body } = await read(kube.send('PUT', `${base}/a/status`, labelled));
    expect({ code, spec: body.spec, status: body.status, labels: body.metadata.labels }).toEqual({
      code: 200,
      spec: { color: 'red', size: 1 },
      status: { phase: 'Done' },
      labels: undefined,
    });
    expect((await read(kube.call(`${base}/a/status`))).body).toEqual(body);
  });
});

describe('PATCH', () => {
  it.each<[string, string, unknown, object]>([
    ['merge', merge, { spec: { color: null, replicas: 2 } }, { size: 1, replicas: 2 }],
    ['json', json, [{ op: 'replace', path: '/spec/color', value: 'blue' }], { size: 1, color: 'blue' }],
    ['merge with charset', `${merge}; charset=utf-8`, { spec: { size: 5 } }, { size: 5, color: 'red' }],
    ['nothing', merge, {}, { size: 1, color: 'red' }],
  ])('applies %s', async (_, contentType, patch, spec) => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a', { color: 'red' }));
    const { code, body } = await read(kube.send('PATCH', `${base}/a`, patch, contentType));
    expect({ code, spec: body.spec }).toEqual({ code: 200, spec });
  });

  it.each<[string, string, string, unknown, number, RegExp]>([
    [
      'strategic for a custom type',
      '/a',
      strategic,
      {},
      415,
      /accepted media types include: application\/json-patch\+/,
    ],
    ['an unknown type', '/a', 'application/json', {}, 415, /unknown format/],
    ['no JSON', '/a', merge, '{', 400, /error decoding patch|unexpected end/i],
    ['a scalar', '/a', merge, '1', 400, /./],
    ['a failing operation', '/a', json, [{ op: 'remove', path: '/spec/nothing' }], 422, /the server rejected our requ/],
    [
      'a failing test',
      '/a',
      json,
      [{ op: 'test', path: '/spec/color', value: 'x' }],
      422,
      /the server rejected our re/,
    ],
    ['a malformed operation', '/a', json, [{ op: 'fly' }], 422, /^the server rejected our request due to an error/],
    [
      'another name',
      '/a',
      merge,
      { metadata: { name: 'b' } },
      400,
      /^the name of the object \(b\) does not match the n/,
    ],
    [
      'another kind',
      '/a',
      merge,
      { kind: 'Bar' },
      422,
      /^Bar.example.com "a" is invalid: kind: Invalid value: "Bar": must be Widget$/,
    ],
    [
      'another version',
      '/a',
      merge,
      { apiVersion: 'foo/v1' },
      422,
      /^Widget.foo "a" is invalid: apiVersion: Invalid value: "foo\/v1": must be example.com\/v1$/,
    ],
    [
      'no kind',
      '/a',
      merge,
      { kind: null },
      422,
      /^ "" is invalid: patch: Invalid value: .*: Object 'Kind' is missing in/,
    ],
    ['a stale version', '/a', merge, { metadata: { resourceVersion: '1' } }, 409, /the object has been modified/],
    [
      'another uid',
      '/a',
      merge,
      { metadata: { uid: 'x' } },
      422,
      /metadata.uid: Invalid value: "x": field is immutable/,
    ],
    ['an invalid result', '/a', merge, { spec: { size: 0 } }, 422, /spec.size in body should be greater than or equal/],
    [
      'mistyped metadata',
      '/a',
      merge,
      { metadata: { labels: { a: 1 } } },
      422,
      /^ "" is invalid: patch: Invalid value/,
    ],
    ['an absent object', '/x', merge, {}, 404, /^widgets.example.com "x" not found$/],
    ['force', '/a?force=true', merge, {}, 422, /force: Forbidden: may not be specified for non-apply patch/],
  ])('refuses %s', async (_, path, contentType, patch, code, message) => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a', { color: 'red' }));
    const before = await read(kube.call(`${base}/a`));
    const answer = await read(kube.send('PATCH', base + path, patch, contentType));
    expect(answer).toMatchObject({ code, body: { kind: 'Status' } });
    expect(answer.body.message).toMatch(message);
    expect(await read(kube.call(`${base}/a`))).toEqual(before);
  });

  it('merges strategically what Kubernetes defines', async () => {
    const kube = await startKube();
    const notes = '/api/v1/namespaces/default/notes';
    await kube.send('POST', notes, { ...note('a', { x: '1', y: '2' }), metadata: { name: 'a', finalizers: ['a/b'] } });
    const patch = { metadata: { finalizers: ['a/c'] }, data: { x: null, z: '3' } };
    const { body } = await read(kube.send('PATCH', `${notes}/a`, patch, strategic));
    expect(body.metadata.finalizers?.toSorted()).toEqual(['a/b', 'a/c']);
    expect(body).toMatchObject({ data: { y: '2', z: '3' } });
    expect(body.data).not.toHaveProperty('x');
  });

  it('names unknown and duplicate fields of the result', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const strict = await read(
      kube.send('PATCH', `${base}/a?fieldValidation=Strict`, '{"spec":{"x":1,"size":2,"size":3}}', merge),
    );
    expect(strict).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    expect(strict.body.message).toMatch(
      /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: duplicate field "spec.size", unknown field "spec.x"$/,
    );
    const warned = await kube.send('PATCH', `${base}/a`, { spec: { x: 1 } }, merge);
    expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"spec.x\\""');
    expect((await read(warned)).body.metadata.resourceVersion).toBe('2');
  });

  it('never loses against other writers', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const patches = Array.from({ length: 150 }, (_, i) =>
      kube.send('PATCH', `${base}/a`, { metadata: { labels: { [`l${i}`]: 'x' } } }, merge),
    );
    expect((await Promise.all(patches)).map(answer => answer.status)).toEqual(patches.map(() => 200));
    const { body } = await read(kube.call(`${base}/a`));
    expect(Object.keys(body.metadata.labels ?? {})).toHaveLength(150);
  });

  it('does not fall for __proto__', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    for (const [contentType, patch] of [
      [merge, '{"__proto__":{"polluted":1},"spec":{"__proto__":{"polluted":1}}}'],
      [json, '[{"op":"add","path":"/__proto__/polluted","value":1}]'],
      [json, '[{"op":"add","path":"/constructor/prototype/polluted","value":1}]'],
    ] as const) {
      const { status } = await kube.send('PATCH', `${base}/a`, patch, contentType);
      expect(status).toBeLessThan(500);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    }
  });
});

describe('DELETE', () => {
  it('answers a Status with the uid that clients wait for', async () => {
    const kube = await startKube();
    const { body: made } = await read(kube.send('POST', base, widget('a')));
    const gone = await read(kube.send('DELETE', `${base}/a`, { propagationPolicy: 'Background' }));
    expect(gone).toEqual({
      code: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'a', group: 'example.com', kind: 'widgets', uid: made.metadata.uid },
      },
    });
    expect((await kube.call(`${base}/a`)).status).toBe(404);
    expect((await kube.call(`${base}/a`, { method: 'DELETE' })).status).toBe(404);
  });

  it('answers the object where a kind wants it, and while something holds it', async () => {
    const kube = await startKube();
    const notes = '/api/v1/namespaces/default/notes';
    await kube.send('POST', notes, note('a'));
    expect((await read(kube.call(`${notes}/a`, { method: 'DELETE' }))).body.kind).toBe('Note');
    await kube.send('POST', base, widget('a', {}, { finalizers: ['a/b'] }));
    const { code, body } = await read(kube.call(`${base}/a?propagationPolicy=Foreground`, { method: 'DELETE' }));
    expect({ code, metadata: body.metadata }).toMatchObject({
      code: 200,
      metadata: { deletionTimestamp: expect.any(String), finalizers: ['a/b', 'foregroundDeletion'] },
    });
  });

  it.each<[string, string, unknown, number, RegExp]>([
    ['two policies', '', { propagationPolicy: 'Orphan', orphanDependents: true }, 422, /cannot be both set/],
    ['an unknown policy', '', { propagationPolicy: 'Hope' }, 422, /propagationPolicy: Unsupported value: "Hope"/],
    ['an unknown policy in the query', '?propagationPolicy=Hope', undefined, 422, /Unsupported value: "Hope"/],
    ['an unknown dry run', '?dryRun=x', undefined, 422, /dryRun: Unsupported value/],
    [
      'another uid',
      '',
      { preconditions: { uid: 'x' } },
      409,
      /on Widget.example.com "a": the UID in the precondition \(x\) does not match the UID in record \([-0-9a-f]+\). The/,
    ],
    ['another uid in the query', '?uid=x', undefined, 409, /the UID in the precondition \(x\)/],
    [
      'another version in the query',
      '?resourceVersion=1',
      undefined,
      409,
      /the ResourceVersion in the precondition \(1\)/,
    ],
    ['the version of no state', '?resourceVersion=0', undefined, 409, /the ResourceVersion in the precondition \(0\)/],
    [
      'another version',
      '',
      { preconditions: { resourceVersion: '1' } },
      409,
      /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\). The object might/,
    ],
    ['another kind', '', { kind: 'Bar' }, 400, /Bar/],
    ['mistyped options', '', { gracePeriodSeconds: 'x' }, 400, /gracePeriodSeconds/],
  ])('refuses %s', async (_, query, body, code, message) => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const answer = await read(kube.send('DELETE', `${base}/a${query}`, body));
    expect(answer.code).toBe(code);
    expect(answer.body.message).toMatch(message);
    expect((await kube.call(`${base}/a`)).status).toBe(200);
  });

  it('heeds what the query asks of an object only where there is no body', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    expect((await read(kube.send('DELETE', `${base}/a?uid=x`, {}))).code).toBe(200);
  });

  it('deletes nothing of a collection whose objects changed since the version that was named', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const { body } = await read(kube.call(base));
    const since = body.metadata.resourceVersion;
    await kube.send('POST', base, widget('b'));
    const answer = await read(
      kube.call(`${base}?resourceVersion=${since}&resourceVersionMatch=NotOlderThan`, { method: 'DELETE' }),
    );
    expect(answer).toMatchObject({ code: 409, body: { details: { kind: 'Widget', group: 'example.com' } } });
    expect(answer.body.message).toMatch(/the ResourceVersion in the precondition/);
    expect((await kube.call(`${base}/b`)).status).toBe(200);
    const exact = await read(kube.call(`${base}?resourceVersion=${since}&dryRun=All`, { method: 'DELETE' }));
    expect(exact.body.items).toMatchObject([{ metadata: { name: 'a' } }]);
  });

  it('deletes a collection and lists what it deleted', async () => {
    const kube = await startKube();
    for (const color of ['red', 'blue']) await kube.send('POST', base, widget(color, { color }));
    const { code, body } = await read(kube.call(`${base}?fieldSelector=spec.color%3Dred`, { method: 'DELETE' }));
    expect({ code, kind: body.kind, items: body.items }).toMatchObject({
      code: 200,
      kind: 'WidgetList',
      items: [{ metadata: { name: 'red' } }],
    });
    expect((await read(kube.call(base))).body.items).toMatchObject([{ metadata: { name: 'blue' } }]);
  });
});

describe('scale', () => {
  it('reads and writes the number of replicas where the kind keeps it', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a', { replicas: 1 }));
    const { body: scale } = await read(kube.call(`${base}/a/scale`));
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'a', namespace: 'default', resourceVersion: '2' },
      spec: { replicas: 1 },
      status: { replicas: 0 },
    });
    const patched = await read(kube.send('PATCH', `${base}/a/scale`, { spec: { replicas: 3 } }, merge));
    expect(patched).toMatchObject({ code: 200, body: { spec: { replicas: 3 } } });
    const stale = await read(kube.send('PUT', `${base}/a/scale`, { ...scale, spec: { replicas: 4 } }));
    expect(stale.code).toBe(409);
    const bad = await read(kube.send('PATCH', `${base}/a/scale`, { spec: { replicas: -1 } }, merge));
    expect(bad).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('spec.replicas: Invalid value') },
    });
    expect((await read(kube.call(`${base}/a`))).body.spec).toMatchObject({ replicas: 3 });
  });

  it('says what is missing', async () => {
    const kube = await startKube();
    await kube.send('POST', base, widget('a'));
    const { code, body } = await read(kube.call(`${base}/a/scale`));
    expect(code).toBe(500);
    expect(body.message).toContain('the spec replicas field ".spec.replicas" does not exist');
  });
});

it('runs the actions of a kind', async () => {
  const kube = await startKube();
  await kube.call('/api/v1/namespaces/default', { method: 'DELETE' });
  const { body } = await read(kube.call('/api/v1/namespaces/default'));
  expect(body.status).toEqual({ phase: 'Terminating' });
  const done = await read(
    kube.send('PUT', '/api/v1/namespaces/default/finalize', { ...body, spec: { finalizers: [] } }),
  );
  expect(done.code).toBe(200);
  expect((await kube.call('/api/v1/namespaces/default')).status).toBe(404);
});
