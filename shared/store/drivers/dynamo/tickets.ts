import type { Parts } from './parts.ts';
import { formatAttribute, mustKnow, toNumber } from './rows.ts';
import { States } from './states.ts';

/** Slots of a type's log that only their holder may write to, until somebody ends them. */
export interface Tickets {
  readonly slots: readonly number[];
  /** When they were asked for. */
  readonly at: number;
}

/** Takes the next slots. When an answer is lost others are taken: whoever reads the log ends what nobody uses. */
export const takeTickets = async (parts: Parts, type: string, count: number): Promise<Tickets> => {
  const { table, names, clock } = parts;
  const at = clock.now();
  const written = await table.update(names.counter(type), { add: { n: count }, set: { at, ...formatAttribute } });
  const item = written.ok ? written.item : undefined;
  if (item === undefined) throw new TypeError('a counter that does not tell its count');
  mustKnow(item);
  const last = toNumber(item['n']);
  if (last === count) await new States(parts).begin(type, at);
  return { slots: Array.from({ length: count }, (_, i) => last - count + 1 + i), at };
};
