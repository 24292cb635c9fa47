import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeServed, encodeServed } from '../../shared/eve/served.ts';

test('comes back as it was, and is decoded once', () => {
  const served = fc.record({
    configHash: fc.string(),
    configTimestampMs: fc.nat({ max: 2 ** 52 }),
    version: fc.nat(),
    answer: fc.uint8Array(),
    notes: fc.uint8Array(),
  });
  fc.assert(
    fc.property(served, value => {
      const bytes = Uint8Array.from(encodeServed(value));
      expect(decodeServed(bytes)).toEqual(value);
      expect(decodeServed(bytes)).toBe(decodeServed(bytes));
    }),
  );
});

test('keeps no memory but its own alive', () => {
  const bytes = encodeServed({
    configHash: 'h',
    configTimestampMs: 1,
    version: 1,
    answer: new Uint8Array(900),
    notes: new Uint8Array(300),
  });
  expect(bytes.buffer.byteLength).toBe(bytes.length);
});

test('anything else is damage', () => {
  const good = encodeServed({
    configHash: 'h',
    configTimestampMs: 1,
    version: 1,
    answer: new Uint8Array(3),
    notes: new Uint8Array(9),
  });
  for (const bytes of [new Uint8Array(), new Uint8Array(100), good.subarray(0, 30)]) {
    expect(() => decodeServed(bytes)).toThrow(expect.objectContaining({ reason: 'InternalError' }));
  }
});
