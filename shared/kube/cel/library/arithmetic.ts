import { concat } from '../../../base/concat.ts';
import { compare, equals, identity, indexBy } from '../equal.ts';
import { type CallContext, fn, type Overload, type Size, sizeAt, traverse } from '../function.ts';
import {
  bool,
  bytes,
  double,
  duration,
  dyn,
  int,
  listOf,
  mapOf,
  optionalOf,
  param,
  string,
  type Type,
  timestamp,
  uint,
} from '../type.ts';
import { CelError, Dictionary, Duration, Items, List, Optional, Timestamp, Uint, type Value } from '../value.ts';

const A = param('A');
const B = param('B');

const smallest = (sizes: readonly Size[]): number => Math.min(sizeAt(sizes, 0), sizeAt(sizes, 1));
const comparing = (sizes: readonly Size[]): number => 1 + traverse(smallest(sizes));
const adding = {
  cost: (sizes: readonly Size[]) => 1 + traverse(sizeAt(sizes, 0) + sizeAt(sizes, 1)),
  grows: (sizes: readonly Size[]) => sizeAt(sizes, 0) + sizeAt(sizes, 1),
};

/** An int that fits; throws when it does not. */
export const toInt = (value: bigint): bigint => {
  if (value < -(2n ** 63n) || value > 2n ** 63n - 1n) throw new CelError('integer overflow');
  return value;
};

// The kinds of arguments are checked before a function runs: the casts below say what the signature says.
const ints = (sign: string, run: (a: bigint, b: bigint) => bigint): Overload[] => [
  fn(sign, [int, int], int, ([a, b]) => toInt(run(a as bigint, b as bigint))),
  fn(sign, [uint, uint], uint, ([a, b]) => new Uint(run((a as Uint).value, (b as Uint).value))),
];
const doubles = (sign: string, run: (a: number, b: number) => number): Overload =>
  fn(sign, [double, double], double, ([a, b]) => run(a as number, b as number));

const divisor = (value: bigint): bigint => {
  if (value === 0n) throw new CelError('division by zero');
  return value;
};

const remainder = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new CelError('modulus by zero');
  return a % b;
};

const numbers: Overload[] = [
  ...ints('_+_', (a, b) => a + b),
  ...ints('_-_', (a, b) => a - b),
  ...ints('_*_', (a, b) => a * b),
  ...ints('_/_', (a, b) => a / divisor(b)),
  ...ints('_%_', remainder),
  doubles('_+_', (a, b) => a + b),
  doubles('_-_', (a, b) => a - b),
  doubles('_*_', (a, b) => a * b),
  doubles('_/_', (a, b) => a / b),
  fn('-_', [int], int, ([a]) => toInt(-(a as bigint))),
  fn('-_', [double], double, ([a]) => -(a as number)),
  fn('!_', [bool], bool, ([a]) => !a),
];

const sums: Overload[] = [
  fn('_+_', [string, string], string, ([a, b]) => (a as string) + (b as string), adding),
  fn('_+_', [bytes, bytes], bytes, ([a, b]) => concat([a as Uint8Array, b as Uint8Array]), adding),
  fn('_+_', [listOf(A), listOf(A)], listOf(A), ([a, b], call) => joinLists(a as List, b as List, call), {
    grows: adding.grows,
  }),
  fn('_+_', [timestamp, duration], timestamp, ([a, b]) => new Timestamp((a as Timestamp).ns + (b as Duration).ns)),
  fn('_+_', [duration, timestamp], timestamp, ([a, b]) => new Timestamp((a as Duration).ns + (b as Timestamp).ns)),
  fn('_+_', [duration, duration], duration, ([a, b]) => new Duration((a as Duration).ns + (b as Duration).ns)),
  fn('_-_', [timestamp, timestamp], duration, ([a, b]) => new Duration((a as Timestamp).ns - (b as Timestamp).ns)),
  fn('_-_', [timestamp, duration], timestamp, ([a, b]) => new Timestamp((a as Timestamp).ns - (b as Duration).ns)),
  fn('_-_', [duration, duration], duration, ([a, b]) => new Duration((a as Duration).ns - (b as Duration).ns)),
  fn('-_', [duration], duration, ([a]) => new Duration(-(a as Duration).ns)),
];

