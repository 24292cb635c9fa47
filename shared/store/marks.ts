/**
 * Last-writer-wins values that change too often for a log: when a device was last heard, which config it fetched.
 * A mark may be lost when the process dies (the next heartbeat makes it anew); it never blocks and never conflicts.
 */
export interface Marks {
  set(space: string, key: string, value: Uint8Array): Promise<void>;
  get(space: string, key: string): Promise<Uint8Array | undefined>;
  /** One answer per key, in order. */
  getMany(space: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  delete(space: string, key: string): Promise<void>;
  /**
   * When a mark was set, in milliseconds since 1970, for less than reading or setting it costs; may miss what happened just now.
   * Undefined: it is not known, or there is none. Absent: it is never known.
   */
  setAt?(space: string, key: string): Promise<number | undefined>;
  /** Every mark of a space, in no order. For sweeps, never on a request path. */
  all(space: string): AsyncIterable<{ key: string; value: Uint8Array }>;
  /** How much older than what was set last a mark of the space may be, in milliseconds; absent: not at all. */
  lagMs?(space: string): number;
  close(): Promise<void>;
}
