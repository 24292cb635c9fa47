import { isFault } from '../../../base/fault.ts';
import type { Log } from '../../../base/ports.ts';
import { isWanted } from '../../follow.ts';
import type { StoredRecord, TelemetryQuery, TelemetryRecord } from '../../telemetry.ts';
import { ahead } from './ahead.ts';
import type { Counter } from './counter.ts';
import { mayHold } from './filter.ts';
import type { Head } from './head.ts';
import type { Hours } from './hours.ts';
import { toTicket } from './names.ts';
import { fromCursor, toHour } from './position.ts';
import type { Reader } from './reader.ts';
import type { Indexed, Row } from './row.ts';
import type { Rows } from './rows.ts';
import type { Writer } from './writer.ts';

export interface ChannelParts {
  readonly counter: Counter;
  readonly hours: Hours;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly head: Head;
  readonly writer: Writer;
  readonly log: Log;
}

/** One kind of telemetry. */
export class Channel {
  readonly #parts: ChannelParts;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  append(records: readonly TelemetryRecord[]): Promise<void> {
    return this.#parts.writer.append(records);
  }

  async *read(query: TelemetryQuery): AsyncGenerator<StoredRecord> {
    const { last } = await this.#parts.counter.read();
    yield* this.#readBetween(query, await this.#startOf(query), last);
  }

  async *tail(query: TelemetryQuery, signal: AbortSignal): AsyncGenerator<StoredRecord> {
    const { counter, head } = this.#parts;
    const isFromNow = query.after === undefined && query.since === undefined;
    const state = await counter.read();
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    let next = isFromNow ? state.last + 1 : await this.#startOf(query);
    while (left > 0) {
      const last = await head.beyond(next - 1, signal);
      if (last === undefined) return;
      for await (const record of this.#readBetween({ ...query, limit: left }, next, last)) {
        if (signal.aborted) return;
        yield record;
        left--;
      }
      next = last + 1;
    }
  }

  async close(): Promise<void> {
    await this.#parts.writer.close();
    this.#parts.head.close();
  }

  /** The first ticket that may matter. */
  async #startOf({ after, since }: TelemetryQuery): Promise<number> {
    const { floor } = this.#parts.counter.latest;
    if (after !== undefined) return Math.max(floor, fromCursor(after).ticket);
    if (since === undefined || since <= 0) return floor;
    return Math.max(floor, await this.#parts.hours.firstOf(toHour(since)));
  }

  /** Records that match, of the tickets from `low` to `high`. */
  async *#readBetween(query: TelemetryQuery, low: number, high: number): AsyncGenerator<StoredRecord> {
    const { rows, counter, log } = this.#parts;
    const { reverse = false, limit = Number.POSITIVE_INFINITY } = query;
    let [from, to] = [Math.max(low, counter.latest.floor), high];
    let left = limit;
    let missed: string | undefined;
    while (left > 0 && from <= to) {
      let isMissed = false;
      const walk = rows.walk(from, to, reverse);
      for await (const [row, records] of ahead(walk, each => this.#load(each, query), width)) {
        if (records === undefined && missed !== row.segment?.key) {
          // Merged or dropped since the index was read: once more, from here.
          missed = row.segment?.key;
          isMissed = true;
          rows.forget();
          break;
        }
        if (records === undefined) log.warn('a telemetry segment is gone', { segment: missed });
        // Merged rows may reach beyond what is wanted, or back to what was given already.
        const isWithin = createRange(from, to);
        for (const record of reverse ? (records ?? []).reverse() : (records ?? [])) {
          if (!isWithin(record) || !isBehind(record, query)) continue;
          yield record;
          if (--left <= 0) return;
        }
        if (reverse) to = row.ticket - 1;
        else from = row.to + 1;
      }
      if (!isMissed) return;
    }
  }

  /** Undefined when the segment is gone. What cannot be read any more must not keep the rest from being read. */
  async #load(row: Row, query: TelemetryQuery): Promise<StoredRecord[] | undefined> {
    const { segment } = row;
    if (segment === undefined || !mayMatch(segment, query)) return [];
    try {
      const records = await this.#parts.reader.read(row, segment, query.device);
      return records?.filter(record => isWanted(record, query));
    } catch (error) {
      if (isFault(error)) throw error;
      this.#parts.log.error('a telemetry segment is damaged', { segment: segment.key, error: String(error) });
      return [];
    }
  }
}

/** Segments that are fetched while others are read. */
const width = 6;

const mayMatch = ({ firstAt, lastAt, filter }: Indexed, { since, until, device }: TelemetryQuery): boolean =>
  (since === undefined || lastAt >= since) &&
  (until === undefined || firstAt < until) &&
  (device === undefined || mayHold(filter, device));

const createRange = (from: number, to: number) => {
  const [first, end] = [toTicket(from), toTicket(to + 1)];
  return ({ cursor }: StoredRecord): boolean => cursor >= first && cursor < end;
};

const isBehind = ({ cursor }: StoredRecord, { after, inclusive = false }: TelemetryQuery): boolean =>
  after === undefined || cursor > after || (inclusive && cursor === after);
