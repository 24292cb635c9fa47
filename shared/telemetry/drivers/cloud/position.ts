import { notPosition } from '../position.ts';
import { toTicket } from './names.ts';

/** Of a record: the ticket of the segment with which it arrived, and its number in there. Sorts as records do. */
export interface Position {
  readonly ticket: number;
  readonly ordinal: number;
}

export const toCursor = ({ ticket, ordinal }: Position): string =>
  toTicket(ticket) + ordinal.toString(16).padStart(6, '0');

/** Throws BadRequest for what is no position. */
export const fromCursor = (cursor: string): Position => {
  if (!/^\d{16}[0-9a-f]{6}$/.test(cursor)) throw notPosition();
  return { ticket: Number(cursor.slice(0, 16)), ordinal: Number.parseInt(cursor.slice(16), 16) };
};

/** How many records one segment may have before it is merged. */
export const maxOrdinals = 1 << 24;

/** `yyyymmddhh` as a number, UTC. */
export const toHour = (at: number): number => Number(new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, ''));

/** When an hour is over, in milliseconds. */
export const toHourEnd = (hour: number): number => {
  const [year, month, day] = [Math.floor(hour / 1e6), Math.floor(hour / 1e4) % 100, Math.floor(hour / 100) % 100];
  return Date.UTC(year, month - 1, day, (hour % 100) + 1);
};
