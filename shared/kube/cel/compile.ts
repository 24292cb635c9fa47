import { check, type Environment } from './check.ts';
import { estimate } from './estimate.ts';
import { type Account, evaluate, type Variables } from './evaluate.ts';
import type { Expr } from './expr.ts';
import { compilePattern } from './library/regex.ts';
import { parseGoDuration, parseTimestamp } from './library/time.ts';
import { locate } from './locate.ts';
import { parse } from './parse.ts';
import { isAssignable, printType, type Type } from './type.ts';
import { CelError, ResultError, type Value } from './value.ts';

/** An expression that was parsed and checked. */
export interface Program {
  readonly type: Type;
  /** The greatest cost that it can have, in units; Infinity when nothing bounds it. */
  readonly maxCost: number;
  mentions(name: string): boolean;
  /** Throws CelError, and CostError when the budget is spent. */
  run(variables: Variables, account: Account): Value;
}

/** Throws CelError when the text is no expression, cannot work, or is none of the types that are wanted. */
export const compile = (text: string, environment: Environment, ...wanted: readonly Type[]): Program => {
  const { expr, type } = read(text, environment);
  if (wanted.length > 0 && type.k !== 'dyn' && !wanted.some(candidate => isAssignable(candidate, type))) {
    const names = wanted.map(nameOf);
    const expected = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
    throw new ResultError(`must evaluate to ${expected} but got ${printType(type)}`);
  }
  const names = new Set<string>();
  visit(expr, part => {
    if (part.k === 'ident') names.add(part.name);
  });
  return {
    type,
    maxCost: estimate(expr),
    mentions: name => names.has(name),
    run: (variables, account) => evaluate(expr, variables, account),
  };
};

/** Upstream's names of results are those of its messages: null is one of these. */
const nameOf = (type: Type): string => (type.k === 'null' ? 'null_type' : printType(type));

/** The expression and its type. Errors say where they are. */
const read = (text: string, environment: Environment): { readonly expr: Expr; readonly type: Type } => {
  try {
    const expr = parse(text);
    const type = check(expr, environment);
    visit(expr, checkLiterals);
    return { expr, type };
  } catch (error) {
    throw error instanceof CelError ? locate(error, text) : error;
  }
};

/** Literal patterns, durations and times must be right before anything runs. */
const checkLiterals = (expr: Expr): void => {
  if (expr.k !== 'call') return;
  const argument = expr.args[expr.name === 'matches' && expr.target === undefined ? 1 : 0];
  if (argument?.k !== 'literal' || typeof argument.value !== 'string') return;
  const reader = (expr.target === undefined ? literalReaders : patternReaders).get(expr.name);
  try {
    reader?.(argument.value);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError(`invalid ${expr.name} argument`, argument.at);
  }
};

type Reader = (text: string) => unknown;

const patternReaders: ReadonlyMap<string, Reader> = new Map(
  ['matches', 'find', 'findAll'].map(name => [name, compilePattern]),
);
const literalReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...patternReaders,
  ['duration', parseGoDuration],
  ['timestamp', parseTimestamp],
]);

const visit = (expr: Expr, see: (part: Expr) => void): void => {
  see(expr);
  for (const part of partsOf(expr)) visit(part, see);
};

const partsOf = (expr: Expr): readonly Expr[] => {
  switch (expr.k) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case 'list':
      return expr.items.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'message':
      return expr.fields.map(({ value }) => value);
    case 'fold':
      return [expr.range, ...(expr.filter ? [expr.filter] : []), expr.body];
    case 'bind':
      return [expr.init, expr.body];
    case 'optmap':
      return [expr.target, expr.body];
  }
};
