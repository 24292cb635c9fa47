/**
 * Immutable large objects under names. A name is one to sixteen segments joined by `/`; a segment is 1 to 128 of `a`–`z`,
 * `0`–`9`, `.`, `_`, `=`, `-` and begins with a letter or a digit; other names are a BadRequest. Who puts `a` never puts `a/b`: a driver may refuse one beside the other. For every driver:
 *
 * 1. **Whole or not at all.** A reader sees all bytes of a put or none of them.
 * 2. **Durable.** What `put` acknowledged survives the death of the process at any later moment.
 * 3. **Seen at once.** `get`, `head` and `list` see every put and delete that was acknowledged before they began.
 * 4. **One wins.** Of puts with `ifAbsent` under one name at most one is told true, also between processes and when an
 *    answer was lost on the way and the driver had to ask again.
 *
 * What cannot be reached, or refuses, is `Fault('ServiceUnavailable')` with a sentence for the operator; after a `put` that
 * threw the object may be there or not. `test/conformance/blobs.ts` checks this.
 */
export interface Blobs {
  /** Keeps the bytes. False: `ifAbsent` was asked for and something was there, which stays as it is. */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>;

  /** The bytes, or those of the range that exist (none, when it lies behind the end); undefined when nothing is there. */
  get(key: string, range?: Range): Promise<Uint8Array | undefined>;

  /** What is known without reading; undefined when nothing is there. */
  head(key: string): Promise<Blob | undefined>;

  /** What is not there is deleted already. */
  delete(keys: readonly string[]): Promise<void>;

  /**
   * Names that begin with a prefix (any text that a name may begin with, also in the middle of a segment), after `after`,
   * in byte order. What comes and goes meanwhile may be told or not.
   */
  list(prefix: string, after?: string): AsyncIterable<Blob>;

  close(): Promise<void>;
}

export interface PutOptions {
  readonly ifAbsent?: boolean;
}

/** Bytes from `start` to before `end`; to the last without `end`. */
export interface Range {
  readonly start: number;
  readonly end?: number;
}

export interface Blob {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** When it was put, milliseconds since 1970 by the clock of what keeps it; full seconds may be all it tells. */
  readonly at: number;
}
