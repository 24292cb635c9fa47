import { Fault } from '../../../base/fault.ts';
import type { Kept } from '../../movable.ts';
import { compareKeys } from '../../order.ts';
import type { Entry, ListQuery, Page } from '../../store.ts';
import type { Changes } from './changes.ts';
import type { Journal } from './journal.ts';
import type { Parts } from './parts.ts';
import { Pasts } from './pasts.ts';
import type { ChangeRow, Stored } from './rows.ts';
import { fromObject, mustKnow, toNumber, toStored } from './rows.ts';
import type { Item } from './table.ts';

/** Reads one type's entries. */
export class Reader {
  readonly #parts: Parts;
  readonly #journal: Journal;
  readonly #changes: Changes;
  readonly #pasts: Pasts;
  #onStored: ((key: string, stored: Stored | undefined) => void) | undefined;

  constructor(parts: Parts, journal: Journal, changes: Changes) {
    this.#parts = parts;
    this.#journal = journal;
    this.#changes = changes;
    this.#pasts = new Pasts(journal);
  }

  /** Is shown whatever is read of the present, tombstones too; one at most. */
  set onStored(listener: (key: string, stored: Stored | undefined) => void) {
    this.#onStored = listener;
  }

  /** What stands in the table for each key, in order; undefined where nothing does. */
  async stored(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    const { table, names } = this.#parts;
    const objects = keys.map(key => names.object(this.#journal.type, key));
    const [only] = objects;
    const items = only !== undefined && objects.length === 1 ? [await table.get(only)] : await table.batchGet(objects);
    const stored = items.map((item, i) => this.#newest(keys[i] ?? '', item && fromObject(item)));
    if (this.#onStored !== undefined) for (const [i, key] of keys.entries()) this.#onStored(key, stored[i]);
    return stored;
  }

  /** The same for what is to be written. Who expects more than the table shows may have it from the log: that is read then. */
  async current(writes: readonly { readonly key: string; readonly expected: number }[]) {
    const keys = writes.map(write => write.key);
    const stored = await this.stored(keys);
    if (writes.every(({ expected }, i) => expected <= (stored[i]?.revision ?? 0))) return stored;
    await this.#journal.advance({ settles: true });
    return stored.map((each, i) => this.#newest(keys[i] ?? '', each));
  }

  async get(key: string): Promise<Entry | undefined> {
    const [stored] = await this.stored([key]);
    return this.entry(key, stored);
  }

  /** The entry of what is stored; undefined for a tombstone. */
  async entry(key: string, stored: Stored | undefined): Promise<Entry | undefined> {
    if (stored?.packed === undefined) return undefined;
    return this.#changes.entry(key, stored.revision, stored.packed);
  }

  /** The index may name a key too many, never one too few: each is looked up. */
  async find(term: string): Promise<string[]> {
    return (await this.#find(term)).map(([key]) => key);
  }

  async findEntries(term: string): Promise<Entry[]> {
    const found = await this.#find(term);
    const entries = await Promise.all(found.map(([key, stored]) => this.entry(key, stored)));
    return entries.filter(entry => entry !== undefined);
  }

  async #find(term: string): Promise<(readonly [string, Stored])[]> {
    const { table, names } = this.#parts;
    const all: (readonly [string, Stored])[] = [];
    let after: string | undefined;
    do {
      const PK = names.index(this.#journal.type, term);
      const page = await table.query({ PK, ...(after !== undefined && { after }) });
      const found = page.items.map(item => item.SK);
      const stored = found.length === 0 ? [] : await this.stored(found);
      for (const [i, key] of found.entries()) {
        const one = stored[i];
        if (one?.packed !== undefined && one.terms.includes(term)) all.push([key, one]);
      }
      await this.#tidy(page.items, stored, term);
      after = page.next;
    } while (after !== undefined);
    return all;
  }

  /**
   * The state at one revision, made of pages that were read one after the other: what the log says was written meanwhile, or
   * so shortly before that a page may not show it, is laid over them.
   */
  list(query: ListQuery): Promise<Page> {
    return this.#list(query, then => this.#entryOf(then));
  }

  /** The same with all that is kept of entries. */
  listKept(query: ListQuery): Promise<Page & { readonly entries: readonly Kept[] }> {
    return this.#list(query, then => this.#keptOf(then));
  }

  async #list<T extends Entry>(
    { prefix = '', after, limit = Number.POSITIVE_INFINITY, at }: ListQuery,
    toEntry: (then: Then) => Promise<T | undefined>,
  ): Promise<Page & { readonly entries: readonly T[] }> {
    const journal = this.#journal;
    await journal.advance({ settles: true });
    if (at !== undefined && at > journal.head) throw tooLarge(at, journal.head);
    if (at !== undefined && at < journal.head) await this.#pasts.check(at);
    await journal.cover();
    const unpin = journal.pin();
    try {
      const found = new Map<string, Stored>();
      const range: Range = { prefix, from: after, to: undefined };
      let isMore = !isBehind(prefix, after);
      for (;;) {
        if (isMore) isMore = await this.#readPage(range, limit, found);
        // Too few for the page, whatever the log says.
        if (isMore && found.size <= limit) continue;
        await this.#reach(toHighest(found.values()));
        const head = journal.head;
        const state = await this.#state(found, range, at);
        if (isMore && state.length <= limit) continue;
        const revision = at ?? head;
        const entries = await toEntries(state.slice(0, limit), at, toEntry);
        const remaining = state.length - entries.length;
        const more = isMore || remaining > 0;
        return { entries, revision, more, ...(!isMore && { remaining }) };
      }
    } finally {
      unpin();
    }
  }

  /** One page of the table; true when there are more. */
  async #readPage(range: Range, limit: number, found: Map<string, Stored>): Promise<boolean> {
    const { table, names } = this.#parts;
    // Everything comes after the empty key, and the table takes none.
    const after = range.to ?? (range.from || undefined);
    const rows = await table.query({
      PK: names.objects(this.#journal.type),
      ...(range.prefix !== '' && { prefix: range.prefix }),
      ...(after?.startsWith(range.prefix) && { after }),
      // Tombstones are among them: a few more make a second page rare.
      ...(Number.isFinite(limit) && { limit: limit + 1 + Math.ceil(limit / 8) }),
    });
    for (const item of rows.items) found.set(item.SK, fromObject(item));
    range.to = rows.next;
    return rows.next !== undefined;
  }

  /** Reads the log up to what was seen in the table: the slot of a visible entry is visible, or will be in a moment. */
  async #reach(revision: number): Promise<void> {
    const { clock, limits, delay } = this.#parts;
    const end = clock.now() + limits.marginMs;
    while (this.#journal.head < revision) {
      await this.#journal.advance({ settles: true });
      if (this.#journal.head >= revision) return;
      if (clock.now() > end) throw new Fault('ServiceUnavailable', 'The log does not reach what the table shows.');
      await delay(10);
    }
  }

  /** What is there at the revision, of the keys read so far, in order. */
  async #state(found: ReadonlyMap<string, Stored>, range: Range, at: number | undefined): Promise<Then[]> {
    const now = new Map(found);
    for (const row of this.#journal.recent()) {
      if (isWithin(range, row.key) && (now.get(row.key)?.revision ?? 0) < row.revision) {
        now.set(row.key, toStored(row));
      }
    }
    if (this.#onStored !== undefined) for (const [key, stored] of now) this.#onStored(key, stored);
    const state = new Map<string, Then>();
    for (const [key, stored] of now) if (stored.packed !== undefined) state.set(key, { key, stored });
    if (at !== undefined && at < this.#journal.head) {
      for (const [key, row] of await this.#pasts.changed(at)) {
        if (!isWithin(range, key)) continue;
        if (row.replaced === 0) state.delete(key);
        else state.set(key, { key, replacedBy: row });
      }
    }
    return [...state.values()].sort((a, b) => compareKeys(a.key, b.key));
  }

  #entryOf(then: Then): Promise<Entry | undefined> {
    return 'stored' in then ? this.entry(then.key, then.stored) : this.#changes.previous(then.replacedBy);
  }

  async #keptOf(then: Then): Promise<Kept | undefined> {
    const [entry, kept] = await Promise.all([this.#entryOf(then), 'stored' in then ? then.stored : this.#before(then)]);
    if (entry === undefined || kept === undefined) return undefined;
    const { terms, expiresAt } = kept;
    return { ...entry, terms, ...(expiresAt !== undefined && { expiresAt }) };
  }

  async #before({ replacedBy }: Replaced): Promise<Pick<Stored, 'terms' | 'expiresAt'> | undefined> {
    if (replacedBy.before !== undefined) return replacedBy.before;
    const row = await this.#journal.row(replacedBy.replaced);
    return row === undefined || row.kind === 'fill' ? undefined : row;
  }

  #newest(key: string, stored: Stored | undefined): Stored | undefined {
    const row = this.#journal.latest(key);
    return row !== undefined && row.revision > (stored?.revision ?? 0) ? toStored(row) : stored;
  }

  /** Drops what the index says too much. Only where the key has moved on: a writer puts its terms before its entry. */
  async #tidy(items: readonly Item[], stored: readonly (Stored | undefined)[], term: string): Promise<void> {
    await Promise.all(
      items.map(async (item, i) => {
        mustKnow(item);
        const present = stored[i];
        const revision = toNumber(item['r']);
        if (present === undefined || present.revision < revision || present.terms.includes(term)) return;
        await this.#parts.table.delete(item, { equals: ['r', revision] }).catch(() => {});
      }),
    );
  }
}

const toHighest = (found: Iterable<Stored>): number => {
  let highest = 0;
  for (const { revision } of found) highest = Math.max(highest, revision);
  return highest;
};

/** Keys that begin with `prefix`, behind `from`, and up to `to`; all when that is undefined. */
interface Range {
  readonly prefix: string;
  readonly from: string | undefined;
  to: string | undefined;
}

const isWithin = ({ prefix, from, to }: Range, key: string): boolean =>
  key.startsWith(prefix) &&
  (from === undefined || compareKeys(key, from) > 0) &&
  (to === undefined || compareKeys(key, to) <= 0);

/** True when nothing with the prefix can come after the key. */
const isBehind = (prefix: string, after: string | undefined): boolean =>
  after !== undefined && !after.startsWith(prefix) && compareKeys(after, prefix) > 0;

/** A key with what is stored for it, or the change that replaced what it held. */
type Then = { readonly key: string; readonly stored: Stored } | Replaced;

interface Replaced {
  readonly key: string;
  readonly replacedBy: ChangeRow;
}

const toEntries = async <T>(
  state: readonly Then[],
  at: number | undefined,
  toEntry: (then: Then) => Promise<T | undefined>,
): Promise<T[]> => {
  const entries: T[] = [];
  for (let i = 0; i < state.length; i += atOnce) {
    for (const entry of await Promise.all(state.slice(i, i + atOnce).map(toEntry))) {
      if (entry === undefined) throw new Fault('Expired', `The list at ${at} is too old.`);
      entries.push(entry);
    }
  }
  return entries;
};

/** Some of them may be blobs to fetch. */
const atOnce = 128;

const tooLarge = (at: number, head: number): Fault =>
  new Fault('Timeout', `Timeout: Too large resource version: ${at}, current: ${head}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
