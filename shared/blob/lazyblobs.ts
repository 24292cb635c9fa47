import type { Blobs } from './blobs.ts';

/** Blobs that are opened with the first use: many a process that starts often never has any. */
export const lazyBlobs = (open: () => Promise<Blobs>): Blobs => {
  let opened: Promise<Blobs> | undefined;
  const blobs = (): Promise<Blobs> => {
    opened ??= open().catch((error: unknown) => {
      // Whoever needs it next tries again.
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    put: async (key, bytes, options) => (await blobs()).put(key, bytes, options),
    get: async (key, range) => (await blobs()).get(key, range),
    head: async key => (await blobs()).head(key),
    delete: async keys => (await blobs()).delete(keys),
    async *list(prefix, after) {
      yield* (await blobs()).list(prefix, after);
    },
    close: async () => (await opened)?.close(),
  };
};
