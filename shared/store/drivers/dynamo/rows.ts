import { fromUtf8 } from '../../../base/bytes.ts';
import { Fault } from '../../../base/fault.ts';
import { fromSlot } from './names.ts';
import type { Condition, Item, Key } from './table.ts';
import type { Packed } from './values.ts';

/** What stands in the table for a key: an entry, or the tombstone of a deleted one. */
export interface Stored {
  readonly revision: number;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
  /** Undefined: deleted. */
  readonly packed: Packed | undefined;
  readonly terms: readonly string[];
  readonly expiresAt: number | undefined;
}

/** One slot of the log, written once. */
export type Row = Fill | ChangeRow;

/** Nothing happens at this revision, ever. */
export interface Fill {
  readonly kind: 'fill';
  readonly revision: number;
  readonly at: number;
  /** What a later version calls something that happens here all the same, and that this one knows nothing of. */
  readonly strange?: string;
}

export interface ChangeRow {
  readonly kind: 'put' | 'delete';
  readonly revision: number;
  readonly key: string;
  /** When the transaction was sent, by the writer's clock. */
  readonly at: number;
  /** Who wrote it: one for each transaction. */
  readonly writer: string;
  /** The new state, or the last one when the delete came with one. */
  readonly packed: Packed | undefined;
  readonly terms: readonly string[];
  readonly expiresAt: number | undefined;
  /** Revision of what was there before; 0: nothing. Without `previous` its value is in the log at this revision. */
  readonly replaced: number;
  readonly previous: Packed | undefined;
  /** What else was kept of it, where the row that says so may be dropped first. */
  readonly before?: Pick<Stored, 'terms' | 'expiresAt'>;
}

/** Every item carries it. A program refuses items of a format that it does not know. */
const format = 1;

export const mustKnow = (item: Item): void => {
  if (isKnown(item)) return;
  const text = `The table holds items of format ${item['f']}; this program knows format ${format} only.`;
  throw new Fault('InternalError', `${text} Run the version that wrote them, or a later one.`);
};

export const toObject = (key: Key, stored: Stored, ttl: number): Item => ({
  ...key,
  f: format,
  r: stored.revision,
  at: stored.at,
  ...(stored.packed === undefined ? { d: 1, ttl } : toAttributes(stored.packed, '')),
  ...toTermsAttribute(stored.terms),
  ...(stored.expiresAt !== undefined && { x: stored.expiresAt }),
});

export const fromObject = (item: Item): Stored => {
  mustKnow(item);
  return {
    revision: toNumber(item['r']),
    at: toNumber(item['at']),
    packed: fromAttributes(item, ''),
    terms: fromTermsAttribute(item['t']),
    expiresAt: item['x'] === undefined ? undefined : toNumber(item['x']),
  };
};

/** `isQuiet`: nothing follows from it; whoever filters the table's stream finds that in `q`. */
export const toRow = (key: Key, row: Row, ttl: number, isQuiet: boolean): Item => {
  const quiet = isQuiet ? { q: 1 } : {};
  if (row.kind === 'fill') return { ...key, f: format, c: 'F', at: row.at, ...quiet, ttl };
  return {
    ...key,
    f: format,
    c: row.kind === 'put' ? 'P' : 'D',
    k: row.key,
    at: row.at,
    w: row.writer,
    ...(row.packed && toAttributes(row.packed, '')),
    ...toTermsAttribute(row.terms),
    ...(row.expiresAt !== undefined && { x: row.expiresAt }),
    p: row.replaced,
    ...(row.previous && toAttributes(row.previous, 'p')),
    ...(row.before && { o: JSON.stringify(row.before) }),
    ...quiet,
    ttl,
  };
};

export const fromRow = (item: Item): Row => {
  mustKnow(item);
  const revision = fromSlot(item.SK);
  const at = toNumber(item['at']);
  const kind = kinds.get(item['c']);
  if (kind === undefined) return { kind: 'fill', revision, at, strange: String(item['c']) };
  if (kind === 'fill') return { kind, revision, at };
  return {
    kind,
    revision,
    key: String(item['k']),
    at,
    writer: String(item['w']),
    packed: fromAttributes(item, ''),
    terms: fromTermsAttribute(item['t']),
    expiresAt: item['x'] === undefined ? undefined : toNumber(item['x']),
    replaced: toNumber(item['p']),
    previous: fromAttributes(item, 'p'),
    ...(item['o'] !== undefined && { before: toBefore(item['o']) }),
  };
};

const kinds: ReadonlyMap<unknown, Row['kind']> = new Map([
  ['F', 'fill'],
  ['P', 'put'],
  ['D', 'delete'],
]);

/** An item that says little else. */
export const toNote = (key: Key, attributes: Record<string, string | number | Uint8Array> = {}): Item => ({
  ...key,
  f: format,
  ...attributes,
});

/** Whether an item is of the format that this program knows. */
export const isKnown = (item: Item): boolean => item['f'] === format;

export const formatAttribute = { f: format };

/** For writes that would otherwise not see what they overwrite; where it is false, `mustKnow` says why. */
export const isOurs: Condition = { any: [{ lacks: 'f' }, { equals: ['f', format] }] };

/** What a change leaves in the place of its key. */
export const toStored = (row: ChangeRow): Stored => ({
  revision: row.revision,
  at: row.at,
  packed: row.kind === 'put' ? row.packed : undefined,
  terms: row.terms,
  expiresAt: row.expiresAt,
});

/** Bytes that an item takes in the table, nearly. */
export const toSize = (item: Item): number => {
  let size = 0;
  for (const [name, value] of Object.entries(item)) {
    size += name.length;
    if (typeof value === 'number') size += 8;
    else if (typeof value === 'string') size += fromUtf8(value).length;
    else if (value instanceof Uint8Array) size += value.length;
  }
  return size;
};

const toAttributes = (packed: Packed, prefix: '' | 'p'): Record<string, Uint8Array | string> =>
  packed.as === 'b' ? { [`${prefix}b`]: packed.blob } : { [prefix + packed.as]: packed.bytes };

const fromAttributes = (item: Item, prefix: '' | 'p'): Packed | undefined => {
  const blob = item[`${prefix}b`];
  if (typeof blob === 'string') return { as: 'b', blob };
  for (const as of ['v', 'z'] as const) {
    const bytes = item[prefix + as];
    if (bytes instanceof Uint8Array) return { as, bytes };
  }
  return undefined;
};

/** A list as a text: DynamoDB counts three bytes more for each element of its own lists. */
const toTermsAttribute = (terms: readonly string[]) => (terms.length === 0 ? {} : { t: JSON.stringify(terms) });

const fromTermsAttribute = (value: unknown): readonly string[] => {
  if (typeof value !== 'string') return [];
  const terms: unknown = JSON.parse(value);
  return Array.isArray(terms) ? terms.map(String) : [];
};

// Written by toRow only; JSON leaves out what is undefined.
const toBefore = (value: unknown): NonNullable<ChangeRow['before']> => ({
  expiresAt: undefined,
  ...(JSON.parse(String(value)) as { terms: string[]; expiresAt?: number }),
});

export const toNumber = (value: unknown): number => {
  if (typeof value !== 'number') throw new TypeError('an item without a number where one must be');
  return value;
};
