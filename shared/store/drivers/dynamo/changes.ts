import { Fault } from '../../../base/fault.ts';
import type { Change, Entry } from '../../store.ts';
import type { Journal } from './journal.ts';
import type { Parts } from './parts.ts';
import type { ChangeRow, Row } from './rows.ts';
import type { Packed } from './values.ts';

/** Makes changes of rows of the log; of the same row the same change. */
export class Changes {
  readonly #parts: Parts;
  readonly #journal: Journal;
  readonly #made = new WeakMap<Row, Promise<Change>>();

  constructor(parts: Parts, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /** Throws Expired when what a change replaced has been dropped for its age. */
  of(row: ChangeRow): Promise<Change> {
    const known = this.#made.get(row);
    if (known !== undefined) return known;
    const made = this.#make(row);
    this.#made.set(row, made);
    // What failed may go well next time.
    made.catch(() => this.#made.delete(row));
    return made;
  }

  /** What the change's key held before; undefined: nothing. */
  async previous(row: ChangeRow): Promise<Entry | undefined> {
    if (row.replaced === 0) return undefined;
    const { key, replaced } = row;
    const known = this.#parts.entries.get(this.#journal.type, key, replaced);
    if (known !== undefined) return known;
    const packed = row.previous ?? (await this.#packedAt(replaced));
    const value = packed && (await this.#parts.values.unpack(packed));
    if (value === undefined) throw lost(row.revision);
    return this.#parts.entries.keep(this.#journal.type, Object.freeze({ key, value, revision: replaced }));
  }

  async #make(row: ChangeRow): Promise<Change> {
    const { revision, key, kind } = row;
    const previous = await this.previous(row);
    if (kind === 'put') {
      const { value } = await this.entry(key, revision, row.packed);
      return Object.freeze({ revision, key, value, deleted: false, previous });
    }
    const last = row.packed && (await this.#parts.values.unpack(row.packed));
    const value = last ?? previous?.value ?? new Uint8Array();
    return Object.freeze({ revision, key, value, deleted: true, previous });
  }

  /** The entry that a put made: the same instance as long as it is remembered. */
  async entry(key: string, revision: number, packed: Packed | undefined): Promise<Entry> {
    const known = this.#parts.entries.get(this.#journal.type, key, revision);
    if (known !== undefined) return known;
    const value = packed && (await this.#parts.values.unpack(packed));
    if (value === undefined) throw lost(revision);
    return this.#parts.entries.keep(this.#journal.type, Object.freeze({ key, value, revision }));
  }

  async #packedAt(revision: number): Promise<Packed | undefined> {
    const row = await this.#journal.row(revision);
    return row === undefined || row.kind === 'fill' ? undefined : row.packed;
  }
}

const lost = (revision: number): Fault => new Fault('Expired', `too old resource version: ${revision}`);
