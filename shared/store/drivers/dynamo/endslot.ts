import type { Parts } from './parts.ts';
import { toTtl } from './parts.ts';
import type { Fill, Row } from './rows.ts';
import { fromRow, toRow } from './rows.ts';
import { absent } from './table.ts';

/**
 * Fills a slot unless it is taken, and tells what it holds from now on, for good. Writers and fences want the slot to be
 * absent, so exactly one of them comes first; a transaction that finds it taken does nothing.
 */
export const endSlot = async (
  { table, names, clock }: Pick<Parts, 'table' | 'names' | 'clock'>,
  type: string,
  slot: number,
): Promise<Row> => {
  const key = names.slot(type, slot);
  const fill: Fill = { kind: 'fill', revision: slot, at: clock.now() };
  const written = await table.put(toRow(key, fill, toTtl(fill.at), true), absent);
  return written.ok || written.current === undefined ? fill : fromRow(written.current);
};
