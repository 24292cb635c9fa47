import { expect, it } from 'vitest';
import { once } from '../../shared/base/once.ts';

it('does a thing once, however many ask at a time', async () => {
  let count = 0;
  const ask = once(async () => ++count);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(1);
});

it('does again what failed', async () => {
  let count = 0;
  const ask = once(async () => {
    if (++count === 1) throw new Error('not yet');
    return count;
  });
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('not yet');
  expect([await ask(), await ask()]).toEqual([2, 2]);
});
