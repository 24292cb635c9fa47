import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/ports.ts';
import type { Source } from '../follow.ts';
import { Followers, isWanted } from '../follow.ts';
import type { StoredRecord, TelemetryQuery, TelemetryRecord } from '../telemetry.ts';
import { frameLength, headLength, readFrame } from './frame.ts';
import type { SegmentId } from './position.ts';
import { fromCursor, notPosition, toCursor, toHour, toHourEnd } from './position.ts';
import type { Posting, Summary } from './postings.ts';
import { readAt, toPartCode } from './postings.ts';
import type { Segment } from './segment.ts';
import { openSealed, recover, scan, seal, toDataFile, toIndexFile } from './segment.ts';
import { Writer } from './writer.ts';

export interface ChannelOptions {
  readonly dir: string;
  readonly log: Log;
  /** A segment that reached this many bytes is followed by another of the same hour. */
  readonly segmentBytes: number;
}

/** One kind of telemetry in one directory: sealed segments, and at most one that grows. */
export class Channel implements Source {
  readonly followers = new Followers();
  readonly #options: ChannelOptions;
  #segments: Segment[];
  #writer: Writer | undefined;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  readonly #sealing = new Set<Promise<void>>();

  private constructor(options: ChannelOptions, segments: Segment[]) {
    this.#options = options;
    this.#segments = segments;
  }

  /** Opens what is there. Reads whole only the segments that an unclean end left without an index. */
  static async open(options: ChannelOptions): Promise<Channel> {
    const { dir } = options;
    await mkdir(dir, { recursive: true });
    const names = await readdir(dir);
    const ids = names.flatMap(name => segmentName.exec(name)?.[1] ?? []).sort();
    const segments: Segment[] = [];
    for (let i = 0; i < ids.length; i += openAtOnce) {
      const opened = await Promise.all(ids.slice(i, i + openAtOnce).map(id => openSegment(options, id)));
      segments.push(...opened.filter(segment => segment !== undefined));
    }
    const leftOver = names.filter(name => indexName.test(name) && !names.includes(`${name.slice(0, 14)}.log`));
    for (const name of leftOver) await rm(join(dir, name), { force: true });
    return new Channel(options, segments);
  }

