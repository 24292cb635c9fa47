import { describe, expect, it } from 'vitest';
import { maxCauses } from '../../../shared/base/fault.ts';
import { compileRules } from '../../../shared/kube/cel/rules.ts';
import type { Schema, ValidationRule } from '../../../shared/kube/schema/schema.ts';

const root = (spec: Schema, ...rules: ValidationRule[]): Schema => ({
  type: 'object',
  properties: { spec },
  ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
});

const text: Schema = { type: 'string', maxLength: 20 };
const spec = (properties: Record<string, Schema>, ...rules: (ValidationRule | string)[]): Schema =>
  root({
    type: 'object',
    properties,
    'x-kubernetes-validations': rules.map(rule => (typeof rule === 'string' ? { rule } : rule)),
  });

const print = (causes: readonly { field?: string; message: string }[]) =>
  causes.map(({ field, message }) => `${field}: ${message}`);

const check = (schema: Schema, object: unknown, old?: unknown): string[] => {
  const rules = compileRules(schema);
  expect(print(rules.problems)).toEqual([]);
  return print(rules.validate({ spec: object }, old === undefined ? undefined : { spec: old }));
};

describe('rules', () => {
  it.each<[string, Schema, unknown, string[]]>([
    ['hold', spec({ a: { type: 'integer' } }, 'self.a > 1'), { a: 2 }, []],
    [
      'fail',
      spec({ a: { type: 'integer' } }, 'self.a > 1'),
      { a: 1 },
      ['spec: Invalid value: "object": failed rule: self.a > 1'],
    ],
    [
      'say what they are told to',
      spec({ a: text }, { rule: "self.a == 'x'", message: 'must be x' }),
      { a: 'y' },
      ['spec: Invalid value: "object": must be x'],
    ],
    [
      'compute what they say',
      spec({ a: text }, { rule: "self.a == 'x'", messageExpression: "'not ' + self.a" }),
      { a: 'y' },
      ['spec: Invalid value: "object": not y'],
    ],
    [
      'fall back when that fails',
      spec({ a: text }, { rule: "self.a == 'x'", message: 'm', messageExpression: "['a'][size(self.a)]" }),
      { a: 'y' },
      ['spec: Invalid value: "object": m'],
    ],
    [
      'have reasons and paths',
      spec({ a: text }, { rule: "self.a == 'x'", message: 'm', reason: 'FieldValueForbidden', fieldPath: '.a' }),
      { a: 'y' },
      ['spec.a: Forbidden: m'],
    ],
    [
      'meet fields that are not there',
      spec({ a: text, b: text }, 'self.b == self.a'),
      { a: 'y' },
      ['spec: Invalid value: "object": no such key: b evaluating rule: self.b == self.a'],
    ],
    [
      'apply to items and values',
      spec({
        list: {
          type: 'array',
          maxItems: 5,
          items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] },
        },
        map: {
          type: 'object',
          maxProperties: 5,
          additionalProperties: { ...text, 'x-kubernetes-validations': [{ rule: "self != ''" }] },
        },
      }),
      { list: [1, 0], map: { k: '' } },
      [
        'spec.list[1]: Invalid value: "integer": failed rule: self > 0',
        `spec.map[k]: Invalid value: "string": failed rule: self != ''`,
      ],
    ],
    [
      'skip null',
      spec({ a: { ...text, nullable: true, 'x-kubernetes-validations': [{ rule: 'false' }] } }),
      { a: null },
      [],
    ],
    [
      'know escaped names',
      spec(
        { 'a-b': text, 'c.d': text, in: text, 'x/y': text, a__b: text },
        "self.a__dash__b + self.c__dot__d + self.__in__ + self.x__slash__y + self.a__underscores__b == 'abcde'",
      ),
      { 'a-b': 'a', 'c.d': 'b', in: 'c', 'x/y': 'd', a__b: 'e' },
      [],
    ],
    [
      'know formats',
      spec(
        {
          t: { type: 'string', format: 'date-time' },
          d: { type: 'string', format: 'duration' },
          b: { type: 'string', format: 'byte' },
        },
        "self.t.getFullYear() == 2024 && self.d == duration('1m') && self.b == b'hi'",
      ),
      { t: '2024-01-01T00:00:00Z', d: '60s', b: 'aGk=' },
      [],
    ],
    [
      'see int-or-string',
      spec({ p: { 'x-kubernetes-int-or-string': true } }, "type(self.p) == int ? self.p > 1 : self.p == 'http'"),
      { p: 'http' },
      [],
    ],
    ['compare numbers', spec({ n: { type: 'number' } }, 'self.n == 1.0 && self.n < 2'), { n: 1 }, []],
    [
      'compare sets without order',
      spec(
        {
          a: { type: 'array', maxItems: 9, items: text, 'x-kubernetes-list-type': 'set' },
          b: { type: 'array', maxItems: 9, items: text, 'x-kubernetes-list-type': 'set' },
        },
        'self.a == self.b && (self.a + self.b).size() == 2',
      ),
      { a: ['x', 'y'], b: ['y', 'x'] },
      [],
    ],
  ])('%s', (_, schema, object, expected) => expect(check(schema, object)).toEqual(expected));

  it('see metadata only as far as the name', () => {
    const schema = root({ type: 'object' }, { rule: "self.metadata.name.startsWith('a') && self.kind == 'K'" });
    const rules = compileRules(schema);
    expect(rules.problems).toEqual([]);
    expect(rules.validate({ kind: 'K', metadata: { name: 'abc' } })).toEqual([]);
    expect(rules.validate({ kind: 'K', metadata: { name: 'x' } })).toHaveLength(1);
    expect(compileRules(root({ type: 'object' }, { rule: 'has(self.metadata.labels)' })).problems).toHaveLength(1);
  });
});

