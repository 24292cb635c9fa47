import { fn, method, type Overload } from '../function.ts';
import { bool, dyn, listOf, optionalOf, param } from '../type.ts';
import {
  CelError,
  Dictionary,
  Duration,
  Items,
  List,
  Optional,
  sizeOf,
  Timestamp,
  Uint,
  type Value,
} from '../value.ts';

const T = param('T');

const isZero = (value: Value): boolean => {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration || value instanceof Timestamp) return value.ns === 0n;
  return (value instanceof List || value instanceof Dictionary || value instanceof Uint8Array) && sizeOf(value) === 0;
};

const present = (list: List): Value[] =>
  [...list].flatMap(item => (item instanceof Optional && item.value !== undefined ? [item.value] : []));

// Signatures are checked before functions run: the casts below say what they say.
const held = (optional: Value | undefined): Value | undefined => (optional as Optional).value;

/** Optional values (`optional.of`, `orValue`, …; CEL proposal 246). */
export const optionals: readonly Overload[] = [
  fn('optional.of', [T], optionalOf(T), ([a = null]) => new Optional(a)),
  fn('optional.none', [], optionalOf(T), () => new Optional(undefined)),
  fn('optional.ofNonZeroValue', [T], optionalOf(T), ([a = null]) => new Optional(isZero(a) ? undefined : a)),
  method('hasValue', [optionalOf(dyn)], bool, ([a]) => held(a) !== undefined),
  method('value', [optionalOf(T)], T, ([a]) => {
    const value = held(a);
    if (value === undefined) throw new CelError('optional.none() dereference');
    return value;
  }),
  method('or', [optionalOf(T), optionalOf(T)], optionalOf(T), ([a = null, b = null]) =>
    held(a) === undefined ? b : a,
  ),
  method('orValue', [optionalOf(T), T], T, ([a, b = null]) => held(a) ?? (held(a) === null ? null : b)),
  fn('optional.unwrap', [listOf(optionalOf(T))], listOf(T), ([a]) => new Items(present(a as List))),
  method('unwrapOpt', [listOf(optionalOf(T))], listOf(T), ([a]) => new Items(present(a as List))),
];
