import type { Item, ReadOptions, Table } from '../../../store/drivers/dynamo/table.ts';
import { absent } from '../../../store/drivers/dynamo/table.ts';
import type { Names } from './names.ts';
import { checkFormat, format } from './row.ts';

/** Where a kind of telemetry stands. */
export interface State {
  /** The last ticket that was taken; 0 before the first. */
  readonly last: number;
  /** The hour of tickets that are taken now; it never goes back. */
  readonly hour: number;
  /** Tickets of earlier hours are below this one. A few of them may also be above, never one of this hour below. */
  readonly first: number;
  /** Tickets below this one are dropped. */
  readonly floor: number;
}

/**
 * Gives out tickets 1, 2, 3 …, each to one segment, and the hour to which each belongs. Which ticket is the first of an
 * hour can be found again for as long as the hour is kept: the hour before is written down before the counter moves on.
 */
export class Counter {
  readonly #table: Table;
  readonly #names: Names;
  #state: State = { last: 0, hour: 0, first: 1, floor: 1 };

  constructor(table: Table, names: Names) {
    this.#table = table;
    this.#names = names;
  }

  /** As it was when last heard of. */
  get latest(): State {
    return this.#state;
  }

  /** With `isEventual` for half the price, and without what was taken just now. */
  async read(options: ReadOptions = {}): Promise<State> {
    return this.#note(await this.#table.get(this.#names.counter, options));
  }

  /** A ticket of this hour, or of a later one when that has begun. An answer that got lost burns a ticket. */
  async take(hour: number): Promise<{ ticket: number; hour: number }> {
    if (hour > this.#state.hour) await this.advance(hour);
    const taken = await this.#table.update(this.#names.counter, { add: { n: 1 } });
    const { last, hour: current } = this.#note(taken.ok ? taken.item : undefined);
    return { ticket: last, hour: current };
  }

  /** Tickets that are taken from now on are of this hour at least. */
  async advance(hour: number): Promise<void> {
    for (;;) {
      const item = await this.#table.get(this.#names.counter);
      const { last, hour: current, first } = this.#note(item);
      if (current >= hour) return;
      if (item !== undefined) await this.#table.put({ ...this.#names.hour(current), v: format, first }, absent);
      // Tickets taken since the look above belong to the hour before and lie behind `first`: they are kept an hour longer.
      const next = { h: hour, first: last + 1, ...(item === undefined && { v: format, floor: 1 }) };
      const condition = item === undefined ? absent : { equals: ['h', current] as const };
      const moved = await this.#table.update(this.#names.counter, { set: next }, condition);
      this.#note(moved.ok ? moved.item : moved.current);
      if (moved.ok) return;
    }
  }

  /** Drops the tickets below one. */
  async raise(floor: number): Promise<void> {
    const condition = { below: ['floor', floor] as const };
    const raised = await this.#table.update(this.#names.counter, { set: { floor } }, condition);
    this.#note(raised.ok ? raised.item : raised.current);
  }

  /** What is known never goes back, whichever answer comes last; what this one answer says is returned. */
  #note(item: Item | undefined): State {
    if (item !== undefined) checkFormat(item);
    const read = (attribute: string, otherwise: number): number => Number(item?.[attribute] ?? otherwise);
    const state = { last: read('n', 0), hour: read('h', 0), first: read('first', 1), floor: read('floor', 1) };
    const known = this.#state;
    this.#state = {
      last: Math.max(known.last, state.last),
      hour: Math.max(known.hour, state.hour),
      first: Math.max(known.first, state.first),
      floor: Math.max(known.floor, state.floor),
    };
    return state;
  }
}
