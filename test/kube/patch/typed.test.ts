import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../shared/base/yaml.ts';
import { checkTyped } from '../../../shared/kube/patch/check.ts';
import { collect } from '../../../shared/kube/patch/collect.ts';
import { compare } from '../../../shared/kube/patch/compare.ts';
import { readFields, unite } from '../../../shared/kube/patch/fields.ts';
import { overlay } from '../../../shared/kube/patch/overlay.ts';
import { reconcile, withNamed } from '../../../shared/kube/patch/ownable.ts';
import { trim } from '../../../shared/kube/patch/trim.ts';
import { toObjectShape } from '../../../shared/kube/patch/typed.ts';
import { kitchenSink } from '../../support/shapes.ts';

const shape = toObjectShape(kitchenSink);
/** A spec in YAML's flow style, as an object. */
const spec = (text: string) => ({ spec: parseYaml(text) });
const set = (text: string) => readFields({ 'f:spec': JSON.parse(text) }) ?? {};
/** What is below spec in a set, printed. */
const print = (fields: object) => JSON.stringify((fields as Record<string, unknown>)['f:spec'] ?? null);

describe('the fields of a value', () => {
  it.each([
    [
      'scalars',
      '{text: a, number: 1, flag: false, either: 5%}',
      '{"f:either":{},"f:flag":{},"f:number":{},"f:text":{}}',
    ],
    ['a struct', '{struct: {a: x, deep: {c: y}}}', '{"f:struct":{"f:a":{},"f:deep":{"f:c":{}}}}'],
    ['an empty struct', '{struct: {}}', '{"f:struct":{}}'],
    ['null', '{struct: null, text: null, list: null}', '{"f:list":{},"f:struct":{},"f:text":{}}'],
    ['an atomic map', '{whole: {a: x, b: y}}', '{"f:whole":{}}'],
    ['a map', '{map: {x: "1", q: "2"}}', '{"f:map":{"f:q":{},"f:x":{}}}'],
    ['a map of maps', '{maps: {x: {q: z}, v: {}}}', '{"f:maps":{"f:v":{},"f:x":{".":{},"f:q":{}}}}'],
    ['an atomic list', '{list: [a, b]}', '{"f:list":{}}'],
    ['an empty atomic list', '{list: []}', '{"f:list":{}}'],
    ['an empty set', '{set: []}', 'null'],
    [
      'a set',
      '{set: [b, a], numbers: [10, 9]}',
      '{"f:numbers":{"v:9":{},"v:10":{}},"f:set":{"v:\\"a\\"":{},"v:\\"b\\"":{}}}',
    ],
    [
      'a list with a key',
      '{items: [{name: a, value: 1}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{".":{},"f:name":{},"f:value":{}}}}',
    ],
    [
      'a set in a list',
      '{items: [{name: a, tags: [x]}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{".":{},"f:name":{},"f:tags":{"v:\\"x\\"":{}}}}}',
    ],
    [
      'a key by default',
      '{ports: [{port: 80}]}',
      '{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}}}}',
    ],
    ['a list merged by key', '{merged: [{type: a}]}', '{"f:merged":{"k:{\\"type\\":\\"a\\"}":{".":{},"f:type":{}}}}'],
    ['twins', '{items: [{name: a, value: 1}, {name: a}]}', '{"f:items":{"k:{\\"name\\":\\"a\\"}":{}}}'],
    ['what is not described', '{any: {x: {q: [1]}, z: 1}}', '{"f:any":{"f:x":{".":{},"f:q":{}},"f:z":{}}}'],
    ['what is described in part', '{open: {known: a, other: b}}', '{"f:open":{"f:known":{},"f:other":{}}}'],
    [
      'an object in it',
      '{inner: {kind: A, metadata: {name: b, labels: {c: d}}}}',
      '{"f:inner":{"f:kind":{},"f:metadata":{"f:labels":{"f:c":{}},"f:name":{}}}}',
    ],
  ])('%s', (_, text, expected) => {
    expect(print(collect(spec(text), shape))).toBe(expected);
  });
});

