import type { Clock, Log, Random } from '../../../base/ports.ts';
import type { Bell } from './bell.ts';
import type { Entries } from './entries.ts';
import type { Names } from './names.ts';
import type { PassOver } from './passover.ts';
import type { Table } from './table.ts';
import type { Values } from './values.ts';

/** What the pieces of the driver share. */
export interface Parts {
  /** Asks again by itself; see `insistent`. */
  readonly table: Table;
  readonly names: Names;
  readonly values: Values;
  readonly entries: Entries;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly passOver: PassOver;
  readonly limits: Limits;
  /** Nothing follows from changes of these types. */
  readonly quietTypes: ReadonlySet<string>;
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** All in milliseconds but `historyMin`, a number of changes, and what ends in `Bytes`. */
export interface Limits {
  readonly historyMs: number;
  readonly historyMin: number;
  readonly marginMs: number;
  readonly holdMs: number;
  readonly fillAfterMs: number;
  readonly patienceMs: number;
  readonly pollMs: number;
  readonly idlePollMs: number;
  readonly restMs: number;
  readonly cacheBytes: number;
  readonly paceMs: number;
  readonly recallBytes: number;
}

/** Rows of the log and tombstones live so long; the table drops them by itself then, or later. */
export const lifeMs = 24 * 3_600_000;

/** History ends here at the latest: well before the table may drop rows. */
export const keepMs = lifeMs / 2;

/** The `ttl` of what is written at an instant. */
export const toTtl = (at: number): number => Math.ceil((at + lifeMs) / 1000);
