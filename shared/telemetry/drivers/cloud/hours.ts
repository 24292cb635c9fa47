import type { Item, Table } from '../../../store/drivers/dynamo/table.ts';
import type { Counter } from './counter.ts';
import type { Names } from './names.ts';
import { queryAll } from './queryall.ts';

/** The tickets of an hour. */
export interface Hour {
  readonly hour: number;
  readonly first: number;
  /** Infinity for the hour now. */
  readonly last: number;
  /** The merge that took the place of its rows. */
  readonly merge?: string;
  /** The merge that began last. */
  readonly trial?: string;
  /** Nothing is left to be merged or cleared away. */
  readonly isDone: boolean;
}

/** Which tickets belong to which hour. Remembers what it read until it is told to forget. */
export class Hours {
  readonly #table: Table;
  readonly #names: Names;
  readonly #counter: Counter;
  #known: readonly Hour[] | undefined;

  constructor(table: Table, names: Names, counter: Counter) {
    this.#table = table;
    this.#names = names;
    this.#counter = counter;
  }

  forget(): void {
    this.#known = undefined;
  }

  /** All that are kept, in order; the last is the hour now. */
  async all(): Promise<readonly Hour[]> {
    if (this.#known?.at(-1)?.hour === this.#counter.latest.hour) return this.#known;
    const { hour, first } = await this.#counter.read();
    const items = await queryAll(this.#table, this.#names.hours);
    const begun = items.filter(({ SK }) => Number(SK) < hour).map(toBegun);
    begun.push({ hour, first, isDone: false });
    const known = begun.map((each, i) => ({ ...each, last: (begun[i + 1]?.first ?? Number.POSITIVE_INFINITY) - 1 }));
    this.#known = known;
    return known;
  }

  /** The hour of a ticket. */
  async of(ticket: number): Promise<Hour> {
    const { hour, first } = this.#counter.latest;
    const now = { hour, first, last: Number.POSITIVE_INFINITY, isDone: false };
    if (ticket >= first) return now;
    const all = await this.all();
    return all.findLast(each => each.first <= ticket) ?? { ...now, first: 1, last: (all[0]?.first ?? 1) - 1 };
  }

  /** The first ticket that may belong to an hour or a later one. */
  async firstOf(hour: number): Promise<number> {
    if (hour >= this.#counter.latest.hour) return this.#counter.latest.first;
    return (await this.all()).find(each => each.hour >= hour)?.first ?? this.#counter.latest.first;
  }
}

const toBegun = ({ SK, first, merge, trial, done }: Item): Omit<Hour, 'last'> => ({
  hour: Number(SK),
  first: Number(first),
  ...(typeof merge === 'string' && { merge }),
  ...(typeof trial === 'string' && { trial }),
  isDone: done === 1,
});
