import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, isFault } from '../../../shared/base/fault.ts';
import type { Json } from '../../../shared/base/object.ts';
import { applyJsonPatch } from '../../../shared/kube/patch/json.ts';

const fault = (run: () => unknown): Fault => {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('applyJsonPatch', () => {
  // Most cases are those of RFC 6902, appendix A.
  const good: [string, object, unknown[], unknown][] = [
    ['A.1 add a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [
      'A.2 add an item',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 remove a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4 remove an item', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [
      'A.5 replace',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 move',
      { foo: { bar: 'baz', w: 'f' }, qux: { c: 'g' } },
      [{ op: 'move', from: '/foo/w', path: '/qux/t' }],
      { foo: { bar: 'baz' }, qux: { c: 'g', t: 'f' } },
    ],
    [
      'A.7 move an item',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 test',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10 nested',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 unknown members',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    ['A.14 escapes', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 append',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    ['whole document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    [
      'test of equal objects',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
    ['test for absence with null', { a: {} }, [{ op: 'test', path: '/a/b', value: null }], { a: {} }],
    ['replace by negative index', { a: [1, 2, 3] }, [{ op: 'replace', path: '/a/-1', value: 9 }], { a: [1, 2, 9] }],
    ['remove by negative index', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/-3' }], { a: [2, 3] }],
    ['add at a negative index', { a: [1, 2] }, [{ op: 'add', path: '/a/-2', value: 9 }], { a: [1, 9, 2] }],
    ['empty key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
    [
      'copy is deep',
      { a: { b: [1] } },
      [
        { op: 'copy', from: '/a', path: '/c' },
        { op: 'add', path: '/c/b/-', value: 2 },
      ],
      { a: { b: [1] }, c: { b: [1, 2] } },
    ],
    ['copy onto itself', { a: [1] }, [{ op: 'copy', from: '/a/0', path: '/a/-' }], { a: [1, 1] }],
    ['moving to the same place', { a: 1 }, [{ op: 'move', from: '/a', path: '/a' }], { a: 1 }],
    ['nothing', { a: 1 }, [], { a: 1 }],
    ['big integers', { a: 2n ** 60n }, [{ op: 'test', path: '/a', value: 2n ** 60n }], { a: 2n ** 60n }],
  ];
  it.each(good)('%s', (_, doc, patch, expected) => {
    const [docBefore, patchBefore] = [structuredClone(doc), structuredClone(patch)];
    expect(applyJsonPatch(doc, patch)).toEqual(expected);
    expect(doc).toEqual(docBefore);
    expect(patch).toEqual(patchBefore);
  });

  const failing: [string, object, unknown[], string][] = [
    [
      'A.9 test fails',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      'testing value /baz failed: test failed',
    ],
    [
      'A.12 missing parent',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 'qux' }],
      'add operation does not apply: doc is missing path: /baz/bat: missing value',
    ],
    [
      'A.15 text is not a number',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: '10' }],
      'testing value /~01 failed: test failed',
    ],
    [
      'remove what is not there',
      { a: 1 },
      [{ op: 'remove', path: '/b' }],
      'remove operation does not apply: doc is missing path: /b: missing value',
    ],
    [
      'replace in what is not there',
      { a: 1 },
      [{ op: 'replace', path: '/b/c', value: 1 }],
      'replace operation does not apply: doc is missing path: /b/c: missing value',
    ],
    [
      'replace an item that is not there',
      { a: [] },
      [{ op: 'replace', path: '/a/0', value: 1 }],
      'replace operation does not apply: doc is missing path: /a/0: missing value',
    ],
    ['no op', {}, [{ path: '/a' }], 'operation 0 has an unknown op (none)'],
    ['unknown op', {}, [{ op: 'spam', path: '/a', value: 1 }], 'operation 0 has an unknown op "spam"'],
    ['no path', {}, [{ op: 'remove' }], 'operation 0 has no path'],
    ['no slash', {}, [{ op: 'remove', path: 'a' }], 'operation 0: path "a" does not begin with /'],
    ['no value', {}, [{ op: 'add', path: '/a' }], 'operation 0 (add) has no value'],
    ['no from', {}, [{ op: 'move', path: '/a' }], 'operation 0 has no from'],
    [
      'move what is not there',
      { a: 1 },
      [{ op: 'move', from: '/b', path: '/c' }],
      'move operation does not apply: doc is missing path: /b: missing value',
    ],
    [
      'move into itself',
      { a: { b: 1 } },
      [{ op: 'move', from: '/a', path: '/a/b' }],
      'move operation does not apply: doc is missing path: /a/b: missing value',
    ],
    [
      'add beyond the end',
      { a: [1] },
      [{ op: 'add', path: '/a/2', value: 1 }],
      'add operation does not apply: Unable to access invalid index: 2: invalid index referenced',
    ],
    [
      'too negative',
      { a: [1] },
      [{ op: 'add', path: '/a/-3', value: 1 }],
      'add operation does not apply: Unable to access invalid index: -3: invalid index referenced',
    ],
    [
      'leading zero',
      { a: [1, 2] },
      [{ op: 'remove', path: '/a/01' }],
      'remove operation does not apply: doc is missing path: /a/01: missing value',
    ],
    [
      'not an index',
      { a: [1] },
      [{ op: 'add', path: '/a/x', value: 1 }],
      'add operation does not apply: "x" is not an index: invalid index referenced',
    ],
    [
      'within a scalar',
      { a: 'x' },
      [{ op: 'add', path: '/a/b', value: 1 }],
      'add operation does not apply: doc is missing path: /a/b: missing value',
    ],
    [
      'inherited names are not there',
      {},
      [{ op: 'remove', path: '/constructor' }],
      'remove operation does not apply: doc is missing path: /constructor: missing value',
    ],
    [
      'test below nothing',
      {},
      [{ op: 'test', path: '/a/b', value: null }],
      'test operation does not apply: doc is missing path: /a/b: missing value',
    ],
  ];
  it.each(failing)('fails: %s', (_, doc, patch, text) => {
    const before = structuredClone(doc);
    const { reason, code, message, causes } = fault(() => applyJsonPatch(doc, patch));
    expect({ reason, code, message }).toEqual({
      reason: 'Invalid',
      code: 422,
      message: 'the server rejected our request due to an error in our request',
    });
    expect(causes.map(cause => cause.message)).toEqual([text]);
    expect(doc).toEqual(before);
  });

  const malformed: [string, unknown][] = [
    ['not a list', { op: 'add' }],
    ['not an operation', ['add']],
  ];
  it.each(malformed)('refuses: %s', (_, patch) => {
    expect(fault(() => applyJsonPatch({}, patch)).reason).toBe('BadRequest');
  });

  it('refuses too many operations', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} }));
    expect(fault(() => applyJsonPatch({}, patch))).toMatchObject({
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    });
    expect(applyJsonPatch({}, patch.slice(1))).toEqual({});
  });

  it('stops a document that doubles itself', () => {
    const patch = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    expect(fault(() => applyJsonPatch({ a: ['x'] }, patch)).reason).toBe('Invalid');
  });

  it('bounds the work of shifting items', () => {
    const doc = { a: new Array(100_000).fill(0) };
    const patch = Array.from({ length: 10_000 }, () => ({ op: 'remove', path: '/a/0' }));
    expect(fault(() => applyJsonPatch(doc, patch)).causes[0]?.message).toBe('the patch moves too many list items');
  });

  it('sets __proto__ as a field', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.keys(patched)).toEqual(['__proto__']);
    expect(fault(() => applyJsonPatch({}, [{ op: 'add', path: '/__proto__/x', value: 1 }])).reason).toBe('Invalid');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('turns any document into any other: diff, then apply', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, Json>>;
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(applyJsonPatch(from, diff(from, to, ''))).toEqual(to);
      }),
    );
  });

  it('undoes a patch of adds with its removes in reverse', () => {
    const adds = fc.array(fc.tuple(fc.nat(5), fc.jsonValue()), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 5 }), adds, (list, items) => {
        const places = items.map(([at], i) => at % (list.length + i + 1));
        const there = items.map(([, value], i) => ({ op: 'add', path: `/a/${places[i]}`, value }));
        const back = places.map(at => ({ op: 'remove', path: `/a/${at}` })).reverse();
        expect(applyJsonPatch({ a: list }, [...there, ...back])).toEqual({ a: list });
      }),
    );
  });
});

const toStep = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A plain differ, only good enough to test with. */
const diff = (from: Record<string, Json>, to: Record<string, Json>, path: string): unknown[] => [
  ...Object.keys(from)
    .filter(key => !Object.hasOwn(to, key))
    .map(key => ({ op: 'remove', path: `${path}/${toStep(key)}` })),
  ...Object.keys(to).flatMap(key => {
    const at = `${path}/${toStep(key)}`;
    const [before, after] = [Object.hasOwn(from, key) ? from[key] : undefined, to[key]];
    if (before === undefined) return [{ op: 'add', path: at, value: after }];
    return isObject(before) && isObject(after) ? diff(before, after, at) : [{ op: 'replace', path: at, value: after }];
  }),
];
