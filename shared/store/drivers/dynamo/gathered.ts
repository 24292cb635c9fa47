import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { fromBase64, fromUtf8, sha256, toBase64, toHex, toUtf8 } from '../../../base/bytes.ts';
import { Fault } from '../../../base/fault.ts';
import type { Marks } from '../../marks.ts';
import type { Mark } from '../../movable.ts';
import type { Noted, TableMarks } from './marks.ts';
import { toSlot } from './names.ts';
import { readPartition } from './partition.ts';
import type { Parts } from './parts.ts';
import { formatAttribute, mustKnow, toNote, toNumber } from './rows.ts';
import type { Item } from './table.ts';
import { absent } from './table.ts';

export interface GatheredParts extends Pick<Parts, 'table' | 'names' | 'clock' | 'random' | 'log' | 'delay'> {
  readonly marks: TableMarks;
  /** Spaces of which marks are gathered, and for how long by this process, in milliseconds; 0: it writes each at once. */
  readonly spaces: Readonly<Record<string, number>>;
}

/**
 * Marks of which those of some spaces go together: a process writes what it was told within `everyMs` as one item, a *batch*,
 * and a sweep folds batches into *groups*, where readers find them. So a mark costs some 30 bytes instead of an item. What
 * this process was not told of for long is written at once, as an item of its own: who comes, or comes back, is seen.
 * A process that dies loses what it gathered, one interval at most.
 */
export class GatheredMarks implements Marks {
  readonly #parts: GatheredParts;
  readonly #told = new Map<string, number>();
  readonly #waiting = new Map<string, Map<string, Noted>>();
  readonly #closed = new AbortController();
  #flushing: Promise<void> | undefined;

  constructor(parts: GatheredParts) {
    this.#parts = parts;
  }

  async set(space: string, key: string, value: Uint8Array): Promise<void> {
    const { marks, clock, spaces } = this.#parts;
    if (spaces[space] === undefined) return marks.set(space, key, value);
    const at = clock.now();
    if (spaces[space] === 0) return marks.set(space, key, value, at);
    const id = `${space}\0${key}`;
    const last = this.#told.get(id);
    if (last === undefined || at - last > longMs || at < last || this.#closed.signal.aborted) {
      await marks.set(space, key, value, at);
    } else {
      this.#gather(space, key, { at, value });
      this.#flushing ??= this.#flushLater(spaces[space]);
    }
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.set(id, at);
  }

  async get(space: string, key: string): Promise<Uint8Array | undefined> {
    return (await this.getMany(space, [key]))[0];
  }

  async getMany(space: string, keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const { marks, table, names, spaces } = this.#parts;
    if (spaces[space] === undefined) return marks.getMany(space, keys);
    const groups = [...new Set(keys.map(toGroup))];
    const [own, items] = await Promise.all([
      marks.noted(space, keys),
      table.batchGet(groups.map(group => names.group(space, group))),
    ]);
    const folded = new Map(groups.map((group, i) => [group, readNotes(items[i])]));
    const waiting = this.#waiting.get(space);
    return keys.map((key, i) => {
      const kept = newest(folded.get(toGroup(key))?.get(key), own[i]);
      return newest(waiting?.get(key), kept)?.value;
    });
  }

  async delete(space: string, key: string): Promise<void> {
    const { marks, clock, spaces } = this.#parts;
    await marks.delete(space, key);
    if (spaces[space] === undefined) return;
    this.#told.delete(`${space}\0${key}`);
    this.#waiting.get(space)?.delete(key);
    // What others have gathered is older.
    await this.#merge(space, toGroup(key), new Map([[key, { at: clock.now(), value: undefined }]]));
  }

  /** Those that are gathered have no time of their own. */
  async setAt(space: string, key: string): Promise<number | undefined> {
    return this.#parts.spaces[space] === 0 ? this.#parts.marks.setAt(space, key) : undefined;
  }

