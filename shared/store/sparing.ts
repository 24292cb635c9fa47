import type { Clock } from '../base/ports.ts';
import type { Marks } from './marks.ts';

/**
 * Marks of which those of one space are written no more often than `everyMs`, each: where a write has its price, a heartbeat
 * need not cost one at every request. `lagMs` tells readers how much older such a mark may be. A process that does not
 * remember having written one looks at when somebody did.
 */
export const sparing = (marks: Marks, space: string, everyMs: number, clock: Clock): Marks => {
  const written = new Map<string, number>();
  return {
    async set(of, key, value) {
      if (of !== space) return marks.set(of, key, value);
      const now = clock.now();
      const isEnough = (last: number | undefined): boolean => last !== undefined && now - last < everyMs && now >= last;
      if (isEnough(written.get(key))) return;
      const noted = await marks.setAt?.(of, key).catch(() => undefined);
      if (written.size >= maxKnown) written.clear();
      written.set(key, noted !== undefined && isEnough(noted) ? noted : now);
      if (isEnough(noted)) return;
      try {
        await marks.set(of, key, value);
      } catch (error) {
        written.delete(key);
        throw error;
      }
    },
    async delete(of, key) {
      if (of === space) written.delete(key);
      await marks.delete(of, key);
    },
    get: (of, key) => marks.get(of, key),
    getMany: (of, keys) => marks.getMany(of, keys),
    all: of => marks.all(of),
    setAt: async (of, key) => marks.setAt?.(of, key),
    lagMs: of => (of === space ? everyMs : 0) + (marks.lagMs?.(of) ?? 0),
    close: () => marks.close(),
  };
};

/** Some hundred bytes each. */
const maxKnown = 200_000;
