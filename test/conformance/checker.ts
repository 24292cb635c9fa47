import { setMaxListeners } from 'node:events';
import { expect } from 'vitest';
import { Fault, isFault } from '../../shared/base/fault.ts';
import type { Change, Write } from '../../shared/store/store.ts';
import type { MarkedStore, StoreSetup } from './store.ts';

/**
 * Writers, watchers, listers, sweeps, closings and crashes at once, in an order that the seed decides as far as the driver
 * lets it; then an oracle looks at everything that anybody saw. Returns the store, open.
 */
export const checkStore = async (setup: StoreSetup, seed: number, writes = 1200): Promise<MarkedStore> => {
  const world = new World(setup, seed, writes, await setup.open(limits));
  const writers = Promise.all(Array.from({ length: 8 }, () => world.write())).finally(() => world.end());
  await Promise.all([
    writers,
    ...Array.from({ length: 4 }, () => world.watch()),
    ...Array.from({ length: 2 }, () => world.list()),
    world.record(),
    world.find(),
    world.read(),
    world.disturb(),
  ]);
  await judge(world);
  return world.store;
};

const type = 'objects/checked';
const keys = Array.from({ length: 24 }, (_, i) => `ns${i % 3}/k${i}`);
const limits = { historyMs: 1000, historyMin: 80 };

interface Attempt {
  readonly write: Write;
  readonly text: string;
  result: { ok: true; revision: number } | { ok: false } | 'unknown';
}

interface Read {
  readonly key: string;
  /** What was found; 0: nothing. */
  readonly revision: number;
  /** The latest write of the key that was acknowledged before the read began; 0: none. */
  readonly acknowledged: number;
}

interface Find {
  readonly term: string;
  readonly keys: readonly string[];
  /** Heads before and after. */
  readonly from: number;
  readonly to: number;
  /** How many writes had begun when it ended. */
  readonly begun: number;
}

class World {
  readonly attempts: Attempt[] = [];
  readonly log: Change[] = [];
  /** Everything up to this revision is in the log. */
  recorded = 0;
  readonly watches: { from: number; changes: Change[] }[] = [];
  readonly lists: { revision: number; entries: [string, number][] }[] = [];
  readonly finds: Find[] = [];
  readonly reads: Read[] = [];
  store: MarkedStore;
  /** Revisions may have gaps, at which nothing happened. */
  readonly isSparse: boolean;
  readonly showsEarly: boolean;
  readonly writes: number;
  readonly #random: () => number;
  readonly #setup: StoreSetup;
  #stopped = new AbortController();
  readonly #everything = new AbortController();
  readonly #waiting: (() => void)[] = [];
  readonly #acknowledged = new Map<string, number>();

