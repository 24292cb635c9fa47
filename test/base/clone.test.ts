import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asPrinted, cloneJson } from '../../shared/base/clone.ts';
import { isEqual } from '../../shared/base/equal.ts';

it('copies every JSON value to an equal one that shares nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const copy = cloneJson(value);
      expect(copy).toEqual(value);
      expect(isEqual(copy, value)).toBe(true);
      if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
    }),
  );
});

it('copies maps of many fields in their order', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`field-${(i * 7) % 300}`, { i }]));
  for (const value of [many, { ...many, last: undefined }]) {
    expect(cloneJson(value)).toStrictEqual(many);
    expect(JSON.stringify(cloneJson(value))).toBe(JSON.stringify(many));
    expect(JSON.stringify(asPrinted(value))).toBe(JSON.stringify(many));
  }
});

it('makes of a value what its printed form says, and keeps the parts that say it already', () => {
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 'a', null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.option(tie('value'), { nil: undefined }), {
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(
    fc.property(value, given => {
      const text = JSON.stringify(given);
      const printed = asPrinted(given);
      expect(printed).toStrictEqual(JSON.parse(text));
      expect(JSON.stringify(given)).toBe(text);
      expect(asPrinted(printed)).toBe(printed);
    }),
  );
});

it('compares as the sorted printed forms do', () => {
  const printed = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    );
  const small = fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)) as unknown);
  fc.assert(
    fc.property(small, small, (a, b) => {
      expect(isEqual(a, b)).toBe(printed(a) === printed(b));
    }),
    { numRuns: 500 },
  );
});

it('keeps a member called __proto__ a member', () => {
  const value = JSON.parse('{"__proto__":{"x":1},"y":[{"__proto__":2}]}') as object;
  const copy = cloneJson(value);
  expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(isEqual(copy, { y: [{}] })).toBe(false);
});

it('takes what is undefined for absent', () => {
  expect(cloneJson({ a: undefined, b: [1n] })).toEqual({ b: [1n] });
  expect(isEqual({ a: undefined, b: 1n }, { b: 1n })).toBe(true);
  expect(isEqual({ a: undefined }, { b: undefined })).toBe(true);
  expect(isEqual({ a: null }, {})).toBe(false);
  expect(isEqual([], {})).toBe(false);
});
