import { Fault } from '../../../base/fault.ts';
import type { Item, Key } from '../../../store/drivers/dynamo/table.ts';
import type { Segment } from './segment.ts';

/** What the index says of a ticket, or of all from `ticket` to `to`. */
export interface Row {
  readonly ticket: number;
  readonly to: number;
  /** Undefined: whoever took the ticket never used it, and never will. */
  readonly segment: Indexed | undefined;
}

/** What is known of a segment without reading it. */
export interface Indexed extends Pick<Segment, 'footer' | 'firstAt' | 'lastAt' | 'filter'> {
  /** Of the blob. */
  readonly key: string;
  readonly size: number;
}

/** `key` and `to`: see `Row`. */
export const toItem = (place: Key, key: string, segment: Segment, to?: number): Item => ({
  ...place,
  v: format,
  key,
  size: segment.bytes.length,
  foot: segment.footer,
  from: segment.firstAt,
  till: segment.lastAt,
  devs: segment.filter,
  ...(to !== undefined && { to }),
});

/** Says that nothing has a ticket. */
export const toFence = (place: Key): Item => ({ ...place, v: format });

/** Throws InternalError for an item that a later version of this program wrote. */
export const checkFormat = ({ v }: Item): void => {
  if (v === format) return;
  const message = `The index of telemetry has the format ${v}, which this version cannot read: update it.`;
  throw new Fault('InternalError', message);
};

/** Throws InternalError: see `checkFormat`. */
export const fromItem = (item: Item): Row => {
  checkFormat(item);
  const { SK, key, size, foot, from, till, devs, to } = item;
  const ticket = Number(SK);
  if (typeof key !== 'string' || !(devs instanceof Uint8Array)) return { ticket, to: ticket, segment: undefined };
  return {
    ticket,
    to: typeof to === 'number' ? to : ticket,
    segment: {
      key,
      size: Number(size),
      footer: Number(foot),
      firstAt: Number(from),
      lastAt: Number(till),
      filter: devs,
    },
  };
};

/** Of every item of the index. */
export const format = 1;
