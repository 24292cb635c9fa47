import { RE2JS } from 're2js';
import { Fault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import { compile as compileExpression, type Program } from '../kube/cel/compile.ts';
import { functions } from '../kube/cel/environment.ts';
import { lift } from '../kube/cel/lift.ts';
import { bool, dyn } from '../kube/cel/type.ts';
import { CelError } from '../kube/cel/value.ts';

/** Decides on one entry. */
export type LineFilter = (line: JsonMap) => boolean;

/**
 * Of `severity` (that or more severe), `source` (one of several, separated by commas), `content~` (an RE2 pattern that the
 * content must contain) and `filter` (a CEL expression over `entry`); all that are given must hold. Undefined when none is.
 * Throws BadRequest.
 */
export const toLineFilter = (query: URLSearchParams): LineFilter | undefined => {
  const tests = [
    toSeverity(query.get('severity')),
    toSource(query.get('source')),
    toContent(query.get('content~')),
    toExpression(query.get('filter')),
  ];
  const given = tests.filter(test => test !== undefined);
  return given.length === 0 ? undefined : line => given.every(test => test(line));
};

const toSeverity = (wanted: string | null): LineFilter | undefined => {
  if (wanted === null) return undefined;
  const least = severities.get(wanted.toLowerCase());
  if (least === undefined) {
    throw new Fault('BadRequest', `severity must be one of ${[...severities.keys()].join(', ')}`);
  }
  return ({ severity }) => (severities.get(String(severity ?? '').toLowerCase()) ?? ordinary) >= least;
};

/** The words of EVE's own agents and those of syslog. */
const severities = new Map([
  ['trace', 0],
  ['debug', 1],
  ['info', 2],
  ['notice', 3],
  ['warning', 4],
  ['warn', 4],
  ['error', 5],
  ['err', 5],
  ['critical', 6],
  ['crit', 6],
  ['fatal', 6],
  ['alert', 7],
  ['panic', 7],
  ['emergency', 8],
  ['emerg', 8],
]);

/** A line that does not say how severe it is counts as `info`. */
const ordinary = 2;

const toSource = (wanted: string | null): LineFilter | undefined => {
  if (wanted === null) return undefined;
  const sources = new Set(wanted.split(','));
  return ({ source }) => sources.has(String(source ?? ''));
};

const toContent = (pattern: string | null): LineFilter | undefined => {
  if (pattern === null) return undefined;
  const compiled = compile(pattern);
  return ({ content }) => compiled.matcher(String(content ?? '')).find();
};

/** An entry for which the expression fails, or would cost too much, is not among those that are wanted. */
const toExpression = (text: string | null): LineFilter | undefined => {
  if (text === null) return undefined;
  const program = compileFilter(text);
  return line => {
    const entry = lift(line, dyn);
    try {
      return program.run(name => (name === 'entry' ? entry : undefined), { left: maxCost }) === true;
    } catch (error) {
      if (error instanceof CelError) return false;
      throw error;
    }
  };
};

/** Units of CEL's cost model for one entry: a pattern over some tens of kilobytes. */
const maxCost = 20_000;
const maxExpression = 2000;

const compileFilter = (text: string): Program => {
  if (text.length > maxExpression) throw new Fault('BadRequest', `filter may have ${maxExpression} characters`);
  try {
    return compileExpression(text, { variables: new Map([['entry', dyn]]), functions }, bool);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new Fault('BadRequest', `filter is not a CEL expression over entry: ${error.message}`);
  }
};

/** RE2 takes time in proportion to text and program: both bounds together keep one filter from holding up the rest. */
const maxPattern = 1000;
const maxProgram = 1000;

const compile = (pattern: string): RE2JS => {
  if (pattern.length > maxPattern) throw new Fault('BadRequest', `content~ may have ${maxPattern} characters`);
  const compiled = tryCompile(pattern);
  if (compiled.programSize() > maxProgram) throw new Fault('BadRequest', 'content~ is too complex: repeats less');
  return compiled;
};

const tryCompile = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Fault('BadRequest', `content~ is not an RE2 pattern: ${error instanceof Error ? error.message : error}`);
  }
};
