import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKey, compareKeys } from '../../shared/store/order.ts';
import { Sorted } from '../../shared/store/sorted.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('order', () => {
  it('is that of UTF-8', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('a', '/', '\0', '\uffff', '\ue000', '😀', 'é'), fc.string()),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(!/\p{Surrogate}/u.test(a + b));
        expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(byBytes(a, b)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['a', 'ns/name', '😀', 'x'.repeat(2048)])('takes %j', key => expect(() => checkKey(key)).not.toThrow());
});

describe('sorted keys', () => {
  const key = fc.integer({ min: 0, max: 3000 }).map(n => `k${n}`);
  const steps = fc.array(fc.record({ key, remove: fc.boolean() }), { maxLength: 6000, size: 'max' });

  it('are what a sorted list of a map’s keys is, whatever is done to them', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), fc.array(key, { maxLength: 20 }), (list, isAscending, probes) => {
        const model = new Map<string, number>();
        const sorted = new Sorted<{ key: string; n: number }>();
        const ordered = isAscending ? [...list].sort((a, b) => byBytes(a.key, b.key)) : list;
        for (const [n, { key, remove }] of ordered.entries()) {
          if (remove && n % 3 > 0) {
            model.delete(key);
            sorted.delete(key);
          } else {
            model.set(key, n);
            sorted.set({ key, n });
          }
        }
        const expected = [...model].sort((a, b) => byBytes(a[0], b[0]));
        const all = [...sorted.from({ chunk: 0, offset: 0 })];
        expect(all.map(({ key, n }) => [key, n])).toEqual(expected);
        for (const probe of probes) {
          expect(sorted.get(probe)?.n).toBe(model.get(probe));
          const place = sorted.seek(other => compareKeys(other, probe) >= 0);
          const rank = expected.filter(([other]) => byBytes(other, probe) < 0).length;
          expect(sorted.rank(place)).toBe(rank);
          expect(sorted.take(place, 7).map(item => item.key)).toEqual(expected.slice(rank, rank + 7).map(([k]) => k));
        }
      }),
      { numRuns: 40 },
    );
  });
});
