import { expect, test } from 'vitest';
import { createMemoryBlobs } from '../../shared/blob/drivers/memory.ts';
import { lazyBlobs } from '../../shared/blob/lazyblobs.ts';
import { describeBlobs } from '../conformance/blobs.ts';
import { createClock } from '../conformance/clock.ts';

describeBlobs('lazy', async () => {
  const blobs = lazyBlobs(async () => createMemoryBlobs({ clock: createClock() }));
  return {
    isShared: false,
    largeBytes: 1 << 20,
    open: async () => blobs,
    clear: async () => {
      for await (const { key } of blobs.list('')) await blobs.delete([key]);
    },
    remove: async () => {},
  };
});

/** Lazy blobs, and what became of those within. */
const start = () => {
  const events: string[] = [];
  const blobs = lazyBlobs(async () => {
    events.push('opened');
    return { ...createMemoryBlobs({ clock: createClock() }), close: async () => void events.push('closed') };
  });
  return { blobs, events };
};

test('what nobody used is neither opened nor closed', async () => {
  const { blobs, events } = start();
  await blobs.close();
  expect(events).toEqual([]);
});

test('what could not be opened is opened with the next use', async () => {
  let tries = 0;
  const blobs = lazyBlobs(async () => {
    if (++tries === 1) throw new Error('not now');
    return createMemoryBlobs({ clock: createClock() });
  });
  await expect(blobs.head('a')).rejects.toThrow('not now');
  expect(await blobs.head('a')).toBe(undefined);
});

test('what could not be opened is no trouble at the end', async () => {
  const blobs = lazyBlobs(async () => {
    throw new Error('not now');
  });
  await expect(blobs.head('a')).rejects.toThrow('not now');
  await expect(blobs.close()).resolves.toBeUndefined();
});

test('what many use at once is opened once, and closed', async () => {
  const { blobs, events } = start();
  await Promise.all([blobs.head('a'), blobs.get('b'), blobs.put('c', Uint8Array.of(1))]);
  await blobs.close();
  expect(events).toEqual(['opened', 'closed']);
});
