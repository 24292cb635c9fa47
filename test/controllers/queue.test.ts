import { describe, expect, it } from 'vitest';
import { createQueue, type Next } from '../../shared/controllers/queue.ts';
import { createTestPorts } from '../support/ports.ts';
import { until } from '../support/until.ts';

const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

const start = (work: (key: string) => Promise<Next>, concurrency = 2) => {
  const { log, complaints } = createTestPorts();
  const abort = new AbortController();
  const queue = createQueue({ name: 'test', work, concurrency, log });
  const done = queue.run(abort.signal);
  const stop = (): Promise<void> => {
    abort.abort();
    return done;
  };
  return { queue, complaints, stop };
};

describe('createQueue', () => {
  it('works on a key once for many additions, and once more when it was added meanwhile', async () => {
    const runs: string[] = [];
    const [first, second] = [gate(), gate()];
    const { queue, stop } = start(async key => {
      runs.push(key);
      if (runs.length === 1) await first.opened;
      if (runs.length === 2) second.open();
      return undefined;
    });
    queue.add('a');
    queue.add('a');
    await Promise.resolve();
    queue.add('a');
    queue.add('a');
    first.open();
    await second.opened;
    await stop();
    expect(runs).toEqual(['a', 'a']);
  });

  it('keeps to its concurrency, and never works on one key twice at a time', async () => {
    let most = 0;
    const active = new Set<string>();
    let left = 50;
    const all = gate();
    const { queue, stop } = start(async key => {
      expect(active.has(key)).toBe(false);
      active.add(key);
      most = Math.max(most, active.size);
      await new Promise(resolve => setImmediate(resolve));
      active.delete(key);
      left -= 1;
      if (left === 0) all.open();
      return undefined;
    }, 3);
    for (let i = 0; i < 50; i++) queue.add(`key${i}`);
    await all.opened;
    await stop();
    expect(most).toBe(3);
  });

  it('tries again what failed, and says so until it succeeds', async () => {
    let tries = 0;
    const good = gate();
    const { queue, complaints, stop } = start(async () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      good.open();
      return undefined;
    });
    queue.add('a');
    await good.opened;
    await stop();
    expect(tries).toBe(3);
    expect(complaints.map(({ message }) => message)).toEqual(Array(2).fill('test: failed, will try again'));
    expect([...queue.failing]).toEqual([]);
  });

  it('names what fails', async () => {
    const failed = gate();
    const { queue, stop } = start(async () => {
      failed.open();
      throw new Error('never');
    });
    queue.add('a');
    await failed.opened;
    await new Promise(resolve => setImmediate(resolve));
    expect([...queue.failing]).toEqual([['a', 'never']]);
    await stop();
  });

  it('comes back when asked to, earlier when something happens', async () => {
    let runs = 0;
    const [twice, early] = [gate(), gate()];
    const { queue, stop } = start(async () => {
      runs += 1;
      if (runs === 2) twice.open();
      if (runs === 3) early.open();
      return runs === 1 ? 1 : 3_600_000;
    });
    queue.add('a');
    await twice.opened;
    queue.add('a');
    await early.opened;
    await stop();
    expect(runs).toBe(3);
  });

  it('looks by itself at what others hold', async () => {
    let looks = 0;
    const free = gate();
    const { queue, stop } = start(async () => {
      looks += 1;
      if (looks < 3) return { by: new Set(['things']) };
      free.open();
      return undefined;
    });
    queue.add('a');
    await free.opened;
    await stop();
    expect(looks).toBe(3);
  });

  it('waits for what is under way when it ends, and takes nothing more', async () => {
    const [begun, hold] = [gate(), gate()];
    let finished = false;
    const { queue, stop } = start(async () => {
      begun.open();
      await hold.opened;
      finished = true;
      return undefined;
    });
    queue.add('a');
    await begun.opened;
    const stopped = stop();
    queue.add('b');
    hold.open();
    await stopped;
    expect(finished).toBe(true);
    expect(queue.waiting()).toBe(0);
  });

  it('may run again', async () => {
    const runs: string[] = [];
    const { log } = createTestPorts();
    const queue = createQueue({
      name: 'test',
      async work(key) {
        runs.push(key);
        return undefined;
      },
      concurrency: 1,
      log,
    });
    for (const key of ['a', 'b']) {
      const stop = new AbortController();
      const done = queue.run(stop.signal);
      queue.add(key);
      await until(() => expect(runs).toContain(key));
      stop.abort();
      await done;
    }
    expect(runs).toEqual(['a', 'b']);
  });

  describe('settling', () => {
    const settling = (work: (key: string) => Promise<Next>) => {
      const { log } = createTestPorts();
      return createQueue({ name: 'test', work, concurrency: 2, log });
    };

    it('ends when nothing is due any more, and says whether there was work', async () => {
      const runs: string[] = [];
      const queue = settling(async key => {
        runs.push(key);
        if (key === 'a' && runs.length < 3) queue.add('b', 10);
        return key === 'b' ? 60_000 : undefined;
      });
      expect(await queue.settle()).toBe(false);
      queue.add('a');
      queue.add('c', 5);
      expect(await queue.settle()).toBe(true);
      expect(runs.sort()).toEqual(['a', 'b', 'c']);
      expect(await queue.settle()).toBe(false);
    });

    it('tries some times what fails, then leaves it for the next time', async () => {
      let count = 0;
      const queue = settling(async () => {
        count += 1;
        if (count < 3) throw new Error('not yet');
        return undefined;
      });
      queue.add('a');
      await queue.settle();
      expect(count).toBe(3);
      expect(queue.failing.size).toBe(0);
    });

    it('looks at what others hold when that may have changed, and does not wait for it', async () => {
      let looks = 0;
      let isHeld = true;
      const queue = settling(async () => {
        looks += 1;
        return isHeld ? { by: new Set(['things']) } : undefined;
      });
      queue.add('a');
      await queue.settle();
      expect(await queue.settle(new Set(['others']))).toBe(false);
      expect(await queue.settle(new Set(['others', 'things']))).toBe(true);
      expect(await queue.settle()).toBe(true);
      expect(looks).toBe(3);
      isHeld = false;
      expect(await queue.settle()).toBe(true);
      expect(await queue.settle()).toBe(false);
      expect(looks).toBe(4);
    });

    it('leaves what fails for good', async () => {
      const queue = settling(async () => {
        throw new Error('never');
      });
      queue.add('a');
      await queue.settle();
      expect([...queue.failing]).toEqual([['a', 'never']]);
    });
  });
});