  append(records: readonly TelemetryRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  end(): string {
    // The growing segment counts from its first durable record on.
    const last = this.#segments.findLast(({ summary }) => summary.records > 0);
    return last === undefined ? '' : toCursor(last.id, last.summary.lastOffset);
  }

  read(query: TelemetryQuery): AsyncIterable<StoredRecord> {
    return this.readUpTo(query, this.end());
  }

  async *readUpTo(query: TelemetryQuery, end: string): AsyncGenerator<StoredRecord> {
    const after = query.after === undefined ? undefined : fromCursor(query.after);
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    const segments = this.#segments.filter(({ id, summary }) => {
      const isAfter = after === undefined || id >= after.id;
      return isAfter && toCursor(id, 0) <= end && summary.records > 0 && mayHold(summary, query);
    });
    if (query.reverse) segments.reverse();
    for (const { id } of segments) {
      if (left <= 0) return;
      const start = after?.id === id ? after.offset : 0;
      const first = after?.id === id && !query.inclusive ? start + 1 : start;
      for await (const record of this.#readSegment(id, query, { start, first, end })) {
        yield record;
        if (--left <= 0) return;
      }
    }
  }

  /** Drops the segments whose hour ended at or before an instant. */
  async retain(before: number): Promise<void> {
    await this.#running;
    const isOver = (id: SegmentId): boolean => toHourEnd(id) <= before;
    if (this.#writer !== undefined && this.#running === undefined && isOver(this.#writer.id)) this.#endWriter();
    await Promise.all(this.#sealing);
    const over = this.#segments.filter(segment => segment !== this.#writer && isOver(segment.id));
    this.#segments = this.#segments.filter(segment => !over.includes(segment));
    const { dir } = this.#options;
    for (const { id } of over) {
      await rm(toDataFile(dir, id), { force: true });
      await rm(toIndexFile(dir, id), { force: true });
    }
  }

  /** Writes what waits, seals, ends all tails. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#endWriter();
    await Promise.all(this.#sealing);
    this.followers.close();
  }

  /** Groups: all that has arrived while the group before was written. One write and one sync each. */
  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop goes into the first group too.
    await new Promise(resolve => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#writeGroup();
    this.#running = undefined;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#takeGroup();
    const records = group.flatMap(({ records }) => records);
    try {
      const writer = await this.#writerFor(toHour(records[0]?.at ?? 0));
      const lengths = await writer.write(records);
      // From here to the publishing nothing else runs: a record is read or heard of, never both.
      const offsets = writer.admit(records, lengths);
      const stored = records.map((record, i) => ({ ...record, cursor: toCursor(writer.id, offsets[i] ?? 0) }));
      this.followers.publish(stored);
      for (const { resolve } of group) resolve();
    } catch (error) {
      this.#options.log.error('telemetry cannot be written', { dir: this.#options.dir, error: toText(error) });
      this.#endWriter();
      const fault = new Fault('ServiceUnavailable', 'Telemetry cannot be written now.', { cause: error });
      for (const { reject } of group) reject(fault);
    }
  }

  /** The calls at the head of the queue that go into one segment, up to a size. */
  #takeGroup(): Waiting[] {
    const hour = toHour(this.#queue[0]?.records[0]?.at ?? 0);
    let bytes = 0;
    let count = 0;
    for (const { records } of this.#queue) {
      if (count > 0 && (bytes > maxGroupBytes || toHour(records[0]?.at ?? 0) > hour)) break;
      for (const { body } of records) bytes += body.byteLength;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** The growing segment; a new one when its hour is over or it is large. Time that goes back starts none. */
  async #writerFor(hour: string): Promise<Writer> {
    const last = this.#segments.at(-1)?.id;
    const current = last === undefined || hour > last.slice(0, 10) ? hour : last.slice(0, 10);
    const writer = this.#writer;
    if (writer !== undefined) {
      const isFull = writer.summary.dataLength >= this.#options.segmentBytes;
      if (writer.id.startsWith(current) && !isFull) return writer;
      this.#endWriter();
    }
    const part = last?.startsWith(current) ? Number(last.slice(10)) + 1 : 0;
    if (part > 9999) throw new Error(`more than 10,000 segments in hour ${current}`);
    const created = await Writer.create(this.#options.dir, `${current}${String(part).padStart(4, '0')}`);
    this.#writer = created;
    this.#segments.push(created);
    return created;
  }

  /** Gives the growing segment its index file, in the background; until then its index in memory serves. */
  #endWriter(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    const { dir, log } = this.#options;
    const sealing = (async () => {
      await writer.end();
      const segment = await seal(dir, writer.id, writer.index);
      this.#segments = this.#segments.map(other => (other === writer ? segment : other));
    })()
      // The index is made anew at the next start.
      .catch(error => log.warn('telemetry segment not sealed', { dir, segment: writer.id, error: toText(error) }))
      .finally(() => this.#sealing.delete(sealing));
    this.#sealing.add(sealing);
  }

  async *#readSegment(id: SegmentId, query: TelemetryQuery, range: Range): AsyncGenerator<StoredRecord> {
    const segment = this.#segments.find(other => other.id === id);
    if (segment === undefined) return; // Its time was over while others were read.
    const isInRange = (offset: number): boolean => offset >= range.first && toCursor(id, offset) <= range.end;
    if (query.device !== undefined) {
      const postings = await segment.postings(query.device).catch(error => ignoreMissing(error, []));
      const wanted = postings.filter(posting => isInRange(posting.offset) && mayBeWanted(posting, query));
      if (wanted.length > 0) yield* this.#readPostings(segment.id, wanted, query);
    } else if (query.reverse) {
      const postings: Posting[] = [];
      for await (const { offset, length, record } of this.#scan(segment, range.start)) {
        if (isInRange(offset)) postings.push({ offset, length, at: record.at, part: toPartCode(record.part) });
      }
      yield* this.#readPostings(segment.id, postings, query);
    } else {
      for await (const { offset, record } of this.#scan(segment, range.start)) {
        const stored = { ...record, cursor: toCursor(id, offset) };
        if (isInRange(offset) && isWanted(stored, query)) yield stored;
      }
    }
  }

  async *#scan({ id, summary }: Segment, start: number) {
    const { dataLength } = summary;
    const file = await openFile(toDataFile(this.#options.dir, id));
    if (file === undefined) return;
    try {
      await checkStart(file, start, dataLength);
      yield* scan(file, start, dataLength);
    } finally {
      await file.close();
    }
  }

  async *#readPostings(id: SegmentId, postings: Posting[], query: TelemetryQuery): AsyncGenerator<StoredRecord> {
    const file = await openFile(toDataFile(this.#options.dir, id));
    if (file === undefined) return;
    try {
      for (const { offset, length } of query.reverse ? postings.reverse() : postings) {
        const framed = readFrame(await readAt(file, offset, length));
        const stored = framed && { ...framed.record, cursor: toCursor(id, offset) };
        if (stored === undefined) this.#options.log.error('telemetry record is damaged', { segment: id, offset });
        else if (isWanted(stored, query)) yield stored;
      }
    } finally {
      await file.close();
    }
  }
}

interface Waiting {
  readonly records: readonly TelemetryRecord[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Bytes in one write; bounds memory and how long one sync takes. */
const maxGroupBytes = 8 << 20;

/** Which records of a segment: those that begin at `first` or later, and not behind the cursor `end`. */
interface Range {
  /** Where a record begins from which reading may start. */
  readonly start: number;
  readonly first: number;
  readonly end: string;
}

const segmentName = /^(\d{14})\.log$/;
const indexName = /^\d{14}\.idx(\.tmp)?$/;
const openAtOnce = 32;

const openSegment = async ({ dir, log }: ChannelOptions, id: SegmentId): Promise<Segment | undefined> => {
  const { size } = await stat(toDataFile(dir, id));
  const sealed = await openSealed(dir, id, size);
  if (sealed !== undefined) return sealed;
  const { segment, cut } = await recover(dir, id);
  if (cut > 0) log.warn('telemetry segment ended in the middle of a record', { dir, segment: id, bytes: cut });
  return segment;
};

/** Throws BadRequest when a cursor that somebody handed in points into the middle of a record. */
const checkStart = async (file: FileHandle, start: number, end: number): Promise<void> => {
  if (start === 0 || start >= end) return;
  const head = start + headLength > end ? undefined : await readAt(file, start, headLength);
  const length = head && frameLength(head, 0);
  if (length === undefined || start + length > end || !readFrame(await readAt(file, start, length)))
    throw notPosition();
};

/** Undefined when the file is gone: retention was faster. */
const openFile = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path);
  } catch (error) {
    return ignoreMissing(error, undefined);
  }
};

const ignoreMissing = <T>(error: unknown, instead: T): T => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
  throw error;
};

const mayHold = ({ firstAt, lastAt }: Summary, { since, until }: TelemetryQuery): boolean =>
  (since === undefined || lastAt >= since) && (until === undefined || firstAt < until);

const mayBeWanted = ({ at, part }: Posting, query: TelemetryQuery): boolean =>
  (query.part === undefined || part === toPartCode(query.part)) &&
  (query.since === undefined || at >= query.since) &&
  (query.until === undefined || at < query.until);

const toText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
