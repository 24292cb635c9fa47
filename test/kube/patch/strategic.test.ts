import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyStrategicPatch } from '../../../shared/kube/patch/strategic.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const item: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    ports: {
      type: 'array',
      items: { type: 'object' },
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'port',
    },
  },
};
const schema: Schema = {
  type: 'object',
  properties: {
    secrets: {
      type: 'array',
      items: item,
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    },
    plain: { type: 'array', items: item },
    words: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
    whole: { type: 'object', 'x-kubernetes-patch-strategy': 'replace', 'x-kubernetes-preserve-unknown-fields': true },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    strategy: { type: 'object', 'x-kubernetes-patch-strategy': 'retainKeys', properties: { type: { type: 'string' } } },
  },
};

describe('applyStrategicPatch', () => {
  const cases: [string, object, object, object][] = [
    ['merges maps', { map: { a: '1', b: '2' } }, { map: { a: '3', b: null, c: '4' } }, { map: { a: '3', c: '4' } }],
    [
      'merges lists by key',
      { secrets: [{ name: 'a', x: 1 }, { name: 'b' }] },
      { secrets: [{ name: 'a', y: 2 }] },
      { secrets: [{ name: 'a', x: 1, y: 2 }, { name: 'b' }] },
    ],
    [
      'adds to lists, before what the patch does not name',
      { secrets: [{ name: 'a' }] },
      { secrets: [{ name: 'b' }] },
      { secrets: [{ name: 'b' }, { name: 'a' }] },
    ],
    ['creates lists', {}, { secrets: [{ name: 'b', z: null }] }, { secrets: [{ name: 'b' }] }],
    [
      'deletes list items',
      { secrets: [{ name: 'a' }, { name: 'b' }] },
      { secrets: [{ $patch: 'delete', name: 'a' }] },
      { secrets: [{ name: 'b' }] },
    ],
    [
      'deletes what is not there',
      { secrets: [{ name: 'b' }] },
      { secrets: [{ $patch: 'delete', name: 'a' }] },
      { secrets: [{ name: 'b' }] },
    ],
    [
      'replaces a list',
      { secrets: [{ name: 'a' }, { name: 'b' }] },
      { secrets: [{ $patch: 'replace' }, { name: 'c' }] },
      { secrets: [{ name: 'c' }] },
    ],
    ['replaces a map', { map: { a: '1' } }, { map: { $patch: 'replace', b: '2' } }, { map: { b: '2' } }],
    ['empties a map', { map: { a: '1' } }, { map: { $patch: 'delete' } }, { map: {} }],
    [
      'replaces lists without a strategy',
      { plain: [{ name: 'a' }] },
      { plain: [{ name: 'b' }] },
      { plain: [{ name: 'b' }] },
    ],
    ['replaces maps with that strategy', { whole: { a: 1 } }, { whole: { b: 2 } }, { whole: { b: 2 } }],
    ['removes a field', { secrets: [] }, { secrets: null }, {}],
    ['unites lists of scalars', { words: ['a', 'b'] }, { words: ['b', 'c'] }, { words: ['a', 'b', 'c'] }],
    [
      'deletes from lists of scalars',
      { words: ['a', 'b', 'c'] },
      { '$deleteFromPrimitiveList/words': ['a', 'c', 'x'] },
      { words: ['b'] },
    ],
    ['deletes from a list that is not there', {}, { '$deleteFromPrimitiveList/words': ['a'] }, {}],
    [
      'merges lists within list items',
      { secrets: [{ name: 'a', ports: [{ port: 1, p: 'tcp' }, { port: 2 }] }] },
      {
        secrets: [
          {
            name: 'a',
            ports: [
              { port: 1, q: 1 },
              { port: 2, $patch: 'delete' },
            ],
          },
        ],
      },
      { secrets: [{ name: 'a', ports: [{ port: 1, p: 'tcp', q: 1 }] }] },
    ],
    [
      'orders as told',
      { secrets: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      { '$setElementOrder/secrets': [{ name: 'c' }, { name: 'a' }, { name: 'b' }], secrets: [{ name: 'a', x: 1 }] },
      { secrets: [{ name: 'c' }, { name: 'a', x: 1 }, { name: 'b' }] },
    ],
    ['orders alone', { words: ['a', 'b'] }, { '$setElementOrder/words': ['b', 'a'] }, { words: ['b', 'a'] }],
    [
      'keeps the neighbourhood of what the order does not name',
      { secrets: [{ name: 'x' }, { name: 'a' }, { name: 'y' }, { name: 'b' }] },
      { '$setElementOrder/secrets': [{ name: 'a' }, { name: 'b' }, { name: 'n' }], secrets: [{ name: 'n' }] },
      { secrets: [{ name: 'x' }, { name: 'a' }, { name: 'y' }, { name: 'b' }, { name: 'n' }] },
    ],
    [
      'retains keys',
      { strategy: { type: 'a', old: 1 } },
      { strategy: { $retainKeys: ['type', 'fresh'], fresh: 2 } },
      { strategy: { type: 'a', fresh: 2 } },
    ],
    [
      'knows metadata',
      { metadata: { finalizers: ['a'], ownerReferences: [{ uid: '1', name: 'x' }], labels: { a: 'b' } } },
      { metadata: { finalizers: ['b'], ownerReferences: [{ uid: '1', name: 'y' }], labels: { c: 'd' } } },
      { metadata: { finalizers: ['b', 'a'], ownerReferences: [{ uid: '1', name: 'y' }], labels: { a: 'b', c: 'd' } } },
    ],
    ['replaces what has another type', { map: 'x' }, { map: { a: '1', b: null } }, { map: { a: '1' } }],
    ['keeps keys that only look like directives', { map: {} }, { map: { $other: '1' } }, { map: { $other: '1' } }],
  ];
  it.each(cases)('%s', (_, doc, patch, expected) => {
    const [docBefore, patchBefore] = [structuredClone(doc), structuredClone(patch)];
    expect(applyStrategicPatch(doc, patch, schema)).toEqual(expected);
    expect(doc).toEqual(docBefore);
    expect(patch).toEqual(patchBefore);
  });

  const bad: [string, object, unknown, string][] = [
    ['not an object', {}, [], 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['unknown directive', { map: {} }, { map: { $patch: 'spam' } }, 'unknown patch type found: spam'],
    [
      'no merge key',
      { secrets: [] },
      { secrets: [{ x: 1 }] },
      'map: {"x":1} does not contain declared merge key: name',
    ],
    ['lists of lists', { words: [] }, { words: [['a']] }, 'lists of lists are not supported'],
    ['order is not a list', {}, { '$setElementOrder/words': 'a' }, 'invalid patch format of setElementOrder list'],
    ['deletion is not a list', {}, { '$deleteFromPrimitiveList/words': 'a' }, 'invalid patch format of primitive list'],
    [
      'retainKeys is not a list',
      { strategy: {} },
      { strategy: { $retainKeys: 1 } },
      'invalid patch format of retainKeys',
    ],
    [
      'retainKeys leaves out a key of the patch',
      { strategy: {} },
      { strategy: { $retainKeys: ['a'], b: 1 } },
      "patch content doesn't match retainKeys list",
    ],
    [
      'order against the patch',
      { secrets: [] },
      { '$setElementOrder/secrets': [{ name: 'a' }, { name: 'b' }], secrets: [{ name: 'b' }, { name: 'a' }] },
      "doesn't match $setElementOrder list",
    ],
  ];
  it.each(bad)('refuses: %s', (_, doc, patch, text) => {
    expect(() => applyStrategicPatch(doc, patch, schema)).toThrow(
      expect.objectContaining({ reason: 'BadRequest', message: expect.stringContaining(text) }),
    );
  });

  it('sets __proto__ as a field', () => {
    const patched = applyStrategicPatch({ map: {} }, JSON.parse('{"map":{"__proto__":"x"}}'), schema);
    expect(JSON.stringify(patched)).toBe('{"map":{"__proto__":"x"}}');
  });

  it('is idempotent for lists with keys, and loses nobody', () => {
    const list = fc.uniqueArray(fc.record({ name: fc.constantFrom(...'abcdef'), x: fc.nat(3) }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(list, list, (live, patch) => {
        const once = applyStrategicPatch({ secrets: live }, { secrets: patch }, schema);
        expect(applyStrategicPatch(once, { secrets: patch }, schema)).toEqual(once);
        const names = once.secrets.map(({ name }) => name);
        expect(new Set(names)).toEqual(new Set([...live, ...patch].map(({ name }) => name)));
        expect(names.length).toBe(new Set(names).size);
        expect(names.filter(name => patch.some(one => one.name === name))).toEqual(patch.map(({ name }) => name));
      }),
    );
  });
});
