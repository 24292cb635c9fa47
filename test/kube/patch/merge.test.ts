import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../shared/base/object.ts';
import { applyMergePatch } from '../../../shared/kube/patch/merge.ts';

describe('applyMergePatch', () => {
  // The table of RFC 7386, appendix A, as far as documents are objects.
  const cases: [object, object, object][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{ a: 'foo' }, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 1 }, {}, { a: 1 }],
  ];
  it.each(cases)('%j with %j is %j', (doc, patch, expected) => {
    const before = structuredClone(doc);
    expect(applyMergePatch(doc, patch)).toEqual(expected);
    expect(doc).toEqual(before);
  });

  it.each([[null], ['x'], [1], [[]]])('refuses %j', patch => {
    expect(() => applyMergePatch({}, patch)).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
  });

  it('sets __proto__ as a field', () => {
    const patched = applyMergePatch(
      { a: 1 },
      JSON.parse('{"__proto__":{"polluted":{"x":null}},"constructor":{"b":1}}'),
    );
    expect(JSON.stringify(patched)).toBe('{"a":1,"__proto__":{"polluted":{}},"constructor":{"b":1}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, Json>>;

  it('is idempotent, and leaves what the patch does not name', () => {
    fc.assert(
      fc.property(json, json, (doc, patch) => {
        const once = applyMergePatch(doc, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
        for (const key of Object.keys(doc)) if (!Object.hasOwn(patch, key)) expect(once[key]).toEqual(doc[key]);
      }),
    );
  });

  it('turns any document into any other that has no nulls: diff, then apply', () => {
    const nullFree = json.map(
      value => JSON.parse(JSON.stringify(value).replaceAll('null', '0')) as Record<string, Json>,
    );
    fc.assert(
      fc.property(nullFree, nullFree, (from, to) => {
        expect(applyMergePatch(from, diff(from, to))).toEqual(to);
      }),
    );
  });
});

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A plain differ, only good enough to test with. */
const diff = (from: Record<string, Json>, to: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries([
    ...Object.keys(from)
      .filter(key => !Object.hasOwn(to, key))
      .map((key): [string, Json] => [key, null]),
    ...Object.entries(to).map(([key, after]): [string, Json] => {
      const before = Object.hasOwn(from, key) ? from[key] : undefined;
      return [key, isObject(before) && isObject(after) ? diff(before, after) : after];
    }),
  ]);
