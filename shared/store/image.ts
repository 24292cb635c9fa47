import { Fault } from '../base/fault.ts';
import type { HistoryLimits } from './history.ts';
import { History } from './history.ts';
import type { Kept, TypeSnapshot } from './movable.ts';
import { checkKey } from './order.ts';
import { Shelf } from './shelf.ts';
import type { Batch, Change, CommitOptions, Entry, ListQuery, Outcome, Page, Put, Write } from './store.ts';

/**
 * All types of a store in memory. Reads are answered from here at once. A write takes two steps, so that a driver can make
 * it durable in between: `stage` decides what a group of requests does, in order, and changes nothing; `apply` makes it
 * seen. Between the two, no other `stage`.
 */
export class Image {
  readonly #limits: HistoryLimits;
  readonly #shelves = new Map<string, Shelf>();
  #isClosed = false;

  constructor(limits: HistoryLimits = {}) {
    this.#limits = limits;
  }

  get(type: string, key: string): Entry | undefined {
    this.#mustBeOpen();
    return this.#shelves.get(type)?.get(key);
  }

  list(type: string, query: ListQuery = {}): Page {
    this.#mustBeOpen();
    return this.#shelf(type).list(query);
  }

  find(type: string, term: string): string[] {
    this.#mustBeOpen();
    return this.#shelves.get(type)?.terms.find(term) ?? [];
  }

  findEntries(type: string, term: string): Entry[] {
    return this.find(type, term).flatMap(key => this.get(type, key) ?? []);
  }

  head(type: string): number {
    this.#mustBeOpen();
    return this.#shelves.get(type)?.history.head ?? 0;
  }

  tail(type: string, after: number, signal: AbortSignal): AsyncIterable<Batch> {
    this.#mustBeOpen();
    return this.#shelf(type).tail(after, signal);
  }

