import { Fault } from '../../base/fault.ts';

/** Hour and part of a segment: ten digits yyyymmddhh, four digits. Sorts in time. */
export type SegmentId = string;

/** Position of a record: its segment, then where it begins there, in hex. */
export const toCursor = (id: SegmentId, offset: number): string => id + offset.toString(16).padStart(8, '0');

export const fromCursor = (cursor: string): { id: SegmentId; offset: number } => {
  if (!/^\d{14}[0-9a-f]{8}$/.test(cursor)) throw notPosition();
  return { id: cursor.slice(0, 14), offset: Number.parseInt(cursor.slice(14), 16) };
};

export const notPosition = (): Fault => new Fault('BadRequest', 'Not a position in this stream.');

/** `yyyymmddhh`, UTC. */
export const toHour = (at: number): string => new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, '');

/** When a segment's hour is over, in milliseconds. */
export const toHourEnd = (id: SegmentId): number => {
  const [year, month, day, hour] = [id.slice(0, 4), id.slice(4, 6), id.slice(6, 8), id.slice(8, 10)].map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, (hour ?? 0) + 1);
};
