import { Fault } from '../../../base/fault.ts';
import type { Item, Key } from '../../../store/drivers/dynamo/table.ts';
import type { InRow } from './inrow.ts';
import type { Segment } from './segment.ts';

/** What the index says of a ticket, or of all from `ticket` to `to`. */
export interface Row {
  readonly ticket: number;
  readonly to: number;
  /** Undefined: whoever took the ticket never used it, and never will. */
  readonly segment: Indexed | undefined;
}

/** What is known of a segment without reading it: one that is a blob, or one that lies in its row. */
export type Indexed = InBlob | (InRow & { readonly key: string });

export interface InBlob extends Pick<Segment, 'footer' | 'firstAt' | 'lastAt' | 'filter'> {
  readonly key: string;
  readonly size: number;
}

/** `key`: of the blob, or what tells this write from every other. `to`: see `Row`. */
export const toItem = (place: Key, key: string, segment: Segment | InRow, more: More = {}): Item => ({
  ...place,
  key,
  ...('footer' in segment
    ? { v: format, size: segment.bytes.length, foot: segment.footer }
    : { v: inRowFormat, seg: segment.bytes }),
  from: segment.firstAt,
  till: segment.lastAt,
  devs: segment.filter,
  ...more,
});

interface More {
  readonly to?: number;
  /** See `Item`. */
  readonly ttl?: number;
}

/** Says that nothing has a ticket. */
export const toFence = (place: Key): Item => ({ ...place, v: format });

/** Throws InternalError for an item that a later version of this program wrote. */
export const checkFormat = ({ v }: Item): void => {
  if (v === format || v === inRowFormat) return;
  const message = `The index of telemetry has the format ${v}, which this version cannot read: update it.`;
  throw new Fault('InternalError', message);
};

/** Throws InternalError: see `checkFormat`. */
export const fromItem = (item: Item): Row => {
  checkFormat(item);
  const { SK, key, seg, size, foot, from, till, devs, to } = item;
  const ticket = Number(SK);
  if (typeof key !== 'string' || !(devs instanceof Uint8Array)) return { ticket, to: ticket, segment: undefined };
  const known = { key, firstAt: Number(from), lastAt: Number(till), filter: devs };
  return {
    ticket,
    to: typeof to === 'number' ? to : ticket,
    segment:
      seg instanceof Uint8Array ? { ...known, bytes: seg } : { ...known, size: Number(size), footer: Number(foot) },
  };
};

/** Of every item of the index but rows with what they are about in them, which a reader that knows only blobs must not pass. */
export const format = 1;
const inRowFormat = 2;
