import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { purge } from '../../../shared/controllers/purge.ts';
import type { Post } from '../../../shared/kube/extend/convert.ts';
import { crds, type Extended, startExtended } from '../../support/extended.ts';
import { readEvents } from '../../support/kube.ts';
import { createTestPorts } from '../../support/ports.ts';
import { until } from '../../support/until.ts';

/** Version v1 has `spec.size`, v2 `spec.dimensions.size`; a webhook turns one into the other. */
interface Review {
  request: { uid: string; desiredAPIVersion: string; objects: Item[] };
}
interface Item {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec: { size?: number; dimensions?: { size?: number } };
}
type Response = { uid: string; result: object; convertedObjects: object[] };

let reviews: Review['request'][] = [];
let spoil: (response: Response) => unknown = response => response;
const convert = (object: Item, apiVersion: string): Item => ({
  ...object,
  apiVersion,
  spec: apiVersion.endsWith('v2')
    ? { dimensions: { size: object.spec.size ?? 0 } }
    : { size: object.spec.dimensions?.size ?? 0 },
});
const post: Post = async (_url, body) => {
  const { request } = JSON.parse(body) as Review;
  reviews.push(request);
  const response = {
    uid: request.uid,
    result: { status: 'Success' },
    convertedObjects: request.objects.map(object => convert(object, request.desiredAPIVersion)),
  };
  const answer = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response: spoil(response) };
  return { status: 200, body: new TextEncoder().encode(JSON.stringify(answer)) };
};

const version = (name: string, spec: object, storage: boolean) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } },
});
const v1 = (storage: boolean) => version('v1', { size: { type: 'integer' } }, storage);
const v2 = (storage: boolean) =>
  version('v2', { dimensions: { type: 'object', properties: { size: { type: 'integer' } } } }, storage);
const boxes = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boxes.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { plural: 'boxes', kind: 'Box' },
    versions: [v1(false), v2(true)],
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://convert.example.org/' }, conversionReviewVersions: ['v1'] },
    },
  },
};
const at = (name = '', of = 'v1') => `/apis/example.org/${of}/namespaces/default/boxes${name === '' ? '' : `/${name}`}`;
const box = (name: string, size = 5) => ({
  apiVersion: 'example.org/v1',
  kind: 'Box',
  metadata: { name },
  spec: { size },
});
const merge = 'application/merge-patch+json';

let server: Extended;
beforeEach(async () => {
  reviews = [];
  spoil = response => response;
  server = await startExtended({ random: createTestPorts().random, post });
  expect((await server.ask('POST', crds, boxes)).code).toBe(201);
});
afterEach(() => server.close());

