import { isFault } from '../../shared/base/fault.ts';
import type { Changed } from '../../shared/compose/changed.ts';
import { toLogged } from '../../shared/store/drivers/dynamo/logged.ts';
import type { Change, Store } from '../../shared/store/store.ts';
import { toReported } from '../../shared/telemetry/drivers/cloud/reported.ts';

/** One record of a table's stream, as far as it is looked at. */
export interface StreamRecord {
  readonly eventName?: string;
  readonly dynamodb?: {
    readonly SequenceNumber?: string;
    readonly Keys?: Readonly<Record<string, { readonly S?: string }>>;
  };
}

/** What a batch of records says happened. */
export interface Happened {
  /** Each with the sequence number of its record. */
  readonly changes: ReadonlyMap<Changed, string>;
  /** Sequence numbers of records that say that devices reported something. */
  readonly reported: readonly string[];
  /** Sequence numbers of records that cannot be read, and why. */
  readonly unreadable: ReadonlyMap<string, unknown>;
  /** Types of which some changes are not kept any more. */
  readonly missed: ReadonlySet<string>;
}

/**
 * Reads what records of a table's stream tell of. The stream wakes and no more: records come in no order that means anything,
 * so that what happened is read from the log, which has one.
 */
export const readHappened = async (
  store: Store,
  tenant: string,
  records: readonly StreamRecord[],
): Promise<Happened> => {
  const slots = new Map<string, Map<number, string>>();
  const reported: string[] = [];
  const unreadable = new Map<string, unknown>();
  for (const record of records) {
    const sequence = record.dynamodb?.SequenceNumber ?? '';
    const keys = toKeys(record);
    if (!keys) {
      unreadable.set(sequence, new TypeError('the record names no item'));
      continue;
    }
    if (record.eventName !== 'INSERT') continue;
    const logged = toLogged(keys, tenant);
    if (logged) slots.set(logged.type, (slots.get(logged.type) ?? new Map()).set(logged.revision, sequence));
    else if (toReported(keys, tenant) !== undefined) reported.push(sequence);
  }
  const changes = new Map<Changed, string>();
  const missed = new Set<string>();
  for (const [type, wanted] of slots) {
    try {
      for (const change of await readChanges(store, type, [...wanted.keys()]))
        changes.set({ type, change }, wanted.get(change.revision) ?? '');
    } catch (error) {
      if (isFault(error, 'Expired')) missed.add(type);
      else for (const sequence of wanted.values()) unreadable.set(sequence, error);
    }
  }
  return { changes, reported, unreadable, missed };
};

const toKeys = ({ dynamodb }: StreamRecord): { PK: string; SK: string } | undefined => {
  const [PK, SK] = [dynamodb?.Keys?.['PK']?.S, dynamodb?.Keys?.['SK']?.S];
  return PK === undefined || SK === undefined ? undefined : { PK, SK };
};

/** The changes at some revisions of a type; a revision at which nothing happened gives none. */
const readChanges = async (store: Store, type: string, revisions: readonly number[]): Promise<Change[]> => {
  const wanted = new Set(revisions);
  const last = Math.max(...revisions);
  const found: Change[] = [];
  const stop = new AbortController();
  try {
    for await (const { changes, revision } of store.tail(type, Math.min(...revisions) - 1, stop.signal)) {
      found.push(...changes.filter(change => wanted.has(change.revision)));
      if (revision >= last) break;
    }
  } finally {
    stop.abort();
  }
  return found;
};
