import { describe, expect, it } from 'vitest';
import { type Changed, composeChanged } from '../../shared/compose/changed.ts';

const changed = (name: string): Changed => ({
  type: 'things',
  change: { revision: 1, key: name, value: new Uint8Array(), deleted: false, previous: undefined },
});
const [a, b, c] = [changed('a'), changed('b'), changed('c')];
const { signal } = new AbortController();

/** Which devices each change concerns, and which cannot be composed. */
const compose = async (
  concerns: Record<string, readonly string[] | Error>,
  broken: readonly string[] = [],
  until = signal,
) => {
  const done: string[] = [];
  const failed = await composeChanged(
    {
      async *concerned({ change }) {
        const devices = concerns[change.key];
        if (devices instanceof Error) throw devices;
        yield* devices ?? [];
      },
      async compose({ namespace, name }) {
        done.push(`${namespace}/${name}`);
        if (broken.includes(name)) throw new Error(`${name} is poison`);
      },
    },
    [a, b, c],
    until,
  );
  return { done: done.sort(), failed: [...failed].map(([one, error]) => [one.change.key, String(error)]) };
};

describe('composeChanged', () => {
  it('composes each device once', async () => {
    expect(await compose({ a: ['n/1', 'n/2'], b: ['n/2'], c: [] })).toEqual({ done: ['n/1', 'n/2'], failed: [] });
  });

  it('says of which changes it did not come to an end, and goes on with the others', async () => {
    expect(await compose({ a: ['n/1', 'n/2'], b: ['n/2', 'n/3'], c: ['n/4'] }, ['2', '3'])).toEqual({
      done: ['n/1', 'n/2', 'n/3', 'n/4'],
      failed: [
        ['a', 'Error: 2 is poison'],
        ['b', 'Error: 3 is poison'],
      ],
    });
  });

  it('goes on after a change that cannot be read', async () => {
    expect(await compose({ a: new Error('garbled'), b: ['n/1'] })).toEqual({
      done: ['n/1'],
      failed: [['a', 'Error: garbled']],
    });
  });

  it('leaves what it has no time for', async () => {
    const { done, failed } = await compose({ a: ['n/1'], b: ['n/2'] }, [], AbortSignal.abort(new Error('late')));
    expect([done, failed.map(([key]) => key)]).toEqual([[], ['a', 'b']]);
  });
});
