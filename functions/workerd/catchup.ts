import { fromUtf8, toUtf8 } from '../../shared/base/bytes.ts';
import { isFault } from '../../shared/base/fault.ts';
import type { Changed } from '../../shared/compose/changed.ts';
import { followed } from '../../shared/compose/kinds.ts';
import type { Marks } from '../../shared/store/marks.ts';
import type { Change, Store } from '../../shared/store/store.ts';
import type { Behind } from '../behind.ts';

export interface CatchUpParts {
  readonly store: Store & { readonly marks: Marks };
  readonly behind: Behind;
  /** Whether devices reported something. */
  readonly reported?: boolean;
  /** Store types that were written, also of those whose changes are not followed one by one. */
  readonly touched?: ReadonlySet<string>;
}

/** Where it is noted how far each type was followed. */
const space = 'followed';
/** So many changes of a type are held at once; the next call takes the next ones. */
const maxChanges = 500;

/**
 * Follows what was written since it was called the last time, wherever that was: for runtimes to which no stream of the table
 * comes. Answers whether there was anything, so that who calls it again until there is nothing has done all. What failed is not
 * noted as followed, and rejects when the rest is done; doing a thing twice changes nothing.
 */
export const catchUp = async (parts: CatchUpParts, signal: AbortSignal): Promise<boolean> => {
  const { store, behind, reported = false, touched = new Set() } = parts;
  const known = await store.marks.getMany(space, followed);
  const read = await Promise.all(followed.map((type, at) => readType(store, type, known[at], signal)));
  const missed = new Set(read.filter(one => one.isMissed).map(one => one.type));
  const changes = read.flatMap(({ type, found }) => found.map(change => ({ type, change })));
  if (missed.size === 0 && changes.length === 0 && !reported && touched.size === 0) return false;
  const { failed, failing } = await behind.follow({ changes, reported, touched, missed }, signal);
  for (const { type, reached, from } of read) {
    const upTo = firstFailed(failed, type) ?? reached;
    if (upTo !== from) await store.marks.set(space, type, fromUtf8(String(upTo)));
  }
  const why = [
    ...[...failed].map(([{ type, change }, error]) => `${type} ${change.key}: ${String(error)}`),
    ...[...failing].map(([key, text]) => `${key}: ${text}`),
  ];
  if (why.length > 0) throw new Error(why.join('; '));
  return true;
};

interface Read {
  readonly type: string;
  /** What was noted; -1: nothing was. */
  readonly from: number;
  readonly reached: number;
  readonly found: readonly Change[];
  /** Whether there is more than what was found, and it is not known what. */
  readonly isMissed: boolean;
}

const readType = async (
  store: Store,
  type: string,
  mark: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Read> => {
  const head = await store.head(type);
  const from = mark === undefined ? -1 : Number(toUtf8(mark));
  // A store that was moved begins to count anew.
  if (from < 0 || head < from) return { type, from, reached: head, found: [], isMissed: true };
  if (head === from) return { type, from, reached: from, found: [], isMissed: false };
  try {
    return { type, from, isMissed: false, ...(await readChanges(store, type, from, head, signal)) };
  } catch (error) {
    if (!isFault(error, 'Expired')) throw error;
    return { type, from, reached: head, found: [], isMissed: true };
  }
};

const readChanges = async (store: Store, type: string, from: number, head: number, signal: AbortSignal) => {
  const found: Change[] = [];
  let reached = from;
  const stop = new AbortController();
  const end = AbortSignal.any([stop.signal, signal]);
  try {
    for await (const { changes, revision } of store.tail(type, from, end)) {
      found.push(...changes);
      reached = revision;
      if (reached >= head || found.length >= maxChanges) break;
    }
  } finally {
    stop.abort();
  }
  return { found, reached };
};

/** The revision before the first change of a type that failed. */
const firstFailed = (failed: ReadonlyMap<Changed, unknown>, of: string): number | undefined => {
  const revisions = [...failed.keys()].flatMap(({ type, change }) => (type === of ? [change.revision] : []));
  return revisions.length === 0 ? undefined : Math.min(...revisions) - 1;
};
