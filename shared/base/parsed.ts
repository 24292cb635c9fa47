import { parseJson } from './json.ts';
import type { Json } from './object.ts';

/**
 * What JSON bytes say that never change. The same bytes give the same instance as long as somebody holds it, whoever asks:
 * never change it either. Values take several times the memory of their bytes: those that nobody uses may go, and are read
 * again when they are asked for.
 *
 * @throws Fault BadRequest for bytes that are no JSON
 */
export const parsed = (bytes: Uint8Array): Json => cache.get(bytes)?.deref() ?? remember(bytes, parseJson(bytes));

/** Tells what bytes say that were printed this very moment: nobody needs to read them then. The value itself comes back. */
export const remember = <T extends Json>(bytes: Uint8Array, value: T): T => {
  if (typeof value === 'object' && value !== null) cache.set(bytes, new WeakRef(value));
  return value;
};

/**
 * What JSON bytes say, for one use: what somebody holds comes back, anything else is read for the caller alone and nobody
 * remembers it.
 */
export const parsedOnce = (bytes: Uint8Array): Json => cache.get(bytes)?.deref() ?? parseJson(bytes);

const cache = new WeakMap<Uint8Array, WeakRef<object & Json>>();
