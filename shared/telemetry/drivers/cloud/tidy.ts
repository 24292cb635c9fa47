import { isFault } from '../../../base/fault.ts';
import type { Clock, Log, Random } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import type { Item, Table } from '../../../store/drivers/dynamo/table.ts';
import type { Counter } from './counter.ts';
import type { Hour, Hours } from './hours.ts';
import { merge } from './merge.ts';
import type { Names } from './names.ts';
import { blockSize } from './names.ts';
import { toHour, toHourEnd } from './position.ts';
import { queryAll } from './queryall.ts';
import type { Reader } from './reader.ts';
import type { Rows } from './rows.ts';

export interface TidyParts {
  readonly table: Table;
  readonly blobs: Blobs;
  readonly names: Names;
  readonly counter: Counter;
  readonly hours: Hours;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long after its end an hour is merged. */
  readonly mergeAfterMs: number;
  /** Bytes of a merged segment, before compression, about. */
  readonly mergeBytes: number;
}

/**
 * Drops hours that ended at or before an instant and merges the others that are over. Any number of processes may do so at
 * once; what one that died left undone the next finishes.
 */
export const tidy = async (parts: TidyParts, before: number): Promise<void> => {
  const { counter, hours, clock, log, mergeAfterMs } = parts;
  const state = await counter.read();
  if (state.hour === 0) return;
  if (toHourEnd(state.hour) <= before) await counter.advance(toHour(before));
  hours.forget();
  const all = await hours.all();
  const kept = all.filter(({ hour }) => toHourEnd(hour) > before);
  const oldest = kept[0];
  if (oldest === undefined) return;
  await counter.raise(oldest.first);
  await dropBlobs(parts, oldest.hour);
  for (const hour of all.slice(0, all.length - kept.length)) await dropRows(parts, hour);
  for (const hour of kept.slice(0, -1)) {
    if (hour.isDone || toHourEnd(hour.hour) + mergeAfterMs > clock.now()) continue;
    try {
      await merge(parts, hour);
    } catch (error) {
      // A damaged segment leaves its hour as it is, and must not keep the others from being merged.
      if (isFault(error)) throw error;
      log.error('an hour of telemetry cannot be merged', { hour: hour.hour, error: String(error) });
    }
  }
};

/** Also those that no row ever named. */
const dropBlobs = async ({ blobs, names }: TidyParts, oldest: number): Promise<void> => {
  const end = names.segment(oldest, '');
  let keys: string[] = [];
  for await (const { key } of blobs.list(names.segments)) {
    if (key >= end) break;
    keys.push(key);
    if (keys.length < deletedAtOnce) continue;
    await blobs.delete(keys);
    keys = [];
  }
  if (keys.length > 0) await blobs.delete(keys);
};

const dropRows = async ({ table, names, hours }: TidyParts, hour: Hour): Promise<void> => {
  const blocks = new Set<string>();
  for (let ticket = hour.first; ticket <= hour.last; ticket += blockSize) blocks.add(names.row(ticket).PK);
  if (hour.last >= hour.first) blocks.add(names.row(hour.last).PK);
  for (const PK of blocks) {
    await dropAll(table, PK, ({ SK, ttl }) => ttl === undefined && Number(SK) >= hour.first && Number(SK) <= hour.last);
  }
  for (const id of [hour.merge, hour.trial]) if (id !== undefined) await dropAll(table, names.merged(id), () => true);
  // Last: as long as it is there, somebody finishes what is above.
  await table.delete(names.hour(hour.hour));
  hours.forget();
};

const dropAll = async (table: Table, PK: string, isOver: (item: Item) => boolean): Promise<void> => {
  const over = (await queryAll(table, PK)).filter(isOver);
  await table.batchDelete(over.map(({ SK }) => ({ PK, SK })));
};

const deletedAtOnce = 1000;
