import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Begun, type Composed, composeChanged } from '../../shared/compose/changed.ts';

const { signal } = new AbortController();
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const begin = (...causes: string[]): Begun<string>[] => causes.map(cause => ({ cause, after: '' }));

/** Which devices each cause concerns, and which cannot be composed. */
const compose = async (
  concerns: Record<string, readonly string[] | Error>,
  { broken = [], until = signal }: { broken?: readonly string[]; until?: AbortSignal } = {},
) => {
  const done: string[] = [];
  const { failed, left } = await composeChanged(
    {
      async *concerned(cause) {
        const devices = concerns[cause];
        if (devices instanceof Error) throw devices;
        for (const key of devices ?? []) yield { key, at: key };
      },
      async compose({ namespace, name }) {
        done.push(`${namespace}/${name}`);
        if (broken.includes(name)) throw new Error(`${name} is poison`);
      },
    },
    begin('a', 'b', 'c'),
    until,
  );
  return {
    done: done.sort(),
    failed: [...failed].map(([cause, { error, keys }]) => [cause, String(error), ...keys]),
    left: [...left],
  };
};

describe('composeChanged', () => {
  it('composes each device once', async () => {
    const outcome = await compose({ a: ['n/1', 'n/2'], b: ['n/2'], c: [] });
    expect(outcome).toEqual({ done: ['n/1', 'n/2'], failed: [], left: [] });
  });

  it('says of which causes it did not come to an end, and goes on with the others', async () => {
    const concerns = { a: ['n/1', 'n/2'], b: ['n/2', 'n/3'], c: ['n/4'] };
    const { done, failed, left } = await compose(concerns, { broken: ['2', '3'] });
    expect(done).toEqual(['n/1', 'n/2', 'n/3', 'n/4']);
    expect(failed).toEqual([
      ['a', 'Error: 2 is poison', 'n/2'],
      ['b', 'Error: 2 is poison', 'n/2', 'n/3'],
    ]);
    expect(left).toEqual([]);
  });

  it('goes on after a cause that cannot be read', async () => {
    expect(await compose({ a: new Error('garbled'), b: ['n/1'] })).toEqual({
      done: ['n/1'],
      failed: [['a', 'Error: garbled']],
      left: [],
    });
  });

  it('leaves what it has no time for', async () => {
    const { done, left } = await compose({ a: ['n/1'], b: ['n/2'] }, { until: AbortSignal.abort() });
    expect(done).toEqual([]);
    expect(left).toEqual([
      ['a', ''],
      ['b', ''],
      ['c', ''],
    ]);
  });

  it('leaves no device out, however often time is up, and does none for nothing but those that were under work', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 120 }), fc.infiniteStream(fc.nat(4)), async (count, waits) => {
        const keys = Array.from({ length: count }, (_, i) => `n/${String(i).padStart(3, '0')}`);
        const done: string[] = [];
        let after: string | undefined = '';
        let rounds = 0;
        while (after !== undefined) {
          rounds += 1;
          expect(rounds).toBeLessThan(keys.length + 2);
          const stop = new AbortController();
          let budget = 1 + (waits.next().value ?? 0) * 7;
          const outcome: Composed<string> = await composeChanged(
            {
              async *concerned(_: string, from: string) {
                for (const key of keys.filter(one => one > from)) yield { key, at: key };
              },
              async compose({ name }) {
                for (let turns = waits.next().value ?? 0; turns > 0; turns -= 1) await turn();
                done.push(`n/${name}`);
                budget -= 1;
                if (budget <= 0) stop.abort();
              },
            },
            [{ cause: 'a', after }],
            stop.signal,
          );
          after = outcome.left.get('a');
        }
        expect([...new Set(done)].sort()).toEqual(keys);
        // Those that were done out of order, just before time was up.
        expect(done.length - keys.length).toBeLessThanOrEqual(16 * rounds);
      }),
      { numRuns: 60 },
    );
  });
});
