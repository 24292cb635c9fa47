import { beforeEach, describe, expect, it } from 'vitest';
import { parseJson } from '../../../shared/base/json.ts';
import type { Json } from '../../../shared/base/object.ts';
import { read, startKube } from '../../support/kube.ts';
import { testTypes, widgets } from '../../support/widgets.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const storage = 'objects/example.com/widgets';

/** Maps within maps, around a text. */
const nested = (depth: number): Json => (depth === 0 ? 'x' : { a: nested(depth - 1) });

const open = {
  ...widgets,
  schema: {
    type: 'object' as const,
    properties: { spec: { type: 'object' as const, 'x-kubernetes-preserve-unknown-fields': true } },
  },
};
const others = testTypes.filter(({ plural }) => plural !== 'widgets');

/** What cannot be read again would take the whole list of its kind with it. */
describe('an object that is nested deeply', () => {
  let kube: Awaited<ReturnType<typeof startKube>>;
  beforeEach(async () => {
    kube = await startKube({ types: [...others, open] });
  });

  const create = (spec: Json) =>
    read(kube.send('POST', base, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec }));
  const isReadable = async () => {
    for (const { value } of (await kube.store.list(storage)).entries) parseJson(value);
  };

  it.each([100, 400, 490, 494, 495, 496, 497, 498, 499])('%j is created readable or not at all', async depth => {
    const { code, body } = await create(nested(depth));
    if (code !== 201) expect([code, body.message]).toEqual([400, expect.stringContaining('exceeded max depth')]);
    if (depth < 490) expect(code).toBe(201);
    await isReadable();
  });

  it('is not made by patches, each of which is less deep', async () => {
    await create({});
    const codes: number[] = [];
    for (let path = '/spec/x', at = 0; at < 3; at += 1, path += '/a'.repeat(200)) {
      const patch = [{ op: 'add', path, value: nested(200) }];
      codes.push((await kube.send('PATCH', `${base}/a`, patch, 'application/json-patch+json')).status);
    }
    expect(codes).toEqual([200, 200, 400]);
    await isReadable();
  });
});
