import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import type { Compaction, Image, Record } from '../image.ts';
import type { Kept, Mark } from '../movable.ts';
import type { Shelf } from '../shelf.ts';
import type { Entry } from '../store.ts';
import type { Database, Statement } from './engine.ts';
import { toBytes } from './engine.ts';
import type { ChangedMark } from './marks.ts';
import { prepareSchema } from './schema.ts';

/**
 * What a SQLite file holds: one row per change. There are rows for the present entries, for the history, and for what
 * the history's first changes replaced; nothing else. All calls but `sync` block until done.
 */
export class Ledger {
  readonly #db: Database;
  readonly #file: string;
  readonly #isWal: boolean;
  #wal: FileHandle | undefined;
  readonly #insert: Statement;
  readonly #drop: Statement;
  readonly #setMark: Statement;
  readonly #setMarks: Statement;
  readonly #deleteMark: Statement;
  readonly #types = new Map<string, number>();

  /** Throws a Fault that says what to do when the file is not a store of this version. */
  constructor(db: Database, file: string) {
    this.#db = db;
    this.#file = file;
    this.#isWal = prepareSchema(db, file).isWal;
    this.#insert = db.prepare(
      'INSERT INTO log (id, key, at, deleted, value, terms, expires) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#drop = db.prepare('DELETE FROM log WHERE id = ? OR id = ?');
    this.#setMark = db.prepare(`${setMark} (?, ?, ?)`);
    this.#setMarks = db.prepare(`${setMark} ${Array(marksAtOnce).fill('(?, ?, ?)').join(', ')}`);
    this.#deleteMark = db.prepare('DELETE FROM marks WHERE space = ? AND key = ?');
  }

  /** Writes changes, all or none. They are durable once `sync` that was called afterwards has resolved. */
  append(records: readonly Record[], now: number): void {
    this.#transact(() => {
      for (const { type, change, entry, terms, expiresAt } of records) {
        // A delete keeps bytes only when they differ from what it deletes.
        const value = entry === undefined && change.value === change.previous?.value ? null : change.value;
        this.#insert.run(
          toId(this.#typeId(type), change.revision),
          change.key,
          now,
          change.deleted ? 1 : 0,
          value,
          terms.length === 0 ? null : JSON.stringify(terms),
          expiresAt ?? null,
        );
      }
    });
  }

  /** Waits until all that was written before is on the disk. Off the event loop. */
  async sync(): Promise<void> {
    if (!this.#isWal) return;
    this.#wal ??= await open(`${this.#file}-wal`, 'r+');
    await this.#wal.datasync();
  }

  /** From now on history up to the revision is gone; `rows` then removes what only it needed. */
  compact(compactions: readonly Compaction[]): void {
    const update = this.#db.prepare('UPDATE types SET compacted = ? WHERE id = ?');
    this.#transact(() => {
      for (const { type, compacted } of compactions) update.run(compacted, this.#typeId(type));
    });
  }

  /** Removes the rows that dropped changes leave without use: what they replaced, and deletes themselves. */
  remove(type: string, dropped: Compaction['dropped']): void {
    const id = this.#typeId(type);
    this.#transact(() => {
      for (const { revision, deleted, previous } of dropped) {
        if (deleted || previous !== undefined) {
          this.#drop.run(deleted ? toId(id, revision) : -1, previous ? toId(id, previous.revision) : -1);
        }
      }
    });
  }

  /** Makes a type empty, with nothing before `revision`. */
  clear(type: string, revision: number): void {
    this.#transact(() => {
      const id = this.#typeId(type);
      this.#db.prepare('DELETE FROM log WHERE id > ? AND id < ?').run(toId(id, 0), toId(id + 1, 0));
      this.#db.prepare('UPDATE types SET compacted = ? WHERE id = ?').run(revision, id);
    });
  }

  /** Adds entries that were there before the type's history began. */
  keep(type: string, entries: readonly Kept[], now: number): void {
    this.#transact(() => {
      const id = this.#typeId(type);
      for (const { key, value, revision, terms, expiresAt } of entries) {
        const termsText = terms.length === 0 ? null : JSON.stringify(terms);
        this.#insert.run(toId(id, revision), key, now, 0, value, termsText, expiresAt ?? null);
      }
    });
  }

  writeMarks(marks: readonly ChangedMark[]): void {
    const rows: (readonly [space: string, key: string, value: Uint8Array])[] = [];
    this.#transact(() => {
      for (const { space, key, value } of marks) {
        if (value === undefined) this.#deleteMark.run(space, key);
        else rows.push([space, key, value]);
      }
      let at = 0;
      for (; at + marksAtOnce <= rows.length; at += marksAtOnce)
        this.#setMarks.run(...rows.slice(at, at + marksAtOnce).flat());
      for (const row of rows.slice(at)) this.#setMark.run(...row);
    });
  }

  /** Every mark as it was last written. */
  *marks(): Generator<Mark> {
    for (const row of this.#db.prepare('SELECT space, key, value FROM marks').iterate()) {
      const { space, key, value } = row as Row;
      yield { space: String(space), key: String(key), value: toBytes(value) };
    }
  }

  /** Fills an empty image with what is stored. Throws a Fault when the file contradicts itself. */
  load(image: Image): void {
    for (const row of this.#db.prepare('SELECT id, name, compacted FROM types').all()) {
      const { id, name, compacted } = row as Row;
      this.#types.set(String(name), Number(id));
      this.#loadType(Number(id), String(name), image.load(String(name), Number(compacted)));
    }
  }

  /** Folds everything into the main file, so that it can be copied alone. */
  async close(): Promise<void> {
    await this.#wal?.close();
    this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    this.#db.close();
  }

  #loadType(id: number, name: string, shelf: Shelf): void {
    const { compacted } = shelf.history;
    const leftOver: number[] = [];
    const base = toId(id, 0);
    const rows = this.#db
      .prepare('SELECT * FROM log WHERE id > ? AND id < ? ORDER BY id')
      .iterate(base, toId(id + 1, 0));
    for (const row of rows) {
      const stored = toStored(row as Row, base);
      const previous = shelf.get(stored.key);
      if (stored.revision <= compacted) {
        if (previous !== undefined) leftOver.push(previous.revision);
        if (stored.deleted) leftOver.push(stored.revision);
        shelf.restore(stored.key, toEntry(stored), stored.terms, stored.expiresAt);
        continue;
      }
      if (stored.revision !== shelf.history.head + 1) {
        throw new Fault('InternalError', `The store is damaged: ${name} lacks revision ${shelf.history.head + 1}.`);
      }
      shelf.apply(toRecord(name, stored, previous), stored.at);
    }
    this.#transact(() => {
      for (const revision of leftOver) this.#drop.run(toId(id, revision), -1);
    });
  }

  #typeId(name: string): number {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const id = this.#types.size + 1;
    this.#db.prepare('INSERT OR IGNORE INTO types (id, name, compacted) VALUES (?, ?, 0)').run(id, name);
    this.#types.set(name, id);
    return id;
  }

  #transact(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #rollback(): void {
    this.#types.clear();
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // Some errors have rolled back already.
    }
    for (const row of this.#db.prepare('SELECT id, name FROM types').all()) {
      const { id, name } = row as Row;
      this.#types.set(String(name), Number(id));
    }
  }
}

