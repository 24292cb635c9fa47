import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInside, isOverlapping, parseCidr, parseIp, printV4 } from '../../shared/base/ip.ts';

describe('addresses', () => {
  test.each([
    ['0.0.0.0', 4, 0n],
    ['10.1.2.3', 4, 0x0a010203n],
    ['255.255.255.255', 4, 0xffffffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['1::', 6, 1n << 112n],
    ['fe80::1:2', 6, (0xfe80n << 112n) + 0x10002n],
    ['::ffff:10.0.0.1', 6, 0xffff0a000001n],
    ['1:2:3:4:5:6:7:8', 6, 0x00010002000300040005000600070008n],
  ])('%s', (text, family, value) => {
    expect(parseIp(text)).toEqual({ family, value });
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4/8',
    ':',
    '1:2',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4::',
    'x',
  ])('%s is none', text => expect(parseIp(text)).toBeUndefined());
});

describe('blocks', () => {
  test('know their bounds', () => {
    expect(parseCidr('10.1.2.3/24')).toEqual({
      family: 4,
      bits: 24,
      address: 0x0a010203n,
      first: 0x0a010200n,
      last: 0x0a0102ffn,
    });
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '::/129', 'x/8'])('%s is none', text =>
    expect(parseCidr(text)).toBeUndefined(),
  );

  test('overlap exactly when one has an address of the other', () => {
    const block = fc
      .tuple(fc.nat(255), fc.integer({ min: 20, max: 32 }))
      .map(([byte, bits]) => `10.0.${byte % 8}.${byte}/${bits}`);
    fc.assert(
      fc.property(block, block, (one, other) => {
        const [a, b] = [parseCidr(one), parseCidr(other)];
        if (!a || !b) throw new Error('the generator makes blocks');
        const shares = isInside({ family: 4, value: a.first }, b) || isInside({ family: 4, value: b.first }, a);
        expect(isOverlapping(a, b)).toBe(shares);
      }),
    );
  });

  test('print as they are read', () => {
    fc.assert(
      fc.property(fc.ipV4(), text => {
        expect(printV4(parseIp(text)?.value ?? -1n)).toBe(text);
      }),
    );
  });
});
