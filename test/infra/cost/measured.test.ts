import { describe, expect, it } from 'vitest';
import { measured, type Use } from '../../../infra/cost/measured.ts';
import { findDynoxide } from '../../support/dynoxide.ts';
import { measure } from './measure.ts';

const program = findDynoxide();

// The emulator is there on Linux x64 only.
describe.skipIf(program === undefined)('what requests use', () => {
  it('is what the cost is made of', async () => {
    const found = await measure(program ?? '');
    const near = (use: Use, expected: Use, tolerance: number): void => {
      for (const name of ['readUnits', 'writeUnits', 'puts', 'gets'] as const) {
        const margin = Math.max(expected[name] * tolerance, 0.3);
        expect(Math.abs(use[name] - expected[name]), `${name}: ${use[name]}, not ${expected[name]}`).toBeLessThan(
          margin,
        );
      }
    };
    for (const shape of ['front', 'alone'] as const) {
      for (const request of ['poll', 'metrics', 'log'] as const) {
        const [is, was] = [found[shape][request], measured[shape][request]];
        near(is, was, 0.1);
        expect(Math.abs(is.heads - was.heads), `${shape}: ${is.heads} ends of logs, not ${was.heads}`).toBeLessThan(
          0.6,
        );
      }
    }
    near(found.metricsBehind, measured.metricsBehind, 0.1);
    // What goes on by the clock depends on how busy the machine is.
    near(found.sweep, measured.sweep, 0.3);
    near(found.idle, measured.idle, 0.3);
  });
});
