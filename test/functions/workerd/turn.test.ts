import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTurn, turnMs, turns } from '../../../functions/workerd/turn.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';

describe('taking turns', () => {
  let now: number;
  let store: ReturnType<typeof createMemoryStore>;
  const clock = { now: () => now };
  beforeEach(() => {
    now = 1_000_000;
    store = createMemoryStore({ clock });
  });
  const turnOf = (name: string) => createTurn({ store, clock, name });
  const set = (...names: string[]) => new Set(names);

  it('is given to the first, who sees what others left meanwhile', async () => {
    const [first, second] = [turnOf('first'), turnOf('second')];
    expect(await first.take(set('a'))).toEqual(set('a'));
    expect(await second.take(set('b'))).toBeUndefined();
    expect(await second.take(set('c', 'b'))).toBeUndefined();
    expect(await first.next()).toEqual(set('b', 'c'));
    expect(await first.next()).toBeUndefined();
    expect(await second.take(set('d'))).toEqual(set('d'));
  });

  it('writes nothing when all is noted already', async () => {
    await turnOf('first').take(set());
    await turnOf('second').take(set('a', 'b'));
    const head = await store.head(turns);
    for (const name of ['third', 'fourth']) expect(await turnOf(name).take(set('a'))).toBeUndefined();
    expect(await store.head(turns)).toBe(head);
  });

  it('goes to another when its holder was not heard for long, with the notes', async () => {
    const first = turnOf('first');
    await first.take(set('a'));
    await turnOf('second').take(set('b'));
    now += turnMs;
    expect(await turnOf('third').take(set('c'))).toEqual(set('b', 'c'));
    expect(await first.next()).toBeUndefined();
    await first.leave();
    expect(await turnOf('fourth').take(set('d'))).toBeUndefined();
  });

  it('that is left keeps the notes for who comes next', async () => {
    const first = turnOf('first');
    await first.take(set('a'));
    await turnOf('second').take(set('b'));
    await first.leave();
    expect(await turnOf('third').take(set())).toEqual(set('b'));
  });

  it('is over when its holder says so, however many come meanwhile', async () => {
    let left = 0;
    const crowded = {
      get: store.get.bind(store),
      commit: async (...args: Parameters<typeof store.commit>) => {
        if (left > 0) await turnOf(`other-${left}`).take(set(`note-${left--}`));
        return store.commit(...args);
      },
    };
    const first = createTurn({ store: crowded, clock, name: 'first' });
    await first.take(set());
    left = 15;
    expect((await first.next())?.size).toBe(15);
    left = 15;
    await first.leave();
    expect((await turnOf('second').take(set()))?.size).toBe(15);
  });

  it('has one holder at a time, and no note is lost, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }),
        async (scheduler, notes) => {
          const own = createMemoryStore({ clock });
          const slow = {
            get: scheduler.scheduleFunction(own.get.bind(own)),
            commit: scheduler.scheduleFunction(own.commit.bind(own)),
          };
          let working = 0;
          const done: string[] = [];
          const visit = async (note: string, at: number): Promise<void> => {
            const turn = createTurn({ store: slow, clock, name: `worker-${at}` });
            let due = await turn.take(set(note));
            if (due) working += 1;
            while (due) {
              expect(working).toBe(1);
              done.push(...due);
              working -= 1;
              due = await turn.next();
              if (due) working += 1;
            }
          };
          await scheduler.waitFor(Promise.all(notes.map(visit)));
          expect(new Set(done)).toEqual(new Set(notes));
        },
      ),
      { numRuns: 200 },
    );
  });
});