describe('the difference of two values', () => {
  it.each([
    ['none', '{text: a, list: [a], map: {x: y}}', '{map: {x: y}, list: [a], text: a}', 'null', 'null'],
    ['a scalar', '{text: a, number: 1}', '{text: b, number: 1}', '{"f:text":{}}', 'null'],
    ['a struct that comes', '{}', '{struct: {a: x}}', '{"f:struct":{".":{},"f:a":{}}}', 'null'],
    ['a struct that goes', '{struct: {a: x}}', '{}', 'null', '{"f:struct":{".":{},"f:a":{}}}'],
    ['a struct that empties', '{struct: {a: x}}', '{struct: {}}', 'null', '{"f:struct":{"f:a":{}}}'],
    ['empty to null', '{struct: {}}', '{struct: null}', '{"f:struct":{}}', 'null'],
    ['nothing to empty', '{}', '{set: []}', '{"f:set":{}}', 'null'],
    ['an atomic map', '{whole: {a: x}}', '{whole: {a: x, b: y}}', '{"f:whole":{}}', 'null'],
    ['an atomic list', '{list: [a]}', '{list: [a, b]}', '{"f:list":{}}', 'null'],
    ['the order of a set', '{set: [a, b]}', '{set: [b, a]}', 'null', 'null'],
    ['a set', '{set: [a, b]}', '{set: [b, c]}', '{"f:set":{"v:\\"c\\"":{}}}', '{"f:set":{"v:\\"a\\"":{}}}'],
    [
      'an item',
      '{items: [{name: a, value: 1}]}',
      '{items: [{name: a, value: 2}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{"f:value":{}}}}',
      'null',
    ],
    [
      'a new item',
      '{items: [{name: a}]}',
      '{items: [{name: a}, {name: b}]}',
      '{"f:items":{"k:{\\"name\\":\\"b\\"}":{".":{},"f:name":{}}}}',
      'null',
    ],
    [
      'an item that becomes two',
      '{items: [{name: a}]}',
      '{items: [{name: a}, {name: a}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{}}}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{".":{},"f:name":{}}}}',
    ],
    ['a kind of value', '{any: {x: 1}}', '{any: {x: {q: 2}}}', '{"f:any":{"f:x":{".":{},"f:q":{}}}}', 'null'],
  ])('%s', (_, before, after, touched, removed) => {
    const difference = compare(spec(before), spec(after), shape);
    expect([print(difference.touched), print(difference.removed)]).toEqual([touched, removed]);
  });
});

