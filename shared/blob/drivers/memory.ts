import type { Clock } from '../../base/ports.ts';
import type { Blob, Blobs } from '../blobs.ts';
import { checkKey, checkPrefix } from '../key.ts';

/** Blobs that live and die with the process, for tests. */
export const createMemoryBlobs = ({ clock }: { readonly clock: Clock }): Blobs => {
  const kept = new Map<string, { bytes: Uint8Array; at: number }>();
  const toBlob = (key: string): Blob | undefined => {
    const found = kept.get(key);
    return found && { key, size: found.bytes.length, at: found.at };
  };
  return {
    async put(key, bytes, { ifAbsent = false } = {}) {
      checkKey(key);
      if (ifAbsent && kept.has(key)) return false;
      kept.set(key, { bytes: bytes.slice(), at: clock.now() });
      return true;
    },
    async get(key, { start, end } = { start: 0 }) {
      checkKey(key);
      return kept.get(key)?.bytes.slice(start, end);
    },
    async head(key) {
      checkKey(key);
      return toBlob(key);
    },
    async delete(keys) {
      for (const key of keys) checkKey(key);
      for (const key of keys) kept.delete(key);
    },
    async *list(prefix, after = '') {
      checkPrefix(prefix);
      for (const key of [...kept.keys()].filter(name => name.startsWith(prefix) && name > after).sort()) {
        const blob = toBlob(key);
        if (blob) yield blob;
      }
    },
    async close() {},
  };
};
