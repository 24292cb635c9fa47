import { fn, matchCost, method, type Overload, once, type Size, sizeAt, traverse } from '../function.ts';
import { bool, dyn, int, listOf, string } from '../type.ts';
import { CelError, Items, type List, type Value } from '../value.ts';
import { formatText, quote } from './print.ts';
import { matcherOf } from './regex.ts';

const same = (sizes: readonly Size[]): number => sizeAt(sizes, 0);
const both = (sizes: readonly Size[]): number => 1 + traverse(same(sizes)) * Math.max(1, traverse(sizeAt(sizes, 1)));

// Signatures are checked before functions run: the casts below say what they say.
const on = (name: string, run: (text: string) => Value, grows: (sizes: readonly Size[]) => number = same): Overload =>
  method(name, [string], string, ([a]) => run(a as string), { cost: once(), grows });

const points = (text: string): string[] => [...text];

const indexIn = (text: string, sought: string, from = 0n): bigint => {
  const all = points(text);
  if (from < 0n || from > BigInt(all.length)) throw new CelError(`index out of range: ${from}`);
  const skipped = all.slice(0, Number(from)).join('').length;
  const found = text.indexOf(sought, skipped);
  return found < 0 ? -1n : BigInt(points(text.slice(0, found)).length);
};

const lastIndexIn = (text: string, sought: string, upTo?: bigint): bigint => {
  const all = points(text);
  if (upTo !== undefined && (upTo < 0n || upTo > BigInt(all.length))) {
    throw new CelError(`index out of range: ${upTo}`);
  }
  const limit = upTo === undefined ? text.length : all.slice(0, Number(upTo)).join('').length;
  const found = text.lastIndexOf(sought, limit);
  return found < 0 ? -1n : BigInt(points(text.slice(0, found)).length);
};

const substring = (text: string, from: bigint, to?: bigint): string => {
  const all = points(text);
  const end = to ?? BigInt(all.length);
  if (from < 0n || end > BigInt(all.length)) throw new CelError(`index out of range: ${from < 0n ? from : end}`);
  if (from > end) throw new CelError(`invalid substring range. start: ${from}, end: ${end}`);
  return all.slice(Number(from), Number(end)).join('');
};

const charAt = (text: string, index: bigint): string => {
  const all = points(text);
  if (index < 0n || index > BigInt(all.length)) throw new CelError(`index out of range: ${index}`);
  return all[Number(index)] ?? '';
};

const replace = (text: string, from: string, to: string, count: bigint): string => {
  if (count < 0n) return text.replaceAll(from, () => to);
  let rest = text;
  let out = '';
  for (let i = 0n; i < count; i += 1n) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    out += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return out + rest;
};

const split = (text: string, by: string, count: bigint): Items => {
  if (count === 0n) return new Items([]);
  const parts = by === '' ? points(text) : text.split(by);
  if (count < 0n || BigInt(parts.length) <= count) return new Items(parts);
  const head = parts.slice(0, Number(count) - 1);
  return new Items([...head, parts.slice(Number(count) - 1).join(by)]);
};

const join = (list: List, separator: string): string =>
  [...list]
    .map(item => {
      if (typeof item === 'string') return item;
      throw new CelError('no such overload: join');
    })
    .join(separator);

const changeCase = (text: string, from: RegExp, to: (letter: string) => string): string => text.replace(from, to);

const replaced = (sizes: readonly Size[]): number => {
  const [text, to] = [same(sizes), sizeAt(sizes, 2)];
  return text === 0 ? to : text * Math.max(1, to);
};
const joined = (sizes: readonly Size[]): number =>
  same(sizes) * ((sizes[0]?.item ?? 1) + (sizes.length > 1 ? sizeAt(sizes, 1) : 0));

/** Texts: the standard functions and the strings extension, counted in characters. */
export const strings: readonly Overload[] = [
  method('contains', [string, string], bool, ([a, b]) => (a as string).includes(b as string), { cost: both }),
  method('startsWith', [string, string], bool, ([a, b]) => (a as string).startsWith(b as string), { cost: once(1) }),
  method('endsWith', [string, string], bool, ([a, b]) => (a as string).endsWith(b as string), { cost: once(1) }),
  ...[fn, method].map(declare =>
    declare('matches', [string, string], bool, ([a, b], call) => matcherOf(b as string, a as string, call).find(), {
      cost: sizes => matchCost(same(sizes), sizeAt(sizes, 1)),
    }),
  ),
  method('charAt', [string, int], string, ([a, i]) => charAt(a as string, i as bigint), {
    cost: once(),
    grows: () => 1,
  }),
  method('indexOf', [string, string], int, ([a, b]) => indexIn(a as string, b as string), { cost: both }),
  method('indexOf', [string, string, int], int, ([a, b, i]) => indexIn(a as string, b as string, i as bigint), {
    cost: both,
  }),
  method('lastIndexOf', [string, string], int, ([a, b]) => lastIndexIn(a as string, b as string), { cost: both }),
  method('lastIndexOf', [string, string, int], int, ([a, b, i]) => lastIndexIn(a as string, b as string, i as bigint), {
    cost: both,
  }),
  on('lowerAscii', text => changeCase(text, /[A-Z]/g, letter => letter.toLowerCase())),
  on('upperAscii', text => changeCase(text, /[a-z]/g, letter => letter.toUpperCase())),
  on('trim', text => text.trim()),
  on('reverse', text => points(text).reverse().join('')),
  method('substring', [string, int], string, ([a, i]) => substring(a as string, i as bigint), {
    cost: once(),
    grows: same,
  }),
  method('substring', [string, int, int], string, ([a, i, j]) => substring(a as string, i as bigint, j as bigint), {
    cost: once(),
    grows: same,
  }),
  method(
    'replace',
    [string, string, string],
    string,
    ([a, b, c]) => replace(a as string, b as string, c as string, -1n),
    {
      cost: once(),
      grows: replaced,
    },
  ),
  method(
    'replace',
    [string, string, string, int],
    string,
    ([a, b, c, n]) => replace(a as string, b as string, c as string, n as bigint),
    { cost: once(), grows: replaced },
  ),
  method('split', [string, string], listOf(string), ([a, b]) => split(a as string, b as string, -1n), {
    cost: once(),
    grows: same,
  }),
  method('split', [string, string, int], listOf(string), ([a, b, n]) => split(a as string, b as string, n as bigint), {
    cost: once(),
    grows: same,
  }),
  method('join', [listOf(string)], string, ([a]) => join(a as List, ''), {
    cost: s => 1 + traverse(joined(s)),
    grows: joined,
  }),
  method('join', [listOf(string), string], string, ([a, b]) => join(a as List, b as string), {
    cost: s => 1 + traverse(joined(s)),
    grows: joined,
  }),
  method('format', [string, listOf(dyn)], string, ([a, b], call) => formatText(a as string, b as List, call), {
    cost: once(),
  }),
  fn('strings.quote', [string], string, ([a]) => quote(a as string), { cost: once(), grows: s => same(s) * 2 + 2 }),
];
