import { expect, it } from 'vitest';
import { parseDuration } from '../../shared/base/duration.ts';
import { watchCpu } from '../support/cpu.ts';

it.each<[string, number | undefined]>([
  ['0', 0],
  ['-0', 0],
  ['5s', 5000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['300ms', 300],
  ['2us', 0.002],
  ['-5m', -300_000],
  ['+5m', 300_000],
  ['', undefined],
  ['5', undefined],
  ['s', undefined],
  ['5 s', undefined],
  ['5d', undefined],
  ['soon', undefined],
  ['1e3s', undefined],
  ['9999999999h', undefined],
])('reads %j as %s ms', (text, ms) => {
  const parsed = parseDuration(text);
  expect(parsed === undefined ? undefined : parsed + 0).toBe(ms);
});

it('takes no long time for a text that is nearly a duration', () => {
  const spent = watchCpu();
  expect(parseDuration(`${'11111111111111111111s'.repeat(100)}!`)).toBeUndefined();
  expect(spent()).toBeLessThan(1000);
});
