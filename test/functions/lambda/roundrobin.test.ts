import { expect, it } from 'vitest';
import { createRoundRobin } from '../../../functions/lambda/roundrobin.ts';

it('comes to everybody in the end, however little time there is', async () => {
  const takeTurns = createRoundRobin();
  const all = new Map(['a', 'b', 'c', 'd', 'e'].map(name => [name, name]));
  const seen: string[] = [];
  /** Time for so many. */
  const round = (count: number) => {
    const stop = new AbortController();
    let done = 0;
    const act = async (name: string): Promise<void> => {
      seen.push(name);
      done += 1;
      if (done === count) stop.abort();
    };
    return takeTurns(all, act, stop.signal);
  };
  expect(await round(2)).toEqual(['c', 'd', 'e']);
  expect(await round(2)).toEqual(['e', 'a', 'b']);
  expect(await round(4)).toEqual(['d']);
  expect(seen.join('')).toBe('abcdeabc');
  expect(await round(9)).toEqual([]);
  expect(seen.join('')).toBe('abcdeabcdeabc');
  all.delete('a');
  expect(await round(9)).toEqual([]);
});

it('does nothing for nobody', async () => {
  expect(await createRoundRobin()(new Map(), async () => undefined, new AbortController().signal)).toEqual([]);
});
