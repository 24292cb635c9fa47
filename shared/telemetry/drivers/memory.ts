import { Fault } from '../../base/fault.ts';
import type { Source } from '../follow.ts';
import { Followers, follow, isWanted } from '../follow.ts';
import type { StoredRecord, Telemetry, TelemetryQuery } from '../telemetry.ts';

/** Telemetry that lives and dies with the process, for tests. Reads look at every record of the kind. */
export const createMemoryTelemetry = (): Telemetry => {
  const kinds = new Map<string, Kept>();
  let isClosed = false;
  const open = (kind: string): Kept => {
    if (isClosed) throw new Fault('ServiceUnavailable', 'Telemetry is closed.');
    const kept = kinds.get(kind) ?? new Kept();
    kinds.set(kind, kept);
    return kept;
  };
  return {
    async append(kind, records) {
      open(kind).append(records);
    },
    read: (kind, query) => open(kind).read(query),
    tail: (kind, query, signal) => follow(open(kind), query, signal),
    async retain(kind, before) {
      open(kind).retain(before);
    },
    async close() {
      isClosed = true;
      for (const kept of kinds.values()) kept.followers.close();
    },
  };
};

/** One kind's records. */
class Kept implements Source {
  readonly followers = new Followers();
  #records: StoredRecord[] = [];
  #count = 0;

  append(records: Parameters<Telemetry['append']>[1]): void {
    const stored = records.map(record => ({ ...record, cursor: String(++this.#count).padStart(16, '0') }));
    this.#records.push(...stored);
    this.followers.publish(stored);
  }

  end(): string {
    return this.#count === 0 ? '' : String(this.#count).padStart(16, '0');
  }

  read(query: TelemetryQuery): AsyncIterable<StoredRecord> {
    return this.readUpTo(query, this.end());
  }

  async *readUpTo(query: TelemetryQuery, end: string): AsyncGenerator<StoredRecord> {
    const { after = zero, limit = Number.POSITIVE_INFINITY, reverse = false } = query;
    if (!/^\d{16}$/.test(after)) throw new Fault('BadRequest', 'Not a position in this stream.');
    const isLater = ({ cursor }: StoredRecord) => cursor > after || (query.inclusive === true && cursor === after);
    const found = this.#records.filter(r => isLater(r) && r.cursor <= end && isWanted(r, query));
    if (reverse) found.reverse();
    for (const [i, record] of found.entries()) {
      if (i >= limit) return;
      yield record;
    }
  }

  retain(before: number): void {
    this.#records = this.#records.filter(({ at }) => toHourEnd(at) > before);
  }
}

const zero = '0'.repeat(16);

const toHourEnd = (at: number): number => (Math.floor(at / 3_600_000) + 1) * 3_600_000;
