import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlaceholder, namesFor, toName } from '../../../shared/controllers/enrol/name.ts';

describe('serial numbers that are none', () => {
  test.each([
    '',
    ' ',
    'To Be Filled By O.E.M.',
    'Default string',
    'None',
    'N/A',
    '0000',
    'xxxxxxxx',
    '0123456789',
    'System Serial Number',
    '-',
  ])('%j', serial => expect(isPlaceholder(serial)).toBe(true));
  test.each(['S1', '31415926', 'VMware-56 4d', '0100', 'none-7'])('but not %j', serial =>
    expect(isPlaceholder(serial)).toBe(false),
  );
});

test('names are valid and the same for the same device', () => {
  const hash = 'ab'.repeat(32);
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), serial => {
      const names = namesFor(toName(serial), hash);
      for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expect(new Set(names).size).toBe(names.length);
      expect(namesFor(toName(serial), hash)).toEqual(names);
    }),
  );
  expect(toName('SN_0042/X ')).toBe('sn-0042-x');
  expect(toName('日本')).toBeUndefined();
});
