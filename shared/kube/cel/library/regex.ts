import { RE2JS } from 're2js';
import { type CallContext, matchCost, method, type Overload, type Size, sizeAt } from '../function.ts';
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

/** A pattern ready to be matched against a text. A short one may stand for a large program: then that is what is paid for. */
export const matcherOf = (pattern: string, text: string, call: CallContext): ReturnType<RE2JS['matcher']> => {
  const compiled = compilePattern(pattern);
  const work = text.length * compiled.programSize() * unitsPerStep;
  call.charge(Math.max(0, work - matchCost(text.length, pattern.length)));
  return compiled.matcher(text);
};

const unitsPerStep = 0.01;

const findAll = (text: string, pattern: string, limit: bigint, call: CallContext): Items => {
  const matcher = matcherOf(pattern, text, call);
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
    ([text, pattern], call) => {
      const matcher = matcherOf(pattern as string, text as string, call);
      return matcher.find() ? (matcher.group() ?? '') : '';
    },
    { cost, grows },
  ),
  method('findAll', [string, string], listOf(string), ([a, b], call) => findAll(a as string, b as string, -1n, call), {
    cost,
    grows,
  }),
  method(
    'findAll',
    [string, string, int],
    listOf(string),
    ([a, b, n], call) => findAll(a as string, b as string, n as bigint, call),
    { cost, grows },
  ),
];
