import { createHash } from 'node:crypto';
import { isFault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import type { StoredRecord, Telemetry, TelemetryQuery } from '../telemetry/telemetry.ts';
import type { Position } from './position.ts';
import { printPosition } from './position.ts';
import type { Selection } from './request.ts';
import type { Target } from './target.ts';

export interface Reading {
  readonly telemetry: Telemetry;
  decode(kind: string, body: Uint8Array): Promise<readonly JsonMap[]>;
  readonly target: Target;
  readonly selection: Selection;
  readonly isFollowing: boolean;
  readonly signal: AbortSignal;
}

/** One thing to tell, and the position behind it. */
export interface Entry {
  readonly position: string;
  /** What the device said, with `receivedAt` (RFC 3339) and `cursor`. `error` in place of what cannot be read. */
  readonly value: JsonMap;
}

/** The entries asked for, in the order of arrival, in groups. Ends when all are told, or when the signal aborts. */
export async function* readEntries(reading: Reading): AsyncGenerator<readonly Entry[]> {
  const { tailLines, limit, after } = reading.selection;
  const unpack = createUnpack(reading);
  let left = limit ?? Number.POSITIVE_INFINITY;
  if (left === 0) return;
  let start = after;
  if (tailLines !== undefined) {
    const latest = await readLatest(reading, tailLines, unpack);
    const entries = latest.entries.slice(0, left);
    if (entries.length > 0) yield entries;
    left -= entries.length;
    start = latest.end ?? after;
    if (!reading.isFollowing) return;
  }
  if (left === 0) return;
  for await (const record of openRecords(reading, start)) {
    const entries = (await unpack(record, start)).slice(0, left);
    if (entries.length > 0) yield entries;
    left -= entries.length;
    if (left === 0 || reading.signal.aborted) return;
  }
}

/** Reads or follows. Without a start, following begins with what comes, unless a time or tailLines asks for what was. */
const openRecords = (
  { telemetry, target, selection, isFollowing, signal }: Reading,
  start: Position | undefined,
): AsyncIterable<StoredRecord> => {
  const query = { ...toQuery(target, selection), ...toAfter(start) };
  if (!isFollowing) return telemetry.read(target.kind, query);
  // Of a device that had sent nothing by then, tailLines follows all that it ever sends.
  const isFromStart = selection.tailLines !== undefined && start === undefined && query.since === undefined;
  return telemetry.tail(target.kind, isFromStart ? { ...query, since: 0 } : query, signal);
};

/** The last entries that there are, and the position behind the last record looked at. */
const readLatest = async (
  { telemetry, target, selection, signal }: Reading,
  count: number,
  unpack: Unpack,
): Promise<{ entries: readonly Entry[]; end: Position | undefined }> => {
  const groups: (readonly Entry[])[] = [];
  let found = 0;
  let end: Position | undefined;
  const query = { ...toQuery(target, selection), ...toAfter(selection.after), reverse: true };
  for await (const record of telemetry.read(target.kind, query)) {
    end ??= { cursor: record.cursor };
    if (found >= count || signal.aborted) break;
    const entries = await unpack(record, selection.after);
    groups.push(entries);
    found += entries.length;
  }
  const entries = groups.reverse().flat();
  return { entries: count === 0 ? [] : entries.slice(-count), end };
};

const toQuery = ({ uuid, part }: Target, { since, until }: Selection): TelemetryQuery => ({
  device: uuid,
  ...(part !== undefined && { part }),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
});

const toAfter = (position: Position | undefined): Pick<TelemetryQuery, 'after' | 'inclusive'> =>
  position === undefined ? {} : { after: position.cursor, inclusive: position.entries !== undefined };

type Unpack = (record: StoredRecord, start: Position | undefined) => Promise<readonly Entry[]>;

/** Makes entries of records: wanted ones, behind the start. Log files that a device sent twice count once. */
const createUnpack = ({ decode, target, selection: { filter } }: Reading): Unpack => {
  const isRepeated = target.event === 'log' ? createRepeats() : () => false;
  return async (record, start) => {
    if (isRepeated(record)) return [];
    const skipped = start?.cursor === record.cursor ? (start.entries ?? 0) : 0;
    const receivedAt = new Date(record.at).toISOString();
    const values = await read(decode, target.kind, record.body);
    return values.flatMap((value, i) => {
      if (i < skipped || (filter !== undefined && !filter(value))) return [];
      const isLast = i === values.length - 1;
      const position = printPosition({ cursor: record.cursor, ...(!isLast && { entries: i + 1 }) });
      return { position, value: { ...value, receivedAt, cursor: position } };
    });
  };
};

const read = async (decode: Reading['decode'], kind: string, body: Uint8Array): Promise<readonly JsonMap[]> => {
  try {
    return await decode(kind, body);
  } catch (error) {
    if (!isFault(error)) throw error;
    return [{ error: error.message }];
  }
};

/** A device that did not hear the answer sends the same file again, soon after. */
const createRepeats = () => {
  const latest: string[] = [];
  return ({ body }: StoredRecord): boolean => {
    const digest = createHash('sha256').update(body).digest('base64');
    if (latest.includes(digest)) return true;
    latest.push(digest);
    if (latest.length > remembered) latest.shift();
    return false;
  };
};

const remembered = 16;
