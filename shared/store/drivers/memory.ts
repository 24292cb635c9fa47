import type { Clock } from '../../base/ports.ts';
import type { HistoryLimits } from '../history.ts';
import { checkRequest, Image } from '../image.ts';
import type { Marks } from '../marks.ts';
import type { Kept, Movable } from '../movable.ts';
import type { Store } from '../store.ts';
import { createMemoryMarks } from './marks.ts';

export interface MemoryStoreOptions extends HistoryLimits {
  readonly clock: Clock;
}

/** A store that lives and dies with the process: for tests, and for what needs no memory of yesterday. */
export const createMemoryStore = ({
  clock,
  ...limits
}: MemoryStoreOptions): Store & Movable & { readonly marks: Marks } => {
  const image = new Image(limits);
  const commit: Store['commit'] = async (type, write, options) => {
    const request = { type, write, options };
    checkRequest(request);
    const [staged] = image.stage([request]);
    if (staged === undefined) throw new Error('one request, no outcome');
    image.apply([staged], clock.now());
    if (image.isBulky) image.compact(clock.now());
    return staged.outcome;
  };
  const marks = createMemoryMarks();
  return {
    marks,
    get: async (type, key) => image.get(type, key),
    list: async (type, query) => image.list(type, query),
    find: async (type, term) => image.find(type, term),
    findEntries: async (type, term) => image.findEntries(type, term),
    commit,
    head: async type => image.head(type),
    tail: (type, after, signal) => image.tail(type, after, signal),
    async sweep() {
      for (const { type, write } of image.expired(clock.now())) await commit(type, write);
      image.compact(clock.now());
    },
    snapshot: async () => ({ types: image.snapshot(), marks: () => marks.everything() }),
    async fill(type, revision, entries) {
      const kept: Kept[] = [];
      for await (const each of entries) kept.push(each);
      image.fill(type, revision, kept);
    },
    close: async () => image.close(),
  };
};
