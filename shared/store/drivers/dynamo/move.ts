import { Fault } from '../../../base/fault.ts';
import type { Kept, Movable, Snapshot, TypeSnapshot } from '../../movable.ts';
import type { GatheredMarks } from './gathered.ts';
import { Notes } from './notes.ts';
import type { Parts } from './parts.ts';
import { formatAttribute, mustKnow, toNote, toNumber, toObject } from './rows.ts';
import type { Shelf } from './shelf.ts';
import { States } from './states.ts';
import type { Item } from './table.ts';

export interface MoveParts {
  readonly parts: Parts;
  readonly marks: Pick<GatheredMarks, 'everything'>;
  shelf(type: string): Shelf;
  /** What was read of a type is no more. */
  forget(type: string): void;
}

/** Takes all types out of the table, and puts types into it. */
export const createMove = ({ parts, marks, shelf, forget }: MoveParts): Movable => ({
  async snapshot(): Promise<Snapshot> {
    const types = await new States(parts).all();
    const counts = await readCounts(parts, types);
    return {
      types: types.flatMap((type, i): TypeSnapshot[] => {
        const revision = counts[i] ?? 0;
        return revision === 0 ? [] : [{ type, revision, entries: () => entriesAt(shelf(type), revision) }];
      }),
      marks: () => marks.everything(),
    };
  },

  async fill(type, revision, entries): Promise<void> {
    await mustBeFillable(parts, type);
    const { table, names, clock } = parts;
    let waiting: Promise<void>[] = [];
    for await (const entry of entries) {
      waiting.push(put(parts, type, entry));
      if (waiting.length < atOnce) continue;
      await Promise.all(waiting);
      waiting = [];
    }
    await Promise.all(waiting);
    const at = clock.now();
    await table.put(toNote(names.state(type), { resolved: revision, compacted: revision, at, since: at }));
    // Last of all: without it the type was never written.
    await table.put({ ...names.counter(type), ...formatAttribute, n: revision, at });
    forget(type);
  },
});

/** Puts on their way at a time. */
const atOnce = 32;

/**
 * How many tickets each type has given, at one instant. A write takes its ticket after it was begun: so all that it may know of
 * has a ticket below these counts when it has one itself. More types than one transaction takes are read before and after it: those
 * that stand still meanwhile need not be in it.
 */
const readCounts = async ({ table, names, delay }: Parts, types: readonly string[]): Promise<number[]> => {
  const read = async (some: readonly string[]): Promise<Map<string, number>> => {
    const counts = new Map<string, number>();
    for (let i = 0; i < some.length; i += maxTogether) {
      const chunk = some.slice(i, i + maxTogether);
      const items = await table.transactGet(chunk.map(type => names.counter(type)));
      for (const [at, type] of chunk.entries()) counts.set(type, toCount(items[at]));
    }
    return counts;
  };
  let known = await read(types);
  const inOrder = (): number[] => types.map(type => known.get(type) ?? 0);
  if (types.length <= maxTogether) return inOrder();
  let moving: readonly string[] = [];
  for (let tries = 0; tries < maxTries; tries++) {
    const still = types.filter(type => !moving.includes(type));
    const [instant, after] = [await read(moving), await read(still)];
    const isMoved = (type: string): boolean => (instant.get(type) ?? after.get(type)) !== known.get(type);
    const moved = still.filter(isMoved);
    const before = moving;
    moving = [...moved, ...before.filter(isMoved), ...before.filter(type => !isMoved(type))].slice(0, maxTogether);
    known = new Map([...known, ...instant, ...after]);
    if (moved.length === 0) return inOrder();
    await delay(50);
  }
  throw new Fault(
    'ServiceUnavailable',
    `More than ${maxTogether} types are written just now, too many to take a backup. Try again in a quieter moment.`,
  );
};

const maxTogether = 100;
const maxTries = 40;

const toCount = (item: Item | undefined): number => {
  if (item === undefined) return 0;
  mustKnow(item);
  return toNumber(item['n']);
};

async function* entriesAt({ reader }: Shelf, at: number): AsyncGenerator<Kept> {
  let after: string | undefined;
  for (;;) {
    const page = await reader.listKept({ at, limit: pageSize, ...(after !== undefined && { after }) });
    yield* page.entries;
    after = page.entries.at(-1)?.key;
    if (!page.more) return;
  }
}

const pageSize = 500;

const mustBeFillable = async ({ table, names }: Parts, type: string): Promise<void> => {
  const [counter, state] = await table.batchGet([names.counter(type), names.state(type)]);
  if (toCount(counter) > toNumber(state?.['compacted'] ?? 0)) {
    throw new Fault('Conflict', `${type} was written already; only what was never written can be filled.`);
  }
};

/** Index terms, expiry and blob first, as a write does. */
const put = async (parts: Parts, type: string, { key, value, revision, terms, expiresAt }: Kept): Promise<void> => {
  const { table, names, values, clock } = parts;
  const now = clock.now();
  const write = { key, value, expected: 0, terms, ...(expiresAt !== undefined && { expiresAt }) };
  await new Notes(parts, type).add(write, undefined, revision);
  const packed = await values.spill(values.pack(value), now);
  if (packed.as === 'b') await table.put(toNote(names.blob(packed.blob)));
  await table.put(toObject(names.object(type, key), { revision, at: ago, packed, terms, expiresAt }, 0));
};

/** No row of the log has these entries: like what is older than the log, they go with what replaces them. */
const ago = 0;
