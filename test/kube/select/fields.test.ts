import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeFieldValue,
  type FieldSelector,
  matchesFields,
  parseFieldSelector,
} from '../../../shared/kube/select/fields.ts';

describe('parseFieldSelector', () => {
  const good: [string, FieldSelector][] = [
    ['', []],
    ['a=b', [{ field: 'a', operator: '=', value: 'b' }]],
    ['a==b', [{ field: 'a', operator: '=', value: 'b' }]],
    ['a!=b', [{ field: 'a', operator: '!=', value: 'b' }]],
    ['a=', [{ field: 'a', operator: '=', value: '' }]],
    [
      'a=b,c!=',
      [
        { field: 'a', operator: '=', value: 'b' },
        { field: 'c', operator: '!=', value: '' },
      ],
    ],
    ['a=b,', [{ field: 'a', operator: '=', value: 'b' }]],
    ['a=b\\,c\\=d\\\\', [{ field: 'a', operator: '=', value: 'b,c=d\\' }]],
  ];
  it.each(good)('%j', (text, expected) => {
    expect(parseFieldSelector(text)).toEqual(expected);
  });

  const bad: [string, string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ];
  it.each(bad)('refuses %j', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(expect.objectContaining({ reason: 'BadRequest', message }));
  });

  it('refuses what is too long', () => {
    expect(() => parseFieldSelector(`a=${'b'.repeat(100_000)}`)).toThrow('longer than');
  });

  it('reads back whatever was escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'a,=\\! ') }), { maxLength: 4 }), values => {
        const text = values.map((value, i) => `f${i}=${escapeFieldValue(value)}`).join(',');
        // A value that begins with `=` is written after `==` by nobody: the escape keeps it apart.
        expect(parseFieldSelector(text).map(({ value }) => value)).toEqual(values);
      }),
    );
  });
});

describe('matchesFields', () => {
  it.each([
    ['a=1,b!=2', true],
    ['a=2', false],
    ['a!=1', false],
    ['c=', true],
    ['c!=', false],
    ['', true],
  ])('%s: %s', (text, expected) => {
    const object: Record<string, string> = { a: '1', b: '3' };
    expect(matchesFields(parseFieldSelector(text), field => object[field] ?? '')).toBe(expected);
  });
});
