import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTurns } from '../../shared/compose/work.ts';

/** In which turn of the event loop each of some callers went on, all of whom called in the first. */
const turnsOf = async (callers: number, atOnce: number): Promise<number[]> => {
  const turn = createTurns(atOnce);
  const turns: number[] = [];
  let now = 0;
  const calls = Array.from({ length: callers }, async () => {
    await turn();
    turns.push(now);
  });
  while (turns.length < callers) {
    await new Promise(resolve => setImmediate(resolve));
    now += 1;
  }
  await Promise.all(calls);
  return turns;
};

test.each([
  { callers: 1, atOnce: 1, turns: [1] },
  { callers: 1, atOnce: 4, turns: [1] },
  { callers: 3, atOnce: 1, turns: [1, 2, 3] },
  { callers: 6, atOnce: 4, turns: [1, 5, 5, 5, 5, 6] },
])('$callers callers, $atOnce at once, go on in turns $turns', async ({ callers, atOnce, turns }) => {
  // What goes on is counted in the turn that follows it.
  expect((await turnsOf(callers, atOnce)).map(turn => turn + 1)).toEqual(turns);
});

test('never more go on than turns have gone by', async () => {
  const counts = fc.record({ callers: fc.integer({ min: 1, max: 30 }), atOnce: fc.integer({ min: 1, max: 8 }) });
  await fc.assert(
    fc.asyncProperty(counts, async ({ callers, atOnce }) => {
      const turns = await turnsOf(callers, atOnce);
      for (const turn of turns) expect(turns.filter(other => other <= turn).length).toBeLessThanOrEqual(turn + 1);
      expect(turns).toEqual([...turns].sort((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test('a caller who comes when nobody waits any more goes on in the next turn', async () => {
  const turn = createTurns(4);
  for (let at = 0; at < 5; at += 1) {
    let hasGone = false;
    void turn().then(() => {
      hasGone = true;
    });
    await new Promise(resolve => setImmediate(resolve));
    await new Promise(resolve => setImmediate(resolve));
    expect(hasGone).toBe(true);
  }
});
