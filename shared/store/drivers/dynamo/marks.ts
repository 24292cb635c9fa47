import type { Names } from './names.ts';
import { shards } from './names.ts';
import { readPartition } from './partition.ts';
import { isOurs, mustKnow, toNote, toNumber } from './rows.ts';
import type { Item, Table } from './table.ts';

/** A mark, and when it was set, milliseconds since 1970; 0 where that was not noted. Without a value it was deleted. */
export interface Noted {
  readonly at: number;
  readonly value: Uint8Array | undefined;
}

/** Marks outside the log: each is one item that is overwritten. */
export class TableMarks {
  readonly #table: Table;
  readonly #names: Names;
  readonly #known = new Set<string>();

  constructor(table: Table, names: Names) {
    this.#table = table;
    this.#names = names;
  }

  async set(space: string, key: string, value: Uint8Array, at?: number): Promise<void> {
    if (!this.#known.has(space)) {
      await this.#table.put(toNote({ PK: this.#names.spaces, SK: space }));
      this.#known.add(space);
    }
    const item = toNote(this.#names.mark(space, key), { v: value, ...(at !== undefined && { at }) });
    const written = await this.#table.put(item, isOurs);
    if (!written.ok && written.current !== undefined) mustKnow(written.current);
  }

  async getMany(space: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return (await this.noted(space, keys)).map(noted => noted?.value);
  }

  /** One answer per key, in order. */
  async noted(space: string, keys: readonly string[]): Promise<(Noted | undefined)[]> {
    // Whoever has no name yet has no mark, and a table takes no empty key.
    const unique = [...new Set(keys)].filter(key => key !== '');
    const items = await this.#table.batchGet(unique.map(key => this.#names.mark(space, key)));
    const found = new Map(unique.map((key, i) => [key, toNoted(items[i])]));
    return keys.map(key => found.get(key));
  }

  /** When a mark that is an item of its own was set, where that was noted. */
  async setAt(space: string, key: string): Promise<number | undefined> {
    const noted = toNoted(await this.#table.get(this.#names.mark(space, key), { isEventual: true }));
    return noted?.at || undefined;
  }

  async delete(space: string, key: string): Promise<void> {
    await this.#table.delete(this.#names.mark(space, key));
  }

  async *allNoted(space: string): AsyncGenerator<{ readonly key: string } & Noted> {
    for (let shard = 0; shard < shards; shard++) {
      for await (const item of readPartition(this.#table, { PK: this.#names.marks(space, shard) })) {
        const noted = toNoted(item);
        if (noted !== undefined) yield { key: item.SK, ...noted };
      }
    }
  }

  /** Every space that was ever set a mark of. */
  async *spaces(): AsyncGenerator<string> {
    for await (const { SK: space } of readPartition(this.#table, { PK: this.#names.spaces })) yield space;
  }
}

const toNoted = (item: Item | undefined): Noted | undefined => {
  if (item === undefined) return undefined;
  mustKnow(item);
  return item['v'] instanceof Uint8Array ? { at: toNumber(item['at'] ?? 0), value: item['v'] } : undefined;
};
