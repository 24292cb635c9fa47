import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Numbered, type OrdinalBounds, planOrdinals } from '../../../shared/controllers/workloads/ordinals.ts';

const bounds = (replicas: number, more: Partial<OrdinalBounds> = {}): OrdinalBounds => ({
  start: 0,
  replicas,
  partition: 0,
  isOrdered: true,
  isRolling: true,
  unavailable: 1,
  current: 'old',
  update: 'new',
  ...more,
});
const at = (ordinal: number, more: Partial<Numbered> = {}): Numbered => ({
  ordinal,
  name: `m${ordinal}`,
  hash: 'new',
  isHealthy: true,
  isLeaving: false,
  ...more,
});
const sick = { isHealthy: false };
const old = { hash: 'old' };
const born = (ordinal: number, hash = 'new') => ({ ordinal, hash });

describe('planOrdinals', () => {
  it.each([
    ['the first comes first', bounds(3), [], [born(0)], []],
    ['the next when it is healthy', bounds(3), [at(0)], [born(1)], []],
    ['not before', bounds(3), [at(0, sick)], [], []],
    ['all at once in parallel', bounds(3, { isOrdered: false }), [at(1, sick)], [born(0), born(2)], []],
    ['from a start', bounds(2, { start: 5 }), [at(5)], [born(6)], []],
    ['the last goes first', bounds(1), [at(0), at(1), at(2)], [], ['m2']],
    ['one after the other', bounds(1), [at(0), at(1), at(2, { isLeaving: true })], [], []],
    ['all at once in parallel, down', bounds(1, { isOrdered: false }), [at(0), at(1), at(2)], [], ['m2', 'm1']],
    ['updates from the end', bounds(3), [at(0, old), at(1, old), at(2, old)], [], ['m2']],
    ['and waits', bounds(3), [at(0, old), at(1, old), at(2, sick)], [], []],
    ['down to the partition', bounds(3, { partition: 2 }), [at(0, old), at(1, old), at(2)], [], []],
    [
      'below the partition the old template comes back',
      bounds(3, { partition: 2 }),
      [at(1, old), at(2)],
      [born(0, 'old')],
      [],
    ],
    ['OnDelete waits for somebody', bounds(2, { isRolling: false }), [at(0, old), at(1, old)], [], []],
    [
      'as many as may be unavailable',
      bounds(3, { unavailable: 2 }),
      [at(0, old), at(1, old), at(2, old)],
      [],
      ['m2', 'm1'],
    ],
    ['what is stuck with a broken template is replaced', bounds(2), [at(0, { ...old, ...sick })], [], ['m0']],
  ] as const)('%s', (_, limits, members, create, remove) => {
    expect(planOrdinals(limits, members)).toEqual({ create, remove });
  });

  it('converges from any state', () => {
    const member = (ordinal: number) =>
      fc
        .option(fc.record({ hash: fc.constantFrom('old', 'new', 'ancient'), isHealthy: fc.boolean() }), {
          nil: undefined,
        })
        .map(one => one && at(ordinal, one));
    const states = fc.tuple(...Array.from({ length: 7 }, (_, ordinal) => member(ordinal)));
    const limits = fc.record({
      replicas: fc.nat(5),
      start: fc.nat(2),
      isOrdered: fc.boolean(),
      unavailable: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(states, limits, (given, limit) => {
        const own = bounds(limit.replicas, limit);
        let now = given.flatMap(one => one ?? []);
        for (let step = 0; step < 60; step += 1) {
          const plan = planOrdinals(own, now);
          const served = (all: readonly Numbered[]) =>
            all.filter(one => one.isHealthy && one.ordinal >= own.start && one.ordinal < own.start + own.replicas)
              .length;
          const before = served(now);
          now = now.filter(({ name }) => !plan.remove.includes(name));
          expect(served(now)).toBeGreaterThanOrEqual(Math.min(before, own.replicas - own.unavailable));
          now = [
            ...now.map(one => ({ ...one, isHealthy: true })),
            ...plan.create.map(({ ordinal, hash }) => at(ordinal, { hash })),
          ];
        }
        expect(now.sort((a, b) => a.ordinal - b.ordinal)).toEqual(
          Array.from({ length: own.replicas }, (_, n) => at(own.start + n)),
        );
        expect(planOrdinals(own, now)).toEqual({ create: [], remove: [] });
      }),
    );
  });
});
