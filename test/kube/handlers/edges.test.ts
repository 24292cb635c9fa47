import { describe, expect, it } from 'vitest';
import { read, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const widget = (name: string) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec: { color: 'red' },
});
const merge = 'application/merge-patch+json';
const json = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';

const startWithWidget = async () => {
  const kube = await startKube();
  await kube.send('POST', base, widget('a'));
  return kube;
};

/** What a kube-apiserver 1.36 was seen to do. */
describe('metadata', () => {
  it('may be empty, and then is not there', async () => {
    const kube = await startKube();
    const object = { ...widget('a'), metadata: { name: 'a', labels: {}, annotations: {}, finalizers: [] } };
    const { body } = await read(kube.send('POST', base, object));
    expect(Object.keys(body.metadata)).not.toEqual(expect.arrayContaining(['labels']));
    expect(body.metadata).not.toHaveProperty('annotations');
  });

  it('takes a null among texts for an empty one', async () => {
    const kube = await startKube();
    const object = { ...widget('a'), metadata: { name: 'a', annotations: { x: null, y: 'z' } } };
    const { code, body } = await read(kube.send('POST', base, object));
    expect([code, body.metadata.annotations]).toEqual([201, { x: '', y: 'z' }]);
  });

  it('keeps its creation, whatever is sent', async () => {
    const kube = await startWithWidget();
    const { body: before } = await read(kube.call(`${base}/a`));
    const metadata = { ...before.metadata, creationTimestamp: '2020-01-01T00:00:00Z' };
    const { code, body } = await read(kube.send('PUT', `${base}/a`, { ...before, metadata }));
    expect([code, body.metadata]).toEqual([200, before.metadata]);
  });

  it('keeps the time of a deletion, whatever is sent', async () => {
    const kube = await startKube();
    await kube.send('POST', base, { ...widget('a'), metadata: { name: 'a', finalizers: ['a.b/c'] } });
    const { body: before } = await read(kube.send('DELETE', `${base}/a`));
    for (const deletionTimestamp of ['2020-01-01T00:00:00Z', null]) {
      const { code, body } = await read(kube.send('PATCH', `${base}/a`, { metadata: { deletionTimestamp } }, merge));
      expect([code, body.metadata.deletionTimestamp]).toEqual([200, before.metadata.deletionTimestamp]);
    }
  });

  it('may get another generateName', async () => {
    const kube = await startWithWidget();
    const { body } = await read(kube.send('PATCH', `${base}/a`, { metadata: { generateName: 'x-' } }, merge));
    expect(body.metadata).toHaveProperty('generateName', 'x-');
  });

  it.each([
    [{ ownerReferences: [{ apiVersion: 'a/b/c', kind: 'K', name: 'n', uid: 'u' }] }, 'version must not be empty'],
    [{ creationTimestamp: 'yesterday' }, 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse'],
    [{ labels: { 'a/b/c': 'd' } }, "a valid label key must consist of alphanumeric characters, '-', '_' or '.'"],
  ])('%j is refused', async (metadata, text) => {
    const kube = await startKube();
    const { code, body } = await read(
      kube.send('POST', base, { ...widget('a'), metadata: { name: 'a', ...metadata } }),
    );
    expect([400, 422]).toContain(code);
    expect(body.message).toContain(text);
  });
});

describe('patches', () => {
  it.each([
    ['none', json, null],
    ['a replacement of what is not there', json, [{ op: 'replace', path: '/spec/size', value: 7 }]],
    ['a copy of what is not there', json, [{ op: 'copy', from: '/spec/nope', path: '/metadata/labels' }]],
  ])('%s is taken', async (_, type, patch) => {
    const kube = await startWithWidget();
    expect((await kube.send('PATCH', `${base}/a`, JSON.stringify(patch), type)).status).toBe(200);
  });

  it.each([
    ['none', null],
    ['one that says another kind', { kind: 'Other', apiVersion: 'foo/v1' }],
  ])('%s, of the strategic sort, is taken for native types', async (_, patch) => {
    const kube = await startKube();
    const { code, body } = await read(
      kube.send('PATCH', '/api/v1/namespaces/default', JSON.stringify(patch), strategic),
    );
    expect([code, body.kind, body.apiVersion]).toEqual([200, 'Namespace', 'v1']);
  });

  it('that make another kind of a native object are refused', async () => {
    const kube = await startKube();
    const { code, body } = await read(kube.send('PATCH', '/api/v1/namespaces/default', { kind: 'Other' }, merge));
    expect([code, body.message]).toEqual([
      422,
      expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: .*: no kind "Other" is registered for version "v1"/,
      ),
    ]);
  });

  it.each([
    ['a version of nothing', { metadata: { name: 'b', resourceVersion: '5' } }],
    ['no name', { metadata: {} }],
    ['no metadata', {}],
  ])('that apply may have %s', async (_, rest) => {
    const kube = await startKube();
    const config = { apiVersion: 'example.com/v1', kind: 'Widget', spec: { color: 'red' }, ...rest };
    const { code, body } = await read(kube.send('PATCH', `${base}/b?fieldManager=m`, config, apply));
    expect([code, body.metadata.name]).toEqual([201, 'b']);
  });

  it.each([
    ['', 'invalid object type: /, Kind='],
    [
      '[]',
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
  ])('that apply %j are refused', async (text, message) => {
    const kube = await startKube();
    const answer = await kube.call(`${base}/b?fieldManager=m`, {
      method: 'PATCH',
      body: text,
      headers: { 'content-type': apply },
    });
    expect(await read(answer)).toMatchObject({ code: 400, body: { message } });
  });
});

describe('queries', () => {
  it.each([
    ['GET', `${base}/a?export=true`, 400, 'the export parameter, deprecated since v1.14, is no longer supported'],
    ['GET', `${base}?timeout=abc`, 400, 'invalid timeout specified in the request URL - time: invalid duration "abc"'],
    [
      'GET',
      `${base}?watch=true&continue=abc`,
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided',
    ],
    [
      'DELETE',
      `${base}/a?dryRun=`,
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: [""]: supported values: "All"',
    ],
    ['PUT', '/api/v1/namespaces', 405, 'the server does not allow this method on the requested resource'],
  ])('%s %s is refused', async (method, path, code, message) => {
    const kube = await startWithWidget();
    expect(await read(kube.call(path, { method }))).toMatchObject({ code, body: { message } });
  });

  it.each([`${base}?export=true`, `${base}?timeout=-5s`])('GET %s is answered', async path => {
    const kube = await startWithWidget();
    expect((await kube.call(path)).status).toBe(200);
  });
});

describe('a scale', () => {
  const scaleOf = (name: string, replicas: unknown) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name },
    spec: { replicas },
  });

  it.each<[string, string, unknown, string | undefined, number, string]>([
    ['another name', 'PUT', scaleOf('b', 2), undefined, 400, 'the name of the object (b) does not match the name on'],
    [
      'no name',
      'PUT',
      { spec: { replicas: 2 } },
      undefined,
      400,
      'the name of the object (a based on URL) was undeter',
    ],
    ['another name', 'PATCH', { metadata: { name: 'b' } }, merge, 400, 'the name of the object (b) does not match the'],
    ['another kind', 'PATCH', { kind: 'Other' }, merge, 422, ' "" is invalid: patch: Invalid value: '],
    ['a text', 'PATCH', { spec: { replicas: 'x' } }, merge, 422, ' "" is invalid: patch: Invalid value: '],
    [
      'less than none',
      'PATCH',
      { spec: { replicas: -1 } },
      merge,
      422,
      'Widget.example.com "a" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer',
    ],
  ])('of %s is refused', async (_, method, body, type, code, message) => {
    const kube = await startKube();
    await kube.send('POST', base, { ...widget('a'), spec: { color: 'red', replicas: 1 } });
    const answer = await read(kube.send(method, `${base}/a/scale`, body, type));
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });
});
