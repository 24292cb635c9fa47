import { Fault } from './fault.ts';
import type { Json, JsonMap } from './object.ts';

export interface JsonOptions {
  /** Containers within containers that are allowed. */
  readonly maxDepth?: number;
  /** Told the path (`spec.list[0].x`) of every key that stands twice in one object. The last value counts. */
  readonly onDuplicate?: (path: string) => void;
}

/** Deeper nesting than any object of an API has, and shallow enough for recursive code. */
export const defaultMaxDepth = 500;

/**
 * Reads one JSON text. Integers are exact: beyond ±(2^53−1) they come as bigint as long as they fit into 64 bits, else
 * as the nearest number. Bytes that are not UTF-8 and lone surrogates become U+FFFD. The key `__proto__` is refused.
 *
 * @throws Fault BadRequest, worded as Go's encoding/json words it.
 */
export const parseJson = (input: string | Uint8Array, options: JsonOptions = {}): Json => {
  const text = typeof input === 'string' ? input : utf8.decode(input);
  const { maxDepth = defaultMaxDepth, onDuplicate } = options;
  if (!isDelicate(text)) {
    const value = parsePlain(text, maxDepth);
    if (value !== undefined && (onDuplicate === undefined || sizeOf(value) === countKeys(text))) return value;
  }
  return new Parser(text, maxDepth, onDuplicate).document();
};

/** Prints as JSON.stringify does, and bigints as integers. `indent`: spaces per level. */
export const printJson = (value: unknown, indent?: number): string => {
  try {
    return JSON.stringify(value, undefined, indent) ?? 'null';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return print(value, indent ? ' '.repeat(Math.min(indent, 10)) : '', '') ?? 'null';
  }
};

/** Whether a value that was printed as `text` is nested too deeply to be read again. */
export const isTooDeep = (value: Json, text: string): boolean =>
  !hasFew(text, defaultMaxDepth) && !isShallow(value, defaultMaxDepth);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What JSON.parse would lose or let through: long integers, huge exponents, `__proto__` however written, surrogates. */
const isDelicate = (text: string): boolean =>
  text.includes('__proto__') || longNumber.test(text) || (text.includes('\\u') && delicateEscape.test(text));

/** As a value, not within a text: what looks like `1e100` is part of every fourth UUID. */
const longNumber = /(?:^|[:,[\s])-?\d(?:\d{15}|[\d.]*[eE]\+?\d{3})/;
const delicateEscape = /\\u00[5-7]|\\u[dD][89a-fA-F]/;

/** By JSON.parse; undefined for what is malformed or too deep: the slow way says why. */
const parsePlain = (text: string, maxDepth: number): Json | undefined => {
  const isLong = text.length > longText;
  if (isLong && !isShallowText(text, maxDepth)) return undefined;
  try {
    // Nothing in the text is beyond JSON.parse, which returns Json by definition.
    const value = JSON.parse(text) as Json;
    return isLong || hasFew(text, maxDepth) || isShallow(value, maxDepth) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Characters from which depth is looked for in the text, before its nesting becomes memory. */
const longText = 65_536;

/** True for a text that has too few opening brackets, within texts or without, to be deeper than allowed. */
const hasFew = (text: string, max: number): boolean => {
  let count = 0;
  for (const bracket of '{[')
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++count > max) return false;
  return true;
};

const isShallow = (value: Json, left: number): boolean => {
  if (value === null || typeof value !== 'object') return true;
  if (left <= 0) return false;
  if (Array.isArray(value)) return value.every(item => isShallow(item, left - 1));
  for (const key in value) {
    const item = value[key];
    if (item !== undefined && !isShallow(item, left - 1)) return false;
  }
  return true;
};

const isShallowText = (text: string, maxDepth: number): boolean => {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      if (at < 0) return true;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return false;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return true;
};

const isEscaped = (text: string, at: number): boolean => {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
};

/** The keys of all maps in a value: fewer than its text has when some stand there twice. */
const sizeOf = (value: Json): number => {
  if (value === null || typeof value !== 'object') return 0;
  let size = 0;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item);
  else for (const key in value) size += 1 + sizeOf(value[key] ?? null);
  return size;
};

/** The keys in a text that is known to be JSON. */
const countKeys = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    at = endOfString(text, at);
    let next = at + 1;
    while (isSpace(text.charCodeAt(next))) next++;
    if (text.charCodeAt(next) === 0x3a) count++;
  }
  return count;
};

