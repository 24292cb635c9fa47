import type { Write } from '../../store.ts';
import type { Names } from './names.ts';
import { keepMs, type Parts, toTtl } from './parts.ts';
import type { ChangeRow, Stored } from './rows.ts';
import { toNote, toObject, toRow, toSize, toStored } from './rows.ts';
import type { Action, Condition, Key } from './table.ts';
import { absent } from './table.ts';
import type { Packed } from './values.ts';

/** A write that found what it expects, with a slot of its own. */
export interface Draft {
  readonly type: string;
  readonly write: Write;
  readonly packed: Packed | undefined;
  readonly current: Stored | undefined;
  readonly slot: number;
}

/** What a draft does to the table: first to the object, then to the slot, then about blobs. */
export const toActions = (
  { names, quietTypes }: Pick<Parts, 'names' | 'quietTypes'>,
  draft: Draft,
  now: number,
  writer: string,
): readonly Action[] => {
  const { type, write, packed, current, slot } = draft;
  const row: ChangeRow = {
    kind: 'delete' in write ? 'delete' : 'put',
    revision: slot,
    key: write.key,
    at: now,
    writer,
    packed,
    terms: 'delete' in write ? [] : (write.terms ?? []),
    expiresAt: 'delete' in write ? undefined : write.expiresAt,
    replaced: current?.packed === undefined ? 0 : current.revision,
    previous: toPrevious(names.slot(type, slot), packed, current, now),
    ...(isOld(current, now) && { before: { terms: current.terms, expiresAt: current.expiresAt } }),
  };
  return [
    { put: toObject(names.object(type, write.key), toStored(row), toTtl(now)), condition: toCondition(current) },
    { put: toRow(names.slot(type, slot), row, toTtl(now), quietTypes.has(type)), condition: absent },
    ...toBlobActions(names, type, row, current?.packed),
  ];
};

/** A row that was younger when it was replaced outlives the history that needs it. */
const isOld = (current: Stored | undefined, now: number): current is Stored =>
  current?.packed !== undefined && current.at < now - keepMs;

/** A tombstone counts as what is there, so that nobody takes an entry for the one before its key was deleted. */
const toCondition = (current: Stored | undefined): Condition =>
  current === undefined ? absent : { equals: ['r', current.revision] };

/**
 * What the log row keeps of the state before. That is also in the log at its own revision: it stands here where it costs
 * nothing more, or where that row may be dropped first.
 */
const toPrevious = (
  key: Key,
  packed: Packed | undefined,
  current: Stored | undefined,
  now: number,
): Packed | undefined => {
  const previous = current?.packed;
  if (current === undefined || previous === undefined || previous.as === 'b') return previous;
  if (isOld(current, now)) return previous;
  const size = rowBytes + toSize({ ...key, ...(packed && packed.as !== 'b' && { v: packed.bytes }) });
  return toUnits(size + previous.bytes.length) === toUnits(size) ? previous : undefined;
};

/**
 * A blob is in use from the commit that notes it. When what points at it is replaced, it is noted once more: it is garbage as
 * soon as history has passed that slot.
 */
const toBlobActions = (names: Names, type: string, row: ChangeRow, replaced: Packed | undefined): Action[] => {
  const actions: Action[] = [];
  const { packed, revision } = row;
  if (packed?.as === 'b') actions.push({ put: toNote(names.blob(packed.blob)), condition: absent });
  const left = [...(row.kind === 'delete' ? [packed] : []), replaced];
  for (const [i, each] of left.entries()) {
    if (each?.as === 'b') actions.push({ put: toNote(names.garbage(type, revision, i), { b: each.blob }) });
  }
  return actions;
};

/** What a row has beside keys and values, roughly. */
const rowBytes = 120;

const toUnits = (bytes: number): number => Math.ceil(bytes / 1024);
