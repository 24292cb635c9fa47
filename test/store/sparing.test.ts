import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { sparing } from '../../shared/store/sparing.ts';
import { createClock } from '../conformance/clock.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const open = () => {
  const clock = createClock();
  const { marks } = createMemoryStore({ clock });
  const spared = sparing(marks, 'seen', 60_000, clock);
  const text = async (space: string, key: string) => {
    const value = await marks.get(space, key);
    return value && new TextDecoder().decode(value);
  };
  return { clock, marks, spared, text };
};

it('writes a mark of the space once in a while, each, and every other mark always', async () => {
  const { clock, spared, text } = open();
  const setAll = async (value: string) => {
    await spared.set('seen', 'a', bytes(value));
    await spared.set('fetched', 'a', bytes(value));
  };
  await setAll('1');
  clock.advance(30_000);
  await setAll('2');
  await spared.set('seen', 'b', bytes('2'));
  expect([await text('seen', 'a'), await text('seen', 'b'), await text('fetched', 'a')]).toEqual(['1', '2', '2']);
  clock.advance(30_000);
  await setAll('3');
  expect([await text('seen', 'a'), await text('fetched', 'a')]).toEqual(['3', '3']);
});

describe('in a process that does not remember', () => {
  const openOver = (setAt: () => Promise<number | undefined>) => {
    const { clock, marks, text } = open();
    const written: string[] = [];
    const set = async (space: string, key: string, value: Uint8Array) => {
      written.push(key);
      await marks.set(space, key, value);
    };
    let looks = 0;
    const counted = () => {
      looks++;
      return setAt();
    };
    const spared = sparing({ ...marks, set, setAt: counted }, 'seen', 60_000, clock);
    return { clock, spared, text, written, looks: () => looks };
  };

  it('looks at when somebody wrote it, once, and writes when that is long ago', async () => {
    let at = 0;
    const { clock, spared, written, looks } = openOver(async () => at);
    at = clock.now();
    clock.advance(20_000);
    for (let i = 0; i < 3; i++) await spared.set('seen', 'a', bytes('1'));
    expect([written, looks()]).toEqual([[], 1]);
    clock.advance(40_000);
    await spared.set('seen', 'a', bytes('2'));
    expect([written, looks()]).toEqual([['a'], 2]);
    clock.advance(30_000);
    await spared.set('seen', 'a', bytes('3'));
    expect([written, looks()]).toEqual([['a'], 2]);
  });

  it.each([
    ['nobody did', async () => undefined],
    ['it cannot be asked', async () => Promise.reject(new Error('throttled'))],
    ['a clock led', async () => createClock().now() + 3_600_000],
  ])('writes it when %s', async (_, setAt) => {
    const { spared, text } = openOver(setAt);
    await spared.set('seen', 'a', bytes('1'));
    expect(await text('seen', 'a')).toBe('1');
  });
});

it('writes again what was deleted, or could not be written', async () => {
  const { marks, spared, text } = open();
  await spared.set('seen', 'a', bytes('1'));
  await spared.delete('seen', 'a');
  await spared.set('seen', 'a', bytes('2'));
  expect(await text('seen', 'a')).toBe('2');
  const broken = sparing(
    { ...marks, set: () => Promise.reject(new Error('throttled')) },
    'seen',
    60_000,
    createClock(),
  );
  await expect(broken.set('seen', 'a', bytes('3'))).rejects.toThrow('throttled');
  await expect(broken.set('seen', 'a', bytes('3'))).rejects.toThrow('throttled');
});

it('tells how old a mark may be', () => {
  const { spared } = open();
  expect([spared.lagMs?.('seen'), spared.lagMs?.('fetched')]).toEqual([60_000, 0]);
});

it('reads what is there', async () => {
  const { marks, spared } = open();
  await marks.set('seen', 'a', bytes('1'));
  expect(await spared.getMany('seen', ['a', 'b'])).toEqual([bytes('1'), undefined]);
  const all: string[] = [];
  for await (const { key } of spared.all('seen')) all.push(key);
  expect(all).toEqual(['a']);
});
