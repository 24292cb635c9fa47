import { expect, it } from 'vitest';
import { getOwn, isMap, setOwn } from '../../shared/base/own.ts';

it('reads own fields only', () => {
  const map: Record<string, string> = { a: '1' };
  expect([getOwn(map, 'a'), getOwn(map, 'constructor'), getOwn(map, '__proto__')]).toEqual(['1', undefined, undefined]);
});

it('sets fields of every name, and changes no prototype', () => {
  const map: Record<string, unknown> = {};
  setOwn(map, '__proto__', { polluted: true });
  setOwn(map, 'constructor', 1);
  expect(Object.keys(map)).toEqual(['__proto__', 'constructor']);
  expect(getOwn(map, '__proto__')).toEqual({ polluted: true });
  expect('polluted' in map).toBe(false);
});

it('tells maps from everything else', () => {
  expect([{}, [], null, 'x', 1, undefined].map(isMap)).toEqual([true, false, false, false, false, false]);
});
