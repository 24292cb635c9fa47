import type { Changed } from '../../shared/compose/changed.ts';
import type { Store } from '../../shared/store/store.ts';

/** What a table's stream tells of a store: every change of the given types since it was asked last. */
export const createTableStream = (store: Store, types: () => readonly string[]) => {
  const reached = new Map<string, number>();
  return async (): Promise<Changed[]> => {
    const news: Changed[] = [];
    for (const type of types()) {
      const head = await store.head(type);
      const after = reached.get(type) ?? 0;
      reached.set(type, head);
      if (head > after) for (const change of await changesOf(store, type, after, head)) news.push({ type, change });
    }
    return news;
  };
};

const changesOf = async (store: Store, type: string, after: number, head: number) => {
  const stop = new AbortController();
  const found: Changed['change'][] = [];
  for await (const { changes, revision } of store.tail(type, after, stop.signal)) {
    found.push(...changes);
    if (revision >= head) stop.abort();
  }
  return found;
};
