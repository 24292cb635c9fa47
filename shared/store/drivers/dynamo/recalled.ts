import type { Marks } from '../../marks.ts';
import type { Store } from '../../store.ts';
import type { Recall } from './recall.ts';

/** A store that answers what it can from memory: `get`, `find`, `findEntries`, and lists of a prefix as it is now. */
export const recalled = (
  store: Store & { readonly marks: Marks },
  recall: (type: string) => Recall,
): Store & { readonly marks: Marks } => ({
  marks: store.marks,
  get: async (type, key) => recall(type).get(key),
  find: async (type, term) => recall(type).find(term),
  findEntries: async (type, term) => recall(type).findEntries(term),
  async list(type, query = {}) {
    const { prefix = '', after, limit, at } = query;
    const isWhole = after === undefined && limit === undefined && at === undefined;
    return isWhole ? recall(type).list(prefix) : store.list(type, query);
  },
  commit: (...args) => store.commit(...args),
  head: type => store.head(type),
  tail: (...args) => store.tail(...args),
  sweep: () => store.sweep(),
  close: () => store.close(),
});
