/**
 * What devices sent, by time. Records are opaque bytes, kept by arrival, partitioned by kind and hour, and dropped after
 * the kind's retention. Order is the order of arrival; within one device it is the order in which posts were accepted.
 */
export interface Telemetry {
  /** Durable when the promise resolves. Records of one call stay in order. */
  append(kind: string, records: readonly TelemetryRecord[]): Promise<void>;

  /** What is there now, oldest first (newest first with `reverse`). */
  read(kind: string, query: TelemetryQuery): AsyncIterable<StoredRecord>;

  /**
   * What is there after `query.after` (without it: since `query.since`; without both: nothing), then what arrives, until
   * `signal` aborts. No gaps; after a reconnect with the last cursor, no repetition. `reverse` is a BadRequest.
   */
  tail(kind: string, query: TelemetryQuery, signal: AbortSignal): AsyncIterable<StoredRecord>;

  /**
   * Drops what arrived before the instant (milliseconds), whole hours at a time, and puts in order what is kept, where the
   * driver does that. Safe to run anywhere, any number of times; who died over it leaves it to the next.
   */
  retain(kind: string, before: number): Promise<void>;

  close(): Promise<void>;
}

export interface TelemetryRecord {
  /** Device UUID. */
  readonly device: string;
  /** What within the device, e.g. an application's UUID; absent for the device itself. */
  readonly part?: string;
  /** Arrival, milliseconds since 1970, by the controller's clock. */
  readonly at: number;
  readonly body: Uint8Array;
}

export interface StoredRecord extends TelemetryRecord {
  /** Opaque position; `after` it comes the next record. Sorts as the records do. */
  readonly cursor: string;
}

export interface TelemetryQuery {
  readonly device?: string;
  readonly part?: string;
  /** Arrival at or after, before; milliseconds. */
  readonly since?: number;
  readonly until?: number;
  readonly after?: string;
  /** With `after`: begin with the record at that position itself, if it is still there. */
  readonly inclusive?: boolean;
  readonly limit?: number;
  readonly reverse?: boolean;
}
