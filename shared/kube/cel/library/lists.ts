import { compare, equals } from '../equal.ts';
import { type CallContext, fn, method, type Overload, type Size, sizeAt, traverse } from '../function.ts';
import { bool, double, duration, dyn, int, listOf, param, string, type Type, timestamp, uint } from '../type.ts';
import { CelError, Duration, Items, List, Uint, type Value } from '../value.ts';
import { toInt } from './arithmetic.ts';

const T = param('T');
const same = (sizes: readonly Size[]): number => sizeAt(sizes, 0);
const each = (sizes: readonly Size[]): number => 1 + same(sizes) * Math.max(1, traverse(sizes[0]?.item ?? 1));
const pairs = (sizes: readonly Size[]): number => 1 + same(sizes) * sizeAt(sizes, 1);

const comparable: readonly Type[] = [int, uint, double, bool, duration, timestamp, string];

const isSorted = (list: List): boolean => {
  for (let i = 1; i < list.size; i += 1) if ((compare(list.at(i - 1), list.at(i)) ?? 0) > 0) return false;
  return true;
};

const extreme = (list: List, name: string, sign: number): Value => {
  let best: Value | undefined;
  for (const item of list) if (best === undefined || (compare(item, best) ?? 0) * sign > 0) best = item;
  if (best === undefined) throw new CelError(`${name} called on empty list`);
  return best;
};

const add = (a: Value, b: Value): Value => {
  if (typeof a === 'bigint' && typeof b === 'bigint') return toInt(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return new Uint(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ns + b.ns);
  throw new CelError('no such overload: sum');
};

const zeros: readonly (readonly [Type, Value])[] = [
  [int, 0n],
  [uint, new Uint(0n)],
  [double, 0],
  [duration, new Duration(0n)],
];

/** The zero of an empty list is that of its type, which only the declaration knows. */
const sum = (list: List, zero: Value): Value => {
  let total: Value | undefined;
  for (const item of list) total = total === undefined ? item : add(total, item);
  return total ?? zero;
};

const indexOf = (list: List, sought: Value, call: CallContext): bigint => {
  for (let i = 0; i < list.size; i += 1) if (equals(list.at(i), sought, call)) return BigInt(i);
  return -1n;
};

const lastIndexOf = (list: List, sought: Value, call: CallContext): bigint => {
  for (let i = list.size - 1; i >= 0; i -= 1) if (equals(list.at(i), sought, call)) return BigInt(i);
  return -1n;
};

const slice = (list: List, from: bigint, to: bigint): Items => {
  if (from < 0n || to < 0n) throw new CelError(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to)
    throw new CelError(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > BigInt(list.size)) throw new CelError(`cannot slice(${from}, ${to}), list is length ${list.size}`);
  return new Items([...list].slice(Number(from), Number(to)));
};

const flatten = (list: List, depth: bigint, call: CallContext): Items => {
  const items: Value[] = [];
  const add = (from: List, left: bigint): void => {
    // What lies below the second level is not in the cost: it shows on the way.
    call.charge(traverse(from.size));
    for (const item of from) {
      if (item instanceof List && left > 0n) add(item, left - 1n);
      else items.push(item);
    }
  };
  add(list, depth);
  return new Items(items);
};

const distinct = (list: List, call: CallContext): Items => {
  const kept: Value[] = [];
  for (const item of list) if (!kept.some(known => equals(known, item, call))) kept.push(item);
  return new Items(kept);
};

const sort = (list: List): Items => new Items([...list].sort((a, b) => compare(a, b) ?? 0));

const sorting = (sizes: readonly Size[]): number => 1 + same(sizes) * Math.max(1, same(sizes));
const squared = (sizes: readonly Size[]): number => 1 + same(sizes) ** 2;

const range = (count: bigint, call: CallContext): Items => {
  if (count > 1_000_000n) throw new CelError(`lists.range(${count}) is too long`);
  const length = Math.max(0, Number(count));
  call.charge(length);
  return new Items(Array.from({ length }, (_, i) => BigInt(i)));
};

const has = (list: List, sought: Value, call: CallContext): boolean => indexOf(list, sought, call) >= 0n;
const containsAll = (list: List, sought: List, call: CallContext): boolean =>
  [...sought].every(item => has(list, item, call));

// Signatures are checked before functions run: the casts below say what they say.
const kubernetes: readonly Overload[] = [
  ...comparable.flatMap(type => [
    method('isSorted', [listOf(type)], bool, ([a]) => isSorted(a as List), { cost: each }),
    method('min', [listOf(type)], type, ([a]) => extreme(a as List, 'min', -1), { cost: each }),
    method('max', [listOf(type)], type, ([a]) => extreme(a as List, 'max', 1), { cost: each }),
  ]),
  ...zeros.map(([type, zero]) => method('sum', [listOf(type)], type, ([a]) => sum(a as List, zero), { cost: each })),
  method('indexOf', [listOf(T), T], int, ([a, b = null], call) => indexOf(a as List, b, call), { cost: each }),
  method('lastIndexOf', [listOf(T), T], int, ([a, b = null], call) => lastIndexOf(a as List, b, call), { cost: each }),
];

const sets: readonly Overload[] = [
  fn('sets.contains', [listOf(T), listOf(T)], bool, ([a, b], call) => containsAll(a as List, b as List, call), {
    cost: pairs,
  }),
  fn(
    'sets.equivalent',
    [listOf(T), listOf(T)],
    bool,
    ([a, b], call) => containsAll(a as List, b as List, call) && containsAll(b as List, a as List, call),
    { cost: pairs },
  ),
  fn(
    'sets.intersects',
    [listOf(T), listOf(T)],
    bool,
    ([a, b], call) => [...(b as List)].some(item => has(a as List, item, call)),
    {
      cost: pairs,
    },
  ),
];

const extension: readonly Overload[] = [
  method('slice', [listOf(T), int, int], listOf(T), ([a, i, j]) => slice(a as List, i as bigint, j as bigint), {
    cost: s => 1 + same(s),
    grows: same,
  }),
  method('flatten', [listOf(dyn)], listOf(dyn), ([a], call) => flatten(a as List, 1n, call), {
    cost: s => 1 + same(s) * (s[0]?.item ?? 1),
  }),
  method(
    'flatten',
    [listOf(dyn), int],
    listOf(dyn),
    ([a, n], call) => flatten(a as List, positive(n as bigint), call),
    {
      cost: s => 1 + same(s) * (s[0]?.item ?? 1),
    },
  ),
  method('distinct', [listOf(T)], listOf(T), ([a], call) => distinct(a as List, call), { cost: squared, grows: same }),
  method('reverse', [listOf(T)], listOf(T), ([a]) => new Items([...(a as List)].reverse()), {
    cost: s => 1 + same(s),
    grows: same,
  }),
  ...comparable.map(type =>
    method('sort', [listOf(type)], listOf(type), ([a]) => sort(a as List), { cost: sorting, grows: same }),
  ),
  fn('lists.range', [int], listOf(int), ([n], call) => range(n as bigint, call)),
];

const positive = (depth: bigint): bigint => {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return depth > 64n ? 64n : depth;
};

/** Kubernetes' list functions, the sets extension and the lists extension. */
export const lists: readonly Overload[] = [...kubernetes, ...sets, ...extension];