describe('a configuration over a live value', () => {
  it.each([
    ['scalars', '{text: a, number: 1}', '{text: b}', '{text: b, number: 1}'],
    ['maps', '{map: {x: "1", q: "2"}}', '{map: {q: "3", z: "4"}}', '{map: {x: "1", q: "3", z: "4"}}'],
    ['an atomic map', '{whole: {a: x}}', '{whole: {b: y}}', '{whole: {b: y}}'],
    ['an atomic list', '{list: [a, b]}', '{list: [c]}', '{list: [c]}'],
    ['null over a map', '{map: {x: "1"}}', '{map: null}', '{map: {x: "1"}}'],
    ['null over a scalar', '{text: a}', '{text: null}', '{text: null}'],
    ['an empty map over none', '{}', '{map: {}}', '{map: {}}'],
    [
      'items',
      '{items: [{name: a, value: 1}]}',
      '{items: [{name: a, tags: [x]}]}',
      '{items: [{name: a, value: 1, tags: [x]}]}',
    ],
    [
      'a key by default',
      '{ports: [{port: 80, protocol: TCP}]}',
      '{ports: [{port: 80, name: web}]}',
      '{ports: [{port: 80, protocol: TCP, name: web}]}',
    ],
    ['another form', '{any: {x: 1}}', '{any: {x: {q: 2}}}', '{any: {x: {q: 2}}}'],
    ['twins', '{items: [{name: a, value: 1}, {name: a, value: 2}]}', '{items: [{name: a}]}', '{items: [{name: a}]}'],
  ])('%s', (_, live, config, expected) => {
    expect(overlay(spec(live), spec(config), shape)).toEqual(spec(expected));
  });

  it.each([
    ['abc', '', 'abc'],
    ['abc', 'cba', 'cba'],
    ['abc', 'cb', 'acb'],
    ['abc', 'd', 'abcd'],
    ['abcd', 'ad', 'abcd'],
    ['abcd', 'da', 'bcda'],
    ['ab', 'cab', 'cab'],
    ['abde', 'axd', 'abxde'],
    ['abcde', 'ed', 'abced'],
    ['', 'ba', 'ba'],
  ])('the order of %s with %s', (live, config, expected) => {
    const list = (text: string) => ({ spec: { set: [...text] } });
    expect(overlay(list(live), list(config), shape)).toEqual(config === '' ? list(live) : list(expected));
  });

  it('keeps the order of the configuration and of what only the live list has', () => {
    const letters = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (live, config) => {
        const out = overlay({ spec: { set: live } }, { spec: { set: config } }, shape) as { spec: { set: string[] } };
        const merged = out.spec.set;
        expect([...merged].sort()).toEqual([...new Set([...live, ...config])].sort());
        expect(merged.filter(item => config.includes(item))).toEqual(config);
        expect(merged.filter(item => !config.includes(item))).toEqual(live.filter(item => !config.includes(item)));
      }),
    );
  });
});

describe('a value without some fields', () => {
  it.each([
    ['a scalar', '{text: a, number: 1}', '{"f:text":{}}', '{number: 1}'],
    [
      'an item with all it has',
      '{items: [{name: a, value: 1}, {name: b}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{}}}',
      '{items: [{name: b}]}',
    ],
    [
      'a field of an item',
      '{items: [{name: a, value: 1}]}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{"f:value":{}}}}',
      '{items: [{name: a}]}',
    ],
    [
      'the last item',
      '{items: [{name: a}], text: x}',
      '{"f:items":{"k:{\\"name\\":\\"a\\"}":{}}}',
      '{items: null, text: x}',
    ],
    ['a value', '{set: [a, b]}', '{"f:set":{"v:\\"a\\"":{}}}', '{set: [b]}'],
    ['what is not there', '{text: a}', '{"f:number":{},"f:map":{"f:x":{}}}', '{text: a}'],
    ['a part of what is atomic', '{whole: {a: x, b: y}}', '{"f:whole":{"f:a":{}}}', '{whole: {a: x, b: y}}'],
  ])('%s', (_, value, gone, expected) => {
    expect(trim(spec(value), set(gone), shape)).toEqual(spec(expected));
  });
});

