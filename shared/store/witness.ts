import type { Marks } from './marks.ts';
import type { Store } from './store.ts';

/** A store that notes which types are written through it. */
export interface Witness {
  readonly store: Store & { readonly marks: Marks };
  /** The types that were written since the last call. */
  take(): ReadonlySet<string>;
}

export const createWitness = (store: Store & { readonly marks: Marks }): Witness => {
  let written = new Set<string>();
  return {
    store: {
      marks: store.marks,
      get: (type, key) => store.get(type, key),
      list: (type, query) => store.list(type, query),
      find: (type, term) => store.find(type, term),
      findEntries: (type, term) => store.findEntries(type, term),
      head: type => store.head(type),
      tail: (type, after, signal) => store.tail(type, after, signal),
      sweep: () => store.sweep(),
      close: () => store.close(),
      async commit(type, write, options) {
        const outcome = await store.commit(type, write, options);
        if (outcome.ok) written.add(type);
        return outcome;
      },
    },
    take() {
      const taken = written;
      written = new Set();
      return taken;
    },
  };
};
