/**
 * Versioned bytes. What a store keeps is opaque to it; what it promises is order.
 *
 * A store holds *types*, each with its own log and its own revisions 1, 2, 3 … . For every type:
 *
 * 1. **One order.** Every write, also a delete, gets a revision; once a reader has seen revision R, no write ≤ R can
 *    appear later.
 * 2. **Linearizable reads.** `get`, `list`, `find` and `findEntries` without `at` see every write that was acknowledged before they began.
 * 3. **Snapshots.** A `list` is the state at exactly one revision, which it names; `tail` from it misses nothing and
 *    repeats nothing. Pages that name the first page's revision (`at`) see the first page's state.
 * 4. **Compare and swap.** A write names the revision it expects (0: the key is absent) and happens wholly or not at all.
 * 5. **Durable.** A write that was acknowledged survives the death of the process at any later moment.
 * 6. **History is finite.** What is older than the compacted revision answers `Fault('Expired')`. Revisions never go down.
 *
 * Revisions of different types are not comparable. Drivers keep this contract; `test/conformance/store.ts` checks it.
 */
export interface Store {
  get(type: string, key: string): Promise<Entry | undefined>;

  /** Entries in byte order of their keys. Throws `Fault('Expired')` when `at` is compacted away. */
  list(type: string, query?: ListQuery): Promise<Page>;

  /** Keys of the type's entries that carry the index term, in byte order. Consistent with `get`. */
  find(type: string, term: string): Promise<string[]>;

  /** The same with what is there, for the price of looking. */
  findEntries(type: string, term: string): Promise<Entry[]>;

  /** One write. Never throws for a lost race: it says which expectation failed and what is there instead. */
  commit(type: string, write: Write, options?: CommitOptions): Promise<Outcome>;

  /** The type's latest revision; 0 when nothing was ever written. */
  head(type: string): Promise<number>;

  /**
   * Everything that happens after `after`, in order, without gaps, until `signal` aborts (then it ends without error).
   * Batches arrive as changes do; a batch may be empty and then only says that `revision` was reached.
   * Throws `Fault('Expired')` when `after` is compacted away, at the start or, for a reader that fell behind, later.
   */
  tail(type: string, after: number, signal: AbortSignal): AsyncIterable<Batch>;

  /** Drops expired entries (as deletes) and history that left the window. Safe to run anywhere, any number of times. */
  sweep(): Promise<void>;

  close(): Promise<void>;
}

/** `value` is immutable, and the same instance for as long as the entry is unchanged: fit for a WeakMap cache. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

export interface ListQuery {
  /** Only keys that begin with this. */
  readonly prefix?: string;
  /** Only keys greater than this. */
  readonly after?: string;
  /** At most so many entries; all when absent. */
  readonly limit?: number;
  /** The state at this revision instead of the latest. A revision not reached yet is `Fault('Timeout')`. */
  readonly at?: number;
}

export interface Page {
  readonly entries: readonly Entry[];
  /** The revision whose state this is. */
  readonly revision: number;
  /** True when entries beyond `limit` exist. */
  readonly more: boolean;
  /** How many exist beyond this page, where the driver knows. */
  readonly remaining?: number;
}

export type Write = Put | Delete;

export interface Put {
  readonly key: string;
  readonly value: Uint8Array;
  /** Revision of the entry that this replaces; 0 to create. */
  readonly expected: number;
  /** Index terms that find this entry, replacing the former ones. */
  readonly terms?: readonly string[];
  /** Milliseconds since 1970 after which `sweep` deletes the entry. Readers may still see it until then. */
  readonly expiresAt?: number;
}

export interface Delete {
  readonly key: string;
  readonly expected: number;
  readonly delete: true;
  /** The last state that watchers are shown; the stored one when absent. */
  readonly last?: Uint8Array;
}

export interface CommitOptions {
  /** Other entries that must be at exactly this revision for the write to happen. */
  readonly requires?: readonly { readonly type: string; readonly key: string; readonly revision: number }[];
}

export type Outcome =
  | { readonly ok: true; readonly revision: number; readonly entry?: Entry }
  /** The key was not at `expected`; `current` is what is there (undefined: nothing). */
  | { readonly ok: false; readonly failed: 'expected'; readonly current: Entry | undefined }
  /** The entry named by `requires[index]` was elsewhere. */
  | { readonly ok: false; readonly failed: 'requires'; readonly index: number };

export interface Change {
  readonly revision: number;
  readonly key: string;
  /** The new state; for a delete, the last state. */
  readonly value: Uint8Array;
  readonly deleted: boolean;
  /** What was there before; undefined when the key is new. */
  readonly previous: Entry | undefined;
}

export interface Batch {
  readonly changes: readonly Change[];
  /** All changes up to and including this revision have been given. */
  readonly revision: number;
}
