import { lengthOf } from '../../../base/length.ts';
import { type CallContext, fn, method, type Overload, once, type Size, sizeAt } from '../function.ts';
import {
  bool,
  bytes,
  double,
  duration,
  dyn,
  int,
  listOf,
  mapOf,
  param,
  string,
  timestamp,
  typeType,
  uint,
} from '../type.ts';
import { CelError, Duration, sizeOf, Timestamp, TypeValue, typeName, Uint } from '../value.ts';
import { toInt } from './arithmetic.ts';
import { parseGoDuration, parseTimestamp, printDuration, printTimestamp } from './time.ts';

const A = param('A');
const B = param('B');
const same = (sizes: readonly Size[]): number => sizeAt(sizes, 0);

/** Conversions between types, `type`, `dyn` and `size` (CEL specification, "Standard Definitions"). */
export const conversions: readonly Overload[] = [
  fn('dyn', [A], dyn, ([a = null]) => a, { grows: same }),
  fn('type', [dyn], typeType, ([a = null]) => new TypeValue(typeName(a))),
  fn('bool', [bool], bool, ([a = null]) => a),
  fn('bool', [string], bool, ([a]) => toBool(a as string)),
  fn('int', [int], int, ([a = null]) => a),
  fn('int', [uint], int, ([a]) => toInt((a as Uint).value)),
  fn('int', [double], int, ([a]) => fromDouble(a as number)),
  fn('int', [string], int, ([a]) => toInt(parseInteger(a as string)), { cost: once() }),
  fn('int', [timestamp], int, ([a]) => floorDivide((a as Timestamp).ns, 1_000_000_000n)),
  fn('uint', [uint], uint, ([a = null]) => a),
  fn('uint', [int], uint, ([a]) => new Uint(a as bigint)),
  fn('uint', [double], uint, ([a]) => new Uint(wholeOf(a as number))),
  fn('uint', [string], uint, ([a]) => new Uint(parseInteger(a as string)), { cost: once() }),
  fn('double', [double], double, ([a = null]) => a),
  fn('double', [int], double, ([a]) => Number(a as bigint)),
  fn('double', [uint], double, ([a]) => Number((a as Uint).value)),
  fn('double', [string], double, ([a]) => parseDouble(a as string), { cost: once() }),
  fn('string', [string], string, ([a = null]) => a, { grows: same }),
  fn('string', [bool], string, ([a]) => String(a), { grows: () => 5 }),
  fn('string', [int], string, ([a]) => String(a), { grows: () => 20 }),
  fn('string', [uint], string, ([a]) => String((a as Uint).value), { grows: () => 20 }),
  fn('string', [double], string, ([a]) => printDouble(a as number), { grows: () => 25 }),
  fn('string', [bytes], string, ([a]) => decode(a as Uint8Array), { cost: once(), grows: same }),
  fn('string', [timestamp], string, ([a]) => printTimestamp((a as Timestamp).ns), { grows: () => 35 }),
  fn('string', [duration], string, ([a]) => printDuration((a as Duration).ns), { grows: () => 25 }),
  fn('bytes', [bytes], bytes, ([a = null]) => a, { grows: same }),
  fn('bytes', [string], bytes, ([a]) => encoder.encode(a as string), { cost: once(), grows: s => same(s) * 4 }),
  fn('timestamp', [timestamp], timestamp, ([a = null]) => a),
  fn('timestamp', [int], timestamp, ([a]) => new Timestamp((a as bigint) * 1_000_000_000n)),
  fn('timestamp', [string], timestamp, ([a]) => parseTimestamp(a as string)),
  fn('duration', [duration], duration, ([a = null]) => a),
  fn('duration', [int], duration, ([a]) => new Duration(a as bigint)),
  fn('duration', [string], duration, ([a]) => parseGoDuration(a as string)),
  ...[fn, method].flatMap(declare =>
    [string, bytes, listOf(A), mapOf(A, B)].map(type =>
      declare('size', [type], int, ([a = null], call) => BigInt(typeof a === 'string' ? count(a, call) : sizeOf(a))),
    ),
  ),
];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The size of a text counts as one unit; that a long one has to be counted through shows only here. */
const count = (text: string, call: CallContext): number => {
  call.charge(text.length / 200);
  return lengthOf(text);
};

const decode = (value: Uint8Array): string => {
  try {
    return decoder.decode(value);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
};

const toBool = (text: string): boolean => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new CelError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const parseInteger = (text: string): bigint => {
  if (!/^[+-]?\d{1,20}$/.test(text)) {
    throw new CelError(`strconv.ParseInt: parsing ${JSON.stringify(text.slice(0, 100))}: invalid syntax`);
  }
  return BigInt(text.replace(/^\+/, ''));
};

const parseDouble = (text: string): number => {
  const named = new Map([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ]).get(text);
  if (named !== undefined) return named;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    throw new CelError(`strconv.ParseFloat: parsing ${JSON.stringify(text.slice(0, 100))}: invalid syntax`);
  }
  return Number(text);
};

const wholeOf = (value: number): bigint => {
  if (!Number.isFinite(value) || value < -(2 ** 63) || value >= 2 ** 64) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
};

const fromDouble = (value: number): bigint => {
  if (value <= -(2 ** 63)) throw new CelError('integer overflow');
  return toInt(wholeOf(value));
};

export const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
};

/** As Go prints with `%g`. */
export const printDouble = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const size = Math.abs(value);
  if (value === 0 || Number.isNaN(value) || (size >= 1e-4 && size < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
};
