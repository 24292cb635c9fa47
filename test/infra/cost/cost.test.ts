import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { billOf, totalOf } from '../../../infra/cost/model.ts';
import { generate } from '../../../infra/cost.ts';

it('docs/cost.md is what infra/cost.ts writes', () => {
  expect(readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8')).toBe(generate());
});

describe('the model', () => {
  it.each(['containers', 'functions'] as const)('%s: more devices cost more, and each of them less', shape => {
    const totals = [1, 10, 1_000, 100_000, 1_000_000].map(
      devices => [devices, totalOf(billOf(shape, devices))] as const,
    );
    for (const [i, [devices, total]] of totals.entries()) {
      const [fewer, less] = totals[i - 1] ?? [1, 0];
      expect(total).toBeGreaterThan(less);
      if (i > 0) expect(total / devices).toBeLessThanOrEqual(less / fewer);
    }
  });
});