  async *all(space: string): AsyncGenerator<{ key: string; value: Uint8Array }> {
    const { marks, table, names, spaces } = this.#parts;
    const folded = new Map<string, Noted>();
    if (spaces[space] !== undefined)
      for await (const item of readPartition(table, { PK: names.groups(space) }))
        for (const [key, noted] of readNotes(item)) folded.set(key, noted);
    for (const [key, noted] of this.#waiting.get(space) ?? []) folded.set(key, newest(noted, folded.get(key)) ?? noted);
    for await (const { key, ...own } of marks.allNoted(space)) {
      const { value } = newest(folded.get(key), own) ?? own;
      folded.delete(key);
      if (value !== undefined) yield { key, value };
    }
    for (const [key, { value }] of folded) if (value !== undefined) yield { key, value };
  }

  /** Every mark of every space. */
  async *everything(): AsyncGenerator<Mark> {
    for await (const space of this.#parts.marks.spaces()) {
      for await (const mark of this.all(space)) yield { space, ...mark };
    }
  }

  lagMs(space: string): number {
    const everyMs = this.#parts.spaces[space] ?? 0;
    return everyMs === 0 ? 0 : everyMs + foldMs;
  }

  /** Puts what was gathered where readers find it. Any number of times, anywhere. */
  async fold(): Promise<void> {
    const { table, names, clock } = this.#parts;
    for (const space of Object.keys(this.#parts.spaces)) {
      const now = clock.now();
      const position = names.folded(space);
      const last = await table.get(position);
      const from = Math.max(now - lifeMs, toNumber(last?.['at'] ?? 0) - slackMs);
      const groups = new Map<number, Map<string, Noted>>();
      const between: [string, string] = [toSlot(Math.max(from, 0)), `${toSlot(now + slackMs)}~`];
      for await (const item of readPartition(table, { PK: names.batches(space), between })) {
        for (const [key, noted] of readNotes(item)) {
          const group = groups.get(toGroup(key)) ?? new Map<string, Noted>();
          groups.set(toGroup(key), group);
          const known = newest(noted, group.get(key));
          if (known !== undefined) group.set(key, known);
        }
      }
      const all = [...groups];
      for (let i = 0; i < all.length; i += atOnce)
        await Promise.all(all.slice(i, i + atOnce).map(([group, notes]) => this.#merge(space, group, notes)));
      if (groups.size > 0) await table.put(toNote(position, { at: now }));
    }
  }

  /** Writes what is gathered. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#flushing;
    await this.#flush();
  }

  #gather(space: string, key: string, noted: Noted): void {
    const waiting = this.#waiting.get(space) ?? new Map<string, Noted>();
    this.#waiting.set(space, waiting);
    if ((waiting.get(key)?.at ?? 0) <= noted.at) waiting.set(key, noted);
  }

  async #flushLater(everyMs: number): Promise<void> {
    await this.#parts.delay(everyMs, this.#closed.signal);
    this.#flushing = undefined;
    await this.#flush();
  }

  /** What cannot be written now goes with the next. */
  async #flush(): Promise<void> {
    const { table, names, clock, random, log } = this.#parts;
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [space, waiting] of all) {
      const notes = [...waiting];
      for (let i = 0; i < notes.length; i += maxNotes) {
        const some = notes.slice(i, i + maxNotes);
        const now = clock.now();
        const key = { PK: names.batches(space), SK: `${toSlot(now)}#${toHex(random.bytes(6))}` };
        try {
          await table.put({ ...toNote(key, { v: pack(some) }), ttl: Math.ceil((now + lifeMs) / 1000) });
        } catch (error) {
          log.warn('marks not kept yet', { space, error: String(error) });
          for (const [each, noted] of some) this.#gather(space, each, noted);
        }
      }
    }
  }

  /** Newer ones take the place of older ones. */
  async #merge(space: string, group: number, notes: ReadonlyMap<string, Noted>): Promise<void> {
    const { table, names } = this.#parts;
    const key = names.group(space, group);
    for (let tries = 0; tries < maxTries; tries++) {
      const item = await table.get(key);
      const merged = readNotes(item);
      let isNews = false;
      for (const [each, noted] of notes) {
        if (newest(merged.get(each), noted) !== noted) continue;
        merged.set(each, noted);
        isNews = true;
      }
      if (!isNews) return;
      const version = toNumber(item?.['r'] ?? 0);
      const next = { ...key, ...formatAttribute, r: version + 1, v: pack([...merged]) };
      if ((await table.put(next, item === undefined ? absent : { equals: ['r', version] })).ok) return;
    }
    throw new Fault('ServiceUnavailable', 'Too many want to fold marks just now.', { retryAfterSeconds: 1 });
  }
}

/** Of two at the same time the first: what was gathered was told after what was written at once. */
const newest = (one: Noted | undefined, other: Noted | undefined): Noted | undefined =>
  one === undefined || (other !== undefined && other.at > one.at) ? other : one;

/** Key, time, value in base64; a mark that was deleted has none. */
type Line = [string, number, string?];

const pack = (notes: readonly (readonly [string, Noted])[]): Uint8Array => {
  const lines = notes.map(([key, { at, value }]): Line => (value ? [key, at, toBase64(value)] : [key, at]));
  return new Uint8Array(deflateRawSync(fromUtf8(JSON.stringify(lines))));
};

const readNotes = (item: Item | undefined): Map<string, Noted> => {
  if (item === undefined) return new Map();
  mustKnow(item);
  if (!(item['v'] instanceof Uint8Array)) return new Map();
  // Written above.
  const lines = JSON.parse(toUtf8(inflateRawSync(item['v'], { maxOutputLength: maxBytes }))) as Line[];
  return new Map(
    lines.map(([key, at, value]) => [key, { at, value: value === undefined ? undefined : fromBase64(value) }]),
  );
};

/** Some thousand devices or ten thousand: an item of a million devices' groups is far below 400 KB. */
const groupCount = 256;
const toGroup = (key: string): number => (sha256(fromUtf8(key))[0] ?? 0) % groupCount;

/**
 * Whom this process was not told of for so long is written at once. With a hundred processes that all hear of everybody, each is
 * told of the same now and then only.
 */
const longMs = 24 * 3_600_000;
/** Some hundred bytes each. */
const maxTold = 500_000;
/** Marks of a batch: some 30 bytes each. */
const maxNotes = 5_000;
const maxBytes = 16 << 20;
/** Batches live so long. Who sweeps more seldom loses what lies between. */
const lifeMs = 3_600_000;
/** What clocks may differ by, and how long a batch may be on its way. */
const slackMs = 120_000;
/** A sweep comes each minute, and takes some time. */
const foldMs = 90_000;
const maxTries = 10;
/** Groups that are written at a time. */
const atOnce = 16;
