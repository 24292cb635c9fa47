import { fromUtf8, toUtf8 } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import type { Marks } from '../marks.ts';
import type { Kept, Movable } from '../movable.ts';
import type { Store } from '../store.ts';
import { decodeBackup } from './decode.ts';
import type { BackupHead, BackupRecord } from './record.ts';

export interface RestoreOptions {
  /** The backup from its start, as often as it is called. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Types whose revisions rise even when the backup has none of them: somebody may have watched them since. */
  readonly types: readonly string[];
  /** Makes of a type's values what shall be there instead. */
  readonly rewrite?: Readonly<Record<string, (value: Uint8Array) => Uint8Array>>;
}

export interface Restored extends BackupHead {
  readonly entries: number;
  readonly marks: number;
}

/**
 * Puts a backup into an empty store. The whole backup is read and checked before anything is written. Every type goes on
 * `revisionLeap` after its revision in the backup: what was written after the backup is lost, and who watched it learns that
 * (410) instead of waiting for revisions that mean something else now. A restore that broke off leaves a store that nobody
 * serves (`mustBeWhole`); the same restore again finishes it.
 */
export const restoreBackup = async (
  store: Store & Movable & { readonly marks: Marks },
  options: RestoreOptions,
): Promise<Restored> => {
  const head = await check(options.open());
  await begin(store, head);
  const missing = new Set(options.types);
  const records = decodeBackup(options.open());
  let entries = 0;
  let marks = 0;
  let next = await records.next();
  const entriesOf = async function* (rewrite: (value: Uint8Array) => Uint8Array): AsyncGenerator<Kept> {
    for (; !next.done && 'entry' in next.value; next = await records.next()) {
      entries += 1;
      yield { ...next.value.entry, value: rewrite(next.value.entry.value) };
    }
  };
  while (!next.done) {
    const record: BackupRecord | { head: BackupHead } = next.value;
    next = await records.next();
    if ('type' in record) {
      missing.delete(record.type);
      const { [record.type]: rewrite = same } = options.rewrite ?? {};
      await store.fill(record.type, record.revision + revisionLeap, entriesOf(rewrite));
    } else if ('mark' in record) {
      marks += 1;
      await store.marks.set(record.mark.space, record.mark.key, record.mark.value);
    }
  }
  for (const type of missing) await store.fill(type, revisionLeap, none());
  await finish(store, head);
  return { ...head, entries, marks };
};

/**
 * More than is written between a backup and its restore: at a thousand writes a second, eleven days of one type. A store that
 * counts to 2^40 bears a thousand restores.
 */
export const revisionLeap = 1_000_000_000;

/** Where a restore says that it has begun. */
export const unfinished = { type: 'restore', key: 'unfinished' } as const;

/** Where a restore says that it has ended, and of which backup. */
const ended = { type: 'restore', key: 'ended' } as const;

/** The id of the backup that a store was made of; undefined: it began empty, or a restore has not ended. */
export const restoredFrom = async (store: Store): Promise<string | undefined> => {
  const entry = await store.get(ended.type, ended.key);
  return entry && toUtf8(entry.value);
};

/** Throws ServiceUnavailable when a restore into this store broke off. One read. */
export const mustBeWhole = async (store: Store): Promise<void> => {
  const entry = await store.get(unfinished.type, unfinished.key);
  if (entry === undefined) return;
  throw new Fault(
    'ServiceUnavailable',
    `The store is half restored: a restore of backup ${toUtf8(entry.value)} broke off. Run \`kubeve restore\` with the same file again.`,
  );
};

const same = (value: Uint8Array): Uint8Array => value;

async function* none(): AsyncGenerator<Kept> {}

/** Reads all of it; entries are of a type, and none is above the type's revision. */
const check = async (bytes: AsyncIterable<Uint8Array>): Promise<BackupHead> => {
  let head: BackupHead = { id: '', at: '' };
  let revision = 0;
  for await (const record of decodeBackup(bytes)) {
    if ('head' in record) head = record.head;
    else if ('type' in record) revision = record.revision;
    else if ('entry' in record && record.entry.revision > revision) {
      throw new Fault('BadRequest', `The backup contradicts itself: ${record.entry.key} has a revision to come.`);
    }
  }
  return head;
};

const begin = async (store: Store & Movable, { id }: BackupHead): Promise<void> => {
  const begun = await store.get(unfinished.type, unfinished.key);
  const started = begun && toUtf8(begun.value);
  if (started === id) return;
  if (started !== undefined) {
    throw new Fault(
      'Conflict',
      `Backup ${started} is half restored here. Restore the same file again, or choose an empty store.`,
    );
  }
  const { types } = await store.snapshot();
  if (types.length > 0) {
    throw new Fault(
      'Conflict',
      'There are data already. A backup is restored into an empty store only; choose another.',
    );
  }
  const write = { key: unfinished.key, value: fromUtf8(id), expected: 0 };
  const outcome = await store.commit(unfinished.type, write);
  if (!outcome.ok) throw new Fault('Conflict', 'Another restore has begun at the same time. Let it finish.');
};

const finish = async (store: Store, { id }: BackupHead): Promise<void> => {
  await store.commit(ended.type, { key: ended.key, value: fromUtf8(id), expected: 0 });
  const begun = await store.get(unfinished.type, unfinished.key);
  if (begun) await store.commit(unfinished.type, { key: unfinished.key, expected: begun.revision, delete: true });
};
