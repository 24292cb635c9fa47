import { expect, test } from 'vitest';
import {
  equal,
  fromBase64,
  fromHex,
  fromUtf8,
  sha256,
  toBase64,
  toBase64Url,
  toHex,
  toUtf8,
} from '../../shared/base/bytes.ts';

test('texts and bytes', () => {
  const bytes = Uint8Array.of(0, 251, 255, 16);
  expect([toHex(bytes), toBase64(bytes), toBase64Url(bytes)]).toEqual(['00fbff10', 'APv/EA==', 'APv_EA']);
  for (const back of [fromHex('00fbff10'), fromBase64('APv/EA=='), fromBase64('APv_EA')])
    expect(equal(back, bytes)).toBe(true);
  expect(toUtf8(fromUtf8('é✓'))).toBe('é✓');
  expect(toHex(sha256(new Uint8Array()))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('a view is taken for what it shows', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  expect(toHex(whole.subarray(1, 3))).toBe('0203');
});

test('equality', () => {
  const a = Uint8Array.of(1, 2);
  expect([equal(a, Uint8Array.of(1, 2)), equal(a, Uint8Array.of(1, 3)), equal(a, Uint8Array.of(1))]).toEqual([
    true,
    false,
    false,
  ]);
});
