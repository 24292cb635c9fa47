import { concat } from '../../base/concat.ts';
import { CelError, Uint, type Value } from './value.ts';

/** A word of an expression. Literals carry their value; `quoted` names stand in backticks. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'literal' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
  readonly value?: Value;
}

/** The words of an expression (CEL specification, "Syntax"). Throws CelError that names the place. */
export const lex = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = match(blanks, text, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const token = next(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
};

const blanks = /(?:[\t\n\f\r ]+|\/\/[^\n]*)+/y;
const numbers =
  /0[xX][0-9a-fA-F]+[uU]?|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[uU]?/y;
const names = /[A-Za-z_][A-Za-z0-9_]*/y;
const quotedNames = /`[A-Za-z0-9_.\-/ ]+`/y;
const signs = /\|\||&&|[=!<>]=|[+\-*/%<>!?:.,()[\]{}]/y;
const openings = /[rRbB]{0,2}(?:"""|'''|"|')/y;

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const next = (text: string, at: number): Token => {
  const opening = match(openings, text, at);
  if (opening !== undefined) return readText(text, at, opening);
  const number = match(numbers, text, at);
  if (number !== undefined) return { kind: 'literal', text: number, at, value: toNumber(number, at) };
  const name = match(names, text, at);
  if (name !== undefined) return { kind: 'name', text: name, at };
  const quoted = match(quotedNames, text, at);
  if (quoted !== undefined) return { kind: 'quoted', text: quoted, at };
  const sign = match(signs, text, at);
  if (sign !== undefined) return { kind: 'sign', text: sign, at };
  throw unreadable(text.slice(at, at + 1), at);
};

const unreadable = (text: string, at: number): CelError =>
  new CelError(`Syntax error: token recognition error at: '${text}'`, at);

const toNumber = (text: string, at: number): Value => {
  if (/^0[xX]/.test(text) || /^[0-9]+[uU]?$/.test(text)) {
    const isUnsigned = /[uU]$/.test(text);
    const value = BigInt(isUnsigned ? text.slice(0, -1) : text);
    if (isUnsigned && value <= 0xffffffffffffffffn) return new Uint(value);
    // One more than the greatest: a minus sign before it makes it fit; the parser sees to that.
    if (!isUnsigned && value <= 2n ** 63n) return value;
    throw new CelError(`invalid ${isUnsigned ? 'uint' : 'int'} literal`, at);
  }
  const value = Number(text);
  if (!Number.isFinite(value)) throw new CelError('invalid double literal', at);
  return value;
};

const readText = (text: string, at: number, opening: string): Token => {
  const prefix = opening.replace(/['"]/g, '').toLowerCase();
  const quote = opening.slice(prefix.length);
  const isRaw = prefix.includes('r');
  const isBytes = prefix.includes('b');
  if (prefix === 'rr' || prefix === 'bb') throw unreadable(opening, at);
  const start = at + opening.length;
  let end = start;
  while (!text.startsWith(quote, end)) {
    if (end >= text.length || (quote.length === 1 && text[end] === '\n')) {
      throw unreadable(text.slice(at, end), at);
    }
    end += text[end] === '\\' && !isRaw ? 2 : 1;
  }
  const body = text.slice(start, end);
  const value = isBytes ? toBytes(body, isRaw, at) : isRaw ? body : unescapeText(body, at);
  return { kind: 'literal', text: text.slice(at, end + quote.length), at, value };
};

const escapes =
  /\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]?))/g;

const unescapeText = (body: string, at: number): string =>
  body.replace(escapes, (_, x?: string, X?: string, u?: string, U?: string, octal?: string, plain?: string) => {
    const hex = x ?? X ?? u ?? U;
    if (hex !== undefined) return fromCode(Number.parseInt(hex, 16), at);
    if (octal !== undefined) return fromCode(Number.parseInt(octal, 8), at);
    return toPlain(plain ?? '', at);
  });

const toBytes = (body: string, isRaw: boolean, at: number): Uint8Array => {
  if (isRaw) return encoder.encode(body);
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const found of body.matchAll(escapes)) {
    parts.push(encoder.encode(body.slice(last, found.index)));
    last = found.index + found[0].length;
    const [, x, X, u, U, octal, plain] = found;
    if (u !== undefined || U !== undefined) throw new CelError('Syntax error: \\u in bytes', at);
    const hex = x ?? X;
    if (hex !== undefined) parts.push(Uint8Array.of(Number.parseInt(hex, 16)));
    else if (octal !== undefined) parts.push(Uint8Array.of(Number.parseInt(octal, 8)));
    else parts.push(encoder.encode(toPlain(plain ?? '', at)));
  }
  return concat([...parts, encoder.encode(body.slice(last))]);
};

const encoder = new TextEncoder();

const fromCode = (code: number, at: number): string => {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw new CelError('Syntax error: invalid code point in text', at);
  }
  return String.fromCodePoint(code);
};

const plainEscapes = new Map(
  Object.entries({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }).concat(
    ['\\', '?', '"', "'", '`'].map(sign => [sign, sign]),
  ),
);

const toPlain = (letter: string, at: number): string => {
  const plain = plainEscapes.get(letter);
  if (plain === undefined) throw unreadable(`\\${letter}`, at);
  return plain;
};
