import { describe, expect, it } from 'vitest';
import { findCondition, setCondition, toTime } from '../../shared/base/condition.ts';

const ready = { type: 'Ready', status: 'True', reason: 'Fine', message: 'all is well' } as const;
const noon = Date.parse('2026-01-01T12:00:00.500Z');

describe('setCondition', () => {
  it('adds to what is there', () => {
    const list = setCondition([{ type: 'Other', status: 'False' }], ready, noon);
    expect(list).toEqual([
      { type: 'Other', status: 'False' },
      { ...ready, lastTransitionTime: '2026-01-01T12:00:00Z' },
    ]);
  });

  it('moves the time with the status only', () => {
    const first = setCondition(undefined, ready, noon);
    const same = setCondition(first, { ...ready, message: 'still' }, noon + 60_000);
    expect(same).toEqual([{ ...ready, message: 'still', lastTransitionTime: '2026-01-01T12:00:00Z' }]);
    const other = setCondition(same, { ...ready, status: 'False' }, noon + 60_000);
    expect(other).toEqual([{ ...ready, status: 'False', lastTransitionTime: '2026-01-01T12:01:00Z' }]);
  });

  it('gives back the same conditions when nothing changes', () => {
    const first = setCondition([], { ...ready, observedGeneration: 3 }, noon);
    expect(setCondition(first, { ...ready, observedGeneration: 3 }, noon + 1e6)).toBe(first);
    expect(setCondition(first, { ...ready, observedGeneration: 4 }, noon + 1e6)).not.toEqual(first);
  });

  it('makes do with whatever stands in the list', () => {
    expect(setCondition(['x', null, 3], ready, noon)).toHaveLength(1);
    expect(setCondition('x', ready, noon)).toHaveLength(1);
    expect(findCondition([null, { type: 'Ready', status: 'True' }], 'Ready')).toEqual({
      type: 'Ready',
      status: 'True',
    });
    expect(findCondition(undefined, 'Ready')).toBeUndefined();
  });

  it('prints times in whole seconds', () => {
    expect(toTime(noon)).toBe('2026-01-01T12:00:00Z');
  });
});
