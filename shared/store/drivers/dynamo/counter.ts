import { blockSize } from './names.ts';
import type { Parts } from './parts.ts';
import { formatAttribute, isOurs, mustKnow, toNumber } from './rows.ts';
import { States } from './states.ts';

/** Slots of a type's log that only their holder may write to, until somebody ends them. */
export interface Tickets {
  readonly slots: readonly number[];
  /** When they were asked for. */
  readonly at: number;
}

/** Gives out tickets of one type. */
export class Counter {
  readonly #parts: Parts;
  readonly #type: string;
  #isBegun = false;

  constructor(parts: Parts, type: string) {
    this.#parts = parts;
    this.#type = type;
  }

  /** Takes the next slots. When an answer is lost others are taken: whoever reads the log ends what nobody uses. */
  async take(count: number): Promise<Tickets> {
    const { table, names, clock } = this.#parts;
    const at = clock.now();
    const change = { add: { n: count }, set: { at, ...formatAttribute } };
    const written = await table.update(names.counter(this.#type), change, isOurs);
    const item = written.ok ? written.item : written.current;
    if (item === undefined) throw new TypeError('a counter that does not tell its count');
    mustKnow(item);
    const last = toNumber(item['n']);
    // Each of the first writers, so that nothing is ever written of a type that nobody knows of.
    if (!this.#isBegun && last - count < blockSize) await new States(this.#parts).begin(this.#type, at);
    this.#isBegun = true;
    return { slots: Array.from({ length: count }, (_, i) => last - count + 1 + i), at };
  }
}
