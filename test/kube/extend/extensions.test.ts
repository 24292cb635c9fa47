import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalog } from '../../../shared/kube/catalog.ts';
import { createExtensions } from '../../../shared/kube/extend/extensions.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { crds, type Extended, startExtended } from '../../support/extended.ts';
import { readEvents } from '../../support/kube.ts';
import { until } from '../../support/until.ts';

let server: Extended;
beforeEach(async () => {
  server = await startExtended();
});
afterEach(() => server.close());

const schema: Schema = {
  type: 'object',
  description: 'A toy.',
  properties: {
    spec: {
      type: 'object',
      required: ['color'],
      properties: {
        color: { type: 'string', maxLength: 10 },
        size: { type: 'integer', default: 3, maximum: 100 },
        note: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        inner: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      },
    },
    status: { type: 'object', properties: { size: { type: 'integer' }, selector: { type: 'string' } } },
  },
};
const v1 = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.size',
      statusReplicasPath: '.status.size',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [{ name: 'Color', type: 'string', jsonPath: '.spec.color' }],
  selectableFields: [{ jsonPath: '.spec.color' }],
};
const toys = (change: object = {}, plural = 'toys') => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.org` },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { plural, kind: 'Toy', shortNames: ['ty'], categories: ['all'] },
    versions: [v1],
    ...change,
  },
});
const toy = (name: string, spec: object = { color: 'red' }, version = 'v1') => ({
  apiVersion: `example.org/${version}`,
  kind: 'Toy',
  metadata: { name },
  spec,
});
const at = (name = '', version = 'v1') =>
  `/apis/example.org/${version}/namespaces/default/toys${name === '' ? '' : `/${name}`}`;
const conditionsOf = (body: { status?: unknown }) =>
  (
    (body.status as { conditions?: { type: string; status: string; reason: string; message: string }[] }).conditions ??
    []
  ).map(({ type, status, reason, message }) => `${type}=${status} ${reason} ${message}`);
const become = (path: string, isSo: (code: number, body: Record<string, unknown>) => boolean) =>
  until(async () => {
    const { code, body } = await server.ask('GET', path);
    expect(isSo(code, body), `${path} is as wanted`).toBe(true);
    return body;
  });

describe('a definition', () => {
  it('is established at once, with defaults and accepted names', async () => {
    const { code, body } = await server.ask('POST', crds, toys());
    expect(code).toBe(201);
    expect(conditionsOf(body)).toEqual([
      'NamesAccepted=True NoConflicts no conflicts found',
      'Established=True InitialNamesAccepted the initial names have been accepted',
    ]);
    expect(body.spec).toMatchObject({
      names: { singular: 'toy', listKind: 'ToyList' },
      conversion: { strategy: 'None' },
    });
    expect(body.status).toMatchObject({ storedVersions: ['v1'], acceptedNames: { plural: 'toys', kind: 'Toy' } });
    expect(body.metadata.generation).toBe(1);
    expect(body.metadata.finalizers).toBeUndefined();
  });

  it('is served by the very next request, everywhere', async () => {
    await server.ask('POST', crds, toys());
    expect((await server.ask('POST', at(), toy('a'))).code).toBe(201);
    const legacy = await server.ask('GET', '/apis/example.org/v1');
    expect(legacy.body.resources).toMatchObject([
      { name: 'toys', singularName: 'toy', kind: 'Toy', shortNames: ['ty'], categories: ['all'] },
      { name: 'toys/status' },
      { name: 'toys/scale', kind: 'Scale', group: 'autoscaling' },
    ]);
    const accept = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
    expect(await (await server.raw('/apis', { headers: accept })).text()).toContain('"example.org"');
    const v3 = await (await server.raw('/openapi/v3/apis/example.org/v1')).text();
    expect(v3).toContain('org.example.v1.Toy');
    expect(v3).toContain('A toy.');
    expect(v3).not.toContain('What is wanted of the Toy.');
    expect(await (await server.raw('/openapi/v2', { headers: { accept: 'application/json' } })).text()).toContain(
      'org.example.v1.Toy',
    );
  });

  it('says in OpenAPI what its objects can be selected by', async () => {
    await server.ask('POST', crds, toys());
    const get = async (path: string) =>
      JSON.parse(await (await server.raw(path, { headers: { accept: 'application/json' } })).text());
    const [v3, v2] = [await get('/openapi/v3/apis/example.org/v1'), await get('/openapi/v2')];
    const said = { 'x-kubernetes-selectable-fields': [{ fieldPath: 'spec.color' }] };
    for (const models of [v3.components.schemas, v2.definitions])
      expect([models['org.example.v1.Toy'], models['org.example.v1.ToyList']]).toMatchObject([said, said]);
  });

  it('is refused with every cause, and stored not at all', async () => {
    const { code, body } = await server.ask('POST', crds, toys({ scope: 'World', versions: [{ ...v1, schema: {} }] }));
    expect(code).toBe(422);
    expect((body.details as { causes: { field: string }[] }).causes.map(({ field }) => field)).toEqual([
      'spec.scope',
      'spec.versions[0].schema.openAPIV3Schema',
    ]);
    expect((await server.ask('GET', `${crds}/toys.example.org`)).code).toBe(404);
  });

  it('is served by every process that opens the same store', async () => {
    await server.ask('POST', crds, toys());
    const builtIn = server.catalog.all().filter(({ definition }) => definition === undefined);
    const catalog = createCatalog(builtIn);
    await createExtensions({ store: server.store, catalog, builtIn, log: server.log }).catchUp();
    expect(catalog.byResource('example.org', 'v1', 'toys')).toMatchObject({
      kind: 'Toy',
      definition: 'toys.example.org',
    });
  });

  it('survives a great depth, and is refused beyond it', async () => {
    const nested = (depth: number): string =>
      `${'{"type":"object","properties":{"a":'.repeat(depth)}{"type":"string"}${'}}'.repeat(depth)}`;
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: 'SCHEMA' } };
    const of = async (depth: number) => {
      const body = JSON.stringify(toys({ versions: [version] })).replace('"SCHEMA"', nested(depth));
      return server.raw(crds, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    };
    expect((await of(200)).status).toBe(201);
    expect((await server.ask('POST', at(), { metadata: { name: 'a' }, a: {} })).code).toBe(201);
    expect(await (await of(10_000)).json()).toMatchObject({ kind: 'Status', status: 'Failure', code: 400 });
  });

  it('tells unknown keywords and wrong types', async () => {
    const bad = toys({ versions: [{ ...v1, schema: { openAPIV3Schema: { type: 'object', foo: 1 } } }] });
    const strict = await server.ask('POST', `${crds}?fieldValidation=Strict`, bad);
    expect(strict.code).toBe(400);
    expect(strict.body.message).toContain('unknown field "spec.versions[0].schema.openAPIV3Schema.foo"');
    const wrong = toys({ versions: [{ ...v1, schema: { openAPIV3Schema: { type: 1 } } }] });
    expect((await server.ask('POST', crds, wrong)).code).toBe(400);
  });

  it('gives a kind to one of those who claim it at the same time, and tells the others why', async () => {
    const plurals = Array.from({ length: 8 }, (_, i) => `toys${i}`);
    const made = await Promise.all(plurals.map(plural => server.ask('POST', crds, toys({}, plural))));
    expect(made.map(({ code }) => code)).toEqual(plurals.map(() => 201));
    const said = made.map(({ body }) => conditionsOf(body));
    const served = said.filter(conditions => conditions.some(one => one.startsWith('Established=True')));
    expect(served).toHaveLength(1);
    for (const conditions of said) {
      if (conditions === served[0]) expect(conditions[0]).toContain('NamesAccepted=True');
      else expect(conditions[0]).toBe('NamesAccepted=False ListKindConflict "ToyList" is already in use');
    }
    // Updates are no other way to the same name.
    const names = { plural: 'x', kind: 'Other' };
    await Promise.all(
      ['x', 'y'].map(plural =>
        server.ask('POST', crds, toys({ names: { ...names, plural, kind: plural.toUpperCase() } }, plural)),
      ),
    );
    const claim = JSON.stringify({ spec: { names: { shortNames: ['same'] } } });
    await Promise.all(
      ['x', 'y'].map(plural =>
        server.raw(`${crds}/${plural}.example.org`, {
          method: 'PATCH',
          body: claim,
          headers: { 'content-type': 'application/merge-patch+json' },
        }),
      ),
    );
    const now = await Promise.all(['x', 'y'].map(plural => server.ask('GET', `${crds}/${plural}.example.org`)));
    const short = now.flatMap(({ body }) => JSON.stringify(body.status).match(/"shortNames":\["same"\]/g) ?? []);
    expect(short).toHaveLength(1);
  });

  it('that is only tried leaves nothing behind', async () => {
    const before = await server.store.list('turns/objects/apiextensions.k8s.io/customresourcedefinitions');
    expect((await server.ask('POST', `${crds}?dryRun=All`, toys())).code).toBe(201);
    expect(await server.store.list('turns/objects/apiextensions.k8s.io/customresourcedefinitions')).toEqual(before);
    expect((await server.ask('GET', `${crds}/toys.example.org`)).code).toBe(404);
  });

  it('waits for names that are taken, and gets them when they are free', async () => {
    await server.ask('POST', crds, toys());
    const { body } = await server.ask('POST', crds, toys({}, 'others'));
    expect(conditionsOf(body)).toEqual([
      'NamesAccepted=False ListKindConflict "ToyList" is already in use',
      'Established=False NotAccepted not all names are accepted',
    ]);
    expect((await server.raw('/apis/example.org/v1/others')).status).toBe(404);
    await server.ask('DELETE', `${crds}/toys.example.org`);
    await become(`${crds}/others.example.org`, (_, found) =>
      conditionsOf(found).some(text => text.startsWith('Established=True')),
    );
    expect((await server.ask('GET', '/apis/example.org/v1/others')).code).toBe(200);
  });

  it('does not take the place or the kind of a built-in type', async () => {
    const named = (plural: string) => ({
      ...toys({ group: 'example.com', names: { plural, kind: 'Widget' } }),
      metadata: { name: `${plural}.example.com` },
    });
    const same = await server.ask('POST', crds, named('widgets'));
    expect(conditionsOf(same.body)[1]).toContain('Established=True');
    await server.ask('POST', '/apis/example.com/v1/namespaces/default/widgets', {
      metadata: { name: 'w' },
      spec: { parts: [{ name: 'wheel' }] },
    });
    const other = await server.ask('POST', crds, named('gadgets'));
    expect(conditionsOf(other.body)[0]).toContain('NamesAccepted=False');
    await server.ask('DELETE', `${crds}/widgets.example.com`);
    await become(`${crds}/widgets.example.com`, code => code === 404);
    const kept = await server.ask('GET', '/apis/example.com/v1/namespaces/default/widgets/w');
    expect(kept.body.spec).toMatchObject({ parts: [{ name: 'wheel' }] });
  });

  it('warns of formats that it does not know', async () => {
    const odd = {
      ...v1,
      schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', format: 'moon' } } } },
    };
    const response = await server.send('POST', crds, toys({ versions: [odd], subresources: undefined }));
    expect(response.headers.get('warning')).toContain('unrecognized format');
  });

  it('grows stricter without locking out what is stored', async () => {
    await server.ask('POST', crds, toys());
    await server.ask('POST', at(), toy('a', { color: 'ultramarine'.slice(0, 10), size: 50 }));
    const path = `${crds}/toys.example.org`;
    const strict = structuredClone(v1);
    Object.assign(strict.schema.openAPIV3Schema.properties?.spec?.properties?.size ?? {}, { maximum: 10 });
    const changed = await server.ask('PATCH', path, { spec: { versions: [strict] } }, 'application/merge-patch+json');
    expect(changed.code).toBe(200);
    expect((await server.ask('PATCH', at('a'), { spec: { color: 'blue' } }, 'application/merge-patch+json')).code).toBe(
      200,
    );
    const worse = await server.ask('PATCH', at('a'), { spec: { size: 60 } }, 'application/merge-patch+json');
    expect(worse.body.message).toContain('spec.size in body should be less than or equal to 10');
  });
});

describe('instances', () => {
  beforeEach(async () => {
    await server.ask('POST', crds, toys());
  });

  it('are pruned, defaulted and validated', async () => {
    const spec = {
      color: 'red',
      note: null,
      size: null,
      port: 'http',
      free: { a: { b: 1 } },
      strange: 1,
      inner: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', odd: 1 }, spec: { y: 1 } },
    };
    const { body } = await server.ask('POST', at(), toy('a', spec));
    expect(body.spec).toEqual({
      color: 'red',
      note: null,
      size: 3,
      port: 'http',
      free: { a: { b: 1 } },
      inner: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { y: 1 } },
    });
    const strict = await server.ask('POST', `${at()}?fieldValidation=Strict`, toy('b', spec));
    expect(strict.body.message).toContain('unknown field "spec.strange"');
  });

  it.each<[object, string]>([
    [{}, 'spec.color: Required value'],
    [{ color: 5 }, 'spec.color: Invalid value: "integer": spec.color in body must be of type string: "integer"'],
    [{ color: 'much too long' }, 'spec.color: Too long: may not be more than 10 bytes'],
    [
      { color: 'red', size: 101 },
      'spec.size: Invalid value: 101: spec.size in body should be less than or equal to 100',
    ],
    [{ color: 'red', tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    [{ color: 'red', inner: {} }, 'spec.inner.apiVersion: Required value: must not be empty'],
    [
      { color: 'red', inner: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'b c' } } } },
      'spec.inner.metadata.labels: Invalid value: "b c": a valid label must be',
    ],
  ])('refuse %j', async (spec, text) => {
    const { code, body } = await server.ask('POST', at(), toy('a', spec));
    expect(code).toBe(422);
    expect(body.message).toContain(text);
  });

  it('show defaults that were declared after them', async () => {
    await server.ask('POST', at(), toy('a'));
    const next = structuredClone(v1);
    Object.assign(next.schema.openAPIV3Schema.properties?.spec?.properties ?? {}, {
      mood: { type: 'string', default: 'fine' },
    });
    await server.ask(
      'PATCH',
      `${crds}/toys.example.org`,
      { spec: { versions: [next] } },
      'application/merge-patch+json',
    );
    const { body } = await server.ask('GET', at('a'));
    expect(body.spec).toEqual({ color: 'red', size: 3, mood: 'fine' });
    expect(body.metadata.resourceVersion).toBe('2');
  });

  it('have status, generation, scale, columns and selectable fields', async () => {
    await server.ask('POST', at(), { ...toy('a'), status: { size: 9 } });
    const status = await server.ask(
      'PATCH',
      `${at('a')}/status`,
      { status: { size: 2 }, spec: { color: 'x' } },
      'application/merge-patch+json',
    );
    expect(status.body).toMatchObject({ spec: { color: 'red' }, status: { size: 2 }, metadata: { generation: 1 } });
    const scaled = await server.ask(
      'PATCH',
      `${at('a')}/scale`,
      { spec: { replicas: 7 } },
      'application/merge-patch+json',
    );
    expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 7 }, status: { replicas: 2 } });
    expect((await server.ask('GET', at('a'))).body.metadata.generation).toBe(2);
    await server.ask('POST', at(), toy('b', { color: 'blue' }));
    const found = await server.ask('GET', `${at()}?fieldSelector=spec.color=blue`);
    expect((found.body.items as { metadata: { name: string } }[]).map(one => one.metadata.name)).toEqual(['b']);
    expect((await server.ask('GET', `${at()}?fieldSelector=spec.size=3`)).code).toBe(400);
    const table = await server.raw(at(), { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect(await table.json()).toMatchObject({
      columnDefinitions: [{ name: 'Name' }, { name: 'Color' }],
      rows: [{ cells: ['a', 'red'] }, { cells: ['b', 'blue'] }],
    });
  });

  it('need a version to be replaced, and take no strategic patch', async () => {
    await server.ask('POST', at(), toy('a'));
    const put = await server.ask('PUT', at('a'), toy('a', { color: 'blue' }));
    expect(put.body.message).toContain('metadata.resourceVersion: Invalid value: 0: must be specified for an update');
    expect((await server.ask('PATCH', at('a'), {}, 'application/strategic-merge-patch+json')).code).toBe(415);
  });

  it('own others and are collected like any', async () => {
    const { body: owner } = await server.ask('POST', at(), toy('owner'));
    const reference = { apiVersion: 'example.org/v1', kind: 'Toy', name: 'owner', uid: owner.metadata.uid };
    const notes = '/api/v1/namespaces/default/notes';
    await server.ask('POST', notes, { metadata: { name: 'n', ownerReferences: [reference] } });
    await server.ask('POST', at(), { ...toy('child'), metadata: { name: 'child', ownerReferences: [reference] } });
    await server.ask('DELETE', at('owner'));
    await become(`${notes}/n`, code => code === 404);
    await become(at('child'), code => code === 404);
  });
});

describe('deletion', () => {
  it('takes the instances along, waits for their finalizers, and ends watches', async () => {
    await server.ask('POST', crds, toys());
    await server.ask('POST', at(), { ...toy('a'), metadata: { name: 'a', finalizers: ['example.org/wait'] } });
    await server.ask('POST', at(), toy('b'));
    const events = readEvents(await server.raw(`${at()}?watch=1`));
    const seen = (async () => {
      const all: string[] = [];
      for await (const { type, object } of events) all.push(`${type} ${object.metadata.name}`);
      return all;
    })();
    const { code, body } = await server.ask('DELETE', `${crds}/toys.example.org`);
    expect(code).toBe(200);
    expect(body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    expect(conditionsOf(body).at(-1)).toContain('Terminating=True InstanceDeletionPending');
    const late = await server.ask('POST', at(), toy('c'));
    expect([late.code, late.body.message]).toEqual([
      405,
      'create not allowed while custom resource definition is terminating',
    ]);
    await become(`${crds}/toys.example.org`, (_, found) =>
      conditionsOf(found).some(text => text.includes('InstanceDeletionInProgress')),
    );
    await become(at('b'), found => found === 404);
    await server.ask('PATCH', at('a'), { metadata: { finalizers: null } }, 'application/merge-patch+json');
    await become(`${crds}/toys.example.org`, found => found === 404);
    expect((await server.raw(at())).status).toBe(404);
    expect((await server.raw('/openapi/v3/apis/example.org/v1')).status).toBe(404);
    expect(await seen).toContain('DELETED a');
  });
});

describe('versions', () => {
  const v2 = {
    ...v1,
    name: 'v2',
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', properties: { color: { type: 'string' }, weight: { type: 'integer', default: 1 } } },
        },
      },
    },
    subresources: undefined,
  };
  const both = (storage: 'v1' | 'v2') => ({
    versions: [
      { ...v1, storage: storage === 'v1', deprecated: true },
      { ...v2, storage: storage === 'v2' },
    ],
  });
  const path = `${crds}/toys.example.org`;

  it('show the same objects, each its own way', async () => {
    await server.ask('POST', crds, toys(both('v1')));
    await server.ask('POST', at('', 'v2'), toy('a', { color: 'red', weight: 9 }, 'v2'));
    const one = await server.send('GET', at('a'));
    expect(one.headers.get('warning')).toBe('299 - "example.org/v1 Toy is deprecated; use example.org/v2 Toy"');
    expect(await one.json()).toMatchObject({ apiVersion: 'example.org/v1', spec: { color: 'red', size: 3 } });
    const two = await server.ask('GET', at('a', 'v2'));
    expect(two.body.spec).toEqual({ color: 'red', weight: 9 });
    const [entry] = (await server.store.list('objects/example.org/toys')).entries;
    expect(JSON.parse(new TextDecoder().decode(entry?.value)).apiVersion).toBe('example.org/v1');
  });

  it('are remembered as long as objects may be stored in them', async () => {
    await server.ask('POST', crds, toys(both('v1')));
    const moved = await server.ask('PATCH', path, { spec: both('v2') }, 'application/merge-patch+json');
    expect(moved.body.status).toMatchObject({ storedVersions: ['v1', 'v2'] });
    const only = { spec: { versions: [{ ...v2, storage: true }] } };
    const refused = await server.ask('PATCH', path, only, 'application/merge-patch+json');
    expect(refused.body.message).toContain('status.storedVersions[0]: Invalid value: "v1": missing from spec.versions');
    const migrated = await server.ask(
      'PATCH',
      `${path}/status`,
      { status: { storedVersions: ['v2'] } },
      'application/merge-patch+json',
    );
    expect(migrated.code).toBe(200);
    expect((await server.ask('PATCH', path, only, 'application/merge-patch+json')).code).toBe(200);
    expect((await server.raw(at('', 'v1'))).status).toBe(404);
  });
});
