import { delay as defaultDelay } from '../../../base/delay.ts';
import { Fault } from '../../../base/fault.ts';
import type { Clock, Log, Random } from '../../../base/ports.ts';
import type { Blobs } from '../../../blob/blobs.ts';
import type { HistoryLimits } from '../../history.ts';
import type { Request } from '../../image.ts';
import { checkRequest } from '../../image.ts';
import type { Marks } from '../../marks.ts';
import type { Movable } from '../../movable.ts';
import { sparing } from '../../sparing.ts';
import type { Batch, Entry, ListQuery, Outcome, Page, Store, Write } from '../../store.ts';
import { Bell } from './bell.ts';
import { Entries } from './entries.ts';
import { GatheredMarks } from './gathered.ts';
import { insistent } from './insistent.ts';
import { TableMarks } from './marks.ts';
import { createMove } from './move.ts';
import { checkLength, Names } from './names.ts';
import type { Limits, Parts } from './parts.ts';
import { createPassOver } from './passover.ts';
import { recalled } from './recalled.ts';
import { Shelf } from './shelf.ts';
import { sweep } from './sweep.ts';
import type { Table } from './table.ts';
import { Values } from './values.ts';

export interface DynamoStoreOptions extends Pick<HistoryLimits, 'historyMs' | 'historyMin'> {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Separate stores in one table: up to 63 of a–z, 0–9 and `-`; default none. */
  readonly tenant?: string;
  /** Where values go that no item has room for; without it they are refused. */
  readonly spill?: Blobs;
  /** Compressed values of more bytes are spilled; default 65,536. */
  readonly spillBytes?: number;
  /**
   * Longest time from a writer's ticket until all that its transaction wrote is visible, in milliseconds, with what the clocks
   * of writers and readers differ by; default 60,000. Lists look so far back in the log.
   */
  readonly marginMs?: number;
  /** A slot that is empty for so long is ended by who waits for it, in milliseconds; default 1,000. */
  readonly fillAfterMs?: number;
  /** How long to try while the table is throttled or does not answer, in milliseconds; default 10,000. */
  readonly patienceMs?: number;
  /** Distance of polls while a log moves, in milliseconds; default 50. */
  readonly pollMs?: number;
  /** Distance of polls while nothing happens, in milliseconds; default 1,000. Then the bell is polled for all types: see `Bell`. */
  readonly idlePollMs?: number;
  /**
   * Distance of polls of each log whose bell is still, in milliseconds; default 15,000. So late a change may be seen whose writer
   * did not ring: because it died, or because its version of this driver does not.
   */
  readonly restMs?: number;
  /** Memory for the latest entries, in bytes; default 64 MiB. */
  readonly cacheBytes?: number;
  /**
   * `recalled` asks for the end of a log no more often than each so many milliseconds: who asks in between waits for the next
   * time; default 100.
   */
  readonly paceMs?: number;
  /** Memory for what `recalled` was asked, of each type, in bytes; default 512 MiB, some 100,000 devices. */
  readonly recallBytes?: number;
  /** Marks of these spaces are written no more often than each so many milliseconds; see `sparing`. */
  readonly sparedMarks?: Readonly<Record<string, number>>;
  /**
   * Marks of these spaces are written together each so many milliseconds; 0 where this process must not let one wait, but others
   * may; see `GatheredMarks`.
   */
  readonly gatheredMarks?: Readonly<Record<string, number>>;
  /** Types from whose changes nothing follows: their rows of the log say so, for whoever filters the table's stream. */
  readonly quietTypes?: readonly string[];
  /** Where waiting is not a matter of the real clock. */
  readonly delay?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * A store in a table of DynamoDB, for any number of processes at once. Each type has a log of slots: a writer takes the next
 * slot from a counter, and one transaction puts the entry and fills the slot. Whoever reads the log and finds a slot empty whose
 * writer is late fills it itself; then that writer cannot, and takes another. So revisions have gaps where nothing
 * happened, and a log that was read once never changes.
 *
 * A process keeps nothing that another may not have changed: it may be frozen, killed, or one of many. What it holds in memory
 * it can read again. A revision that `get` or `commit` tells is that of an entry: earlier slots may still be on their
 * way. Those that `head`, `list` and `tail` tell are settled: nothing is ever written below them.
 */
export const openDynamoStore = (options: DynamoStoreOptions): OpenedStore => new DynamoStore(options);

export interface OpenedStore extends Store, Movable {
  readonly marks: Marks;
  /**
   * The same store for who asks the same again and again, and has a moment: for readers of few types in a process that stays.
   * It keeps the contract; a read costs a share of one request, and the table is asked once only for what does not change.
   */
  readonly recalled: Store & { readonly marks: Marks };
}

class DynamoStore implements OpenedStore {
  readonly marks: Marks;
  readonly recalled: Store & { readonly marks: Marks };
  readonly snapshot: Movable['snapshot'];
  readonly fill: Movable['fill'];
  readonly #parts: Parts;
  readonly #blobs: Blobs | undefined;
  readonly #fold: () => Promise<void>;
  readonly #shelves = new Map<string, Shelf>();
  #isClosed = false;

