import { Fault } from '../base/fault.ts';
import type { StoredRecord, TelemetryQuery } from './telemetry.ts';

/** What following needs of a driver. */
export interface Source {
  readonly followers: Followers;
  /** The position of the last record that there is; '' before the first. */
  end(): string;
  /** Records that match, up to a position and including it. */
  readUpTo(query: TelemetryQuery, end: string): AsyncIterable<StoredRecord>;
}

/**
 * `Telemetry.tail` for any driver. Listens first and reads history second, up to where listening began. Who is too slow
 * for what arrives goes back to reading.
 */
export async function* follow(
  source: Source,
  query: TelemetryQuery,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord> {
  if (query.reverse) throw new Fault('BadRequest', 'What is followed cannot be read backwards.');
  const follower = source.followers.add(query);
  const wake = () => follower.wake();
  signal.addEventListener('abort', wake);
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let mustRead = query.after !== undefined || query.since !== undefined;
  // Where all before was told or never asked for.
  let position = mustRead ? query.after : source.end() || undefined;
  try {
    while (left > 0 && !signal.aborted) {
      // No await between these two: what is published from here on is heard, what was before is read.
      mustRead = follower.catchUp() || mustRead;
      const end = source.end();
      if (mustRead) {
        for await (const record of source.readUpTo(toMissed(query, position), end)) {
          position = record.cursor;
          yield record;
          if (--left <= 0 || signal.aborted) return;
        }
        if (position === undefined || position < end) position = end || undefined;
        mustRead = false;
      }
      for (let record = follower.next(); record !== undefined; record = follower.next()) {
        position = record.cursor;
        yield record;
        if (--left <= 0 || signal.aborted) return;
      }
      if (!(await follower.wait(signal))) return;
    }
  } finally {
    signal.removeEventListener('abort', wake);
    source.followers.remove(follower);
  }
}

/** What is asked for, from a position on; from where the query says as long as there is no other. */
const toMissed = ({ limit: _, inclusive, ...query }: TelemetryQuery, position: string | undefined): TelemetryQuery => ({
  ...query,
  ...(position !== undefined && { after: position }),
  ...(inclusive && position === query.after && { inclusive }),
});

/** Who listens to one kind of telemetry, by device. Publishing costs as much as there are listeners to the device. */
export class Followers {
  readonly #byDevice = new Map<string, Set<Follower>>();
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  add(query: TelemetryQuery): Follower {
    const follower = new Follower(query, this);
    const key = query.device ?? everyone;
    const group = this.#byDevice.get(key);
    if (group === undefined) this.#byDevice.set(key, new Set([follower]));
    else group.add(follower);
    return follower;
  }

  remove(follower: Follower): void {
    const key = follower.query.device ?? everyone;
    const group = this.#byDevice.get(key);
    group?.delete(follower);
    if (group?.size === 0) this.#byDevice.delete(key);
  }

  /** Hands on records that are durable, in their order. */
  publish(records: readonly StoredRecord[]): void {
    if (this.#byDevice.size === 0) return;
    for (const record of records) {
      for (const follower of this.#byDevice.get(record.device) ?? []) follower.push(record);
      for (const follower of this.#byDevice.get(everyone) ?? []) follower.push(record);
    }
  }

  /** Ends every tail. */
  close(): void {
    this.#isClosed = true;
    for (const group of this.#byDevice.values()) for (const follower of group) follower.wake();
  }
}

/** One listener, with a small buffer. When that overflows it forgets all and has to read instead. */
class Follower {
  readonly query: TelemetryQuery;
  readonly #followers: Followers;
  #buffer: StoredRecord[] = [];
  #start = 0;
  #bytes = 0;
  #isBehind = false;
  #resume: (() => void) | undefined;

  constructor(query: TelemetryQuery, followers: Followers) {
    this.query = query;
    this.#followers = followers;
  }

  push(record: StoredRecord): void {
    if (this.#isBehind || !isWanted(record, this.query)) return;
    this.#buffer.push(record);
    this.#bytes += record.body.byteLength;
    if (this.#buffer.length - this.#start > maxRecords || this.#bytes > maxBytes) {
      this.#clear();
      this.#isBehind = true;
    }
    this.wake();
  }

  next(): StoredRecord | undefined {
    const record = this.#buffer[this.#start];
    if (record === undefined) {
      this.#clear();
      return undefined;
    }
    this.#start++;
    this.#bytes -= record.body.byteLength;
    return record;
  }

  /** True when records were missed; from now on it listens again. */
  catchUp(): boolean {
    const wasBehind = this.#isBehind;
    this.#isBehind = false;
    return wasBehind;
  }

  wake(): void {
    this.#resume?.();
  }

  /** Until there may be something; false when there never will be. */
  async wait(signal: AbortSignal): Promise<boolean> {
    while (this.#buffer.length === 0 && !this.#isBehind) {
      if (signal.aborted || this.#followers.isClosed) return false;
      await new Promise<void>(resolve => {
        this.#resume = resolve;
      });
    }
    return true;
  }

  #clear(): void {
    this.#buffer = [];
    this.#start = 0;
    this.#bytes = 0;
  }
}

/** Whether a record is one of those asked for, its position aside. */
export const isWanted = (record: StoredRecord, query: TelemetryQuery): boolean =>
  (query.device === undefined || record.device === query.device) &&
  (query.part === undefined || record.part === query.part) &&
  (query.since === undefined || record.at >= query.since) &&
  (query.until === undefined || record.at < query.until);

const everyone = '';
const maxRecords = 1000;
const maxBytes = 4 << 20;
