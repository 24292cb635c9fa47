/**
 * The few operations that we need of a DynamoDB table whose keys are the strings `PK` and `SK`. Reads see everything that was
 * acknowledged before they began unless they are asked to be `isEventual`. While a transaction is being committed, reads may
 * see one of its items and not yet another. What goes wrong is a `TableFault`; a condition that fails is an answer.
 */
export interface Table {
  get(key: Key, options?: ReadOptions): Promise<Item | undefined>;

  /** One answer per key, in order; any number of keys, each at most once. Not a snapshot. */
  batchGet(keys: readonly Key[], options?: ReadOptions): Promise<(Item | undefined)[]>;

  /** One page of a partition, by the UTF-8 bytes of `SK`. Not a snapshot. */
  query(query: Query): Promise<Rows>;

  put(item: Item, condition?: Condition): Promise<Written>;

  /** Changes attributes, of an item that need not exist. Answers with the whole item as it is then. */
  update(key: Key, change: Update, condition?: Condition): Promise<Written>;

  delete(key: Key, condition?: Condition): Promise<Written>;

  /** Without conditions, and without an answer for each; any number of keys. */
  batchDelete(keys: readonly Key[]): Promise<void>;

  /**
   * All actions or none: at most 100, at most 4 MB, each on another item. The same token with the same actions within ten minutes
   * is the same transaction: what was done is not done again, and is told as done.
   */
  transact(actions: readonly Action[], token: string): Promise<Transacted>;

  /** At most 100 items, each once, all as they were at one instant. One answer per key, in order. Twice the price. */
  transactGet(keys: readonly Key[]): Promise<(Item | undefined)[]>;

  close(): void;
}

export interface Key {
  /** At most 2048 bytes. */
  readonly PK: string;
  /** At most 1024 bytes. */
  readonly SK: string;
}

/** At most 400 KB, names of attributes included. */
export interface Item extends Key {
  /** Seconds since 1970 after which the table drops the item by itself, some days late perhaps: readers must look. */
  readonly ttl?: number;
  readonly [attribute: string]: Value | undefined;
}

/** Numbers are safe integers. */
export type Value = string | number | Uint8Array | readonly string[];

export interface ReadOptions {
  /** Half the price; may miss what was written just now. */
  readonly isEventual?: boolean;
}

export interface Query extends ReadOptions {
  readonly PK: string;
  /** Only sort keys that begin with this. */
  readonly prefix?: string;
  /** Only sort keys from this to that, both included. Not together with `prefix`. */
  readonly between?: readonly [string, string];
  /** Only sort keys behind this in the direction of reading; within `prefix` or `between`. */
  readonly after?: string;
  readonly limit?: number;
  readonly isDescending?: boolean;
}

export interface Rows {
  readonly items: readonly Item[];
  /** The `after` of the next page; undefined when there is none. */
  readonly next: string | undefined;
}

export interface Update {
  /** Attributes to overwrite. */
  readonly set?: Readonly<Record<string, Value>>;
  /** Numbers to add to numbers; what is missing counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
}

/** What an item must be for a write to happen. An item that does not exist lacks every attribute. */
export type Condition =
  | { readonly has: string }
  | { readonly lacks: string }
  | { readonly equals: readonly [attribute: string, value: Value] }
  /** False also when the attribute is missing. */
  | { readonly below: readonly [attribute: string, value: number] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

export type Action =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly update: Key; readonly change: Update; readonly condition?: Condition }
  | { readonly delete: Key; readonly condition?: Condition }
  | { readonly check: Key; readonly condition: Condition };

export type Written =
  /** `item`: what is there now; only an update tells. */
  | { readonly ok: true; readonly item?: Item }
  /** The condition was false for `current`, which is what is there. */
  | { readonly ok: false; readonly current: Item | undefined };

export type Transacted = { readonly ok: true } | { readonly ok: false; readonly reasons: readonly Reason[] };

/** Why an action kept its transaction from happening; `none`: it did not. The transaction will not happen later either. */
export type Reason =
  | { readonly code: 'none' | 'conflict' | 'throttled' }
  | { readonly code: 'condition'; readonly current: Item | undefined };

/** True for an item that is not there. */
export const absent: Condition = { lacks: 'PK' };

/** What a request consumed, in the units that DynamoDB charges: 4 KB for a read that sees everything, 1 KB for a write. */
export type Meter = (operation: keyof Table, units: { readonly read: number; readonly write: number }) => void;
