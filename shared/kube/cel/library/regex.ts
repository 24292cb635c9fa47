import { RE2JS } from 're2js';
import { matchCost, method, type Overload, type Size, sizeAt } from '../function.ts';
import { int, listOf, string } from '../type.ts';
import { CelError, Items } from '../value.ts';

/** The pattern, compiled; linear in time. Throws CelError for what is no RE2 pattern, or too large a one. */
export const compilePattern = (pattern: string): RE2JS => {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = compile(pattern);
  if (compiled.size >= remembered) compiled.clear();
  compiled.set(pattern, made);
  return made;
};

const compiled = new Map<string, RE2JS>();
const remembered = 256;
const maxProgram = 5000;

const compile = (pattern: string): RE2JS => {
  let made: RE2JS;
  try {
    made = RE2JS.compile(pattern);
  } catch (error) {
    throw new CelError(`error parsing regexp: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (made.programSize() > maxProgram) throw new CelError('error parsing regexp: expression is too complex');
  return made;
};

const findAll = (text: string, pattern: string, limit: bigint): Items => {
  const matcher = compilePattern(pattern).matcher(text);
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return new Items(found);
};

const cost = (sizes: readonly Size[]): number => matchCost(sizeAt(sizes, 0), sizeAt(sizes, 1));
const grows = (sizes: readonly Size[]): number => sizeAt(sizes, 0);

// Signatures are checked before functions run: the casts below say what they say.
/** Kubernetes' regular expression library. */
export const regex: readonly Overload[] = [
  method(
    'find',
    [string, string],
    string,
    ([text, pattern]) => {
      const matcher = compilePattern(pattern as string).matcher(text as string);
      return matcher.find() ? (matcher.group() ?? '') : '';
    },
    { cost, grows },
  ),
  method('findAll', [string, string], listOf(string), ([a, b]) => findAll(a as string, b as string, -1n), {
    cost,
    grows,
  }),
  method(
    'findAll',
    [string, string, int],
    listOf(string),
    ([a, b, n]) => findAll(a as string, b as string, n as bigint),
    { cost, grows },
  ),
];