  /** What each request comes to, seeing the ones before it as done. Throws only what concerns all: the store is closed. */
  stage(requests: readonly Request[]): Staged[] {
    this.#mustBeOpen();
    const draft = new Draft(this.#shelves);
    return requests.map(request => draft.add(request));
  }

  /** Makes staged changes seen, in order, at an instant in milliseconds. */
  apply(staged: readonly Staged[], now: number): void {
    const touched = new Set<Shelf>();
    for (const { record } of staged) {
      if (record === undefined) continue;
      const shelf = this.#shelf(record.type);
      shelf.apply(record, now);
      touched.add(shelf);
    }
    for (const shelf of touched) shelf.wake();
  }

  /** Sets up a type as it was stored. Only before its first use. */
  load(type: string, compacted: number): Shelf {
    const shelf = new Shelf(new History(this.#limits, compacted));
    this.#shelves.set(type, shelf);
    return shelf;
  }

  /** All types that were ever written, as they are now. */
  snapshot(): TypeSnapshot[] {
    this.#mustBeOpen();
    return [...this.#shelves]
      .filter(([, shelf]) => shelf.history.head > 0)
      .map(([type, shelf]) => {
        const kept = shelf.kept();
        return { type, revision: shelf.history.head, entries: () => each(kept) };
      });
  }

  /** Sets up a type that was never written, or only by this. Throws Conflict when it was committed to. */
  fill(type: string, revision: number, entries: readonly Kept[]): void {
    this.mustBeFillable(type);
    const shelf = this.load(type, revision);
    for (const { terms, expiresAt, ...entry } of entries)
      shelf.restore(entry.key, Object.freeze(entry), terms, expiresAt);
  }

  mustBeFillable(type: string): void {
    this.#mustBeOpen();
    const history = this.#shelves.get(type)?.history;
    if (history !== undefined && history.head > history.compacted) {
      throw new Fault('Conflict', `${type} was written already; only what was never written can be filled.`);
    }
  }

  /** Deletes for the entries whose time has come. */
  expired(now: number): Request[] {
    const requests: Request[] = [];
    for (const [type, shelf] of this.#shelves) {
      for (const { key, revision } of shelf.expired(now)) {
        requests.push({ type, write: { key, expected: revision, delete: true } });
      }
    }
    return requests;
  }

  /** Drops history beyond the limits: per type what was dropped and the revision up to which. */
  compact(now: number): Compaction[] {
    const done: Compaction[] = [];
    for (const [type, shelf] of this.#shelves) {
      const dropped = shelf.history.compact(now);
      if (dropped.length > 0) done.push({ type, compacted: shelf.history.compacted, dropped });
    }
    return done;
  }

  /** True when some type's history takes too much memory to wait for the next sweep. */
  get isBulky(): boolean {
    for (const shelf of this.#shelves.values()) if (shelf.history.isBulky) return true;
    return false;
  }

  /** Ends every tail; afterwards all calls throw. */
  close(): void {
    this.#isClosed = true;
    for (const shelf of this.#shelves.values()) shelf.close();
  }

  #shelf(type: string): Shelf {
    return this.#shelves.get(type) ?? this.load(type, 0);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new Fault('ServiceUnavailable', 'The store is closed.');
  }
}

export interface Request {
  readonly type: string;
  readonly write: Write;
  readonly options?: CommitOptions | undefined;
}

/** What a request comes to; `record` when it changes something. */
export interface Staged {
  readonly outcome: Outcome;
  readonly record?: Record;
}

/** One change with all that a driver must keep of it. */
export interface Record {
  readonly type: string;
  readonly change: Change;
  /** What is there afterwards; undefined for a delete. */
  readonly entry: Entry | undefined;
  readonly terms: readonly string[];
  readonly expiresAt: number | undefined;
}

export interface Compaction {
  readonly type: string;
  readonly compacted: number;
  readonly dropped: readonly Change[];
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Throws BadRequest for what no driver could keep. */
export const checkRequest = ({ type, write }: Request): void => {
  checkKey(type);
  checkKey(write.key);
  if (!Number.isSafeInteger(write.expected) || write.expected < 0) {
    throw new Fault('BadRequest', `Not a revision: ${write.expected}.`);
  }
};

/** The image as it will be once everything staged so far is applied. */
class Draft {
  readonly #shelves: ReadonlyMap<string, Shelf>;
  readonly #types = new Map<string, { head: number; readonly entries: Map<string, Entry | undefined> }>();

  constructor(shelves: ReadonlyMap<string, Shelf>) {
    this.#shelves = shelves;
  }

  add({ type, write, options }: Request): Staged {
    const current = this.#get(type, write.key);
    if ((current?.revision ?? 0) !== write.expected || ('delete' in write && current === undefined)) {
      return { outcome: { ok: false, failed: 'expected', current } };
    }
    const index = (options?.requires ?? []).findIndex(r => (this.#get(r.type, r.key)?.revision ?? 0) !== r.revision);
    if (index >= 0) return { outcome: { ok: false, failed: 'requires', index } };
    return 'delete' in write ? this.#delete(type, write.key, current, write.last) : this.#put(type, write, current);
  }

  #put(type: string, { key, value, terms = [], expiresAt }: Put, previous: Entry | undefined): Staged {
    const revision = this.#next(type);
    const entry: Entry = Object.freeze({ key, value, revision });
    this.#set(type, key, entry);
    const change = Object.freeze({ revision, key, value, deleted: false, previous });
    return { outcome: { ok: true, revision, entry }, record: { type, change, entry, terms, expiresAt } };
  }

  #delete(type: string, key: string, previous: Entry | undefined, last: Uint8Array | undefined): Staged {
    const revision = this.#next(type);
    this.#set(type, key, undefined);
    const value = last ?? previous?.value ?? new Uint8Array();
    const change = Object.freeze({ revision, key, value, deleted: true, previous });
    return {
      outcome: { ok: true, revision },
      record: { type, change, entry: undefined, terms: [], expiresAt: undefined },
    };
  }

  #get(type: string, key: string): Entry | undefined {
    const entries = this.#types.get(type)?.entries;
    return entries?.has(key) ? entries.get(key) : this.#shelves.get(type)?.get(key);
  }

  #set(type: string, key: string, entry: Entry | undefined): void {
    this.#draft(type).entries.set(key, entry);
  }

  #next(type: string): number {
    return ++this.#draft(type).head;
  }

  #draft(type: string) {
    let draft = this.#types.get(type);
    if (draft === undefined) {
      draft = { head: this.#shelves.get(type)?.history.head ?? 0, entries: new Map() };
      this.#types.set(type, draft);
    }
    return draft;
  }
}
