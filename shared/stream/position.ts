import { Fault } from '../base/fault.ts';

/** A place between two entries. */
export interface Position {
  /** Of the record. */
  readonly cursor: string;
  /** How many of the record's entries lie before; all when absent. */
  readonly entries?: number;
}

/** `<cursor>` behind a record, `<cursor>.<n>` behind its first n entries. */
export const printPosition = ({ cursor, entries }: Position): string =>
  entries === undefined ? cursor : `${cursor}.${entries}`;

/** Throws BadRequest for what no entry was given as its position. */
export const toPosition = (text: string): Position => {
  const [, cursor = '', entries] = /^([0-9A-Za-z_-]{1,64})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (cursor === '') throw new Fault('BadRequest', 'not a position in this stream');
  return entries === undefined ? { cursor } : { cursor, entries: Number(entries) };
};