/** Where the string ends that begins at a quote. */
const endOfString = (text: string, start: number): number => {
  let at = text.indexOf('"', start + 1);
  while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at;
};

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #onDuplicate: ((path: string) => void) | undefined;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, maxDepth: number, onDuplicate?: (path: string) => void) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#onDuplicate = onDuplicate;
  }

  document(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return value;
  }

  #value(): Json {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    if (char === '"') return this.#string();
    if (char === 't') return this.#literal('true', true);
    if (char === 'f') return this.#literal('false', false);
    if (char === 'n') return this.#literal('null', null);
    if (char === '-' || isDigit(char)) return this.#number();
    throw this.#unexpected('looking for beginning of value');
  }

  #depth = 0;

  #nested<T>(read: () => T): T {
    if (++this.#depth > this.#maxDepth) throw new Fault('BadRequest', 'exceeded max depth');
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonMap {
    const object: JsonMap = {};
    this.#space();
    if (this.#take('}')) return object;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      this.#path.push(key);
      if (key === '__proto__') throw new Fault('BadRequest', `the key "__proto__" is not allowed`);
      if (this.#onDuplicate && Object.hasOwn(object, key)) this.#onDuplicate(printPath(this.#path));
      this.#space();
      if (!this.#take(':')) throw this.#unexpected('after object key');
      object[key] = this.#value();
      this.#path.pop();
      this.#space();
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair');
    }
  }

  #array(): Json[] {
    const list: Json[] = [];
    this.#space();
    if (this.#take(']')) return list;
    for (;;) {
      this.#path.push(list.length);
      list.push(this.#value());
      this.#path.pop();
      this.#space();
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw this.#unexpected('after array element');
    }
  }

  #string(): string {
    let text = '';
    let from = ++this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code) || code < 0x20) throw this.#unexpected('in string literal');
      if (code === 0x22) break;
      if (code === 0x5c) {
        text += this.#text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else this.#at++;
    }
    return text + this.#text.slice(from, this.#at++);
  }

  #escape(): string {
    this.#at++;
    const char = this.#text[this.#at] ?? '';
    if (char === 'u') return this.#unicode();
    const plain = escapes[char];
    if (plain === undefined) throw this.#unexpected('in string escape code');
    this.#at++;
    return plain;
  }

  #unicode(): string {
    const high = this.#hex();
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    if (high > 0xdbff || !this.#text.startsWith('\\u', this.#at)) return '\ufffd';
    const back = this.#at++;
    const low = this.#hex();
    if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(high, low);
    this.#at = back;
    return '\ufffd';
  }

  #hex(): number {
    let value = 0;
    this.#at++;
    for (const end = this.#at + 4; this.#at < end; this.#at++) {
      const digit = Number.parseInt(this.#text[this.#at] ?? '', 16);
      if (Number.isNaN(digit)) throw this.#unexpected('in \\u hexadecimal character escape');
      value = value * 16 + digit;
    }
    return value;
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      if (this.#text[this.#at] !== word[i]) throw this.#unexpected(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.#at++;
    return value;
  }

  #number(): number | bigint {
    const from = this.#at;
    this.#take('-');
    if (!this.#take('0')) this.#digits('in numeric literal');
    let whole = true;
    if (this.#take('.')) {
      whole = false;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#take('e') || this.#take('E')) {
      whole = false;
      if (!this.#take('+')) this.#take('-');
      this.#digits('in exponent of numeric literal');
    }
    return toNumber(this.#text.slice(from, this.#at), whole);
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at])) throw this.#unexpected(where);
    while (isDigit(this.#text[this.#at])) this.#at++;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #unexpected(where: string): Fault {
    if (this.#at >= this.#text.length) return new Fault('BadRequest', 'unexpected end of JSON input');
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const shown = char === "'" ? "\\'" : char === '"' ? '"' : JSON.stringify(char).slice(1, -1);
    return new Fault('BadRequest', `invalid character '${shown}' ${where}`);
  }
}

/** Digits of a JSON number as its value. A number beyond what a double can hold is refused. */
export const toNumber = (text: string, whole: boolean): number | bigint => {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Fault('BadRequest', `json: cannot unmarshal number ${text.slice(0, 40)} into Go value of type float64`);
  }
  if (!whole || Number.isSafeInteger(value) || Math.abs(value) > 2 ** 63) return value;
  const exact = BigInt(text);
  return BigInt.asIntN(64, exact) === exact ? exact : value;
};

const printPath = (path: readonly (string | number)[]): string => {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
};

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';

const escapes: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
});

const print = (value: unknown, step: string, pad: string): string | undefined => {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = pad + step;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map(item => print(item, step, inner) ?? 'null')
    : Object.entries(value).flatMap(([key, item]) => {
        const text = print(item, step, inner);
        return text === undefined ? [] : [`${JSON.stringify(key)}:${step === '' ? '' : ' '}${text}`];
      });
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  return step === ''
    ? `${open}${parts.join(',')}${close}`
    : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${pad}${close}`;
};
