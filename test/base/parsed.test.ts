import { expect, it } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import { parsed, remember } from '../../shared/base/parsed.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads the same bytes once for all who hold what they say', () => {
  const [some, same] = [bytesOf('{"a":[1]}'), bytesOf('{"a":[1]}')];
  const value = parsed(some);
  expect(value).toEqual({ a: [1] });
  expect(parsed(some)).toBe(value);
  expect(parsed(same)).not.toBe(value);
});

it('does not read what it was told', () => {
  const bytes = bytesOf('not read');
  const value = { a: 1 };
  expect(remember(bytes, value)).toBe(value);
  expect(parsed(bytes)).toBe(value);
});

it('reads scalars, and refuses what is no JSON', () => {
  expect(parsed(bytesOf('7'))).toBe(7);
  expect(() => parsed(bytesOf('{'))).toThrow(expect.toSatisfy(error => isFault(error, 'BadRequest')));
});