  constructor(setup: StoreSetup, seed: number, writes: number, store: MarkedStore) {
    this.writes = writes;
    this.#setup = setup;
    this.showsEarly = setup.without?.atomicity ?? false;
    this.isSparse = setup.without?.density ?? false;
    setMaxListeners(0, this.#everything.signal, this.#stopped.signal);
    this.#random = createRandom(seed);
    this.store = store;
  }

  /** Nothing new is begun from here on. */
  end(): void {
    this.#everything.abort();
    this.#tick();
  }

  /** Reads, dawdles, writes with what it read: sometimes it is late and must be refused. */
  async write(): Promise<void> {
    while (this.attempts.length < this.writes) {
      await this.#dawdle();
      const key = this.#pick(keys);
      try {
        const expected = this.#random() < 0.15 ? 0 : ((await this.store.get(type, key))?.revision ?? 0);
        if (this.#random() < 0.3) await this.#dawdle();
        await this.#attempt(key, expected);
      } catch (error) {
        this.#mustBeClosing(error);
      }
    }
  }

  async #attempt(key: string, expected: number): Promise<void> {
    const text = `${this.attempts.length}`;
    const value = new TextEncoder().encode(text);
    const write: Write =
      this.#random() < 0.25
        ? { key, expected, delete: true, last: value }
        : { key, expected, value, terms: [toTerm(text)] };
    const attempt: Attempt = { write, text, result: 'unknown' };
    this.attempts.push(attempt);
    const { store } = this;
    const outcome = await store.commit(type, write).finally(() => this.#tick());
    if (this.store !== store) return; // A process that crashed meanwhile told nobody.
    attempt.result = outcome.ok ? { ok: true, revision: outcome.revision } : { ok: false };
    if (outcome.ok) this.#acknowledged.set(key, Math.max(outcome.revision, this.#acknowledged.get(key) ?? 0));
    if (!outcome.ok && outcome.failed === 'expected' && !('delete' in write && expected === 0)) {
      expect(outcome.current?.revision ?? 0, 'a refusal shows why').not.toBe(expected);
    }
  }

  /** Lists or not, then follows; disconnects now and then and goes on from where it was. */
  async watch(): Promise<void> {
    while (!this.#everything.signal.aborted) {
      try {
        const { revision } = await this.store.list(type);
        const watch = { from: revision, changes: [] as Change[] };
        this.watches.push(watch);
        await this.#resume(watch);
      } catch (error) {
        if (!isFault(error, 'Expired')) this.#mustBeClosing(error);
      }
      await this.#dawdle();
    }
  }

  async #resume(watch: { from: number; changes: Change[] }): Promise<void> {
    for (let i = 0; i < 4 && !this.#everything.signal.aborted; i++) {
      const stop = new AbortController();
      const after = watch.changes.at(-1)?.revision ?? watch.from;
      const signal = AbortSignal.any([stop.signal, this.#stopped.signal, this.#everything.signal]);
      for await (const batch of this.store.tail(type, after, signal)) {
        watch.changes.push(...batch.changes);
        if (this.#random() < 0.1) stop.abort();
        if (this.#random() < 0.2) await this.#dawdle();
      }
      await this.#dawdle();
    }
  }

  /** Whole lists, lists in pages at the first page's revision, lists at some earlier revision. */
  async list(): Promise<void> {
    while (!this.#everything.signal.aborted) {
      await this.#writesPass(6);
      await this.#dawdle();
      try {
        const limit = 1 + Math.floor(this.#random() * 9);
        const head = await this.store.head(type);
        const at = this.#random() < 0.4 ? Math.max(0, head - Math.floor(this.#random() * 60)) : undefined;
        let page = await this.store.list(type, { limit, ...(at !== undefined && { at }) });
        const { revision } = page;
        const entries = [...page.entries];
        while (page.more) {
          await this.#dawdle();
          page = await this.store.list(type, { limit, at: revision, after: entries.at(-1)?.key ?? '' });
          entries.push(...page.entries);
        }
        this.lists.push({ revision, entries: entries.map(e => [e.key, e.revision]) });
      } catch (error) {
        if (!isFault(error, 'Expired')) this.#mustBeClosing(error);
      }
    }
  }

  async find(): Promise<void> {
    while (!this.#everything.signal.aborted) {
      await this.#writesPass(4);
      await this.#dawdle();
      try {
        const { store } = this;
        const term = `mod=${Math.floor(this.#random() * 3)}`;
        const from = await store.head(type);
        const found =
          this.#random() < 0.5
            ? await store.find(type, term)
            : (await store.findEntries(type, term)).map(({ key }) => key);
        const find = { term, keys: found, from, to: await store.head(type), begun: this.attempts.length };
        if (this.store === store) this.finds.push(find);
      } catch (error) {
        this.#mustBeClosing(error);
      }
    }
  }

  async read(): Promise<void> {
    while (!this.#everything.signal.aborted) {
      await this.#writesPass(1);
      await this.#dawdle();
      try {
        const { store } = this;
        const key = this.#pick(keys);
        const acknowledged = this.#acknowledged.get(key) ?? 0;
        const revision = (await store.get(type, key))?.revision ?? 0;
        if (this.store === store) this.reads.push({ key, revision, acknowledged });
      } catch (error) {
        this.#mustBeClosing(error);
      }
    }
  }

  /** Writes down every change there is. */
  async record(): Promise<void> {
    for (;;) {
      const isLast = this.#everything.signal.aborted;
      try {
        if (isLast && (await this.store.head(type)) <= this.recorded) return;
        const running = AbortSignal.any([this.#stopped.signal, this.#everything.signal]);
        const signal = isLast ? new AbortController().signal : running;
        for await (const batch of this.store.tail(type, this.recorded, signal)) {
          this.log.push(...batch.changes);
          this.recorded = batch.revision;
          if (isLast) break;
        }
      } catch (error) {
        this.#mustBeClosing(error);
      }
      await nextTurn();
    }
  }

  /** Time passes, history is swept, the store ends well or badly and comes back. */
  async disturb(): Promise<void> {
    while (!this.#everything.signal.aborted) {
      await this.#writesPass(20);
      this.#setup.clock.advance(Math.floor(this.#random() * 400));
      if (this.#random() < 0.5) await this.store.sweep();
      if (!this.#setup.isDurable || this.#random() < 0.7) continue;
      const former = this.store;
      // From the crash on nobody hears from the former process, even though its object still runs here.
      const isCrash = this.#setup.crash !== undefined && this.#random() < 0.6;
      if (isCrash) this.#setup.crash?.();
      this.store = deadStore;
      this.#stopped.abort();
      this.#stopped = new AbortController();
      setMaxListeners(0, this.#stopped.signal);
      if (!isCrash) await former.close();
      this.store = await this.#setup.open(limits);
      await former.close();
    }
  }

  /** Until so many more writes were answered, so that how fast a disk is decides nothing. */
  async #writesPass(count: number): Promise<void> {
    for (let i = 0; i < count && !this.#everything.signal.aborted; i++) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  #tick(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  #mustBeClosing(error: unknown): void {
    if (!isFault(error, 'ServiceUnavailable')) throw error;
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random() * this.#random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick');
    return item;
  }

  async #dawdle(): Promise<void> {
    const turns = Math.floor(this.#random() * 4);
    for (let i = 0; i < turns; i++) await nextTurn();
  }
}

const deadStore = new Proxy({} as MarkedStore, {
  get: () => () => {
    throw new Fault('ServiceUnavailable', 'crashed');
  },
});

/** Looks at what everybody saw, with the log as the truth. */
const judge = async (world: World): Promise<void> => {
  const { log } = world;
  if (!world.isSparse) expect(world.recorded, 'no gap').toBe(log.length);
  const states = replay(log, world.recorded);
  const texts = new Map(log.map(change => [decode(change.value), change]));
  expect(texts.size, 'nothing is written twice').toBe(log.length);
  for (const { write, text, result } of world.attempts) {
    const change = texts.get(text);
    if (result === 'unknown') continue;
    expect(change?.revision, `write ${text}`).toBe(result.ok ? result.revision : undefined);
    if (change === undefined) continue;
    expect(change).toMatchObject({ key: write.key, deleted: 'delete' in write });
    expect(change.previous?.revision ?? 0, 'compare and swap').toBe(write.expected);
  }
  for (const { from, changes } of world.watches) {
    const slice = log.filter(change => change.revision > from).slice(0, changes.length);
    expect(changes.map(toLine), 'a watch is a slice of the log').toEqual(slice.map(toLine));
  }
  for (const { revision, entries } of world.lists) {
    expect(entries, `list at ${revision}`).toEqual(toEntries(states[revision]));
  }
  judgeReads(world);
  judgeFinds(world, states);
  const last = await world.store.list(type);
  expect(last.revision).toBe(world.recorded);
  expect(last.entries.map(e => [e.key, e.revision])).toEqual(toEntries(states.at(-1)));
  expect(world.lists.length, 'it was busy').toBeGreaterThan(world.writes / 120);
};

/** The state at each revision. Checks that revisions rise and that each change knows what it replaced. */
const replay = (log: readonly Change[], last: number): Map<string, Change>[] => {
  const states: Map<string, Change>[] = [new Map()];
  for (const change of log) {
    expect(change.revision, 'in order').toBeGreaterThanOrEqual(states.length);
    const before = states.at(-1) ?? new Map<string, Change>();
    while (states.length < change.revision) states.push(before);
    const state = new Map(before);
    const present = before.get(change.key);
    expect(change.previous?.revision, 'chain').toBe(present?.revision);
    expect(change.previous?.value).toEqual(present?.value);
    if (change.deleted) state.delete(change.key);
    else state.set(change.key, change);
    states.push(state);
  }
  while (states.length <= last) states.push(states.at(-1) ?? new Map());
  return states;
};

/** Whoever reads a key sees every write of it that was acknowledged before, and nothing that never was. */
const judgeReads = ({ log, reads }: World): void => {
  const present = new Map(log.filter(({ deleted }) => !deleted).map(change => [change.revision, change.key]));
  for (const { key, revision, acknowledged } of reads) {
    if (revision > 0) {
      expect(present.get(revision), `read of ${key}`).toBe(key);
      expect(revision, `read of ${key}`).toBeGreaterThanOrEqual(acknowledged);
    } else {
      const isGone = log.some(change => change.key === key && change.deleted && change.revision >= acknowledged);
      expect(isGone || acknowledged === 0, `${key} was at ${acknowledged}, and is not found`).toBe(true);
    }
  }
  expect(reads.length, 'it was read').toBeGreaterThan(0);
};

/** What was found had the term at some moment of the search; what had it all the time was found. */
const judgeFinds = (world: World, states: readonly Map<string, Change>[]): void => {
  const revisions = new Map(world.log.map(change => [decode(change.value), change.revision]));
  for (const { term, keys: found, from, to, begun } of world.finds) {
    // Where a write may be seen shortly before the head tells of it, it counts from its beginning.
    const writes = world.showsEarly ? world.attempts.slice(0, begun) : [];
    const last = Math.max(from, to, ...writes.map(({ text }) => revisions.get(text) ?? 0));
    const during = states.slice(from, last + 1);
    for (const key of keys) {
      const has = (state: Map<string, Change>): boolean => {
        const change = state.get(key);
        return change !== undefined && toTerm(decode(change.value)) === term;
      };
      if (during.every(has)) expect(found, `${term} at ${from}`).toContain(key);
      if (!during.some(has)) expect(found, `${term} at ${from}`).not.toContain(key);
    }
  }
};

const toEntries = (state: Map<string, Change> | undefined): [string, number][] =>
  [...(state ?? [])].map(([key, change]): [string, number] => [key, change.revision]).sort(byKey);

const byKey = (a: [string, number], b: [string, number]): number => (a[0] < b[0] ? -1 : 1);

const toTerm = (text: string): string => `mod=${Number(text) % 3}`;
const toLine = (change: Change): string =>
  `${change.revision} ${change.deleted ? '-' : '+'}${change.key}=${decode(change.value)}`;
const decode = (value: Uint8Array): string => new TextDecoder().decode(value);

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** A small generator with a seed, after mulberry32. */
export const createRandom = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
