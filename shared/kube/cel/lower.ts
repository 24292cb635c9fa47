import { Buffer } from 'node:buffer';
import { setOwn } from '../../base/own.ts';
import { printDuration, printTimestamp } from './library/time.ts';
import { CelError, Dictionary, Duration, List, Optional, Timestamp, typeName, Uint, type Value } from './value.ts';

/**
 * A value as JSON, the inverse of `lift`: integers beyond ±(2^53−1) stay bigint, bytes become base64, times and durations
 * their text; an optional value is what it holds, or left out. Throws CelError for what JSON cannot say, and for more than
 * fits into a request: an expression can name one large value a thousand times.
 */
export const lower = (value: Value): unknown => lowerWithin(value, { left: maxBytes });

/** Upstream's limit for the body of a request. */
const maxBytes = 3 * 1024 * 1024;

interface Budget {
  left: number;
}

const spend = (budget: Budget, bytes: number): void => {
  budget.left -= bytes;
  if (budget.left < 0) throw new CelError(`the result is larger than ${maxBytes} bytes`);
};

const lowerWithin = (value: Value, budget: Budget): unknown => {
  spend(budget, 1 + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 0));
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return toNumber(value);
  if (value instanceof Uint) return toNumber(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return printTimestamp(value.ns);
  if (value instanceof Duration) return printDuration(value.ns);
  if (value instanceof Optional) return value.value === undefined ? undefined : lowerWithin(value.value, budget);
  if (value instanceof List) return [...value].map(item => lowerWithin(item, budget) ?? null);
  if (value instanceof Dictionary) return lowerEntries(value, budget);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new CelError(`a value of type ${typeName(value)} cannot be part of an object`);
};

const lowerEntries = (value: Dictionary, budget: Budget): { [field: string]: unknown } => {
  const map: { [field: string]: unknown } = {};
  for (const key of value.keys()) {
    if (typeof key !== 'string') throw new CelError(`map keys must be of type string, found ${typeName(key)}`);
    spend(budget, key.length);
    const member = lowerWithin(value.get(key) ?? null, budget);
    if (member !== undefined) setOwn(map, key, member);
  }
  return map;
};

const toNumber = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
