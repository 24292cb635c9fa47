import { Fault } from '../../../base/fault.ts';
import { endSlot } from './endslot.ts';
import { blockSize, toSlot } from './names.ts';
import { readPartition } from './partition.ts';
import type { Parts } from './parts.ts';
import { keepMs } from './parts.ts';
import type { ChangeRow, Row } from './rows.ts';
import { fromRow, mustKnow, toNumber } from './rows.ts';
import { type State, States } from './states.ts';

/** What an advance shall reach beyond the rows that are simply there. */
export interface Advance {
  /** Everything that was acknowledged before; waits for slots in between whose writers are still at work, or dead. */
  readonly settles?: boolean;
  /** Everything that this process wrote before. */
  readonly isFresh?: boolean;
  /** Also ends slots at the very end whose writers seem dead. */
  readonly isPoll?: boolean;
}

export interface Witness {
  see(row: ChangeRow): void;
  /** A slot that comes next may have held a change that nobody can read any more. */
  lose(): void;
}

/**
 * The log of one type, as far as this process has read it: every slot up to `head` holds a change or a fill, for good. A slot
 * is a ticket that some writer took; one that stays empty is filled by whoever finds it, and its writer cannot use it any more.
 */
export class Journal {
  readonly type: string;
  readonly #parts: Parts;
  readonly #states: States;
  /** Slots after `#floor` up to `head`, and when each was first read here. */
  #rows: Row[] = [];
  #seen: number[] = [];
  #bytes = 0;
  #floor = 0;
  #floorAt = 0;
  /** When the last change that was read was written: tickets for slots behind `head` are hardly older. */
  #since = 0;
  readonly #latest = new Map<string, ChangeRow>();
  readonly #gaps = new Map<number, number>();
  readonly #pins = new Set<{ readonly floor: number }>();
  readonly #listeners = new Set<() => void>();
  #witness: Witness = { see() {}, lose() {} };
  #state: State | undefined;
  #given = 0;
  #isCovered = false;
  #isDoubtful = false;
  #covering: Promise<void> | undefined;
  #wanted: Advance = {};
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(parts: Parts, type: string) {
    this.type = type;
    this.#parts = parts;
    this.#states = new States(parts);
  }

  get head(): number {
    return this.#floor + this.#rows.length;
  }

  /** Whether, when it was looked at last, tickets had been given for slots behind `head`. */
  get isAwaiting(): boolean {
    return this.head < this.#given;
  }

  /** History up to here is gone. */
  get compacted(): number {
    return this.#state?.compacted ?? 0;
  }

  get floor(): number {
    return this.#floor;
  }

  /** The last change of a key among the latest rows. Where the table shows an earlier one, this one is on its way. */
  latest(key: string): ChangeRow | undefined {
    return this.#latest.get(key);
  }

  /** The last change of each key among the latest rows. */
  recent(): Iterable<ChangeRow> {
    return this.#latest.values();
  }

  /** Calls back whenever `head` has moved. */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Who is shown every row behind the present head, each once and in order, as soon as it is read; one at most. */
  set witness(witness: Witness) {
    this.#witness = witness;
  }

  /** Reads on. What was written before the call began is read when it resolves. */
  advance(wanted: Advance): Promise<void> {
    this.#wanted = {
      settles: (this.#wanted.settles ?? false) || (wanted.settles ?? false),
      isFresh: (this.#wanted.isFresh ?? false) || (wanted.isFresh ?? false),
      isPoll: (this.#wanted.isPoll ?? false) || (wanted.isPoll ?? false),
    };
    this.#next ??= this.#current.then(async () => {
      this.#next = undefined;
      const running = this.#run();
      this.#current = running.catch(() => {});
      return running;
    });
    return this.#next;
  }

