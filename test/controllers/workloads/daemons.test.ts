import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Daemon, type Place, planDaemons } from '../../../shared/controllers/workloads/daemons.ts';

const place = (name: string, shouldRun = true, mayKeep = shouldRun): Place => ({ name, shouldRun, mayKeep });
const daemon = (name: string, at: string, more: Partial<Daemon> = {}): Daemon => ({
  name,
  place: at,
  isCurrent: true,
  isAvailable: true,
  isLeaving: false,
  createdAt: 0,
  ...more,
});
const rolling = (unavailable = 1, surge = 0) => ({ isRolling: true, surge, unavailable });
const old = { isCurrent: false };

describe('planDaemons', () => {
  it.each([
    ['one for every Device', [place('a'), place('b')], [daemon('x', 'a')], rolling(), ['b'], []],
    ['none where it does not belong', [place('a', false)], [daemon('x', 'a')], rolling(), [], ['x']],
    ['none on a Device that is gone', [], [daemon('x', 'a')], rolling(), [], ['x']],
    ['stays where it may but need not be', [place('a', false, true)], [daemon('x', 'a')], rolling(), [], []],
    ['none is made where it need not be', [place('a', false, true)], [], rolling(), [], []],
    ['waits for one that is leaving', [place('a')], [daemon('x', 'a', { isLeaving: true })], rolling(), [], []],
    [
      'of two the older stays',
      [place('a')],
      [daemon('x', 'a', { createdAt: 2 }), daemon('y', 'a', { createdAt: 1 })],
      rolling(),
      [],
      ['x'],
    ],
    [
      'one at a time is replaced',
      [place('a'), place('b')],
      [daemon('x', 'a', old), daemon('y', 'b', old)],
      rolling(),
      [],
      ['x'],
    ],
    [
      'none while another is unavailable',
      [place('a'), place('b')],
      [daemon('x', 'a', { isAvailable: false }), daemon('y', 'b', old)],
      rolling(),
      [],
      [],
    ],
    [
      'an unavailable old one at once',
      [place('a'), place('b')],
      [daemon('x', 'a', { isAvailable: false }), daemon('y', 'b', { ...old, isAvailable: false })],
      rolling(),
      [],
      ['y'],
    ],
    ['OnDelete replaces nothing', [place('a')], [daemon('x', 'a', old)], { ...rolling(), isRolling: false }, [], []],
    [
      'surge puts one beside',
      [place('a'), place('b')],
      [daemon('x', 'a', old), daemon('y', 'b', old)],
      rolling(0, 1),
      ['a'],
      [],
    ],
    [
      'and takes the old one when the new one serves',
      [place('a')],
      [daemon('x', 'a', old), daemon('y', 'a')],
      rolling(0, 1),
      [],
      ['x'],
    ],
    [
      'surge puts none beside one that may only stay',
      [place('a', false, true), place('b')],
      [daemon('x', 'a', old), daemon('y', 'b', old)],
      rolling(0, 1),
      ['b'],
      [],
    ],
    [
      'which goes when it no longer serves',
      [place('a', false, true)],
      [daemon('x', 'a', { ...old, isAvailable: false })],
      rolling(0, 1),
      [],
      ['x'],
    ],
  ] as const)('%s', (_, places, daemons, bounds, create, remove) => {
    expect(planDaemons(places, daemons, bounds)).toEqual({ create, remove });
  });

  it('converges from any state, and takes away no more than it may', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const places = fc.tuple(...names.map(name => fc.boolean().map(on => place(name, on))));
    const daemons = fc.array(
      fc.record({ at: fc.constantFrom(...names, 'gone'), isCurrent: fc.boolean(), isAvailable: fc.boolean() }),
      { maxLength: 8 },
    );
    const limits = fc.constantFrom(rolling(1), rolling(2), rolling(0, 1), rolling(0, 2));
    fc.assert(
      fc.property(places, daemons, limits, (devices, given, bounds) => {
        let count = 0;
        let now = given.map(({ at, ...more }) => daemon(`m${count++}`, at, { ...more, createdAt: count }));
        for (let step = 0; step < 40; step += 1) {
          const plan = planDaemons(devices, now, bounds);
          const served = (all: Daemon[]) =>
            devices.filter(one => one.shouldRun && all.some(d => d.place === one.name && d.isAvailable)).length;
          const desired = devices.filter(one => one.shouldRun).length;
          const before = served(now);
          now = now.filter(({ name }) => !plan.remove.includes(name));
          expect(served(now)).toBeGreaterThanOrEqual(Math.min(before, desired - bounds.unavailable));
          now = [
            ...now.map(one => ({ ...one, isAvailable: true })),
            ...plan.create.map(at => daemon(`m${count++}`, at)),
          ];
        }
        expect(now.map(one => one.place).sort()).toEqual(devices.filter(one => one.shouldRun).map(one => one.name));
        expect(now.every(one => one.isCurrent)).toBe(true);
        expect(planDaemons(devices, now, bounds)).toEqual({ create: [], remove: [] });
      }),
    );
  });
});
