import { compareKeys } from './order.ts';

/**
 * Items in byte order of their keys: a list of short sorted chunks. Insert, delete and seek cost a binary search and a
 * move within one chunk; counting costs one step per chunk.
 */
export class Sorted<Item extends { readonly key: string }> {
  #chunks: Item[][] = [];

  get(key: string): Item | undefined {
    const at = this.seek(other => compareKeys(other, key) >= 0);
    const item = this.#chunks[at.chunk]?.[at.offset];
    return item?.key === key ? item : undefined;
  }

  /** Inserts, or replaces the item with the same key. */
  set(item: Item): void {
    const at = this.seek(other => compareKeys(other, item.key) >= 0);
    if (this.#chunks[at.chunk]?.[at.offset]?.key === item.key) {
      this.#chunks[at.chunk]?.splice(at.offset, 1, item);
      return;
    }
    // Between two chunks the left one takes it, so that appending in order fills chunks up.
    const left = at.offset === 0 && at.chunk > 0;
    const index = left ? at.chunk - 1 : at.chunk;
    const chunk = this.#chunks[index];
    if (chunk === undefined) this.#chunks.push([item]);
    else {
      chunk.splice(left ? chunk.length : at.offset, 0, item);
      if (chunk.length > maxChunk) this.#chunks.splice(index + 1, 0, chunk.splice(splitPoint(chunk, item)));
    }
  }

  delete(key: string): void {
    const at = this.seek(other => compareKeys(other, key) >= 0);
    const chunk = this.#chunks[at.chunk];
    if (chunk?.[at.offset]?.key !== key) return;
    chunk.splice(at.offset, 1);
    this.#join(at.chunk);
  }

  /** The first place whose key satisfies a test that is false up to some key and true from there on. */
  seek(test: (key: string) => boolean): Place {
    const chunk = firstTrue(this.#chunks.length, i => test(this.#chunks[i]?.at(-1)?.key ?? ''));
    const items = this.#chunks[chunk] ?? [];
    return { chunk, offset: firstTrue(items.length, i => test(items[i]?.key ?? '')) };
  }

  /** How many items lie before a place. */
  rank(place: Place): number {
    let count = place.offset;
    for (let i = 0; i < place.chunk; i++) count += this.#chunks[i]?.length ?? 0;
    return count;
  }

  /** Up to `count` items from a place on. */
  take(place: Place, count: number): Item[] {
    const taken: Item[] = [];
    let { chunk, offset } = place;
    while (taken.length < count) {
      const items = this.#chunks[chunk++];
      if (items === undefined) break;
      for (let i = offset; i < items.length && taken.length < count; i++) {
        const item = items[i];
        if (item !== undefined) taken.push(item);
      }
      offset = 0;
    }
    return taken;
  }

  /** Items from a place on, one by one. Not valid across changes. */
  *from(place: Place): Generator<Item, undefined> {
    let { chunk, offset } = place;
    for (; chunk < this.#chunks.length; chunk++, offset = 0) {
      const items = this.#chunks[chunk] ?? [];
      for (let i = offset; i < items.length; i++) {
        const item = items[i];
        if (item !== undefined) yield item;
      }
    }
    return undefined;
  }

  /** Keeps chunks from crumbling: an empty one goes, a small one joins its small neighbour. */
  #join(index: number): void {
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    if (chunk.length === 0) {
      this.#chunks.splice(index, 1);
      return;
    }
    const next = this.#chunks[index + 1];
    if (next !== undefined && chunk.length + next.length <= maxChunk / 2) {
      this.#chunks.splice(index, 2, [...chunk, ...next]);
    }
  }
}

/** A position in the order. */
export interface Place {
  readonly chunk: number;
  readonly offset: number;
}

const maxChunk = 512;

/** In the middle, but at the end for ascending inserts, which leaves full chunks behind. */
const splitPoint = <Item>(chunk: readonly Item[], inserted: Item): number =>
  chunk.at(-1) === inserted ? maxChunk : maxChunk >> 1;

const firstTrue = (count: number, test: (index: number) => boolean): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
