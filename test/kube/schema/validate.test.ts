import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxCauses } from '../../../shared/base/fault.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { validate } from '../../../shared/kube/schema/validate.ts';
import { watchCpu } from '../../support/cpu.ts';

const x = (schema: Schema): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: { x: schema } } },
});
const texts = (schema: Schema, object: object) =>
  validate(object, schema).map(({ field, message }) => `${field}: ${message}`);
const of = (value: unknown) => ({ spec: { x: value } });

describe('validate', () => {
  const cases: [string, Schema, unknown, string[]][] = [
    ['integer for integer', { type: 'integer' }, 5, []],
    ['whole number written as a fraction', { type: 'integer' }, 5.0, []],
    ['number takes integers', { type: 'number' }, 5, []],
    ['big integer', { type: 'integer', format: 'int64' }, 2n ** 62n, []],
    [
      'string for integer',
      { type: 'integer' },
      'a',
      ['spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"'],
    ],
    [
      'fraction for integer',
      { type: 'integer' },
      1.5,
      ['spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"'],
    ],
    [
      'fraction for int32',
      { type: 'integer', format: 'int32' },
      1.5,
      ['spec.x: Invalid value: "float64": spec.x in body must be of type int32: "float64"'],
    ],
    [
      'object for string',
      { type: 'string' },
      {},
      ['spec.x: Invalid value: "object": spec.x in body must be of type string: "object"'],
    ],
    [
      'null for string',
      { type: 'string' },
      null,
      ['spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
    ],
    ['null where allowed', { type: 'string', nullable: true }, null, []],
    [
      'boolean for string',
      { type: 'string' },
      true,
      ['spec.x: Invalid value: "boolean": spec.x in body must be of type string: "boolean"'],
    ],
    [
      'list for object',
      { type: 'object' },
      [],
      ['spec.x: Invalid value: "array": spec.x in body must be of type object: "array"'],
    ],
    ['int or string', { 'x-kubernetes-int-or-string': true }, '10%', []],
    [
      'int or string, neither',
      { 'x-kubernetes-int-or-string': true },
      true,
      ['spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"'],
    ],
    [
      'maximum',
      { type: 'integer', maximum: 5 },
      9,
      ['spec.x: Invalid value: 9: spec.x in body should be less than or equal to 5'],
    ],
    [
      'minimum',
      { type: 'integer', minimum: 1 },
      0,
      ['spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1'],
    ],
    [
      'exclusive maximum',
      { type: 'number', maximum: 5, exclusiveMaximum: true },
      5,
      ['spec.x: Invalid value: 5: spec.x in body should be less than 5'],
    ],
    [
      'exclusive minimum',
      { type: 'number', minimum: 5, exclusiveMinimum: true },
      5,
      ['spec.x: Invalid value: 5: spec.x in body should be greater than 5'],
    ],
    [
      'multiple',
      { type: 'integer', multipleOf: 4 },
      6,
      ['spec.x: Invalid value: 6: spec.x in body should be a multiple of 4'],
    ],
    [
      'range of int32',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.x'],
    ],
    [
      'range of int64',
      { type: 'integer' },
      2n ** 63n,
      ['<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.x'],
    ],
    [
      'pattern',
      { type: 'string', pattern: '^a$' },
      'b',
      ['spec.x: Invalid value: "b": spec.x in body should match \'^a$\''],
    ],
    [
      'minLength',
      { type: 'string', minLength: 1 },
      '',
      ['spec.x: Invalid value: "": spec.x in body should be at least 1 chars long'],
    ],
    ['maxLength', { type: 'string', maxLength: 2 }, 'abc', ['spec.x: Too long: may not be more than 2 bytes']],
    ['maxLength counts characters', { type: 'string', maxLength: 2 }, '🙂🙂', []],
    [
      'minItems',
      { type: 'array', minItems: 1 },
      [],
      ['spec.x: Invalid value: 0: spec.x in body should have at least 1 items'],
    ],
    ['maxItems', { type: 'array', maxItems: 2 }, [1, 2, 3], ['spec.x: Too many: 3: must have at most 2 items']],
    [
      'items',
      { type: 'array', items: { type: 'string' } },
      ['a', 1],
      ['spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"'],
    ],
    [
      'minProperties',
      { type: 'object', minProperties: 1 },
      {},
      ['spec.x: Invalid value: 0: spec.x in body should have at least 1 properties'],
    ],
    [
      'maxProperties',
      { type: 'object', maxProperties: 1 },
      { a: 1, b: 1 },
      ['spec.x: Too many: 2: must have at most 1 items'],
    ],
    ['required', { type: 'object', required: ['model'] }, {}, ['spec.x.model: Required value']],
    [
      'required, inherited names do not count',
      { type: 'object', required: ['constructor'] },
      {},
      ['spec.x.constructor: Required value'],
    ],
    ['enum', { type: 'string', enum: ['a', 'b'] }, 'z', ['spec.x: Unsupported value: "z": supported values: "a", "b"']],
    [
      'enum of numbers',
      { type: 'integer', enum: [1, 2] },
      3,
      ['spec.x: Unsupported value: 3: supported values: "1", "2"'],
    ],
    [
      'map values',
      { type: 'object', additionalProperties: { type: 'string' } },
      { k: 1 },
      ['spec.x.k: Invalid value: "integer": spec.x.k in body must be of type string: "integer"'],
    ],
    [
      'format',
      { type: 'string', format: 'date-time' },
      'yesterday',
      ['spec.x: Invalid value: "yesterday": spec.x in body must be of type date-time: "yesterday"'],
    ],
    ['unknown format', { type: 'string', format: 'whatever' }, 'yesterday', []],
    [
      'set',
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      ['a', 'b', 'a', 'a'],
      ['spec.x[2]: Duplicate value: "a"'],
    ],
    [
      'map list',
      {
        type: 'array',
        items: { type: 'object' },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      [{ name: 'x', v: 1 }, { name: 'x', v: 2 }, {}, {}],
      ['spec.x[1]: Duplicate value: {"name":"x"}', 'spec.x[3]: Duplicate value: {}'],
    ],
    [
      'anyOf, none',
      { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      ['<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)', 'spec.x.a: Required value'],
    ],
    [
      'oneOf, two',
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      ['<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      'oneOf, none: the closest is explained',
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b', 'c'] }] },
      { b: 1 },
      [
        '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid',
        'spec.x.c: Required value',
      ],
    ],
    [
      'allOf',
      { type: 'string', allOf: [{ minLength: 2 }, { maxLength: 3 }] },
      'a',
      [
        'spec.x: Invalid value: "a": spec.x in body should be at least 2 chars long',
        '<nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf)',
      ],
    ],
    [
      'not',
      { type: 'string', not: { pattern: '^a' } },
      'ab',
      ['<nil>: Invalid value: "": "spec.x" must not validate the schema (not)'],
    ],
  ];
  it.each(cases)('%s', (_, schema, value, expected) => {
    expect(texts(x(schema), of(value))).toEqual(expected);
  });

  it('gives the reasons that clients branch on', () => {
    const schema = x({ type: 'object', required: ['a'], properties: { b: { type: 'string' }, c: { enum: ['d'] } } });
    expect(validate(of({ b: 1, c: 'e' }), schema).map(({ reason }) => reason)).toEqual([
      'FieldValueTypeInvalid',
      'FieldValueNotSupported',
      'FieldValueRequired',
    ]);
  });

  it('does not look at metadata, apiVersion and kind', () => {
    expect(validate({ apiVersion: 1, kind: 2, metadata: 3, spec: {} }, x({ type: 'string' }))).toEqual([]);
  });

  it('bounds what matching costs, for all patterns of an object together', () => {
    const spent = watchCpu();
    const pattern = '^(.{0,500}){2}$';
    const [refused] = texts(x({ type: 'string', pattern }), of('a'.repeat(1_000_000)));
    expect(refused).toBe(`spec.x: Invalid value: "": spec.x in body is too long to be matched against '${pattern}'`);
    const many = x({ type: 'array', items: { type: 'string', pattern } });
    const list = texts(many, of(Array.from({ length: 1000 }, () => 'a'.repeat(900))));
    expect(list.length).toBe(maxCauses);
    expect(list[0]).toMatch(/^spec\.x\[\d+\]: .* is too long to be matched/);
    expect(texts(x({ type: 'string', pattern: '^[a-z]+$' }), of('a'.repeat(1_000_000)))).toEqual([]);
    expect(spent()).toBeLessThan(10_000);
  });

  it.each<[string, (alternatives: Schema[]) => Schema, unknown]>([
    ['anyOf', anyOf => ({ type: 'array', anyOf }), 1],
    ['oneOf', oneOf => ({ type: 'array', oneOf }), 1],
    ['allOf', allOf => ({ type: 'array', allOf }), 1],
    ['not', anyOf => ({ type: 'array', not: { anyOf } }), 1],
    ['values that are long', allOf => ({ type: 'array', allOf }), 'a'.repeat(1000)],
  ])('bounds what alternatives cost, and lets nothing pass that it has not seen: %s', (_, around, item) => {
    const spent = watchCpu();
    const alternatives = Array.from({ length: 20_000 }, (_, i) => ({ items: { enum: [`${i}`] } }));
    const found = texts(x(around(alternatives)), of(Array.from({ length: 10_000 }, () => item)));
    expect(found.at(-1)).toMatch(/: (it takes too long to be validated|there may be more wrong with it)$/);
    expect(found.join('').length).toBeLessThan(2_000_000);
    expect(spent()).toBeLessThan(10_000);
  });

  it('takes linear time for patterns that ruin a backtracking engine', () => {
    const spent = watchCpu();
    expect(texts(x({ type: 'string', pattern: '^(a+)+$' }), of(`${'a'.repeat(2000)}b`))).toHaveLength(1);
    expect(spent()).toBeLessThan(2000);
  });

  it('refuses a schema whose pattern is not RE2', () => {
    expect(() => validate(of('a'), x({ type: 'string', pattern: '(?=a)' }))).toThrow('not a valid RE2 expression');
  });

  it('finds nothing wrong with what was made to fit', () => {
    const schema = x({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 8, pattern: '^[a-z]+$' },
        count: { type: 'integer', minimum: 0, maximum: 9 },
        tags: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, maxItems: 3 },
      },
    });
    const fitting = fc.record(
      {
        name: fc.stringMatching(/^[a-z]{1,8}$/),
        count: fc.integer({ min: 0, max: 9 }),
        tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
      },
      { requiredKeys: ['name'] },
    );
    fc.assert(
      fc.property(fitting, value => {
        expect(validate(of(value), schema)).toEqual([]);
      }),
    );
  });

  it('never throws, whatever it is shown', () => {
    const schema = x({
      type: 'object',
      additionalProperties: { type: 'array', 'x-kubernetes-list-type': 'set' },
      required: ['a'],
    });
    fc.assert(fc.property(fc.jsonValue(), value => Array.isArray(validate(of(value), schema))));
  });
});
