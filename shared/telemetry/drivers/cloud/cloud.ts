import { toHex } from '../../../base/bytes.ts';
import { delay } from '../../../base/delay.ts';
import { Fault } from '../../../base/fault.ts';
import type { Ports } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import { insistent } from '../../../store/drivers/dynamo/insistent.ts';
import type { Table } from '../../../store/drivers/dynamo/table.ts';
import { checkKind, checkRecord } from '../../record.ts';
import type { StoredRecord, Telemetry } from '../../telemetry.ts';
import { Channel } from './channel.ts';
import { Counter } from './counter.ts';
import { Head } from './head.ts';
import { Hours } from './hours.ts';
import { Names } from './names.ts';
import { Reader } from './reader.ts';
import { Rows } from './rows.ts';
import { type TidyParts, tidy } from './tidy.ts';
import { Writer } from './writer.ts';

export interface CloudTelemetryOptions {
  /** Asked by this driver; closed by who opened it. So are the blobs. */
  readonly table: Table;
  readonly blobs: Blobs;
  /** Begins all keys in the table; the blobs are the tenant's already. None when absent. */
  readonly tenant?: string;
  readonly ports: Ports;
  /**
   * How long what arrives may wait for company before it is put and acknowledged, in milliseconds. Default 1,000; 0 for a
   * process that serves one request at a time.
   */
  readonly flushMs?: number;
  /** How often the counter is read while somebody follows, in milliseconds; and while nothing comes. Default 250 and 2,000. */
  readonly pollMs?: number;
  readonly idlePollMs?: number;
  /** How long a reader waits for a ticket that was taken and is not in use before it fences it. Default 1,000 ms. */
  readonly fillAfterMs?: number;
  /** How long to ask a table again that throttles or does not answer, in milliseconds. Default 3,000. */
  readonly patienceMs?: number;
  /** How long after its end an hour is merged, in milliseconds. Default ten minutes. */
  readonly mergeAfterMs?: number;
  /** Bytes of a merged segment, before compression. Default 32 MiB: what reading it whole takes in memory. */
  readonly mergeBytes?: number;
  /** Segments, or parts of them, that are remembered, in bytes. Default 32 MiB. */
  readonly cacheBytes?: number;
  /**
   * A segment of at most so many bytes, compressed, lies in its row of the index. Default 4,800: a put in S3 has the price of
   * eight units of the table, of 1 KB each. 0: every segment is a blob.
   */
  readonly rowBytes?: number;
  /**
   * How long a kind is kept at most, in milliseconds: some days after that the table drops rows of the index by itself, which
   * costs nothing. What is undefined has to be dropped.
   */
  keptMs?(kind: string): number | undefined;
}

/**
 * Telemetry as segments in blobs and an index in a table, for any number of processes at once. All that reaches a process
 * within a flush interval is one segment; it is acknowledged when the segment and its row in the index are there. A small
 * segment lies in the row, until its hour is over and becomes a blob.
 *
 * **Order.** A segment stands where its ticket says: tickets are taken one after the other from one counter, once a blob is
 * put. So an append that began after another was acknowledged stands behind it, whichever processes they reached; a
 * device that waits for its answers finds its records in the order in which it sent them. Appends at the same time stand
 * in either order, those of one process as they came.
 *
 * **No gaps.** A cursor is a ticket and a number within the segment. Readers pass no ticket that has no row: see `Rows`.
 *
 * **How much.** A kind takes about a thousand segments a second, which is what a table gives one counter; with many processes
 * that flush each second that is far away, with one that serves one request at a time it is as many requests.
 *
 * **At least once.** An append that was refused may be found nevertheless, when the answer of the index got lost.
 */
export const createCloudTelemetry = (options: CloudTelemetryOptions): Telemetry => {
  const channels = new Map<string, Parts>();
  const reader = new Reader(options.blobs, options.cacheBytes ?? 32 << 20);
  const writer = toHex(options.ports.random.bytes(9));
  let isClosed = false;
  const open = (kind: string): Parts => {
    if (isClosed) throw new Fault('ServiceUnavailable', 'Telemetry is closed.');
    checkKind(kind);
    const known = channels.get(kind);
    if (known !== undefined) return known;
    const opened = openChannel(options, kind, reader, writer);
    channels.set(kind, opened);
    return opened;
  };
  return {
    async append(kind, records) {
      records.forEach(checkRecord);
      if (records.length > 0) await open(kind).channel.append(records);
    },
    async *read(kind, query): AsyncGenerator<StoredRecord> {
      yield* open(kind).channel.read(query);
    },
    async *tail(kind, query, signal): AsyncGenerator<StoredRecord> {
      if (query.reverse) throw new Fault('BadRequest', 'What is followed cannot be read backwards.');
      yield* open(kind).channel.tail(query, signal);
    },
    retain: async (kind, before) => tidy(open(kind).tidy, before),
    async close() {
      isClosed = true;
      await Promise.all([...channels.values()].map(({ channel }) => channel.close()));
    },
  };
};

interface Parts {
  readonly channel: Channel;
  readonly tidy: TidyParts;
}

const openChannel = (options: CloudTelemetryOptions, kind: string, reader: Reader, writerName: string): Parts => {
  const { blobs, tenant = '', ports } = options;
  const { clock, random, log } = ports;
  const { flushMs = 1000, pollMs = 250, idlePollMs = 2000, fillAfterMs = 1000, patienceMs = 3000 } = options;
  const { mergeAfterMs = 600_000, mergeBytes = 32 << 20, rowBytes = 4800 } = options;
  const keptMs = options.keptMs?.(kind);
  const wait = (ms: number): Promise<void> => delay(ms);
  const table = insistent(options.table, { clock, random, delay: wait, patienceMs });
  const names = new Names(tenant, kind);
  const counter = new Counter(table, names);
  const hours = new Hours(table, names, counter);
  const rowsMs = keptMs === undefined ? undefined : keptMs + graceMs;
  const rows = new Rows({ table, names, counter, hours, clock, fillAfterMs, rowsMs });
  const head = new Head({ counter, log, pollMs, idlePollMs });
  const writer = new Writer({ blobs, names, counter, rows, head, reader, log, writer: writerName, flushMs, rowBytes });
  const channel = new Channel({ counter, hours, rows, reader, head, writer, log });
  const tidy = { table, blobs, names, counter, hours, rows, reader, clock, random, log, mergeAfterMs, mergeBytes };
  return { channel, tidy };
};

/** Who retains does so each hour; a day may pass before he can. */
const graceMs = 2 * 86_400_000;