describe('transition rules', () => {
  const frozen = spec({ a: text }, { rule: 'self.a == oldSelf.a', message: 'frozen' });

  it('run on updates only', () => {
    expect(check(frozen, { a: 'x' })).toEqual([]);
    expect(check(frozen, { a: 'x' }, { a: 'x' })).toEqual([]);
    expect(check(frozen, { a: 'x' }, { a: 'y' })).toEqual(['spec: Invalid value: "object": frozen']);
  });

  it('run on creation when they ask for it', () => {
    const rule = { rule: "oldSelf.hasValue() || self.a == 'first'", optionalOldSelf: true };
    expect(check(spec({ a: text }, rule), { a: 'first' })).toEqual([]);
    expect(check(spec({ a: text }, rule), { a: 'x' })).toHaveLength(1);
    expect(check(spec({ a: text }, rule), { a: 'x' }, { a: 'first' })).toEqual([]);
  });

  const item: Schema = {
    type: 'object',
    required: ['k'],
    properties: { k: text, v: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v' }],
  };

  it('find items of list maps by their keys', () => {
    const schema = spec({
      l: {
        type: 'array',
        maxItems: 9,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: item,
      },
    });
    const old = {
      l: [
        { k: 'a', v: 1 },
        { k: 'b', v: 5 },
      ],
    };
    expect(
      check(
        schema,
        {
          l: [
            { k: 'b', v: 6 },
            { k: 'c', v: 0 },
            { k: 'a', v: 0 },
          ],
        },
        old,
      ),
    ).toEqual(['spec.l[2]: Invalid value: "object": failed rule: self.v >= oldSelf.v']);
  });

  it('are refused where items have no identity', () => {
    const rules = compileRules(spec({ l: { type: 'array', maxItems: 9, items: item } }));
    expect(print(rules.problems).join()).toContain(
      'oldSelf cannot be used on the uncorrelatable portion of the schema',
    );
  });
});

it('an empty messageExpression says nothing', () => {
  const rules = compileRules(spec({ a: text }, { rule: "self.a == 'x'", messageExpression: '', message: 'not x' }));
  expect(rules.problems).toEqual([]);
  expect(print(rules.validate({ spec: { a: 'y' } }))).toEqual(['spec: Invalid value: "object": not x']);
});

describe('rules that are refused', () => {
  it.each<[string, Schema, string]>([
    ['unknown fields', spec({ a: text }, 'self.b == 1'), "undefined field 'b'"],
    ['other types', spec({ a: text }, 'self.a == 1'), 'found no matching overload'],
    ['not bool', spec({ a: text }, 'self.a'), 'cel expression must evaluate to a bool'],
    ['no expression', spec({ a: text }, 'self.a =='), 'Syntax error'],
    ['empty', spec({ a: text }, ' '), 'rule is not specified'],
    [
      'message of another type',
      spec({ a: text }, { rule: 'true', messageExpression: '1' }),
      'messageExpression must evaluate to a string',
    ],
    [
      'preserved fields',
      spec({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }, 'self.a.b == 1'),
      "undefined field 'b'",
    ],
    [
      'unbounded lists of unbounded texts',
      spec({ l: { type: 'array', items: { type: 'string' } } }, 'self.l.all(x, self.l.exists(y, x.contains(y)))'),
      'estimated rule cost exceeds budget by factor of more than 100x',
    ],
    [
      'rules on items of unbounded lists',
      spec({
        l: { type: 'array', items: { type: 'string', 'x-kubernetes-validations': [{ rule: "self.matches('^a+$')" }] } },
      }),
      'estimated rule cost exceeds budget',
    ],
  ])('%s', (_, schema, message) => expect(print(compileRules(schema).problems).join('\n')).toContain(message));

  it('name the place', () => {
    const [problem] = compileRules(spec({ a: text }, 'self.b'), 'spec.versions[0].schema.openAPIV3Schema').problems;
    expect(problem?.field).toBe(
      'spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule',
    );
  });

  it('accepts the same with bounds', () => {
    const bounded = spec(
      { l: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 10 } } },
      'self.l.all(x, self.l.exists(y, x.contains(y)))',
    );
    expect(compileRules(bounded).problems).toEqual([]);
  });
});

it('stops when the budget of an object is spent', () => {
  const schema = spec({
    l: {
      type: 'array',
      maxItems: 500,
      items: {
        type: 'array',
        maxItems: 200,
        items: { type: 'integer' },
        'x-kubernetes-validations': [{ rule: 'self.all(x, x >= 0)' }],
      },
    },
  });
  const rules = compileRules(schema);
  const object = { spec: { l: Array.from({ length: 500 }, () => Array.from({ length: 200 }, () => 1)) } };
  expect(rules.problems).toEqual([]);
  expect(rules.validate(object)).toEqual([]);
  const causes = rules.validate(object, undefined, { left: 5000 });
  expect(causes).toHaveLength(1);
  expect(causes[0]?.message).toContain('no further validation rules will be run');
});

it('tells of rules that very much breaks no more than one answer carries', () => {
  const items: Schema = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self < 0' }] };
  const rules = compileRules(spec({ l: { type: 'array', maxItems: 200_000, items } }));
  const causes = rules.validate({ spec: { l: Array.from({ length: 200_000 }, () => 1) } });
  expect(rules.problems).toEqual([]);
  expect(causes).toHaveLength(maxCauses);
  expect(causes.at(-1)).toMatchObject({ field: '<nil>', message: expect.stringContaining('there may be more') });
});
