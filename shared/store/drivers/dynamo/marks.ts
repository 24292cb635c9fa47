import type { Marks } from '../../marks.ts';
import type { Mark } from '../../movable.ts';
import type { Names } from './names.ts';
import { shards } from './names.ts';
import { readPartition } from './partition.ts';
import { isOurs, mustKnow, toNote } from './rows.ts';
import type { Item, Table } from './table.ts';

/** Marks outside the log: each is one item that is overwritten. */
export class TableMarks implements Marks {
  readonly #table: Table;
  readonly #names: Names;
  readonly #known = new Set<string>();

  constructor(table: Table, names: Names) {
    this.#table = table;
    this.#names = names;
  }

  async set(space: string, key: string, value: Uint8Array): Promise<void> {
    if (!this.#known.has(space)) {
      await this.#table.put(toNote({ PK: this.#names.spaces, SK: space }));
      this.#known.add(space);
    }
    const written = await this.#table.put(toNote(this.#names.mark(space, key), { v: value }), isOurs);
    if (!written.ok && written.current !== undefined) mustKnow(written.current);
  }

  async get(space: string, key: string): Promise<Uint8Array | undefined> {
    return toValue(await this.#table.get(this.#names.mark(space, key)));
  }

  async getMany(space: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    // Whoever has no name yet has no mark, and a table takes no empty key.
    const unique = [...new Set(keys)].filter(key => key !== '');
    const items = await this.#table.batchGet(unique.map(key => this.#names.mark(space, key)));
    const values = new Map(unique.map((key, i) => [key, toValue(items[i])]));
    return keys.map(key => values.get(key));
  }

  async delete(space: string, key: string): Promise<void> {
    await this.#table.delete(this.#names.mark(space, key));
  }

  async *all(space: string): AsyncGenerator<{ key: string; value: Uint8Array }> {
    for (let shard = 0; shard < shards; shard++) {
      for await (const item of readPartition(this.#table, { PK: this.#names.marks(space, shard) })) {
        const value = toValue(item);
        if (value !== undefined) yield { key: item.SK, value };
      }
    }
  }

  /** Every mark of every space. */
  async *everything(): AsyncGenerator<Mark> {
    for await (const { SK: space } of readPartition(this.#table, { PK: this.#names.spaces })) {
      for await (const mark of this.all(space)) yield { space, ...mark };
    }
  }

  async close(): Promise<void> {}
}

const toValue = (item: Item | undefined): Uint8Array | undefined => {
  if (item === undefined) return undefined;
  mustKnow(item);
  return item['v'] instanceof Uint8Array ? item['v'] : undefined;
};
