import type { CallContext } from './function.ts';
import {
  CelError,
  Dictionary,
  Duration,
  List,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  typeName,
  Uint,
  type Value,
} from './value.ts';

type Payer = Pick<CallContext, 'charge'>;

/**
 * Equality of CEL: numbers by value whatever their types, lists of type `set` and `map` whatever their order. What it takes is
 * charged: the cost of a call counts what lies in its arguments, but not what lies below that. `isPaid`: the size of the values
 * themselves is counted already.
 */
export const equals = (a: Value, b: Value, payer: Payer, isPaid = false): boolean => {
  if (typeof a === 'string' && typeof b === 'string') {
    if (!isPaid && a.length === b.length) payer.charge(a.length * unitsEach);
    return a === b;
  }
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (a instanceof List && b instanceof List) {
    if (a.size !== b.size) return false;
    if (!isPaid) payer.charge(a.size * unitsEach);
    return equalLists(a, b, payer);
  }
  if (a instanceof Dictionary && b instanceof Dictionary) {
    if (typeName(a) !== typeName(b) || a.size !== b.size) return false;
    if (!isPaid) payer.charge(a.size * unitsEach);
    return equalMaps(a, b, payer);
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b) === 0;
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ns === b.ns;
  if (a instanceof Duration && b instanceof Duration) return a.ns === b.ns;
  if (a instanceof TypeValue && b instanceof TypeValue) return a.type === b.type;
  if (a instanceof Optional && b instanceof Optional) {
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equals(a.value, b.value, payer, isPaid);
  }
  return a instanceof Opaque && b instanceof Opaque && a.typeName === b.typeName && a.equals(b);
};

/** Negative, zero or positive; throws for what has no order. NaN is neither less nor greater: undefined. */
export const compare = (a: Value, b: Value): number | undefined => {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return sign(a.ns - b.ns);
  if (a instanceof Duration && b instanceof Duration) return sign(a.ns - b.ns);
  throw new CelError(`no such overload: ${typeName(a)} < ${typeName(b)}`);
};

type NumberValue = bigint | number | Uint;

const isNumber = (value: Value): value is NumberValue =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;

const compareNumbers = (a: NumberValue, b: NumberValue): number | undefined => {
  const left = a instanceof Uint ? a.value : a;
  const right = b instanceof Uint ? b.value : b;
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  // Comparing a bigint with a number is exact in this language.
  return left < right ? -1 : left > right ? 1 : 0;
};

/** By code points, as Go compares the bytes of UTF-8. */
const compareTexts = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // A surrogate stands for what lies above all other units.
    const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;
    return isHigh(x) === isHigh(y) ? x - y : isHigh(x) ? 1 : -1;
  }
  return a.length - b.length;
};

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

const sign = (difference: bigint): number => (difference < 0n ? -1 : difference > 0n ? 1 : 0);

/** Units for one item or character, as `traverse` counts them. */
const unitsEach = 0.1;

const equalLists = (a: List, b: List, payer: Payer): boolean => {
  const merge = a.merge ?? b.merge;
  if (merge === undefined) {
    for (let i = 0; i < a.size; i += 1) if (!equals(a.at(i), b.at(i), payer)) return false;
    return true;
  }
  const index = indexBy(b, merge.keys);
  for (const item of a) {
    const other = index.get(identity(item, merge.keys));
    if (other === undefined || !equals(item, other, payer)) return false;
  }
  return true;
};

const equalMaps = (a: Dictionary, b: Dictionary, payer: Payer): boolean => {
  for (const key of a.keys()) {
    const [left, right] = [a.get(key), b.get(key)];
    if (left === undefined || right === undefined || !equals(left, right, payer)) return false;
  }
  return true;
};

/** Items of a list by what makes each of them the same item in another list. */
export const indexBy = (list: List, keys: readonly string[]): Map<string, Value> => {
  const index = new Map<string, Value>();
  for (const item of list) index.set(identity(item, keys), item);
  return index;
};

/** Of items of a set the value itself (scalars), of items of a list map the values of their keys. */
export const identity = (item: Value, keys: readonly string[]): string => {
  if (keys.length === 0 || !(item instanceof Dictionary)) return scalar(item);
  return keys.map(key => scalar(item.field(key) ?? null)).join('\u0000');
};

const scalar = (value: Value): string => {
  if (value instanceof Uint) return `n${value.value}`;
  if (value instanceof List) return `[${[...value].map(scalar).join()}]`;
  if (value instanceof Dictionary) {
    return `{${value
      .keys()
      .map(key => `${scalar(key)}:${scalar(value.get(key) ?? null)}`)
      .sort()
      .join()}}`;
  }
  if (value instanceof Timestamp || value instanceof Duration) return `t${value.ns}`;
  if (typeof value === 'string') return JSON.stringify(value);
  return `${typeof value}${String(value)}`;
};
