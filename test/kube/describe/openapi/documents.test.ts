import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../shared/base/protobuf.ts';
import { createCatalog } from '../../../../shared/kube/catalog.ts';
import { createDescribeApp } from '../../../../shared/kube/describe/app.ts';
import { gnostic } from '../../../../shared/kube/describe/openapi/gnostic.ts';
import { startKube } from '../../../support/kube.ts';
import { testTypes } from '../../../support/widgets.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, unknown>;
  readonly [extension: string]: unknown;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
  readonly definitions: Record<string, Schema>;
}

interface Schema {
  readonly properties: Record<string, Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const app = createDescribeApp({ catalog: createCatalog(testTypes) });
const call = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
const read = async (response: Response) => JSON.parse(await response.text());
const v3 = async (path: string): Promise<Document> => read(await call(`/openapi/v3/${path}`));
const v2 = async (): Promise<Document> => read(await call('/openapi/v2'));

const methods = ['get', 'put', 'post', 'delete', 'patch'];

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method, operation })),
  );

const refsOf = (document: unknown): Set<string> => new Set(JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g));

describe('the root of v3', () => {
  it('leads to every group version by its hash', async () => {
    const { paths } = await read(await call('/openapi/v3'));
    expect(Object.keys(paths).sort()).toEqual(['api/v1', 'apis/example.com/v1', 'version']);
    for (const { serverRelativeURL } of Object.values<{ serverRelativeURL: string }>(paths)) {
      const response = await call(serverRelativeURL);
      expect(response.headers.get('cache-control')).toContain('public, immutable');
      const hash = createHash('sha512')
        .update(await response.text())
        .digest('hex')
        .toUpperCase();
      expect(response.headers.get('etag')).toBe(`"${hash}"`);
      expect(serverRelativeURL).toMatch(new RegExp(`\\?hash=${hash}$`));
    }
  });
});

