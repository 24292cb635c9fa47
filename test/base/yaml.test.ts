import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import type { Json } from '../../shared/base/object.ts';
import { parseYaml, printYaml } from '../../shared/base/yaml.ts';
import { watchCpu } from '../support/cpu.ts';

const messageOf = (text: string): string => {
  try {
    parseYaml(text);
  } catch (error) {
    if (isFault(error, 'BadRequest')) return error.message;
    throw error;
  }
  return 'read';
};

describe('parseYaml', () => {
  it.each<[string, unknown]>([
    ['a: y', { a: true }],
    ['a: NO', { a: false }],
    ['a: On', { a: true }],
    ['a: "y"', { a: 'y' }],
    ['a: 012', { a: 10 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 0b11', { a: 3 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 12:30:45', { a: '12:30:45' }],
    ['a: 22:22', { a: '22:22' }],
    ['a: 2001-01-01', { a: '2001-01-01' }],
    ['a: 1e3', { a: 1000 }],
    ['a: e1', { a: 'e1' }],
    ['a: e-1', { a: 'e-1' }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['a: 9007199254740993', { a: 9007199254740993n }],
    ['a: !!str 12', { a: '12' }],
    ['1: a\ntrue: b', { '1': 'a', true: 'b' }],
    ['a: &x {b: 1}\nc:\n  <<: *x\n  d: 2', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['a: &x {b: 1}\nc:\n  b: 9\n  <<: [*x, {e: 3}]', { a: { b: 1 }, c: { b: 9, e: 3 } }],
    ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
    ['---\na: 1\n---\n', { a: 1 }],
    ['# nothing', null],
    ['', null],
    ['{"a": [1, "y"]}', { a: [1, 'y'] }],
    ['{a: [1, y]}', { a: [1, true] }],
  ])('%j', (text, value) => {
    expect(parseYaml(text)).toEqual(value);
  });

  it.each<[string, string]>([
    ['a: [1, 2', 'yaml: line 1: '],
    ['a: 1\nb: c: d', 'yaml: line 2: Nested mappings are not allowed in compact mappings'],
    ['\ta: 1', 'yaml: line 1: Tabs are not allowed as indentation'],
    ['a: 1\n---\nb: 2', 'yaml: only one document is allowed'],
    ['a: &a [*a]', "yaml: anchor 'a' value contains itself"],
    ['a: *b', 'yaml: '],
    ['a: !own 1', 'yaml: tag !own is not supported'],
    ['a: !!binary aGk=', 'yaml: tag tag:yaml.org,2002:binary is not supported'],
    ['? [a]\n: 1', 'yaml: invalid map key'],
    ['a: .inf', 'json: unsupported value: Infinity'],
    ['__proto__: {a: 1}', 'the key "__proto__" is not allowed'],
    ['a: {"\\u005f_proto__": 1}', 'the key "__proto__" is not allowed'],
  ])('refuses %j', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  it('finds duplicate keys by path', () => {
    const paths: string[] = [];
    const text = 'a: 1\na: 2\nspec:\n  list:\n  - x: 1\n    x: 2\n';
    expect(parseYaml(text, { onDuplicate: path => paths.push(path) })).toEqual({ a: 2, spec: { list: [{ x: 2 }] } });
    expect(paths).toEqual(['a', 'spec.list[0].x']);
  });

  it('finds duplicate keys in JSON, once each', () => {
    const paths: string[] = [];
    parseYaml('{"a":1,"a":2}', { onDuplicate: path => paths.push(path) });
    expect(paths).toEqual(['a']);
  });

  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    .concat([...'bcdefghi'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`))
    .join('\n');

  it.each<[string, string, string]>([
    ['aliases that multiply', bomb, 'yaml: document contains excessive aliasing'],
    ['deep flow lists', '['.repeat(100_000), 'yaml: exceeded max depth'],
    ['deep spaced flow lists', '[ '.repeat(100_000), 'yaml: exceeded max depth'],
    ['deep block lists', '- '.repeat(50_000), 'yaml: exceeded max depth'],
    ['deep maps', '{a: '.repeat(20_000), 'yaml: exceeded max depth'],
    ['deep keys', '? '.repeat(50_000), 'yaml: exceeded max depth'],
    ['many tags on one node', '!a '.repeat(10_000), 'at most one tag'],
    ['many anchors on one node', '&a '.repeat(10_000), 'at most one anchor'],
    ['length', `a: ${'x'.repeat(600_000)}`, 'send it as JSON'],
  ])('bounds %s', (_, text, message) => {
    const spent = watchCpu();
    expect(messageOf(text)).toContain(message);
    expect(spent()).toBeLessThan(5000);
  });

  it('throws nothing but Faults', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab:- \n{}[],&*!|>#"\'?%<012.~=', '\t', '---\n', '\u00e9') }),
        text => {
          expect(typeof messageOf(text)).toBe('string');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('printYaml', () => {
  it('is read back the same', () => {
    const tricky = fc.constantFrom(
      'y',
      'no',
      '012',
      '1:30',
      '2001-01-01',
      '~',
      '',
      ' a',
      'a: b',
      '#',
      '- a',
      'null',
      '0x1',
    );
    const leaf = fc.oneof(tricky, fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(2n ** 60n));
    const { tree } = fc.letrec<{ tree: Json }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9._/-]{1,8}$/), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, value => {
        expect(parseYaml(printYaml({ value }))).toEqual({ value });
      }),
      { numRuns: 300 },
    );
  });
});
