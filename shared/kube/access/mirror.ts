import { isFault } from '../../base/fault.ts';
import type { Change, Store } from '../../store/store.ts';

/** What a mirror tells of: the newest value of a key, undefined when it is gone. */
export type Apply = (key: string, value: Uint8Array | undefined) => void;

/**
 * A copy of one store type in memory, brought up to date when it is asked for: whoever awaits `catchUp` sees every write
 * that was acknowledged before. Costs one `head` when nothing changed, and only the changes when something did. `reset`
 * is called before everything is told anew.
 */
export const createMirror = (store: Store, type: string, apply: Apply, reset: () => void) => {
  let revision: number | undefined;
  let reading: Promise<void> | undefined;

  const catchUp = async (): Promise<void> => {
    const head = await store.head(type);
    while (revision === undefined || revision < head) {
      reading ??= read(head).finally(() => {
        reading = undefined;
      });
      await reading;
    }
  };

  const read = async (head: number): Promise<void> => {
    if (revision === undefined) return readAll();
    try {
      await readChanges(revision, head);
    } catch (error) {
      if (!isFault(error, 'Expired')) throw error;
      await readAll();
    }
  };

  const readAll = async (): Promise<void> => {
    const page = await store.list(type);
    reset();
    for (const entry of page.entries) apply(entry.key, entry.value);
    revision = page.revision;
  };

  const readChanges = async (after: number, head: number): Promise<void> => {
    const stop = new AbortController();
    try {
      for await (const batch of store.tail(type, after, stop.signal)) {
        for (const change of batch.changes) tell(change);
        revision = batch.revision;
        if (batch.revision >= head) return;
      }
    } finally {
      stop.abort();
    }
  };

  const tell = (change: Change): void => apply(change.key, change.deleted ? undefined : change.value);

  return { catchUp };
};
