import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantities,
  compareQuantities,
  fromBytes,
  fromMilli,
  isQuantity,
  parseQuantity,
  printQuantity,
  type Quantity,
  subtractQuantities,
  toBytes,
  toMilli,
  toQuantity,
} from '../../shared/base/quantity.ts';

describe('quantities', () => {
  // Text, canonical text, whole units rounded up.
  const good: [string | number, string, bigint][] = [
    ['0', '0', 0n],
    ['-0', '0', 0n],
    ['1', '1', 1n],
    [5, '5', 5n],
    ['+5', '5', 5n],
    ['5.', '5', 5n],
    ['.5', '500m', 1n],
    ['1024', '1024', 1024n],
    ['1Ki', '1Ki', 1024n],
    ['1024Mi', '1Gi', 1073741824n],
    ['8Gi', '8Gi', 8589934592n],
    ['8G', '8G', 8_000_000_000n],
    ['256M', '256M', 256_000_000n],
    ['1.5Gi', '1536Mi', 1610612736n],
    ['0.5Ki', '512', 512n],
    ['1000m', '1', 1n],
    ['1500m', '1500m', 2n],
    ['-1500m', '-1500m', -2n],
    ['100n', '100n', 1n],
    ['1000u', '1m', 1n],
    ['1e3', '1e3', 1000n],
    ['1E3', '1e3', 1000n],
    ['12e4', '120e3', 120_000n],
    ['1e-3', '1e-3', 1n],
    ['1E', '1E', 10n ** 18n],
    ['1Ei', '1Ei', 2n ** 60n],
    ['0.0000000001', '1n', 1n],
    ['-0.0000000001', '-1n', -1n],
    ['100Ei', '9223372036854775807', 2n ** 63n - 1n],
    ['1e999', '9223372036854775807', 2n ** 63n - 1n],
    ['1e-999', '1e-9', 1n],
  ];
  it.each(good)('%s', (text, canonical, units) => {
    const quantity = toQuantity(text);
    expect(printQuantity(quantity)).toBe(canonical);
    expect(toBytes(quantity)).toBe(units);
  });

  it.each([
    '',
    '.',
    'Ki',
    '1kb',
    '1e',
    '1 Gi',
    ' 1',
    '1,5',
    '0x10',
    'NaN',
    '1ki',
    '1K',
    '--1',
    '1e1.5',
    `${'9'.repeat(65)}`,
  ])('refuses %j', text => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(isQuantity(text)).toBe(false);
    expect(() => toQuantity(text)).toThrow(RangeError);
  });

  it('converts', () => {
    expect(toMilli(toQuantity('1.5'))).toBe(1500n);
    expect(toMilli(toQuantity('1u'))).toBe(1n);
    expect(printQuantity(fromBytes(2 ** 30))).toBe('1Gi');
    expect(printQuantity(fromMilli(2500))).toBe('2500m');
    expect(printQuantity(addQuantities(toQuantity('0'), toQuantity('1Ki')))).toBe('1Ki');
    expect(printQuantity(subtractQuantities(toQuantity('1Gi'), toQuantity('512Mi')))).toBe('512Mi');
  });

  const quantity: fc.Arbitrary<Quantity> = fc.record({
    nano: fc.bigInt({ min: -(2n ** 63n - 1n) * 10n ** 9n, max: (2n ** 63n - 1n) * 10n ** 9n }),
    format: fc.constantFrom('binary', 'decimal', 'exponent'),
  });

  it('reads back what it prints, exactly and canonically', () => {
    fc.assert(
      fc.property(quantity, one => {
        const text = printQuantity(one);
        expect(toQuantity(text).nano).toBe(one.nano);
        expect(printQuantity(toQuantity(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('orders as numbers do', () => {
    const small = fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom('m', '', 'k'));
    const value = ([n, suffix]: [number, string]) => n * (suffix === 'm' ? 1 : suffix === 'k' ? 1_000_000 : 1000);
    fc.assert(
      fc.property(small, small, (a, b) => {
        const order = compareQuantities(toQuantity(a.join('')), toQuantity(b.join('')));
        expect(order).toBe(Math.sign(value(a) - value(b)) || 0);
      }),
    );
  });

  it('adds exactly', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(addQuantities(toQuantity(`${a}n`), toQuantity(`${b}n`)).nano).toBe(BigInt(a) + BigInt(b));
      }),
    );
  });
});