const setMark = 'INSERT OR REPLACE INTO marks (space, key, value) VALUES';

/** Rows of one statement: a call costs as much as writing a row does. */
const marksAtOnce = 64;

/** A row as SQLite gives it. */
type Row = { readonly [column: string]: unknown };

/** A row as it is meant. */
interface Stored {
  readonly revision: number;
  readonly key: string;
  readonly at: number;
  readonly deleted: boolean;
  readonly value: Uint8Array | undefined;
  readonly terms: readonly string[];
  readonly expiresAt: number | undefined;
}

/** A row's number holds type and revision; so a type's rows lie together and in order, without a second index. */
const toId = (type: number, revision: number): number => type * revisions + revision;

const revisions = 2 ** 40;

const toStored = (row: Row, base: number): Stored => ({
  revision: Number(row.id) - base,
  key: String(row.key),
  at: Number(row.at),
  deleted: row.deleted === 1,
  value: row.value === null ? undefined : toBytes(row.value),
  terms: row.terms === null ? [] : toTerms(String(row.terms)),
  expiresAt: row.expires === null ? undefined : Number(row.expires),
});

const toTerms = (text: string): string[] => {
  const terms: unknown = JSON.parse(text);
  return Array.isArray(terms) ? terms.map(String) : [];
};

const toEntry = ({ key, revision, value, deleted }: Stored): Entry | undefined =>
  deleted ? undefined : Object.freeze({ key, revision, value: value ?? new Uint8Array() });

const toRecord = (type: string, stored: Stored, previous: Entry | undefined): Record => {
  const { revision, key, deleted, terms, expiresAt } = stored;
  const entry = toEntry(stored);
  const value = entry?.value ?? stored.value ?? previous?.value ?? new Uint8Array();
  return { type, entry, terms, expiresAt, change: Object.freeze({ revision, key, value, deleted, previous }) };
};
