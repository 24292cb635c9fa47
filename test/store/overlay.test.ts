import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { overlay } from '../../shared/store/overlay.ts';
import type { Store } from '../../shared/store/store.ts';
import { createTestPorts } from '../support/ports.ts';

interface Step {
  readonly key: string;
  readonly value: number;
  readonly isGone: boolean;
  readonly terms: readonly string[];
}

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom('a/1', 'a/2', 'b/1', 'b/2', 'c'),
  value: fc.nat(255),
  isGone: fc.boolean(),
  terms: fc.subarray(['x', 'y']),
});

const act = async (store: Store, { key, value, isGone, terms }: Step): Promise<void> => {
  const expected = (await store.get('t', key))?.revision ?? 0;
  if (isGone && expected === 0) return;
  const write = isGone
    ? { key, expected, delete: true as const }
    : { key, expected, value: Uint8Array.of(value), terms };
  expect((await store.commit('t', write)).ok).toBe(true);
};

/** All that can be read, but for revisions. */
const seen = async (store: Store) => {
  const strip = (page: Awaited<ReturnType<Store['list']>>) => [
    page.entries.map(({ key, value }) => [key, ...value]),
    page.more,
  ];
  return [
    strip(await store.list('t')),
    strip(await store.list('t', { prefix: 'a/', limit: 1 })),
    strip(await store.list('t', { after: 'a/2', limit: 2 })),
    await store.find('t', 'x'),
    await store.find('t', 'y'),
    (await store.get('t', 'a/1'))?.value.at(0),
  ];
};

test('what is tried over a store reads as if it had been written, and the store stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.array(step, { maxLength: 8 }), async (before, tried) => {
      const ports = createTestPorts();
      const [base, whole] = [createMemoryStore(ports), createMemoryStore(ports)];
      for (const one of before) await act(base, one);
      for (const one of [...before, ...tried]) await act(whole, one);
      const untouched = await seen(base);
      const over = overlay(base);
      for (const one of tried) await act(over, one);
      expect(await seen(over)).toEqual(await seen(whole));
      expect(await seen(base)).toEqual(untouched);
    }),
  );
});

test('a write that expects something else does not happen', async () => {
  const base = createMemoryStore(createTestPorts());
  await base.commit('t', { key: 'k', value: Uint8Array.of(1), expected: 0 });
  const over = overlay(base);
  expect(await over.commit('t', { key: 'k', value: Uint8Array.of(2), expected: 0 })).toMatchObject({
    ok: false,
    failed: 'expected',
    current: { revision: 1 },
  });
  const requires = [{ type: 't', key: 'k', revision: 7 }];
  expect(await over.commit('t', { key: 'l', value: Uint8Array.of(2), expected: 0 }, { requires })).toEqual({
    ok: false,
    failed: 'requires',
    index: 0,
  });
  await expect(over.tail('t', 0, new AbortController().signal)[Symbol.asyncIterator]().next()).rejects.toThrow('tried');
});
