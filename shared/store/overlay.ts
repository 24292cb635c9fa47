import { Fault } from '../base/fault.ts';
import type { Delete, Entry, ListQuery, Outcome, Page, Put, Store } from './store.ts';

/**
 * A store that shows another one as it is, with changes that stay in memory and go with it: to try what would be. It can be
 * neither followed nor swept, and is for few changes.
 */
export const overlay = (base: Store): Store => {
  const changed = new Map<string, Map<string, Over | undefined>>();
  const of = (type: string): Map<string, Over | undefined> => {
    const found = changed.get(type) ?? new Map<string, Over | undefined>();
    changed.set(type, found);
    return found;
  };
  let writes = 0;

  const get = async (type: string, key: string): Promise<Entry | undefined> => {
    const own = changed.get(type);
    return own?.has(key) ? own.get(key)?.entry : base.get(type, key);
  };
  const head = async (type: string): Promise<number> => (await base.head(type)) + writes;

  return {
    get,
    head,
    async list(type, query = {}) {
      const own = changed.get(type);
      if (!own || own.size === 0) return base.list(type, query);
      const { limit: _limit, at: _at, ...all } = query;
      const { entries } = await base.list(type, all);
      const kept = entries.filter(({ key }) => !own.has(key));
      const more = [...own.values()].flatMap(one => (one && isWanted(one.entry.key, query) ? [one.entry] : []));
      return toPage([...kept, ...more].sort(byKey), query, await head(type));
    },
    async find(type, term) {
      const own = changed.get(type);
      const found = await base.find(type, term);
      const kept = found.filter(key => !own?.has(key));
      const more = [...(own?.values() ?? [])].flatMap(one => (one?.terms.includes(term) ? [one.entry.key] : []));
      return [...kept, ...more].sort();
    },
    async findEntries(type, term) {
      const own = changed.get(type);
      const found = await base.findEntries(type, term);
      const kept = found.filter(({ key }) => !own?.has(key));
      const more = [...(own?.values() ?? [])].flatMap(one => (one?.terms.includes(term) ? [one.entry] : []));
      return [...kept, ...more].sort(byKey);
    },
    async commit(type, write, options = {}): Promise<Outcome> {
      for (const [index, { type: other, key, revision }] of (options.requires ?? []).entries())
        if (((await get(other, key))?.revision ?? 0) !== revision) return { ok: false, failed: 'requires', index };
      const current = await get(type, write.key);
      if ((current?.revision ?? 0) !== write.expected) return { ok: false, failed: 'expected', current };
      writes += 1;
      const revision = await head(type);
      if (isDelete(write)) {
        of(type).set(write.key, undefined);
        return { ok: true, revision };
      }
      const entry = { key: write.key, value: write.value, revision };
      of(type).set(write.key, { entry, terms: write.terms ?? [] });
      return { ok: true, revision, entry };
    },
    // biome-ignore lint/correctness/useYield: it has nothing to give
    async *tail() {
      throw new Fault('MethodNotAllowed', 'what is only tried cannot be followed');
    },
    sweep: async () => undefined,
    close: async () => undefined,
  };
};

interface Over {
  readonly entry: Entry;
  readonly terms: readonly string[];
}

const isDelete = (write: Put | Delete): write is Delete => 'delete' in write;

const isWanted = (key: string, { prefix = '', after }: ListQuery): boolean =>
  key.startsWith(prefix) && (after === undefined || key > after);

const byKey = (a: Entry, b: Entry): number => (a.key < b.key ? -1 : 1);

const toPage = (entries: readonly Entry[], { limit = entries.length }: ListQuery, revision: number): Page => ({
  entries: entries.slice(0, limit),
  revision,
  more: entries.length > limit,
  remaining: Math.max(0, entries.length - limit),
});
