import { delay } from '../../../base/delay.ts';
import type { Clock } from '../../../base/ports.ts';
import type { Table } from '../../../store/drivers/dynamo/table.ts';
import { absent } from '../../../store/drivers/dynamo/table.ts';
import type { Counter } from './counter.ts';
import type { Hour, Hours } from './hours.ts';
import type { InRow } from './inrow.ts';
import type { Names } from './names.ts';
import { blockSize, toTicket } from './names.ts';
import { toHourEnd } from './position.ts';
import { queryAll } from './queryall.ts';
import type { Row } from './row.ts';
import { fromItem, toFence, toItem } from './row.ts';
import type { Segment } from './segment.ts';

export interface RowsParts {
  readonly table: Table;
  readonly names: Names;
  readonly counter: Counter;
  readonly hours: Hours;
  readonly clock: Clock;
  /** How long a ticket may be without a row before a reader fences it. */
  readonly fillAfterMs: number;
  /**
   * How long after they were put the table drops rows by itself, in milliseconds; absent: never. Longer than anything is kept.
   */
  readonly rowsMs: number | undefined;
}

/**
 * The index: a row for each ticket. Readers go through tickets one by one and never past one without a row. They wait
 * for it, and after a while fence it; whoever took it comes too late then, and takes another. So nothing ever appears
 * behind a place that a reader has left.
 */
export class Rows {
  readonly #parts: RowsParts;
  /** Rows do not change, but for those of merged and dropped hours. */
  readonly #recent = new Map<number, Row>();
  #recentBytes = 0;

  constructor(parts: RowsParts) {
    this.#parts = parts;
  }

  /** Gives a ticket to a segment. False: it was fenced. May be asked again after an answer got lost. */
  async put(ticket: number, key: string, segment: Segment | InRow): Promise<boolean> {
    const { table, names, rowsMs, clock } = this.#parts;
    // What the table drops by itself costs nothing to drop.
    const end = rowsMs !== undefined && { ttl: Math.ceil((Math.max(clock.now(), segment.lastAt) + rowsMs) / 1000) };
    const written = await table.put(toItem(names.row(ticket), key, segment, { ...end }), absent);
    return written.ok || written.current?.['key'] === key;
  }

  /** Makes a ticket useless, unless it is in use already. */
  async fence(ticket: number): Promise<void> {
    await this.#parts.table.put(toFence(this.#parts.names.row(ticket)), absent);
  }

  forget(): void {
    this.#recent.clear();
    this.#recentBytes = 0;
    this.#parts.hours.forget();
  }

  /** Rows for the tickets from `low` to `high`, both included; merged ones may reach beyond either end. */
  async *walk(low: number, high: number, isReverse: boolean): AsyncGenerator<Row> {
    let [from, to] = [low, high];
    while (from <= to) {
      const hour = await this.#parts.hours.of(isReverse ? to : from);
      const rows =
        hour.merge === undefined ? await this.#settle(hour, from, to, isReverse) : await this.#merged(hour, from, to);
      if (rows === undefined) continue;
      yield* isReverse ? rows.toReversed() : rows;
      if (hour.merge !== undefined) [from, to] = isReverse ? [from, hour.first - 1] : [hour.last + 1, to];
      else [from, to] = this.#rest(hour, rows, from, to, isReverse);
    }
  }

  /** What is left after rows that were not merged. */
  #rest({ first }: Hour, rows: readonly Row[], from: number, to: number, isReverse: boolean): [number, number] {
    if (isReverse) return [from, Math.max(from, first, to - (to % blockSize)) - 1];
    return [(rows.at(-1)?.to ?? to) + 1, to];
  }

  async #merged({ merge = '' }: Hour, from: number, to: number): Promise<Row[]> {
    const items = await queryAll(this.#parts.table, this.#parts.names.merged(merge));
    return items.map(fromItem).filter(row => row.to >= from && row.ticket <= to);
  }

  /**
   * Rows of one block of one hour: forward, those up to the first that is missing, one at least; backward, all. Undefined:
   * the hour was merged meanwhile.
   */
  async #settle(hour: Hour, low: number, high: number, isReverse: boolean): Promise<Row[] | undefined> {
    const at = isReverse ? high : low;
    const start = at - (at % blockSize);
    const from = Math.max(low, hour.first, start);
    const to = Math.min(high, hour.last, start + blockSize - 1);
    for (let waited = 0, pause = 10; ; pause = Math.min(pause * 2, 200)) {
      const rows = await this.#read(from, to);
      const missing = rows.indexOf(undefined);
      if (missing < 0 || (missing > 0 && !isReverse))
        return rows.slice(0, missing < 0 ? undefined : missing).filter(isRow);
      if (this.#isDropped(hour)) return rows.map((row, i) => row ?? toNothing(from + i));
      const state = await this.#parts.counter.read();
      if (from + missing < state.floor) return rows.map((row, i) => row ?? toNothing(from + i));
      if (from + missing < state.first) {
        this.#parts.hours.forget();
        if ((await this.#parts.hours.of(from + missing)).merge !== undefined) return undefined;
      }
      if (waited >= this.#parts.fillAfterMs) {
        for (const [i, row] of rows.entries()) if (row === undefined) await this.fence(from + i);
      } else {
        await delay(pause);
        waited += pause;
      }
    }
  }

  /** Whether the table may have dropped rows of an hour. */
  #isDropped({ hour }: Hour): boolean {
    const { rowsMs, clock } = this.#parts;
    return rowsMs !== undefined && hour > 0 && toHourEnd(hour) - 3_600_000 + rowsMs < clock.now();
  }

  /** One answer for each ticket of a block. */
  async #read(from: number, to: number): Promise<(Row | undefined)[]> {
    const tickets = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    if (tickets.some(ticket => !this.#recent.has(ticket))) {
      const items = await queryAll(this.#parts.table, this.#parts.names.row(from).PK, [toTicket(from), toTicket(to)]);
      for (const row of items.map(fromItem)) this.#remember(row);
    }
    const rows = tickets.map(ticket => this.#recent.get(ticket));
    for (const [ticket, row] of this.#recent) {
      if (this.#recent.size <= maxRecent && this.#recentBytes <= maxRecentBytes) break;
      this.#recent.delete(ticket);
      this.#recentBytes -= toBytes(row);
    }
    return rows;
  }

  #remember(row: Row): void {
    const known = this.#recent.get(row.ticket);
    this.#recent.set(row.ticket, row);
    this.#recentBytes += toBytes(row) - (known === undefined ? 0 : toBytes(known));
  }
}

const isRow = (row: Row | undefined): row is Row => row !== undefined;
const toNothing = (ticket: number): Row => ({ ticket, to: ticket, segment: undefined });
const toBytes = ({ segment }: Row): number => (segment !== undefined && 'bytes' in segment ? segment.bytes.length : 0);
const maxRecent = 1024;
/** Of what lies in rows. */
const maxRecentBytes = 1 << 20;
