import type { Random } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import type { Condition, Key, Table } from '../../../store/drivers/dynamo/table.ts';
import { ahead } from './ahead.ts';
import type { Hour, Hours } from './hours.ts';
import type { Names } from './names.ts';
import { toTicket } from './names.ts';
import { fromCursor } from './position.ts';
import { queryAll } from './queryall.ts';
import type { Reader } from './reader.ts';
import type { Row } from './row.ts';
import { toItem } from './row.ts';
import type { Rows } from './rows.ts';
import type { Placed } from './segment.ts';
import { toSegment } from './segment.ts';

interface MergeParts {
  readonly table: Table;
  readonly blobs: Blobs;
  readonly names: Names;
  readonly hours: Hours;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly random: Random;
  readonly mergeBytes: number;
}

/**
 * Makes few large segments of the many small ones of an hour that is over, so that a device's records lie together. Readers
 * go by the new ones from the moment in which the hour names the merge; only then the old ones are deleted. Fenced tickets
 * keep their rows, so that whoever took one still finds it fenced. Of several that merge at once one prevails.
 */
export const merge = async (parts: MergeParts, hour: Hour): Promise<void> => {
  const { table, names, hours, rows, random } = parts;
  const place = names.hour(hour.hour);
  if (hour.merge === undefined) {
    const isOpen: Condition = { all: [{ has: 'first' }, { lacks: 'merge' }] };
    if (!(await hasMuch(rows, hour))) {
      await table.update(place, { set: { done: 1 } }, isOpen);
      return hours.forget();
    }
    const id = random.uuid();
    const begun = await table.update(place, { set: { trial: id } }, isOpen);
    if (begun.ok && hour.trial !== undefined) await discard(parts, hour.trial);
    const isGathered = begun.ok && (await gather(parts, hour, id));
    const named =
      isGathered && (await table.update(place, { set: { merge: id } }, { all: [isOpen, { equals: ['trial', id] }] }));
    hours.forget();
    // An answer that got lost and was asked for again finds the merge named already.
    if (!named || !(named.ok || named.current?.['merge'] === id)) return discard(parts, id);
  }
  await clear(parts, hour);
  await table.update(place, { set: { done: 1 } }, { has: 'merge' });
  hours.forget();
};

/** Puts the merged segments and, before each, its row. False when somebody else was faster and a segment is gone already. */
const gather = async (parts: MergeParts, hour: Hour, id: string): Promise<boolean> => {
  const { table, blobs, names, rows, reader, mergeBytes } = parts;
  let count = 0;
  let placed: Placed[] = [];
  let bytes = 0;
  let first = hour.first;
  const flush = async (to: number): Promise<void> => {
    const segment = await toSegment(placed);
    const key = names.segment(hour.hour, `m-${id}-${count++}`);
    await table.put(toItem({ PK: names.merged(id), SK: toTicket(first) }, key, segment, { to }));
    await blobs.put(key, segment.bytes);
    placed = [];
    bytes = 0;
    first = to + 1;
  };
  const load = async (row: Row) => (row.segment === undefined ? [] : reader.read(row, row.segment, undefined));
  for await (const [row, records] of ahead(rows.walk(hour.first, hour.last, false), load, width)) {
    const isMerged = row.to > row.ticket;
    if (records === undefined || isMerged) return false;
    for (const { cursor, ...record } of records) {
      const { ticket, ordinal } = fromCursor(cursor);
      placed.push({ position: { ticket: ticket - first, ordinal }, record });
      bytes += record.body.length;
    }
    if (bytes > mergeBytes) await flush(row.to);
  }
  if (placed.length > 0) await flush(hour.last);
  return true;
};

/** Segments that are fetched while others are read. */
const width = 6;

/** Whether there are several segments, or some in a row: a blob keeps them for less. */
const hasMuch = async (rows: Rows, { first, last }: Hour): Promise<boolean> => {
  let count = 0;
  for await (const { segment } of rows.walk(first, last, false))
    if (segment !== undefined && ('bytes' in segment || ++count > 1)) return true;
  return false;
};

/** Takes back a merge that did not prevail. */
const discard = async ({ table, blobs, names }: MergeParts, id: string): Promise<void> => {
  const items = await queryAll(table, names.merged(id));
  await blobs.delete(items.map(({ key }) => String(key)));
  await table.batchDelete(items.map(({ PK, SK }) => ({ PK, SK })));
};

/** Deletes segments that were merged, then those of their rows that the table does not drop by itself. */
const clear = async ({ table, blobs, names, rows }: MergeParts, hour: Hour): Promise<void> => {
  rows.forget();
  for (let ticket = hour.first; ticket <= hour.last; ) {
    const { PK } = names.row(ticket);
    const items = await queryAll(table, PK);
    const old = items.filter(({ SK, key }) => key !== undefined && Number(SK) >= hour.first && Number(SK) <= hour.last);
    await blobs.delete(old.filter(({ seg }) => seg === undefined).map(({ key }) => String(key)));
    await table.batchDelete(old.filter(({ ttl }) => ttl === undefined).map(({ SK }): Key => ({ PK, SK })));
    do ticket++;
    while (names.row(ticket).PK === PK);
  }
};