  constructor(options: DynamoStoreOptions) {
    const { table, clock, random, log, tenant = '', spill, delay = patiently } = options;
    const limits = toLimits(options);
    const names = new Names(tenant);
    this.#blobs = spill;
    // Neither a mark nor a ring is worth waiting for.
    const quick = insistent(table, { clock, random, delay, patienceMs: quickPatienceMs });
    this.#parts = {
      table: insistent(table, { clock, random, delay, patienceMs: limits.patienceMs }),
      names,
      bell: new Bell({ table: quick, names, log, limits, delay }),
      values: new Values(
        spill,
        random,
        ['spill', ...(tenant === '' ? [] : [tenant])].join('/'),
        options.spillBytes ?? 65_536,
      ),
      entries: new Entries(limits.cacheBytes),
      clock,
      random,
      log,
      passOver: createPassOver(log),
      limits,
      quietTypes: new Set(options.quietTypes),
      delay,
    };
    const marks = new GatheredMarks({
      ...this.#parts,
      marks: new TableMarks(quick, names),
      spaces: options.gatheredMarks ?? {},
    });
    this.#fold = () => marks.fold();
    this.marks = Object.entries(options.sparedMarks ?? {}).reduce<Marks>(
      (spared, [space, everyMs]) => sparing(spared, space, everyMs, clock),
      marks,
    );
    this.recalled = recalled(this, type => this.#shelf(type).recall);
    const move = createMove({
      parts: this.#parts,
      marks,
      shelf: type => this.#shelf(type),
      forget: type => void this.#shelves.delete(type),
    });
    this.snapshot = move.snapshot;
    this.fill = move.fill;
  }

  async get(type: string, key: string): Promise<Entry | undefined> {
    return this.#shelf(type).reader.get(key);
  }

  async list(type: string, query: ListQuery = {}): Promise<Page> {
    return this.#shelf(type).reader.list(query);
  }

  async find(type: string, term: string): Promise<string[]> {
    return this.#shelf(type).reader.find(term);
  }

  async findEntries(type: string, term: string): Promise<Entry[]> {
    return this.#shelf(type).reader.findEntries(term);
  }

  async head(type: string): Promise<number> {
    const { journal } = this.#shelf(type);
    await journal.advance({ settles: true });
    return journal.head;
  }

  tail(type: string, after: number, signal: AbortSignal): AsyncIterable<Batch> {
    return this.#shelf(type).follow.tail(after, signal);
  }

  async commit(...[type, write, options]: Parameters<Store['commit']>): Promise<Outcome> {
    const request: Request = { type, write, options };
    checkRequest(request);
    checkLength(type, write.key);
    return this.#shelf(type).writer.commit(request);
  }

  async sweep(): Promise<void> {
    await this.#fold();
    await sweep({
      parts: this.#parts,
      blobs: this.#blobs,
      journal: type => this.#shelf(type).journal,
      reader: type => this.#shelf(type).reader,
      commit: (type: string, write: Write) => this.commit(type, write),
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(
      [...this.#shelves.values()].map(async ({ writer, follow }) => {
        await writer.close();
        await follow.close();
      }),
    );
  }

  #shelf(type: string): Shelf {
    if (this.#isClosed) throw new Fault('ServiceUnavailable', 'The store is closed.');
    const shelf = this.#shelves.get(type) ?? new Shelf(this.#parts, type);
    this.#shelves.set(type, shelf);
    return shelf;
  }
}

const toLimits = (options: DynamoStoreOptions): Limits => {
  const { marginMs = 60_000 } = options;
  return {
    historyMs: options.historyMs ?? 3_600_000,
    historyMin: options.historyMin ?? 1000,
    marginMs,
    holdMs: marginMs / 4,
    fillAfterMs: options.fillAfterMs ?? 1000,
    patienceMs: options.patienceMs ?? 10_000,
    pollMs: options.pollMs ?? 50,
    idlePollMs: options.idlePollMs ?? 1000,
    restMs: options.restMs ?? 15_000,
    cacheBytes: options.cacheBytes ?? 64 << 20,
    paceMs: options.paceMs ?? 100,
    recallBytes: options.recallBytes ?? 512 << 20,
  };
};

const quickPatienceMs = 1000;

const patiently = (ms: number, signal = new AbortController().signal): Promise<void> => defaultDelay(ms, signal);
