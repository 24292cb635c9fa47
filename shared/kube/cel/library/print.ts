import { type CallContext, traverse } from '../function.ts';
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
} from '../value.ts';
import { printDouble } from './convert.ts';
import { printDuration, printTimestamp } from './time.ts';

/** `"%s: %d".format([a, b])` (strings extension). */
export const formatText = (pattern: string, args: List, call: CallContext): string => {
  let next = 0;
  const text = pattern.replace(
    /%(?:(%)|(?:\.(\d{1,3}))?([a-zA-Z])|(.?))/gs,
    (whole, percent, precision, verb, _bad) => {
      if (percent) return '%';
      if (!verb)
        throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${whole.slice(1)}"`);
      if (next >= args.size) throw new CelError(`index ${next} out of range`);
      const value = args.at(next);
      next += 1;
      const out = formatOne(verb, value, precision === undefined ? undefined : Number(precision), call);
      // Lists and maps pay for what lies in them as it is printed: an expression can put one value into many places.
      if (!isPlural(value)) call.charge(traverse(out.length));
      return out;
    },
  );
  if (next < args.size) throw new CelError('too many arguments supplied to string.format');
  return text;
};

const formatOne = (verb: string, value: Value, precision: number | undefined, call: CallContext): string => {
  const whole = value instanceof Uint ? value.value : value;
  if (verb === 's') return print(value, call);
  if (verb === 'd' && typeof whole === 'bigint') return String(whole);
  if (verb === 'b' && typeof whole === 'boolean') return whole ? '1' : '0';
  if ((verb === 'b' || verb === 'o') && typeof whole === 'bigint') return whole.toString(verb === 'b' ? 2 : 8);
  if (verb === 'x' || verb === 'X') {
    const text = toHex(whole);
    if (text !== undefined) return verb === 'X' ? text.toUpperCase() : text;
  }
  const number = typeof whole === 'bigint' ? Number(whole) : whole;
  if (typeof number === 'number' && (verb === 'f' || verb === 'e')) {
    if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
    if (verb === 'f') return number.toFixed(Math.min(precision ?? 6, 100));
    return number.toExponential(Math.min(precision ?? 6, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
  }
  throw new CelError(`error during formatting: ${verb} clause cannot be used on ${typeName(value)}`);
};

const toHex = (value: Value): string | undefined => {
  if (typeof value === 'bigint') return value.toString(16);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array)) return undefined;
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
};

const isPlural = (value: Value): boolean => value instanceof List || value instanceof Dictionary;

/** A value as `%s` shows it. */
const print = (value: Value, call: CallContext): string => {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : printDouble(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Timestamp) return printTimestamp(value.ns);
  if (value instanceof Duration) return printDuration(value.ns);
  if (value instanceof TypeValue) return value.type;
  const inner = (item: Value): string => {
    const text = print(item, call);
    call.charge(isPlural(item) ? 1 : traverse(text.length + 2));
    return text;
  };
  if (value instanceof List) return `[${[...value].map(inner).join(', ')}]`;
  if (value instanceof Dictionary) {
    const entries = value.keys().map(key => [inner(key), inner(value.get(key) ?? null)] as const);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${key}: ${item}`)
      .join(', ')}}`;
  }
  if (value instanceof Optional || value instanceof Opaque) {
    throw new CelError(`error during formatting: string clause cannot be used on ${typeName(value)}`);
  }
  return String(value);
};

export const quote = (text: string): string => {
  const escaped = [...text].map(letter => (shown.has(letter) ? `\\${shown.get(letter)}` : letter)).join('');
  return `"${escaped}"`;
};

const shown = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['\u0007', 'a'],
  ['\b', 'b'],
  ['\f', 'f'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['\v', 'v'],
]);