describe('conversion by webhook', () => {
  it('stores in the storage version and shows in the one asked for', async () => {
    const made = await server.ask('POST', at(), box('a'));
    expect(made.body).toMatchObject({ apiVersion: 'example.org/v1', spec: { size: 5 } });
    const [entry] = (await server.store.list('objects/example.org/boxes')).entries;
    expect(JSON.parse(new TextDecoder().decode(entry?.value))).toMatchObject({
      apiVersion: 'example.org/v2',
      spec: { dimensions: { size: 5 } },
    });
    const two = await server.ask('GET', at('a', 'v2'));
    expect(two.body).toMatchObject({ apiVersion: 'example.org/v2', spec: { dimensions: { size: 5 } } });
    expect(two.body.metadata.uid).toBe(made.body.metadata.uid);
  });

  it('asks nobody about what is stored in the version asked for', async () => {
    await server.ask('POST', at('', 'v2'), { metadata: { name: 'a' }, spec: { dimensions: { size: 1 } } });
    await server.ask('GET', at('a', 'v2'));
    expect(reviews).toEqual([]);
  });

  it('converts the objects of a list together', async () => {
    for (const name of ['a', 'b', 'c'])
      await server.ask('POST', at('', 'v2'), { metadata: { name }, spec: { dimensions: { size: 1 } } });
    const { body } = await server.ask('GET', at());
    expect((body.items as { spec: object }[]).map(({ spec }) => spec)).toEqual([{ size: 1 }, { size: 1 }, { size: 1 }]);
    expect(reviews.map(({ objects }) => objects.length)).toEqual([3]);
    expect(reviews[0]?.desiredAPIVersion).toBe('example.org/v1');
  });

  it('patches, scales through versions, and deletes', async () => {
    await server.ask('POST', at(), box('a'));
    const changed = await server.ask('PATCH', at('a'), { spec: { size: 8 } }, merge);
    expect(changed.body).toMatchObject({ apiVersion: 'example.org/v1', spec: { size: 8 } });
    expect((await server.ask('GET', at('a', 'v2'))).body.spec).toEqual({ dimensions: { size: 8 } });
    expect((await server.ask('DELETE', at('a'))).code).toBe(200);
    expect((await server.ask('GET', at('a', 'v2'))).code).toBe(404);
  });

  it('delivers events in the version of the watch', async () => {
    const events = readEvents(await server.raw(`${at()}?watch=1`));
    await server.ask('POST', at('', 'v2'), { metadata: { name: 'a' }, spec: { dimensions: { size: 4 } } });
    const { value } = await events.next();
    expect(value).toMatchObject({ type: 'ADDED', object: { apiVersion: 'example.org/v1', spec: { size: 4 } } });
    await events.return(undefined);
  });

  it.each<[string, (response: Response) => unknown, string]>([
    ['a failure', r => ({ ...r, result: { status: 'Failure', message: 'not today' } }), 'not today'],
    ['another uid', r => ({ ...r, uid: 'x' }), 'expected response.uid='],
    ['too few objects', r => ({ ...r, convertedObjects: [] }), 'expected 1 converted objects, got 0'],
    [
      'another name',
      r => ({ ...r, convertedObjects: [{ ...r.convertedObjects[0], metadata: { name: 'z' } }] }),
      'other metadata',
    ],
    [
      'the wrong version',
      r => ({ ...r, convertedObjects: [{ ...r.convertedObjects[0], apiVersion: 'x/v1' }] }),
      'is not in version',
    ],
    ['no response', () => undefined, 'no ConversionReview with a response'],
  ])('says 500 to %s', async (_, change, text) => {
    await server.ask('POST', at('', 'v2'), { metadata: { name: 'a' }, spec: { dimensions: { size: 1 } } });
    spoil = change;
    const { code, body } = await server.ask('GET', at('a'));
    expect(code).toBe(500);
    expect(body.message).toContain('conversion webhook for example.org/v2, Kind=Box to example.org/v1 failed: ');
    expect(body.message).toContain(text);
  });

  it('is not needed to delete what was declared', async () => {
    await server.ask('POST', at('', 'v2'), { metadata: { name: 'a' }, spec: {} });
    spoil = () => undefined;
    await server.ask('DELETE', `${crds}/boxes.example.org`);
    await until(async () => expect((await server.raw(`${crds}/boxes.example.org`)).status).toBe(404));
    expect((await server.store.list('objects/example.org/boxes')).entries).toEqual([]);
  });

  it('is not needed to empty a namespace', async () => {
    const path = `${crds}/boxes.example.org`;
    await server.ask('POST', '/api/v1/namespaces', { metadata: { name: 'doomed' } });
    // What is preferred is not what is stored.
    await server.ask('PATCH', path, { spec: { versions: [v1(true), v2(false)] } }, merge);
    for (const name of ['a', 'b'])
      await server.ask('POST', '/apis/example.org/v1/namespaces/doomed/boxes', { metadata: { name }, spec: {} });
    spoil = () => undefined;
    expect((await server.ask('GET', '/apis/example.org/v2/namespaces/doomed/boxes')).code).toBe(500);
    const { body } = await server.ask('DELETE', '/api/v1/namespaces/doomed');
    const parts = { ...server, clock: server.clock };
    expect(await purge(parts, server.catalog.get('', 'namespaces'), body)).toBeUndefined();
    expect((await server.raw('/api/v1/namespaces/doomed')).status).toBe(404);
    expect((await server.store.list('objects/example.org/boxes')).entries).toEqual([]);
  });

  it('keeps labels that the webhook sets, and nothing else of metadata', async () => {
    await server.ask('POST', at('', 'v2'), { metadata: { name: 'a' }, spec: {} });
    spoil = r => {
      const [first] = r.convertedObjects as Item[];
      const metadata = { ...first?.metadata, labels: { from: 'webhook' }, finalizers: ['x/y'] };
      return { ...r, convertedObjects: [{ ...first, metadata }] };
    };
    const { body } = await server.ask('GET', at('a'));
    expect(body.metadata.labels).toEqual({ from: 'webhook' });
    expect(body.metadata.finalizers).toBeUndefined();
  });
});
