import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { type Change, createFollower } from '../../shared/controllers/follow.ts';
import type { Registry } from '../../shared/kube/registry/registry.ts';
import { type Bench, createBench } from '../support/controllers.ts';

describe('createFollower', () => {
  let bench: Bench;
  let abort: AbortController;
  beforeEach(async () => {
    bench = await createBench();
    abort = new AbortController();
  });
  afterEach(() => abort.abort());

  /** Follows widgets; `next` gives what is seen, one after the other. */
  const watch = (registry: Registry = bench.registry) => {
    const seen: string[] = [];
    let wake = (): void => {};
    const note = (text: string): void => {
      seen.push(text);
      wake();
    };
    const print = ({ key, now, before }: Change<number>): string => `${key} ${before ?? '-'} ${now?.kept ?? '-'}`;
    const follower = createFollower(
      registry,
      {
        type: bench.type('widgets'),
        keep: object => Number(object.spec?.['size']),
        onChange: change => note(print(change)),
        onSynced: () => note('synced'),
      },
      bench.log,
    );
    const catchUp = async (): Promise<string[]> => {
      await follower.catchUp();
      return seen.splice(0);
    };
    const run = () => {
      const done = follower.run(abort.signal);
      return { take, done };
    };
    const take = async (count: number): Promise<string[]> => {
      while (seen.length < count) await new Promise<void>(resolve => (wake = resolve));
      return seen.splice(0, count);
    };
    return { run, catchUp };
  };

  const widget = (name: string, size: number) =>
    bench.create('widgets', { metadata: { namespace: 'default', name }, spec: { size } });
  const ref = (name: string) => ({ namespace: 'default', name });

  it('gives what is there, then what becomes of it', async () => {
    await widget('a', 1);
    const { take, done } = watch().run();
    expect(await take(2)).toEqual(['default/a - 1', 'synced']);
    await widget('b', 2);
    await bench.change('widgets', ref('a'), one => ({ ...one, spec: { size: 3 } }));
    await bench.delete('widgets', ref('b'));
    expect(await take(3)).toEqual(['default/b - 2', 'default/a 1 3', 'default/b 2 -']);
    abort.abort();
    await done;
  });

  it('begins anew when the watch breaks, and misses nothing that happened meanwhile', async () => {
    await widget('a', 1);
    await widget('b', 2);
    let breaks = (): void => {};
    let watches = 0;
    const broken: Registry = {
      ...bench.registry,
      async *watch(type, query, signal) {
        watches += 1;
        const own = new AbortController();
        signal.addEventListener('abort', () => own.abort());
        breaks = () => own.abort();
        yield* bench.registry.watch(type, query, own.signal);
        if (!signal.aborted) throw new Fault('Expired', 'too old');
      },
    };
    const { take, done } = watch(broken).run();
    expect(await take(3)).toEqual(['default/a - 1', 'default/b - 2', 'synced']);
    breaks();
    await bench.delete('widgets', ref('a'));
    await widget('c', 4);
    expect(await take(4)).toEqual(['default/b 2 2', 'default/c - 4', 'default/a 1 -', 'synced']);
    expect(watches).toBe(2);
    abort.abort();
    await done;
  });

  it('catches up when it is asked: with all that exists at first, then with what changed', async () => {
    await widget('a', 1);
    const { catchUp } = watch();
    expect(await catchUp()).toEqual(['default/a - 1', 'synced']);
    expect(await catchUp()).toEqual([]);
    await widget('b', 2);
    await bench.change('widgets', ref('a'), one => ({ ...one, spec: { size: 3 } }));
    await bench.delete('widgets', ref('b'));
    expect(await catchUp()).toEqual(['default/b - 2', 'default/a 1 3', 'default/b 2 -']);
    expect(await catchUp()).toEqual([]);
  });

  it('catches up with an empty type', async () => {
    const { catchUp } = watch();
    expect(await catchUp()).toEqual(['synced']);
    await widget('a', 1);
    expect(await catchUp()).toEqual(['default/a - 1']);
  });

  it('catches up from all that exists when what it missed is not kept any more', async () => {
    await widget('a', 1);
    await widget('b', 2);
    let isTooOld = false;
    const forgetful: Registry = {
      ...bench.registry,
      async *watch(type, query, signal) {
        if (isTooOld && !query.sendInitialEvents) throw new Fault('Expired', 'too old');
        yield* bench.registry.watch(type, query, signal);
      },
    };
    const { catchUp } = watch(forgetful);
    expect(await catchUp()).toEqual(['default/a - 1', 'default/b - 2', 'synced']);
    isTooOld = true;
    await bench.delete('widgets', ref('a'));
    expect(await catchUp()).toEqual(['default/b 2 2', 'default/a 1 -', 'synced']);
  });

  it('says that it could not catch up, and goes on the next time', async () => {
    await widget('a', 1);
    let isBroken = false;
    const broken: Registry = {
      ...bench.registry,
      async *watch(type, query, signal) {
        for await (const event of bench.registry.watch(type, query, signal)) {
          if (isBroken) throw new Fault('ServiceUnavailable', 'the store is away');
          yield event;
        }
      },
    };
    const { catchUp } = watch(broken);
    await catchUp();
    isBroken = true;
    await widget('b', 2);
    await expect(catchUp()).rejects.toThrow('the store is away');
    isBroken = false;
    expect(await catchUp()).toContain('default/b - 2');
  });
});
