import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lengthOf } from '../../shared/base/length.ts';

it('counts characters as iterating over a text does, halves of pairs included', () => {
  const unit = fc.oneof(fc.integer({ min: 0xd7fe, max: 0xe001 }), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(unit), units => {
      const text = String.fromCharCode(...units);
      expect(lengthOf(text)).toBe([...text].length);
    }),
  );
});
