import { createHash } from 'node:crypto';
import { fromHex, toHex } from './bytes.ts';

/**
 * The UUID (version 5) of what one object becomes in a role: the same object and role always give the same UUID, so that
 * composing again, also after a restore, never makes a device restart or purge anything.
 */
export const toUuid = (uid: string, role: string): string => {
  const name = `${uid}/${role}`;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const uuid = derive(uid, role);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(name, uuid);
  return uuid;
};

const cacheSize = 100_000;
const cache = new Map<string, string>();

const derive = (uid: string, role: string): string => {
  const hash = createHash('sha1').update(namespaceOf(uid)).update(role).digest().subarray(0, 16);
  // Version and variant bits of RFC 9562 §5.5.
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return printUuid(toHex(hash));
};

export const isUuid = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The 16 bytes of a UUID; of anything else, the first 16 of its SHA-1. */
const namespaceOf = (uid: string): Uint8Array =>
  isUuid(uid) ? fromHex(uid.replaceAll('-', '')) : createHash('sha1').update(uid).digest().subarray(0, 16);

const printUuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
