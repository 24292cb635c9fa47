import type { Write } from '../../store.ts';
import { toHour } from './names.ts';
import type { Parts } from './parts.ts';
import type { Stored } from './rows.ts';
import { formatAttribute, isOurs, mustKnow, toNote } from './rows.ts';
import type { Key } from './table.ts';

/**
 * Index terms and expiries of one type. They are noted before the transaction and dropped after it, so that the index names a
 * key too many at times and never one too few. Each note carries the slot of who made it; it goes only when the key has moved
 * on to a later one. So a write may have any number of terms, and pays one unit for a new one instead of two.
 */
export class Notes {
  readonly #parts: Parts;
  readonly #type: string;
  #isBegun = false;

  constructor(parts: Parts, type: string) {
    this.#parts = parts;
    this.#type = type;
  }

  /** Before the write at `slot`: what the entry before did not have. */
  async add(write: Write, current: Stored | undefined, slot: number): Promise<void> {
    if ('delete' in write) return;
    const known = new Set(current?.packed === undefined ? [] : current.terms);
    const terms = [...new Set(write.terms ?? [])].filter(term => !known.has(term));
    const notes = terms.map(term => this.#note(this.#index(term, write.key), slot));
    const { expiresAt } = write;
    if (expiresAt !== undefined && expiresAt !== current?.expiresAt) {
      notes.push(this.#expire(write.key, expiresAt, slot));
    }
    await Promise.all(notes);
  }

  /** After the write at `slot` was committed: terms that its key no longer has. What is left is dropped by who finds it. */
  async drop(write: Write, current: Stored | undefined, slot: number): Promise<void> {
    const kept = new Set('delete' in write ? [] : write.terms);
    const terms = new Set(current?.terms.filter(term => !kept.has(term)));
    const dropped = [...terms].map(term =>
      this.#parts.table.delete(this.#index(term, write.key), { below: ['r', slot] }),
    );
    await Promise.allSettled(dropped);
  }

  async #expire(key: string, expiresAt: number, slot: number): Promise<void> {
    const { names, clock, table } = this.#parts;
    const now = clock.now();
    if (!this.#isBegun) {
      // Sweeps go through the hours from here on. Nothing is ever noted for an hour that has passed.
      const set = { hour: toHour(now) - 1, ...formatAttribute };
      await table.update(names.firstExpiry, { set }, { lacks: 'hour' });
      this.#isBegun = true;
    }
    await this.#note(names.expiry(this.#type, key, expiresAt, now), slot, { y: this.#type, k: key, x: expiresAt });
  }

  #index(term: string, key: string): Key {
    return { PK: this.#parts.names.index(this.#type, term), SK: key };
  }

  /** A later note of another writer stays. */
  async #note(key: Key, slot: number, attributes: Record<string, string | number> = {}): Promise<void> {
    const condition = { all: [isOurs, { any: [{ lacks: 'r' }, { below: ['r', slot] }] }] } as const;
    const written = await this.#parts.table.put(toNote(key, { r: slot, ...attributes }), condition);
    if (!written.ok && written.current !== undefined) mustKnow(written.current);
  }
}
