import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEqual } from '../../shared/base/equal.ts';

/** The same value with the keys of its objects in another order, and `undefined` members here and there. */
const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries([...entries.map(([key, one]) => [key, shuffled(one)]), ['absent', undefined]]);
};

describe('isEqual', () => {
  it('sees past the order of keys and members that are undefined', () => {
    fc.assert(fc.property(fc.jsonValue(), value => isEqual(value, shuffled(value)) && isEqual(shuffled(value), value)));
  });

  it('is the equality of JSON values', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => isEqual(a, b) === isDeepStrictEqual(a, b)));
  });

  it.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [
      { a: 1, b: undefined },
      { a: 1, b: 2 },
    ],
    [
      { a: undefined, b: 1 },
      { b: 1, c: 1 },
    ],
    [{ 0: 'a' }, ['a']],
    [['a'], { 0: 'a' }],
    [{ a: null }, {}],
    [{}, { toString: 1 }],
  ])('tells %j from %j', (a, b) => {
    expect(isEqual(a, b)).toBe(false);
  });
});
