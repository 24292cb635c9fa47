import { Fault } from '../base/fault.ts';

/** Orders keys as their UTF-8 bytes are ordered. Negative: `a` first. */
export const compareKeys = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return toWeight(x) - toWeight(y);
  }
  return a.length - b.length;
};

/** Surrogates stand for code points above U+FFFF, which UTF-8 sorts behind all others and UTF-16 does not. */
const toWeight = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/** Longest key and type name, in UTF-16 units. */
export const maxKeyLength = 2048;

/** Refuses what no driver could keep: empty or overlong keys, NUL, halves of surrogate pairs. */
export const checkKey = (key: string): void => {
  if (key === '') throw new Fault('BadRequest', 'A key must not be empty.');
  if (key.length > maxKeyLength) throw new Fault('BadRequest', `A key must not be longer than ${maxKeyLength}.`);
  if (key.includes('\0') || !isWellFormed(key)) throw new Fault('BadRequest', 'A key must be text without NUL.');
};

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
