import { expect, it } from 'vitest';
import { breathe, delay } from '../../shared/base/delay.ts';

it('ends when the time is over', async () => {
  const order: string[] = [];
  const signal = new AbortController().signal;
  await Promise.all([
    delay(20, signal).then(() => order.push('later')),
    delay(1, signal).then(() => order.push('soon')),
  ]);
  expect(order).toEqual(['soon', 'later']);
});

it('ends at once when it is aborted, before or meanwhile', async () => {
  const abort = new AbortController();
  const waiting = delay(3_600_000, abort.signal);
  abort.abort();
  await waiting;
  await delay(3_600_000, abort.signal);
});

it('lets what is due run first', async () => {
  let ran = false;
  setImmediate(() => {
    ran = true;
  });
  await breathe();
  await breathe();
  expect(ran).toBe(true);
});
