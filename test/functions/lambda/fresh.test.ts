import { beforeEach, describe, expect, it } from 'vitest';
import { fresh } from '../../../functions/lambda/fresh.ts';
import { createTestPorts } from '../../support/ports.ts';

describe('what is made of a text that may be replaced', () => {
  let text: string | Error;
  let reads: number;
  let ports: ReturnType<typeof createTestPorts>;
  beforeEach(() => {
    text = 'first';
    reads = 0;
    ports = createTestPorts();
  });
  const make = () =>
    fresh({
      ...ports,
      usualAgeMs: () => 300_000,
      async read() {
        reads += 1;
        if (text instanceof Error) throw text;
        return text;
      },
      open: async of => {
        if (of === 'broken') throw new Error('nothing can be made of it');
        return { of };
      },
    });

  it('is the same until the text is another, and is looked at no oftener than is asked', async () => {
    const current = make();
    const first = await current();
    expect(first).toEqual({ of: 'first' });
    text = 'second';
    ports.clock.advance(299_999);
    expect(await current()).toBe(first);
    expect(reads).toBe(1);
    ports.clock.advance(1);
    expect(await current()).toEqual({ of: 'second' });
    text = 'third';
    ports.clock.advance(10_000);
    expect(await current(10_001)).toEqual({ of: 'second' });
    const third = await current(10_000);
    expect(third).toEqual({ of: 'third' });
    expect(await current(0)).toBe(third);
    expect(reads).toBe(4);
  });

  it('is read once for all that ask at the same time', async () => {
    const current = make();
    const all = await Promise.all([current(), current(), current()]);
    expect(new Set(all).size).toBe(1);
    expect(reads).toBe(1);
  });

  it.each([['broken'], [new Error('the secret is away')]])('stays what it was when there is only %s', async bad => {
    const current = make();
    const first = await current();
    text = bad;
    ports.clock.advance(300_000);
    expect(await current()).toBe(first);
    expect(ports.complaints).toHaveLength(1);
    ports.clock.advance(29_000);
    expect(await current()).toBe(first);
    expect(reads).toBe(2);
    text = 'second';
    ports.clock.advance(1_000);
    expect(await current()).toEqual({ of: 'second' });
  });

  it('says what is wrong at first, and tries again', async () => {
    text = new Error('the secret is away');
    const current = make();
    await expect(current()).rejects.toThrow('the secret is away');
    text = 'first';
    expect(await current()).toEqual({ of: 'first' });
  });
});
