import { breathe, delay } from '../../../base/delay.ts';
import { Fault } from '../../../base/fault.ts';
import type { Log } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import type { TelemetryRecord } from '../../telemetry.ts';
import type { Counter } from './counter.ts';
import type { Head } from './head.ts';
import { type InRow, toInRow } from './inrow.ts';
import type { Names } from './names.ts';
import { maxOrdinals, toHour, toHourEnd } from './position.ts';
import type { Reader } from './reader.ts';
import type { Rows } from './rows.ts';
import type { Segment } from './segment.ts';
import { toSegment } from './segment.ts';

export interface WriterParts {
  readonly blobs: Blobs;
  readonly names: Names;
  readonly counter: Counter;
  readonly rows: Rows;
  readonly head: Head;
  readonly reader: Reader;
  readonly log: Log;
  /** Unlike that of any other writer there ever is. */
  readonly writer: string;
  /** How long what arrives may wait for company, in milliseconds; 0: not at all. */
  readonly flushMs: number;
  /** Bytes of a segment, compressed, that goes into its row instead of a blob; 0: none does. */
  readonly rowBytes: number;
}

/**
 * Puts what arrived in one flush interval into one segment: first the blob, then a ticket, then the ticket's row; what is small
 * goes into the row itself. Only then is it acknowledged. One flush after the other, so that the order of a process is the
 * order of tickets.
 */
export class Writer {
  readonly #parts: WriterParts;
  #queue: Waiting[] = [];
  #bytes = 0;
  #count = 0;
  #running: Promise<void> | undefined;
  #hurry = new AbortController();
  #isClosed = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  append(records: readonly TelemetryRecord[]): Promise<void> {
    if (this.#bytes > maxQueueBytes) {
      const message = 'More telemetry arrives than can be kept now. Send it again later.';
      return Promise.reject(new Fault('ServiceUnavailable', message, { retryAfterSeconds: 5 }));
    }
    return new Promise((resolve, reject) => {
      const bytes = records.reduce((sum, { body }) => sum + body.length + recordBytes, 0);
      this.#queue.push({ records, bytes, resolve, reject });
      this.#bytes += bytes;
      if (this.#bytes > maxGroupBytes) this.#hurry.abort();
      this.#running ??= this.#run();
    });
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hurry.abort();
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#parts.flushMs > 0) await delay(this.#parts.flushMs, this.#hurry.signal);
      else await breathe();
      if (!this.#isClosed) this.#hurry = new AbortController();
      const group = this.#takeGroup();
      try {
        await this.#write(group.flatMap(({ records }) => records));
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#parts.log.error('telemetry cannot be written', { error: error instanceof Error ? error.message : error });
        const message = 'Telemetry cannot be kept now. Send it again later.';
        const fault = new Fault('ServiceUnavailable', message, { cause: error, retryAfterSeconds: 5 });
        for (const { reject } of group) reject(fault);
      }
    }
    this.#running = undefined;
  }

  /** The calls at the head of the queue that go into one segment: up to a size, and of one hour. */
  #takeGroup(): Waiting[] {
    const hour = toHour(this.#queue[0]?.records[0]?.at ?? 0);
    let bytes = 0;
    let records = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      const isApart = toHour(waiting.records[0]?.at ?? 0) > hour;
      if (count > 0 && (bytes > maxGroupBytes || records + waiting.records.length > maxOrdinals || isApart)) break;
      bytes += waiting.bytes;
      records += waiting.records.length;
      count++;
    }
    this.#bytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #write(records: readonly TelemetryRecord[]): Promise<void> {
    const { counter, rowBytes } = this.#parts;
    const inRow = rowBytes > 0 ? toInRow(records, rowBytes) : undefined;
    const { hour } = counter.latest;
    if (hour === 0 || (inRow !== undefined && toHour(inRow.lastAt) > hour)) await counter.read();
    // The first of an hour is a blob: S3 says whether the hour has begun.
    if (inRow !== undefined && toHour(inRow.lastAt) <= counter.latest.hour) await this.#writeInRow(inRow);
    else await this.#writeInBlob(records);
  }

  async #writeInRow(inRow: InRow): Promise<void> {
    const { counter, rows, head } = this.#parts;
    const key = this.#name();
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { ticket } = await counter.take(counter.latest.hour);
      if (await rows.put(ticket, key, inRow)) return head.wake();
    }
    throw fenced();
  }

  async #writeInBlob(records: readonly TelemetryRecord[]): Promise<void> {
    const { counter, rows, head } = this.#parts;
    const segment = await toSegment(records.map((record, ordinal) => ({ position: { ticket: 0, ordinal }, record })));
    let hour = Math.max(toHour(segment.lastAt), counter.latest.hour);
    let key = await this.#put(segment, hour);
    if (hour > counter.latest.hour) await this.#checkHour(key, hour);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const taken = await counter.take(hour);
      if (taken.hour > hour) {
        // The hours of tickets and of blobs are dropped together, so they must be the same.
        await rows.fence(taken.ticket);
        hour = taken.hour;
        key = await this.#put(segment, hour);
      } else if (await rows.put(taken.ticket, key, segment)) {
        this.#parts.reader.keep(key, segment.bytes);
        head.wake();
        return;
      }
    }
    throw fenced();
  }

  /**
   * Hours do not go back, and what is in one is kept until it is over. So a clock that leads must not begin one: that of S3 is
   * asked, once an hour.
   */
  async #checkHour(key: string, hour: number): Promise<void> {
    const found = await this.#parts.blobs.head(key);
    if (found !== undefined && found.at + maxLeadMs < toHourEnd(hour) - 3_600_000) {
      throw new Error(`the hour ${hour} has not begun by the clock of S3: set the clock of this machine`);
    }
  }

  async #put({ bytes, firstAt }: Segment, hour: number): Promise<string> {
    const { blobs, names } = this.#parts;
    const time = new Date(firstAt).toISOString().slice(14, 19).replace(':', '');
    const key = names.segment(hour, `${time}-${this.#name()}`);
    if (!(await blobs.put(key, bytes, { ifAbsent: true }))) throw new Error(`somebody else has put ${key}`);
    return key;
  }

  /** Unlike that of any other segment. */
  #name(): string {
    return `${this.#parts.writer}-${(this.#count++).toString(36)}`;
  }
}

const fenced = (): Error => new Error(`${maxAttempts} tickets were fenced before they could be used`);

interface Waiting {
  readonly records: readonly TelemetryRecord[];
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Bytes in one segment before compression, about. */
const maxGroupBytes = 8 << 20;
/** What may wait in memory while S3 or the table are slow. */
const maxQueueBytes = 64 << 20;
/** What a record weighs besides its body, about. */
const recordBytes = 64;
const maxAttempts = 8;
/** S3 itself refuses clocks that differ by more. */
const maxLeadMs = 900_000;
