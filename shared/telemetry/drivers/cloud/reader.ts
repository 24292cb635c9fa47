import type { Blobs } from '../../../blob/blobs.ts';
import type { StoredRecord } from '../../telemetry.ts';
import { readInRow } from './inrow.ts';
import type { InBlob, Indexed, Row } from './row.ts';
import type { Block } from './segment.ts';
import { readBlock, readFooter } from './segment.ts';

/** Reads segments, and as little of them as will do. Remembers what it read; readers of one process share it. */
export class Reader {
  readonly #blobs: Blobs;
  readonly #maxBytes: number;
  readonly #cache = new Map<string, Cached>();
  #bytes = 0;

  /** `maxBytes`: how much to remember. */
  constructor(blobs: Blobs, maxBytes: number) {
    this.#blobs = blobs;
    this.#maxBytes = maxBytes;
  }

  /** What this process has just put need not be fetched. */
  keep(key: string, bytes: Uint8Array): void {
    this.#remember(key, bytes.length, Promise.resolve(bytes));
  }

  /** A row's records, of one device or of all, in order. Undefined when the segment is gone. */
  async read(row: Row, segment: Indexed, device: string | undefined): Promise<StoredRecord[] | undefined> {
    if ('bytes' in segment) {
      const all = readInRow(segment.bytes, row.ticket);
      return device === undefined ? all : all.filter(record => record.device === device);
    }
    const footer = await this.#footer(segment, device === undefined || segment.size <= smallSize);
    if (footer === undefined) return undefined;
    if (device !== undefined) {
      const block = footer.get(device);
      return block === undefined ? [] : this.#readBlock(row, segment, device, block);
    }
    const records: StoredRecord[] = [];
    for (const [each, block] of footer) {
      const found = await this.#readBlock(row, segment, each, block);
      if (found === undefined) return undefined;
      for (const record of found) records.push(record);
    }
    return records.sort((a, b) => (a.cursor < b.cursor ? -1 : 1));
  }

  async #footer({ key, size, footer }: InBlob, isWhole: boolean): Promise<ReadonlyMap<string, Block> | undefined> {
    const bytes =
      isWhole || this.#cache.has(key)
        ? (await this.#fetch(key, 0, size))?.subarray(footer)
        : await this.#fetch(key, footer, size);
    return bytes && readFooter(bytes);
  }

  async #readBlock(row: Row, { key, size }: InBlob, device: string, block: Block) {
    const { offset, length } = block;
    const bytes = this.#cache.has(key)
      ? (await this.#fetch(key, 0, size))?.subarray(offset, offset + length)
      : await this.#fetch(key, offset, offset + length);
    return bytes && readBlock(bytes, block, device, row.ticket);
  }

  /** The whole goes by its name, a part by its name and place. */
  #fetch(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    const name = start === 0 ? key : `${key}@${start}`;
    const cached = this.#cache.get(name);
    if (cached !== undefined) {
      this.#cache.delete(name);
      this.#cache.set(name, cached);
      return cached.bytes;
    }
    const bytes = this.#blobs.get(key, start === 0 ? undefined : { start, end });
    this.#remember(name, end - start, bytes);
    const forget = (): void => this.#forget(name);
    bytes.then(found => found === undefined && forget(), forget);
    return bytes;
  }

  #remember(name: string, size: number, bytes: Promise<Uint8Array | undefined>): void {
    this.#forget(name);
    this.#cache.set(name, { size, bytes });
    this.#bytes += size;
    for (const oldest of this.#cache.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const cached = this.#cache.get(name);
    if (cached === undefined) return;
    this.#cache.delete(name);
    this.#bytes -= cached.size;
  }
}

interface Cached {
  readonly size: number;
  readonly bytes: Promise<Uint8Array | undefined>;
}

/** A segment so small is fetched whole: one request instead of two. */
const smallSize = 64 << 10;