describe('what cannot be applied', () => {
  const declared = 'field not declared in schema';
  it.each([
    ['nothing wrong', '{text: a, any: {x: [1]}, open: {y: 1}, set: [a]}', []],
    ['an unknown field', '{x: 1}', [`.spec.x: ${declared}`]],
    ['one in an item', '{items: [{name: a, x: 1}]}', [`.spec.items[name="a"].x: ${declared}`]],
    ['one in an atomic map', '{whole: {c: 1}}', [`.spec.whole.c: ${declared}`]],
    ['one in metadata of an object in it', '{inner: {metadata: {x: 1}}}', [`.spec.inner.metadata.x: ${declared}`]],
    ['a text for a number', '{number: a}', ['.spec.number: expected numeric (int or float), got string']],
    ['a number for a text', '{text: 1}', ['.spec.text: expected string, got &value.valueUnstructured{Value:1}']],
    ['a text for a flag', '{flag: "true"}', ['.spec.flag: expected boolean, got &{true}']],
    ['a map for either', '{either: {}}', ['.spec.either: expected any scalar, got &{map[]}']],
    ['a list for a map', '{map: [1]}', ['.spec.map: expected map, got &{[1]}']],
    ['a map for a list', '{list: {a: 1}}', ['.spec.list: expected list, got &{map[a:1]}']],
    ['twins', '{items: [{name: a}, {name: a}]}', ['.spec.items: duplicate entries for key [name="a"]']],
    [
      'twins by default',
      '{ports: [{port: 1}, {port: 1, protocol: TCP}]}',
      ['.spec.ports: duplicate entries for key [port=1,protocol="TCP"]'],
    ],
    ['the same value twice', '{set: [a, a]}', ['.spec.set: duplicate entries for key [="a"]']],
    [
      'no key',
      '{items: [{value: 1}]}',
      [
        `.spec.items: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn't have default values for any key fields)`,
      ],
    ],
    ['no map', '{items: [1]}', ['.spec.items: element 0: associative list with keys may not have non-map elements']],
    [
      'null in a set',
      '{set: [null]}',
      [`.spec.set: element 0: associative list without keys has an element that's an explicit null`],
    ],
  ])('%s', (_, text, expected) => {
    expect(checkTyped(spec(text), shape)).toEqual(expected);
  });
});

describe('sets and the schema', () => {
  it('adds the fields that lead to members, but no entries of maps', () => {
    const fields =
      readFields({ 'f:spec': { 'f:struct': { 'f:deep': { 'f:c': {} } }, 'f:maps': { 'f:x': { 'f:y': {} } } } }) ?? {};
    expect(JSON.stringify(withNamed(fields, shape))).toBe(
      '{"f:spec":{".":{},"f:maps":{".":{},"f:x":{"f:y":{}}},"f:struct":{".":{},"f:deep":{".":{},"f:c":{}}}}}',
    );
  });

  it('owns as a whole what has become atomic', () => {
    const before = set('{"f:list":{"v:\\"a\\"":{}},"f:map":{"f:x":{}},"f:whole":{"f:a":{}}}');
    expect(print(reconcile(before, shape))).toBe('{"f:list":{},"f:map":{"f:x":{}},"f:whole":{}}');
    const same = set('{"f:any":{"f:x":{"f:y":{}}},"f:items":{"k:{\\"name\\":\\"a\\"}":{"f:value":{}}}}');
    expect(reconcile(same, shape)).toBe(same);
  });
});

describe('laws', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const items = fc.uniqueArray(fc.record({ name: word, value: fc.nat(2) }, { requiredKeys: ['name'] }), {
    selector: item => item.name,
    maxLength: 3,
  });
  const values = fc
    .record(
      {
        text: word,
        struct: fc.record({ a: word, b: word }, { requiredKeys: [] }),
        map: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
        list: fc.array(word, { maxLength: 2 }),
        set: fc.uniqueArray(word),
        items,
        any: fc.dictionary(word, fc.oneof(fc.nat(1), fc.array(word, { maxLength: 1 }), fc.record({ x: word })), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      },
      { requiredKeys: [] },
    )
    .map(value => ({ spec: value }));

  it('what is laid over is there afterwards, and what it did not say as well', () => {
    fc.assert(
      fc.property(values, values, (live, config) => {
        const out = overlay(live, config, shape);
        expect(overlay(out, config, shape)).toEqual(out);
        const { touched } = compare(out, overlay(out, config, shape), shape);
        expect(touched).toEqual({});
        expect(overlay(config, config, shape)).toEqual(config);
      }),
    );
  });

  it('a difference is empty only between equals, and swaps with its sides', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [there, back] = [compare(a, b, shape), compare(b, a, shape)];
        expect(compare(a, structuredClone(a), shape)).toEqual({ touched: {}, removed: {} });
        // What was removed one way is new the other way; what changed is touched both ways.
        expect(unite(there.touched, there.removed)).toEqual(unite(back.touched, back.removed));
      }),
    );
  });
});
