import { check, type Environment } from './check.ts';
import { estimate } from './estimate.ts';
import { type Account, evaluate, type Variables } from './evaluate.ts';
import type { Expr } from './expr.ts';
import { compilePattern } from './library/regex.ts';
import { parseGoDuration, parseTimestamp } from './library/time.ts';
import { parse } from './parse.ts';
import { isAssignable, printType, type Type } from './type.ts';
import { CelError, type Value } from './value.ts';

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
  const expr = parse(text);
  const type = check(expr, environment);
  if (wanted.length > 0 && type.k !== 'dyn' && !wanted.some(candidate => isAssignable(candidate, type))) {
    throw new CelError(`must evaluate to ${wanted.map(printType).join(' or ')}`);
  }
  const names = new Set<string>();
  visit(expr, part => {
    if (part.k === 'ident') names.add(part.name);
    checkLiterals(part);
  });
  return {
    type,
    maxCost: estimate(expr),
    mentions: name => names.has(name),
    run: (variables, account) => evaluate(expr, variables, account),
  };
};

/** Literal patterns, durations and times must be right before anything runs. */
const checkLiterals = (expr: Expr): void => {
  if (expr.k !== 'call') return;
  const argument = expr.args[expr.name === 'matches' && expr.target === undefined ? 1 : 0];
  if (argument?.k !== 'literal' || typeof argument.value !== 'string') return;
  if (expr.name === 'matches' || expr.name === 'find' || expr.name === 'findAll') compilePattern(argument.value);
  if (expr.target !== undefined) return;
  if (expr.name === 'duration') parseGoDuration(argument.value);
  if (expr.name === 'timestamp') parseTimestamp(argument.value);
};

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
