import type { Log } from '../../shared/base/ports.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Behind } from '../behind.ts';
import { readHappened, type StreamRecord } from './happened.ts';
import type { Context } from './stream.ts';

export interface FollowParts {
  readonly store: Store;
  readonly tenant: string;
  readonly behind: Behind;
  readonly log: Log;
}

/** Which records of a batch come again; the platform counts from the first of them. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Before the time of an invocation is up, so long is left to say what was not done. */
const reserveMs = 10_000;
/** What takes longer goes on in a later invocation, so that other changes wait for it no longer than this. */
const sliceMs = 30_000;

/**
 * Does what follows from a batch of a table's stream. Records about which something could not be done are named, with the cause
 * in the log: they come again, and in the end go where the platform keeps what nobody could take. The others are done. What
 * controllers could not do is no fault of any record: they try again with the next batch that concerns them, and each minute.
 */
export const follow = async (
  { store, tenant, behind, log }: FollowParts,
  records: readonly StreamRecord[],
  context: Context,
): Promise<BatchAnswer> => {
  const leftMs = Math.max(context.getRemainingTimeInMillis() - reserveMs, 0);
  const signal = AbortSignal.timeout(Math.min(leftMs, sliceMs));
  const { changes, reported, unreadable, missed } = await readHappened(store, tenant, records);
  const failures = new Map(unreadable);
  const news = { changes: [...changes.keys()], reported: reported.length > 0, missed };
  const { failed, failing } = await behind.follow(news, signal);
  for (const [changed, error] of failed) failures.set(changes.get(changed) ?? '', error);
  for (const [controller, error] of failing) log.error('a controller is left behind', { controller, error });
  for (const [sequenceNumber, error] of failures) log.error('a record was not followed', { sequenceNumber, error });
  return { batchItemFailures: [...failures.keys()].map(itemIdentifier => ({ itemIdentifier })) };
};
