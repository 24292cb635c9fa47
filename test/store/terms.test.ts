import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Terms } from '../../shared/store/terms.ts';

const names = ['a', 'b', 'c', 'd'];
const step = fc.record({
  key: fc.constantFrom('k1', 'k2', 'k3', 'k4'),
  terms: fc.array(fc.constantFrom(...names), { maxLength: 4 }),
});

test('whatever keys carry one after the other, each term finds those that carry it now', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const terms = new Terms();
      const model = new Map<string, readonly string[]>();
      for (const { key, terms: given } of steps) {
        terms.set(key, given);
        model.set(key, given);
        expect(terms.of(key)).toEqual(given);
        for (const name of names) {
          const carrying = [...model].filter(([, carried]) => carried.includes(name)).map(([each]) => each);
          expect(terms.find(name)).toEqual(carrying.sort());
        }
      }
    }),
  );
});
