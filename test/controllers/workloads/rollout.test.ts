import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  isScaled,
  planRecreate,
  planRolling,
  planScale,
  type Slice,
} from '../../../shared/controllers/workloads/rollout.ts';

const slice = (wanted: number, available = wanted, more: Partial<Slice> = {}): Slice => ({
  wanted,
  available,
  ...more,
});
const bounds = (desired: number, surge: number, unavailable: number): Bounds => ({ desired, surge, unavailable });

const slices = fc
  .record({ wanted: fc.nat(12), lost: fc.nat(12) })
  .map(({ wanted, lost }): Slice => slice(wanted, Math.max(0, wanted - lost)));
const anyBounds = fc
  .record({ desired: fc.nat(12), surge: fc.nat(4), unavailable: fc.nat(4) })
  .map(({ desired, surge, unavailable }) => bounds(desired, surge, surge + unavailable === 0 ? 1 : unavailable));
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('planRolling', () => {
  it.each([
    ['begins with what surge and unavailable allow', bounds(10, 3, 2), slice(0), [slice(10)], 3, [8]],
    ['waits while the new ones are not available', bounds(10, 3, 2), slice(5, 0), [slice(8)], 5, [8]],
    ['goes on as they become available', bounds(10, 3, 2), slice(5, 5), [slice(8)], 5, [3]],
    ['takes what is unavailable first', bounds(4, 1, 2), slice(0), [slice(2, 0), slice(2, 2)], 1, [0, 2]],
    ['without surge takes away first', bounds(3, 0, 1), slice(0), [slice(3)], 0, [2]],
    ['scales down what is too much', bounds(2, 1, 0), slice(5), [], 2, []],
    ['ends at zero', bounds(0, 1, 0), slice(3), [slice(2)], 0, [0]],
  ] as const)('%s', (_, limits, current, old, wantedCurrent, wantedOld) => {
    expect(planRolling(limits, current, old)).toEqual({ current: wantedCurrent, old: wantedOld });
  });

  it('never wants more than desired + surge by what it adds, nor fewer available than allowed by what it takes', () => {
    fc.assert(
      fc.property(anyBounds, slices, fc.array(slices, { maxLength: 3 }), (limits, current, old) => {
        const plan = planRolling(limits, current, old);
        const before = current.wanted + sum(old.map(one => one.wanted));
        const after = plan.current + sum(plan.old);
        if (plan.current > current.wanted) expect(after).toBeLessThanOrEqual(limits.desired + limits.surge);
        expect(after).toBeLessThanOrEqual(Math.max(before, limits.desired + limits.surge));
        const served = current.available + sum(old.map(one => one.available));
        const left =
          Math.min(plan.current, current.available) +
          sum(old.map((one, at) => Math.min(plan.old[at] ?? 0, one.available)));
        expect(left).toBeGreaterThanOrEqual(Math.min(served, limits.desired - limits.unavailable));
        expect([plan.current, ...plan.old].every(one => one >= 0)).toBe(true);
      }),
    );
  });

  it('converges from any state when what is wanted becomes available', () => {
    fc.assert(
      fc.property(anyBounds, slices, fc.array(slices, { maxLength: 3 }), (limits, current, old) => {
        let [now, before] = [current, old];
        for (let step = 0; step < 60; step += 1) {
          const plan = planRolling(limits, now, before);
          now = slice(plan.current);
          before = plan.old.map(one => slice(one));
        }
        expect({ now, before }).toEqual({ now: slice(limits.desired), before: old.map(() => slice(0)) });
        expect(planRolling(limits, now, before)).toEqual({ current: limits.desired, old: old.map(() => 0) });
      }),
    );
  });
});

describe('planRecreate', () => {
  it('waits until nothing old is there', () => {
    expect(planRecreate(bounds(3, 0, 3), slice(0), [slice(3)], false)).toEqual({ current: 0, old: [0] });
    expect(planRecreate(bounds(3, 0, 3), slice(0), [slice(0)], true)).toEqual({ current: 3, old: [0] });
  });
});

describe('planScale', () => {
  const decided = (wanted: number, desired: number, max: number, available = wanted) =>
    slice(wanted, available, { desired, max });

  it('knows a change of replicas', () => {
    expect(isScaled(bounds(5, 1, 1), [decided(5, 5, 6)])).toBe(false);
    expect(isScaled(bounds(6, 1, 1), [decided(5, 5, 6)])).toBe(true);
    expect(isScaled(bounds(6, 1, 1), [decided(0, 5, 6)])).toBe(false);
  });

  it.each([
    ['the only one in use takes it all', bounds(8, 0, 1), decided(0, 5, 5), [decided(5, 5, 5)], 0, [8]],
    ['the current one when none is in use', bounds(3, 0, 1), slice(0), [], 3, []],
    ['spreads what is added in proportion', bounds(20, 0, 1), decided(4, 10, 10), [decided(6, 10, 10)], 8, [12]],
    ['spreads what is taken in proportion', bounds(5, 0, 1), decided(4, 10, 10), [decided(6, 10, 10)], 2, [3]],
    ['nothing is left at zero', bounds(0, 2, 0), decided(4, 10, 12), [decided(8, 10, 12)], 0, [0]],
  ] as const)('%s', (_, limits, current, old, wantedCurrent, wantedOld) => {
    expect(planScale(limits, current, old, true)).toEqual({ current: wantedCurrent, old: wantedOld });
  });

  it('gives exactly desired + surge when several are in use', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.nat(5),
        fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 2, maxLength: 4 }),
        (desired, surge, sizes) => {
          const max = sum(sizes);
          const [current = slice(0), ...old] = sizes.map(wanted => decided(wanted, max, max, 0));
          const plan = planScale(bounds(desired, surge, 0), current, old, true);
          expect(plan.current + sum(plan.old)).toBe(desired + surge);
          expect([plan.current, ...plan.old].every(one => one >= 0)).toBe(true);
        },
      ),
    );
  });
});
