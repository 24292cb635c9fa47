import type { Blobs } from '../../../blob/blobs.ts';
import type { Outcome, Write } from '../../store.ts';
import type { Journal } from './journal.ts';
import { hourMs, shards, toHour, toSlot } from './names.ts';
import { readPartition } from './partition.ts';
import type { Parts } from './parts.ts';
import { keepMs } from './parts.ts';
import type { Reader } from './reader.ts';
import { formatAttribute, mustKnow, toNote, toNumber } from './rows.ts';
import { States } from './states.ts';
import type { Item } from './table.ts';
import { absent } from './table.ts';
import { isBlobName } from './values.ts';

/** What a sweep needs beside the table. */
export interface Broom {
  readonly parts: Parts;
  readonly blobs: Blobs | undefined;
  journal(type: string): Journal;
  reader(type: string): Reader;
  commit(type: string, write: Write): Promise<Outcome>;
}

/**
 * Ends what dead writers left, lets history go, deletes what has expired, and blobs that nobody uses. Looks at a few items of
 * each type and at what is due; never at all entries.
 */
export const sweep = async (broom: Broom): Promise<void> => {
  const { parts } = broom;
  for (const type of await new States(parts).known()) {
    const journal = broom.journal(type);
    await journal.advance({ isPoll: true, isFresh: true });
    await journal.note();
    await compact(parts, journal);
    if (broom.blobs !== undefined) await dropGarbage(broom, broom.blobs, journal);
  }
  await expire(broom);
  if (broom.blobs !== undefined) await dropOrphans(broom, broom.blobs);
};

/** Rows lie nearly in the order of their times: the border is looked for by halves. */
const compact = async ({ clock, limits }: Parts, journal: Journal): Promise<void> => {
  const now = clock.now();
  const isPast = async (revision: number): Promise<boolean> => {
    const at = (await journal.row(revision))?.at ?? 0;
    const isOld = at <= now - limits.historyMs && revision <= journal.head - limits.historyMin;
    return isOld || at <= now - keepMs;
  };
  let past = journal.compacted;
  let kept = journal.head + 1;
  if (past + 1 >= kept || !(await isPast(past + 1))) return;
  while (kept - past > 1) {
    const middle = Math.floor((past + kept) / 2);
    if (await isPast(middle)) past = middle;
    else kept = middle;
  }
  await journal.compact(past);
};

/** Blobs whose entries were replaced at a revision that is no longer within history. */
const dropGarbage = async ({ parts }: Broom, blobs: Blobs, journal: Journal): Promise<void> => {
  const { table, names, values } = parts;
  if (journal.compacted === 0) return;
  const between: [string, string] = ['0', `${toSlot(journal.compacted)}#~`];
  for await (const item of readPartition(table, { PK: names.garbageOf(journal.type), between })) {
    const name = item['b'];
    if (typeof name !== 'string') {
      parts.passOver(`garbage of ${journal.type}`);
      continue;
    }
    await blobs.delete([values.toKey(name)]);
    await table.batchDelete([{ PK: item.PK, SK: item.SK }, names.blob(name)]);
  }
};

/** Goes through the hours up to now, and remembers which are done with. */
const expire = async (broom: Broom): Promise<void> => {
  const { table, names, clock } = broom.parts;
  const first = await table.get(names.firstExpiry);
  if (first?.['hour'] === undefined) return;
  mustKnow(first);
  const from = toNumber(first['hour']);
  const now = clock.now();
  let done = from;
  for (let hour = from; hour <= toHour(now); hour++) {
    const left = await Promise.all(Array.from({ length: shards }, (_, shard) => expireIn(broom, hour, shard, now)));
    if (left.every(count => count === 0) && done === hour && hour < toHour(now) - 1) done = hour + 1;
  }
  if (done > from) await table.update(names.firstExpiry, { set: { hour: done } }, { below: ['hour', done] });
};

/** How many notes are left. */
const expireIn = async (
  { parts, reader, commit }: Broom,
  hour: number,
  shard: number,
  now: number,
): Promise<number> => {
  const { table, names } = parts;
  let left = 0;
  const between: [string, string] = ['0', `${toSlot(now)}#~`];
  for await (const item of readPartition(table, { PK: names.expiries(hour, shard), between })) {
    mustKnow(item);
    const { y: type, k: key, x: expiresAt, r: slot } = item;
    if (
      typeof type !== 'string' ||
      typeof key !== 'string' ||
      typeof expiresAt !== 'number' ||
      typeof slot !== 'number'
    ) {
      parts.passOver('a note of what expires');
      continue;
    }
    let [stored] = await reader(type).stored([key]);
    if (stored?.packed !== undefined && stored.expiresAt === expiresAt) {
      const outcome = await commit(type, { key, expected: stored.revision, delete: true });
      if (outcome.ok) stored = { ...stored, packed: undefined, revision: outcome.revision };
      else [stored] = await reader(type).stored([key]);
    }
    if (!(await dropNote(parts, item, stored, now))) left++;
  }
  return left;
};

/** A note goes when its key has moved on, or when its writer must have failed. */
const dropNote = async (
  { table }: Parts,
  item: Item,
  stored: Awaited<ReturnType<Reader['stored']>>[number],
  now: number,
): Promise<boolean> => {
  const slot = toNumber(item['r']);
  const isDue = stored?.packed !== undefined && stored.expiresAt === item['x'];
  const isOver = (stored?.revision ?? 0) >= slot || toNumber(item['x']) < now - hourMs;
  if (isDue || !isOver) return false;
  return (await table.delete(item, { equals: ['r', slot] })).ok;
};

/** Blobs that were put for writes that were never committed. Each hour is looked at once, a day later. */
const dropOrphans = async ({ parts }: Broom, blobs: Blobs): Promise<void> => {
  const { table, names, values, clock } = parts;
  const key = names.firstOrphan;
  const last = toHour(clock.now()) - orphanHours;
  const item = await table.get(key);
  let hour = item?.['hour'] === undefined ? await firstHour(blobs, values.toKey('')) : toNumber(item['hour']);
  if (hour === undefined || hour > last) return;
  for (; hour <= last; hour++) {
    for await (const blob of blobs.list(values.toKey(`${hour}/`))) {
      const name = blob.key.slice(values.toKey('').length);
      if (!isBlobName(name)) {
        parts.passOver('a blob among large values');
        continue;
      }
      // The same item that a commit would note: of the two only one comes about.
      if ((await table.put(toNote(names.blob(name), { dead: 1 }), absent)).ok) await blobs.delete([blob.key]);
    }
  }
  await table.update(key, { set: { hour, ...formatAttribute } });
};

const firstHour = async (blobs: Blobs, folder: string): Promise<number | undefined> => {
  for await (const { key } of blobs.list(folder)) {
    const hour = Number.parseInt(key.slice(folder.length), 10);
    if (Number.isSafeInteger(hour)) return hour;
  }
  return undefined;
};

/** No write is on its way for so long. */
const orphanHours = 25;
