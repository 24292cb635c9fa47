import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prune } from '../../../shared/kube/schema/prune.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const text: Schema = { type: 'string' };
const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

describe('prune', () => {
  const cases: [string, Schema, object, object, string[]][] = [
    ['keeps what is known', spec({ a: text }), { spec: { a: '1' } }, { spec: { a: '1' } }, []],
    ['drops an unknown root field', spec({}), { foo: 1, spec: {} }, { spec: {} }, ['foo']],
    ['drops below the root', spec({ a: text }), { spec: { a: '1', b: 2 } }, { spec: { a: '1' } }, ['spec.b']],
    [
      'names list items by index',
      spec({ list: { type: 'array', items: { type: 'object', properties: { y: text } } } }),
      { spec: { list: [{ y: '1' }, { x: 1, y: '2' }] } },
      { spec: { list: [{ y: '1' }, { y: '2' }] } },
      ['spec.list[1].x'],
    ],
    [
      'keeps keys of maps and prunes their values',
      spec({ map: { type: 'object', additionalProperties: { type: 'object', properties: { y: text } } } }),
      { spec: { map: { k: { y: '1', z: 1 } } } },
      { spec: { map: { k: { y: '1' } } } },
      ['spec.map.k.z'],
    ],
    [
      'keeps all that is to be preserved',
      { ...open },
      { spec: { a: { b: [1] } }, x: 1 },
      { spec: { a: { b: [1] } }, x: 1 },
      [],
    ],
    [
      'prunes what is specified below preserved fields',
      { ...open, properties: { spec: { type: 'object', properties: { a: text } } } },
      { spec: { a: '1', b: 1 }, other: { c: 1 } },
      { spec: { a: '1' }, other: { c: 1 } },
      ['spec.b'],
    ],
    [
      'drops unknown fields of metadata, at the root and in embedded resources',
      spec({ template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: open } } }),
      {
        apiVersion: 'v1',
        kind: 'A',
        metadata: { name: 'a', foo: 1, labels: { 'x/y': 'z' } },
        spec: { template: { apiVersion: 'v1', kind: 'B', metadata: { name: 'b', bar: 2 }, spec: { a: 1 }, c: 3 } },
      },
      {
        apiVersion: 'v1',
        kind: 'A',
        metadata: { name: 'a', labels: { 'x/y': 'z' } },
        spec: { template: { apiVersion: 'v1', kind: 'B', metadata: { name: 'b' }, spec: { a: 1 } } },
      },
      ['metadata.foo', 'spec.template.c', 'spec.template.metadata.bar'],
    ],
    [
      'empties a map where a scalar is meant',
      spec({ a: text }),
      { spec: { a: { b: 1 } } },
      { spec: { a: {} } },
      ['spec.a.b'],
    ],
    [
      'sorts what it names',
      spec({}),
      { z: 1, spec: { b: 1, a: 1 }, b: 1 },
      { spec: {} },
      ['b', 'spec.a', 'spec.b', 'z'],
    ],
  ];
  it.each(cases)('%s', (_, schema, input, output, unknown) => {
    const before = structuredClone(input);
    expect(prune(input, schema)).toEqual({ object: output, unknown });
    expect(input).toEqual(before);
  });

  it('gives back the same instance when there is nothing to drop', () => {
    const object = { spec: { a: 'x' }, metadata: { name: 'n' } };
    expect(prune(object, spec({ a: text })).object).toBe(object);
  });

  it('treats __proto__ as an unknown field like any other', () => {
    const object = JSON.parse('{"spec":{"__proto__":{"polluted":true},"a":"1"}}');
    const pruned = prune(object, spec({ a: text }));
    expect(pruned.unknown).toEqual(['spec.__proto__']);
    expect(Object.keys(pruned.object.spec)).toEqual(['a']);
    const kept = prune(JSON.parse('{"spec":{"m":{"__proto__":{"x":1},"b":{"c":1}}}}'), {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { m: { type: 'object', additionalProperties: { type: 'object' } } } },
      },
    });
    expect(kept.unknown).toEqual(['spec.m.__proto__.x', 'spec.m.b.c']);
    expect(Object.keys(kept.object.spec.m)).toEqual(['__proto__', 'b']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('is idempotent and names exactly what it drops', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'list', 'map', 'foo'), fc.jsonValue()), body => {
        const schema = spec({ a: text, list: { type: 'array', items: { type: 'object', properties: { a: text } } } });
        const once = prune({ spec: body }, schema);
        const twice = prune(once.object, schema);
        expect(twice).toEqual({ object: once.object, unknown: [] });
        expect(once.unknown.length === 0).toBe(JSON.stringify(once.object) === JSON.stringify({ spec: body }));
      }),
    );
  });
});

function spec(properties: Record<string, Schema>): Schema {
  return { type: 'object', properties: { spec: { type: 'object', properties } } };
}
