import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { type Change, follow } from '../../shared/controllers/follow.ts';
import type { Registry } from '../../shared/kube/registry/registry.ts';
import { type Bench, createBench } from '../support/controllers.ts';

describe('follow', () => {
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
    const done = follow(
      registry,
      {
        type: bench.type('widgets'),
        keep: object => Number(object.spec?.['size']),
        onChange: change => note(print(change)),
        onSynced: () => note('synced'),
      },
      { log: bench.log, signal: abort.signal },
    );
    const take = async (count: number): Promise<string[]> => {
      while (seen.length < count) await new Promise<void>(resolve => (wake = resolve));
      return seen.splice(0, count);
    };
    return { take, done };
  };

  const widget = (name: string, size: number) =>
    bench.create('widgets', { metadata: { namespace: 'default', name }, spec: { size } });
  const ref = (name: string) => ({ namespace: 'default', name });

  it('gives what is there, then what becomes of it', async () => {
    await widget('a', 1);
    const { take, done } = watch();
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
    const { take, done } = watch(broken);
    expect(await take(3)).toEqual(['default/a - 1', 'default/b - 2', 'synced']);
    breaks();
    await bench.delete('widgets', ref('a'));
    await widget('c', 4);
    expect(await take(4)).toEqual(['default/b 2 2', 'default/c - 4', 'default/a 1 -', 'synced']);
    expect(watches).toBe(2);
    abort.abort();
    await done;
  });
});