  /** Keeps the rows from here on in memory for as long as somebody needs them to put a list right. */
  pin(): () => void {
    const pin = { floor: this.#floor };
    this.#pins.add(pin);
    return () => this.#pins.delete(pin);
  }

  /** Reads back until every slot below `floor` is so old that all that its transaction wrote is visible. */
  cover(): Promise<void> {
    this.#covering ??= this.#cover().finally(() => {
      this.#covering = undefined;
    });
    return this.#covering;
  }

  /** Up to `count` rows after a revision that is not above `head`; more in one page of the log. Throws Expired. */
  async after(revision: number, count: number): Promise<readonly Row[]> {
    if (revision < this.#floor && revision >= this.compacted) await this.#refresh();
    if (revision < this.compacted) throw expired(revision, this.compacted);
    if (revision >= this.#floor) return this.#rows.slice(revision - this.#floor, revision - this.#floor + count);
    const last = Math.min(this.#floor, (Math.floor((revision + 1) / blockSize) + 8) * blockSize - 1);
    const found = await this.#fetch(revision + 1, last);
    const rows: Row[] = [];
    for (let slot = revision + 1; slot <= last && rows.length < count; slot++) {
      const row = found.get(slot);
      // A settled slot that is not there was dropped for its age.
      if (row === undefined) throw expired(revision, slot);
      rows.push(row);
    }
    return rows;
  }

  /** One settled row; undefined when it was dropped for its age. */
  async row(revision: number): Promise<Row | undefined> {
    if (revision > this.#floor) return this.#rows[revision - this.#floor - 1];
    const item = await this.#parts.table.get(this.#parts.names.slot(this.type, revision));
    return item && fromRow(item);
  }

  /** Says that history up to a revision is gone, for everybody. */
  async compact(revision: number): Promise<void> {
    this.#state = await this.#states.compact(this.type, revision);
    this.#trim();
  }

  /** Notes for everybody how far the log is settled, so that who comes new need not read what lies before. */
  async note(): Promise<void> {
    const last = this.#rows.at(-1);
    if (last === undefined || this.head <= (this.#state?.resolved ?? 0)) return;
    this.#state = await this.#states.resolve(this.type, { resolved: this.head, at: last.at, since: this.#since });
  }

  async #cover(): Promise<void> {
    while (!this.#isCovered) {
      const { clock, limits } = this.#parts;
      if (this.#floor === 0 || this.#floorAt < clock.now() - limits.marginMs) break;
      const from = Math.max(1, Math.floor(this.#floor / blockSize) * blockSize);
      const rows = await this.#fetch(from, this.#floor);
      // Rows that the table has dropped are older than any margin.
      if (rows.size < this.#floor - from + 1) break;
      this.#prepend([...rows.values()].sort((a, b) => a.revision - b.revision));
    }
    this.#isCovered = true;
  }

  async #run(): Promise<void> {
    const { settles = false, isFresh = false, isPoll = false } = this.#wanted;
    this.#wanted = {};
    const before = this.head;
    const counter = await this.#readCounter(settles || isFresh);
    this.#given = Math.max(this.#given, counter.count);
    try {
      await this.#walk(counter, settles, isPoll);
    } finally {
      if (this.head > before) for (const listener of this.#listeners) listener();
    }
    this.#trim();
    const unnoted = this.head - (this.#state?.resolved ?? 0);
    if (unnoted >= blockSize || (before === this.#floor && unnoted >= blockSize / 4)) await this.note();
  }

  async #readCounter(isConsistent: boolean): Promise<Count> {
    const { table, names, clock, limits } = this.#parts;
    const key = names.counter(this.type);
    if (this.#state !== undefined) return toCount(await table.get(key, { isEventual: !isConsistent }));
    const [item, stateItem] = await table.batchGet([key, names.state(this.type)]);
    const counter = toCount(item);
    this.#state = this.#states.read(stateItem);
    this.#floor = this.#state.resolved;
    this.#floorAt = this.#state.at;
    this.#since = this.#state.since;
    this.#isCovered = counter.at < clock.now() - limits.marginMs;
    return counter;
  }

  async #walk(counter: Count, settles: boolean, isPoll: boolean): Promise<void> {
    const { clock, limits, delay } = this.#parts;
    while (this.head < counter.count) {
      const last = Math.min(counter.count, (Math.floor((this.head + 1) / blockSize) + 16) * blockSize - 1);
      const found = await this.#fetch(this.head + 1, last);
      this.#take(found);
      if (this.#isDoubtful) await this.#learn();
      if (this.head >= last) continue;
      const slot = this.head + 1;
      const later = [...found.values()].find(row => row.revision > slot);
      const isNeeded = settles && (later !== undefined || last < counter.count || this.#mayBeDropped());
      if (!isNeeded && !isPoll) return;
      const since = Math.min(this.#gaps.get(slot) ?? clock.now(), later?.at ?? counter.at);
      this.#gaps.set(slot, since);
      const left = limits.fillAfterMs - (clock.now() - since);
      if (left > 0 && !isNeeded) return;
      if (left > 0) await delay(Math.min(left, 25));
      else {
        await this.#end(slot);
        this.#take(found);
      }
    }
  }

  /** After this the slot holds a row for good. */
  async #end(slot: number): Promise<void> {
    if (this.#mayBeDropped()) await this.#doubt(slot);
    this.#push(await endSlot(this.#parts, this.type, slot));
  }

  /** Somebody else ended a slot so late that it may have held a change that was dropped: they said where history begins then. */
  async #learn(): Promise<void> {
    this.#isDoubtful = false;
    this.#witness.lose();
    await this.#refresh();
  }

  /** History begins behind a slot that may have been dropped, unless the type is only just being written to. */
  async #doubt(slot: number): Promise<void> {
    const { table, names, clock } = this.#parts;
    const item = await table.get(names.state(this.type));
    const state = this.#states.read(item);
    // A type is made known before its first write.
    if (item === undefined) this.#since = clock.now();
    else if (state.resolved < slot) this.#since = Math.max(this.#since, state.since);
    if (!this.#mayBeDropped()) return;
    this.#witness.lose();
    if (slot > this.compacted) await this.compact(slot);
  }

  /** True when the slot behind `head` may have held a change that the table has dropped for its age: then it is history. */
  #mayBeDropped(): boolean {
    return this.#since < this.#parts.clock.now() - keepMs;
  }

  #take(found: ReadonlyMap<number, Row>): void {
    for (let row = found.get(this.head + 1); row !== undefined; row = found.get(this.head + 1)) this.#push(row);
  }

  #push(row: Row): void {
    this.#rows.push(row);
    this.#bytes += toBytes(row);
    this.#seen.push(this.#parts.clock.now());
    this.#gaps.delete(row.revision);
    if (row.kind === 'fill') {
      if (row.strange !== undefined) this.#parts.passOver(`change ${row.strange}`);
      if (row.at - this.#since > keepMs) this.#isDoubtful = true;
      return;
    }
    this.#latest.set(row.key, row);
    this.#since = row.at;
    this.#witness.see(row);
  }

  #prepend(rows: readonly Row[]): void {
    this.#rows = [...rows, ...this.#rows];
    this.#seen = [...rows.map(() => this.#parts.clock.now()), ...this.#seen];
    this.#floor -= rows.length;
    this.#floorAt = rows[0]?.at ?? this.#floorAt;
    for (const row of rows) {
      this.#bytes += toBytes(row);
      if (row.kind !== 'fill' && (this.#latest.get(row.key)?.revision ?? 0) < row.revision)
        this.#latest.set(row.key, row);
    }
  }

  async #fetch(from: number, to: number): Promise<Map<number, Row>> {
    const { table, names } = this.#parts;
    const blocks: Promise<Row[]>[] = [];
    for (let start = from; start <= to; start = (Math.floor(start / blockSize) + 1) * blockSize) {
      const end = Math.min(to, (Math.floor(start / blockSize) + 1) * blockSize - 1);
      blocks.push(readRows(table, names.block(this.type, start), [toSlot(start), toSlot(end)]));
    }
    const rows = (await Promise.all(blocks)).flat();
    return new Map(rows.map(row => [row.revision, row]));
  }

  async #refresh(): Promise<void> {
    const { table, names } = this.#parts;
    const state = this.#states.read(await table.get(names.state(this.type)));
    if (this.#state === undefined || state.compacted > this.#state.compacted) this.#state = state;
  }

  /** Forgets rows that are settled and no list needs, when there are many or history does not reach back to them. */
  #trim(): void {
    const { clock, limits } = this.#parts;
    const settled = clock.now() - limits.marginMs;
    const pinned = Math.min(...[...this.#pins].map(pin => pin.floor));
    let count = 0;
    let bytes = this.#bytes;
    while (count < this.#rows.length && this.#floor + count < pinned) {
      const isMuch = this.#rows.length - count > maxRows || bytes > maxBytes;
      const isExcess = isMuch || this.#floor + count < this.compacted;
      if (!isExcess || (this.#seen[count] ?? 0) >= settled) break;
      bytes -= toBytes(this.#rows[count]);
      count++;
    }
    // Moving what stays costs as much as there is: now and then is enough.
    if (count === 0 || (count < maxRows / 8 && this.#floor >= this.compacted && bytes > maxBytes / 2)) return;
    this.#bytes = bytes;
    for (const row of this.#rows.slice(0, count)) {
      if (row.kind !== 'fill' && this.#latest.get(row.key) === row) this.#latest.delete(row.key);
    }
    this.#floorAt = this.#rows[count - 1]?.at ?? this.#floorAt;
    this.#rows = this.#rows.slice(count);
    this.#seen = this.#seen.slice(count);
    this.#floor += count;
  }
}

interface Count {
  /** Tickets given so far. */
  readonly count: number;
  /** When the last one was given. */
  readonly at: number;
}

const toCount = (item: Awaited<ReturnType<Parts['table']['get']>>): Count => {
  if (item === undefined) return { count: 0, at: 0 };
  mustKnow(item);
  return { count: toNumber(item['n']), at: toNumber(item['at']) };
};

const readRows = async (table: Parts['table'], PK: string, between: [string, string]): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const item of readPartition(table, { PK, between })) rows.push(fromRow(item));
  return rows;
};

/** Rows that a process keeps of each type's log beyond those that may be needed to put lists right. */
const maxRows = 4096;
const maxBytes = 16 << 20;

const toBytes = (row: Row | undefined): number =>
  row === undefined || row.kind === 'fill' ? 100 : 300 + toPackedBytes(row.packed) + toPackedBytes(row.previous);

const toPackedBytes = (packed: ChangeRow['packed']): number =>
  packed === undefined || packed.as === 'b' ? 0 : packed.bytes.length;

const expired = (revision: number, compacted: number): Fault =>
  new Fault('Expired', `too old resource version: ${revision} (${compacted + 1})`);