/** Of list types: a set is united with another, items of a list map replace those with the same keys. */
const joinLists = (a: List, b: List, call: CallContext): List => {
  // A sum counts as one unit whatever its size; what it makes is paid for, or it could be doubled again and again.
  call.charge(traverse(a.size + b.size));
  const merge = a.merge ?? b.merge;
  if (merge === undefined) return new Items([...a, ...b]);
  const fresh = indexBy(b, merge.keys);
  const items = [...a].map(item => {
    const id = identity(item, merge.keys);
    const replacement = fresh.get(id);
    fresh.delete(id);
    return merge.by === 'map' && replacement !== undefined ? replacement : item;
  });
  return new Items([...items, ...fresh.values()], merge);
};

const ordered: readonly Type[] = [bool, int, uint, double, string, bytes, timestamp, duration];
const numeric: readonly Type[] = [int, uint, double];

const isOrdered = (sign: string, holds: (order: number) => boolean): Overload[] => {
  const run = ([a = null, b = null]: readonly Value[]): boolean => {
    const order = compare(a, b);
    return order !== undefined && holds(order);
  };
  const pairs = [
    ...ordered.map(type => [type, type] as const),
    ...numeric.flatMap(a => numeric.filter(b => b !== a).map(b => [a, b] as const)),
  ];
  return pairs.map(([a, b]) => fn(sign, [a, b], bool, run, a === string || a === bytes ? { cost: comparing } : {}));
};

const relations: Overload[] = [
  ...isOrdered('_<_', order => order < 0),
  ...isOrdered('_<=_', order => order <= 0),
  ...isOrdered('_>_', order => order > 0),
  ...isOrdered('_>=_', order => order >= 0),
  fn('_==_', [A, A], bool, ([a = null, b = null], call) => equals(a, b, call, true), { cost: comparing }),
  fn('_!=_', [A, A], bool, ([a = null, b = null], call) => !equals(a, b, call, true), { cost: comparing }),
];

const contains = (list: List, wanted: Value, call: CallContext): boolean => {
  for (const item of list) if (equals(item, wanted, call)) return true;
  return false;
};

const inList = (sizes: readonly Size[]): number => 1 + sizeAt(sizes, 1);

const lookups: Overload[] = [
  fn('@in', [A, listOf(A)], bool, ([a = null, b], call) => contains(b as List, a, call), { cost: inList }),
  fn('@in', [A, mapOf(A, B)], bool, ([a = null, b]) => (b as Dictionary).get(a) !== undefined),
  fn('_[_]', [listOf(A), int], A, ([list, index = null]) => item(list as List, index)),
  fn('_[_]', [mapOf(A, B), A], B, ([map, key = null]) => entry(map as Dictionary, key)),
  fn('_[_]', [optionalOf(dyn), dyn], optionalOf(dyn), ([value, key = null]) => maybe((value as Optional).value, key)),
  fn('_[?_]', [listOf(A), int], optionalOf(A), ([list, index = null]) => maybe(list, index)),
  fn('_[?_]', [mapOf(A, B), A], optionalOf(B), ([map, key = null]) => maybe(map, key)),
  fn('_[?_]', [optionalOf(dyn), dyn], optionalOf(dyn), ([value, key = null]) => maybe((value as Optional).value, key)),
];

const item = (list: List, index: Value): Value => {
  if (typeof index !== 'bigint') throw new CelError('no such overload: index of a list is not int');
  if (index < 0n || index >= BigInt(list.size)) throw new CelError(`index out of bounds: ${index}`);
  return list.at(Number(index));
};

const entry = (map: Dictionary, key: Value): Value => {
  const found = map.get(key);
  if (found === undefined) throw new CelError(`no such key: ${String(key instanceof Uint ? key.value : key)}`);
  return found;
};

const maybe = (value: Value | undefined, key: Value): Optional => {
  if (value instanceof Dictionary) return new Optional(value.get(key));
  if (!(value instanceof List) || typeof key !== 'bigint') return new Optional(undefined);
  return new Optional(key >= 0n && key < BigInt(value.size) ? value.at(Number(key)) : undefined);
};

/** The logical operators and the choice are evaluated in place; here they only have types. */
const logic: Overload[] = ['_&&_', '_||_'].map(sign => fn(sign, [bool, bool], bool, () => false));

/** Operators of the language (CEL specification, "List of Standard Definitions"). */
export const arithmetic: readonly Overload[] = [...numbers, ...sums, ...relations, ...lookups, ...logic];
