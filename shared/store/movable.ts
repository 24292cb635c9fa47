import type { Entry } from './store.ts';

/**
 * A store whose whole content can be taken out and put into another, of whatever driver. `test/conformance/movable.ts`
 * checks it.
 */
export interface Movable {
  /**
   * All that is there, while writers go on: every type exactly at one revision, and all types together a cut that does not
   * contradict itself: when a write is within it, so is every write, of any type, that was acknowledged before that one
   * began. An owner is never missing beside what it owns. (A driver with a log for each type takes all heads in one
   * transaction, waits until each log is settled up to there, and reads each type at its head.)
   */
  snapshot(): Promise<Snapshot>;

  /**
   * Makes a type that was never written hold these entries, each at its own revision, and go on after `revision`: that is
   * its head and its compacted revision, so that whoever knows an earlier one hears Expired. Revisions of entries are not
   * above it. Durable when it resolves. When it breaks off, the same call again does the whole. Throws Conflict when it
   * sees that the type was committed to; whoever cannot be sure of an empty store asks `snapshot` first.
   */
  fill(type: string, revision: number, entries: AsyncIterable<Kept>): Promise<void>;
}

export interface Snapshot {
  /** Every type that was ever written, in no order. */
  readonly types: readonly TypeSnapshot[];
  /** Marks belong to no instant: each as it was last set. */
  marks(): AsyncIterable<Mark>;
}

export interface TypeSnapshot {
  readonly type: string;
  /** Its head. */
  readonly revision: number;
  /** In byte order of their keys. Read at most once. */
  entries(): AsyncIterable<Kept>;
}

/** An entry with all that its store keeps of it. */
export interface Kept extends Entry {
  readonly terms: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** One value of `Marks`. */
export interface Mark {
  readonly space: string;
  readonly key: string;
  readonly value: Uint8Array;
}
