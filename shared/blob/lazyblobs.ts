import { once } from '../base/once.ts';
import type { Blobs } from './blobs.ts';

/** Blobs that are opened with the first use: many a process that starts often never has any. */
export const lazyBlobs = (open: () => Promise<Blobs>): Blobs => {
  let opening: Promise<Blobs> | undefined;
  const blobs = once(() => {
    opening = open();
    return opening;
  });
  return {
    put: async (key, bytes, options) => (await blobs()).put(key, bytes, options),
    get: async (key, range) => (await blobs()).get(key, range),
    head: async key => (await blobs()).head(key),
    delete: async keys => (await blobs()).delete(keys),
    async *list(prefix, after) {
      yield* (await blobs()).list(prefix, after);
    },
    // What could not be opened needs no end.
    close: async () => (await opening?.catch(() => undefined))?.close(),
  };
};