describe('a document of v3', () => {
  it('moves on from an old hash, and spares what is known', async () => {
    const path = '/openapi/v3/apis/example.com/v1';
    const plain = await call(path);
    const etag = plain.headers.get('etag') ?? '';
    expect(plain.headers.get('cache-control')).toBeNull();
    const moved = await call(`${path}?hash=ABC`);
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe(`${path}?hash=${etag.slice(1, -1)}`);
    expect((await call(path, { 'if-none-match': etag })).status).toBe(304);
    expect((await call(path, { 'if-none-match': `W/${etag}` })).status).toBe(304);
    const protobuf = { accept: 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf' };
    expect((await call(path, protobuf)).status).toBe(406);
  });

  it('has an operation for everything that is served, under its usual name', async () => {
    const ids = operationsOf(await v3('apis/example.com/v1')).map(
      ({ path, method, operation }) => `${method} ${path.replace('/apis/example.com/v1', '')} ${operation.operationId}`,
    );
    expect(ids.sort()).toEqual(
      [
        'get /namespaces/{namespace}/widgets listExampleComV1NamespacedWidget',
        'post /namespaces/{namespace}/widgets createExampleComV1NamespacedWidget',
        'delete /namespaces/{namespace}/widgets deleteExampleComV1CollectionNamespacedWidget',
        'get /widgets listExampleComV1WidgetForAllNamespaces',
        'get /namespaces/{namespace}/widgets/{name} readExampleComV1NamespacedWidget',
        'put /namespaces/{namespace}/widgets/{name} replaceExampleComV1NamespacedWidget',
        'patch /namespaces/{namespace}/widgets/{name} patchExampleComV1NamespacedWidget',
        'delete /namespaces/{namespace}/widgets/{name} deleteExampleComV1NamespacedWidget',
        'get /namespaces/{namespace}/widgets/{name}/status readExampleComV1NamespacedWidgetStatus',
        'put /namespaces/{namespace}/widgets/{name}/status replaceExampleComV1NamespacedWidgetStatus',
        'patch /namespaces/{namespace}/widgets/{name}/status patchExampleComV1NamespacedWidgetStatus',
        'get /namespaces/{namespace}/widgets/{name}/scale readExampleComV1NamespacedWidgetScale',
        'put /namespaces/{namespace}/widgets/{name}/scale replaceExampleComV1NamespacedWidgetScale',
        'patch /namespaces/{namespace}/widgets/{name}/scale patchExampleComV1NamespacedWidgetScale',
        'get /planets listExampleComV1Planet',
        'post /planets createExampleComV1Planet',
        'delete /planets deleteExampleComV1CollectionPlanet',
        'get /planets/{name} readExampleComV1Planet',
        'put /planets/{name} replaceExampleComV1Planet',
        'patch /planets/{name} patchExampleComV1Planet',
        'delete /planets/{name} deleteExampleComV1Planet',
        'post /questions createExampleComV1Question',
      ].sort(),
    );
  });

  it('lets kubectl find that the server validates fields', async () => {
    const patch = (await v3('apis/example.com/v1')).paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}']
      ?.patch;
    expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }));
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: 'example.com', version: 'v1', kind: 'Widget' });
    expect(patch?.['x-kubernetes-action']).toBe('patch');
  });

  it('says what a patch answers, and of what kind what is beside an object is', async () => {
    const notes = (await v3('api/v1')).paths['/api/v1/namespaces/{namespace}/notes/{name}'];
    expect(Object.keys(notes?.patch?.responses ?? {})).toEqual(['200', '201', '401']);
    const widgets = (await v3('apis/example.com/v1')).paths[
      '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'
    ];
    expect(Object.keys(widgets?.patch?.responses ?? {})).toEqual(['200', '401']);
    expect(widgets?.get?.parameters).toContainEqual(expect.objectContaining({ name: 'resourceVersion', in: 'query' }));
  });

  it('describes a scale, as one of the kind that is scaled', async () => {
    const { paths, components } = await v3('apis/example.com/v1');
    const read = paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/scale']?.get;
    expect(read?.['x-kubernetes-group-version-kind']).toEqual({ group: 'example.com', version: 'v1', kind: 'Widget' });
    expect(JSON.stringify(read?.responses)).toContain('#/components/schemas/io.k8s.api.autoscaling.v1.Scale');
    expect(components.schemas['io.k8s.api.autoscaling.v1.Scale']).toBeDefined();
  });

  it('describes objects whole', async () => {
    const { schemas } = (await v3('apis/example.com/v1')).components;
    const widget = schemas['com.example.v1.Widget'];
    expect(widget).toMatchObject({
      type: 'object',
      description: 'A widget.',
      required: ['spec'],
      'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
    });
    expect(Object.keys(widget?.properties ?? {})).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
    for (const property of Object.values(widget?.properties ?? {})) expect(property.description).toMatch(/./);
    expect(schemas['com.example.v1.WidgetList']).toMatchObject({
      required: ['items'],
      'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'WidgetList' }],
    });
    expect(schemas['com.example.v1.QuestionList']).toBeUndefined();
  });

  it('has standard models with words for every field', async () => {
    const { schemas } = (await v3('api/v1')).components;
    const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
    for (const name of ['ObjectMeta', 'ListMeta', 'Status', 'DeleteOptions', 'OwnerReference', 'Preconditions']) {
      const model = schemas[`${meta}.${name}`];
      expect(model?.description, name).toMatch(/./);
      for (const [field, property] of Object.entries(model?.properties ?? {}))
        expect(property.description, `${name}.${field}`).toMatch(/./);
    }
    expect(schemas[`${meta}.DeleteOptions`]?.['x-kubernetes-group-version-kind']).toEqual([
      { group: '', version: 'v1', kind: 'DeleteOptions' },
      { group: 'example.com', version: 'v1', kind: 'DeleteOptions' },
    ]);
    expect(schemas['io.k8s.api.core.v1.Namespace']).toBeDefined();
  });

  it.each(['api/v1', 'apis/example.com/v1'])('refers only to what it has: %s', async path => {
    const document = await v3(path);
    const known = new Set(Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`));
    expect([...refsOf(document)].filter(ref => !known.has(ref))).toEqual([]);
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('promises just the kinds of patch that are served', async () => {
    const { call: ask } = await startKube({ describe: app });
    for (const [path, url] of [
      ['apis/example.com/v1', '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}'],
      ['api/v1', '/api/v1/namespaces/{namespace}/notes/{name}'],
    ] as const) {
      const promised = Object.keys((await v3(path)).paths[url]?.patch?.requestBody?.content ?? {});
      const target = url.replace('{namespace}', 'default').replace('{name}', 'a');
      const refused = await ask(target, { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } });
      expect(refused.status).toBe(415);
      const { message } = await read(refused);
      expect(message.replace(/^.*include: /, '').split(', ')).toEqual(promised);
    }
  });
});

describe('v2', () => {
  it('is JSON for whoever takes it', async () => {
    for (const accept of ['application/json', 'application/json, */*', '*/*', '']) {
      const response = await call('/openapi/v2', { accept });
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('etag')).toMatch(/^"[0-9A-F]{128}"$/);
    }
    expect((await call('/openapi/v2', { accept: 'text/html' })).status).toBe(406);
  });

  it('holds everything of v3, and no more than Swagger knows', async () => {
    const document = await v2();
    const known = new Set(Object.keys(document.definitions).map(name => `#/definitions/${name}`));
    expect([...refsOf(document)].filter(ref => !known.has(ref))).toEqual([]);
    const all = [...operationsOf(await v3('api/v1')), ...operationsOf(await v3('apis/example.com/v1'))];
    expect(
      operationsOf(document)
        .map(({ operation }) => operation.operationId)
        .sort(),
    ).toEqual(all.map(({ operation }) => operation.operationId).sort());
    expect(JSON.stringify(document.definitions)).not.toMatch(
      /"(nullable|anyOf|oneOf|allOf|not|x-kubernetes-validations)":/,
    );
    expect(document.definitions['com.example.v1.Widget']?.properties.metadata).toEqual({
      description: expect.any(String),
      $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
    });
  });

  it.each([
    'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  ])('is protobuf for %s', async accept => {
    const response = await call('/openapi/v2', { accept });
    expect(response.headers.get('content-type')).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const document = decode(gnostic, 'Document', new Uint8Array(await response.arrayBuffer()));
    const json = await v2();
    expect(document).toMatchObject({ swagger: '2.0', info: { title: 'Kubernetes' } });
    const { paths, definitions } = document as unknown as Decoded;
    expect(paths.path.map(({ name }) => name)).toEqual(Object.keys(json.paths));
    expect(definitions.additional_properties.map(({ name }) => name)).toEqual(Object.keys(json.definitions));
    const widget = definitions.additional_properties.find(({ name }) => name === 'com.example.v1.Widget')?.value;
    expect(widget).toMatchObject({ type: { value: ['object'] }, required: ['spec'], description: 'A widget.' });
    const [gvk] = widget?.vendor_extension ?? [];
    expect(gvk?.name).toBe('x-kubernetes-group-version-kind');
    expect(JSON.parse(gvk?.value.yaml ?? '')).toEqual([{ group: 'example.com', version: 'v1', kind: 'Widget' }]);
  });

  it('is compressed for those who can read that', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ ...planet(i) }));
    const large = createDescribeApp({ catalog: createCatalog(many) });
    const ask = (encoding: string) => large.request('/openapi/v2', { headers: { 'accept-encoding': encoding } });
    const plain = await (await ask('')).text();
    const packed = await ask('gzip, deflate');
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('vary')).toContain('Accept-Encoding');
    expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(plain);
    expect((await ask('gzip;q=0')).headers.get('content-encoding')).toBeNull();
  });
});

interface Decoded {
  readonly paths: { readonly path: { readonly name: string }[] };
  readonly definitions: {
    readonly additional_properties: {
      readonly name: string;
      readonly value: {
        readonly vendor_extension: { readonly name: string; readonly value: { readonly yaml: string } }[];
      };
    }[];
  };
}

const planet = (i: number) => {
  const [, type] = testTypes;
  if (type === undefined) throw new Error('no test type');
  return { ...type, kind: `Planet${i}`, plural: `planet${i}s`, listKind: `Planet${i}List` };
};
