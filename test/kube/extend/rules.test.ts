import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { crds, type Extended, startExtended } from '../../support/extended.ts';

let server: Extended;
beforeEach(async () => {
  server = await startExtended();
});
afterEach(() => server.close());

const merge = 'application/merge-patch+json';
const cups = (spec: Schema) => ({
  metadata: { name: 'cups.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Cluster',
    names: { plural: 'cups', kind: 'Cup' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...spec } } } },
      },
    ],
  },
});
const path = '/apis/example.org/v1/cups';
const cup = (spec: object) => ({ metadata: { name: 'a' }, spec });
const integer: Schema = { type: 'integer' };

describe('rules of a definition', () => {
  const ranged: Schema = {
    properties: { min: integer, max: integer, note: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'self.min <= self.max', message: 'min must not exceed max' }],
  };

  it('hold for instances', async () => {
    expect((await server.ask('POST', crds, cups(ranged))).code).toBe(201);
    const { code, body } = await server.ask('POST', path, cup({ min: 3, max: 2 }));
    expect([code, body.message]).toEqual([422, expect.stringContaining('min must not exceed max')]);
    expect((await server.ask('POST', path, cup({ min: 1, max: 2 }))).code).toBe(201);
  });

  it('are not run on what is wrong already, and the answer says so', async () => {
    await server.ask('POST', crds, cups(ranged));
    for (const wrong of [cup({ min: 'a', max: 2 }), { spec: {} }]) {
      const { body } = await server.ask('POST', path, wrong);
      expect(body.message).toContain('some validation rules were not checked because the object was invalid');
    }
  });

  it('compare with what was', async () => {
    const frozen: Schema = {
      properties: { size: { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } },
    };
    await server.ask('POST', crds, cups(frozen));
    await server.ask('POST', path, cup({ size: 1 }));
    const { code, body } = await server.ask('PATCH', `${path}/a`, { spec: { size: 2 } }, merge);
    expect([code, body.message]).toEqual([422, expect.stringContaining('spec.size')]);
  });

  it('hold for who has another fault of old', async () => {
    const size = { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] };
    await server.ask('POST', crds, cups({ properties: { size, note: { type: 'string' } } }));
    await server.ask('POST', path, cup({ size: 1, note: 'long' }));
    const { spec } = cups({ properties: { size, note: { type: 'string', maxLength: 2 } } });
    await server.ask('PATCH', `${crds}/cups.example.org`, { spec: { versions: spec.versions } }, merge);
    expect((await server.ask('PATCH', `${path}/a`, { metadata: { labels: { a: 'b' } } }, merge)).code).toBe(200);
    expect((await server.ask('PATCH', `${path}/a`, { spec: { size: 2 } }, merge)).code).toBe(422);
  });

  it('let stand what they find wrong in unchanged fields', async () => {
    const { 'x-kubernetes-validations': _, ...loose } = ranged;
    const named = {
      type: 'object',
      properties: { range: { type: 'object', ...loose }, note: { type: 'string' } },
    } as const;
    await server.ask('POST', crds, cups(named));
    await server.ask('POST', path, cup({ range: { min: 3, max: 2 } }));
    const { spec } = cups({ ...named, properties: { ...named.properties, range: { type: 'object', ...ranged } } });
    await server.ask('PATCH', `${crds}/cups.example.org`, { spec: { versions: spec.versions } }, merge);
    expect((await server.ask('PATCH', `${path}/a`, { spec: { note: 'x' } }, merge)).code).toBe(200);
    expect((await server.ask('PATCH', `${path}/a`, { spec: { range: { min: 4 } } }, merge)).code).toBe(422);
  });

  it.each<[string, Schema, string]>([
    [
      'no expression',
      { 'x-kubernetes-validations': [{ rule: '1 +' }] },
      'compilation failed: ERROR: <input>:1:4: Syntax',
    ],
    [
      'a field that there is not',
      { 'x-kubernetes-validations': [{ rule: 'self.nothing > 1' }] },
      'compilation failed: ERROR: <input>:1:5: undefined field',
    ],
    [
      'a rule without bounds',
      {
        properties: { a: { type: 'array', items: { type: 'array', items: { type: 'string' } } } },
        'x-kubernetes-validations': [{ rule: 'self.a.all(x, self.a.all(y, x.all(z, y.all(w, z == w))))' }],
      },
      'exceeds budget',
    ],
  ])('are refused when there is %s', async (_, spec, text) => {
    const { code, body } = await server.ask('POST', crds, cups(spec));
    expect(code).toBe(422);
    expect(body.message).toContain(text);
    expect(body.message).toContain('spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations');
  });
});
