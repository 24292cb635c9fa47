import { describe, expect, it } from 'vitest';
import { toHumanDuration } from '../../../shared/kube/describe/duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

describe('toHumanDuration', () => {
  it.each<[number, string]>([
    [0, '0s'],
    [999, '0s'],
    [second, '1s'],
    [-second, '0s'],
    [-1999, '0s'],
    [-2 * second, '<invalid>'],
    [70 * second, '70s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [190 * second, '3m10s'],
    [10 * minute - second, '9m59s'],
    [10 * minute, '10m'],
    [10 * minute + 30 * second, '10m'],
    [3 * hour - second, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [8 * hour, '8h'],
    [8 * hour + 59 * minute, '8h'],
    [48 * hour - second, '47h'],
    [48 * hour, '2d'],
    [49 * hour, '2d1h'],
    [8 * day - hour, '7d23h'],
    [8 * day + hour, '8d'],
    [2 * year - hour, '729d'],
    [2 * year, '2y'],
    [2 * year + day, '2y1d'],
    [8 * year - hour, '7y364d'],
    [8 * year + 30 * day, '8y'],
  ])('%i ms: %s', (milliseconds, text) => {
    expect(toHumanDuration(milliseconds)).toBe(text);
  });
});
