import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Environment } from '../cel/check.ts';
import { compile, type Program } from '../cel/compile.ts';
import { withFunctions } from '../cel/environment.ts';
import type { Account, Variables } from '../cel/evaluate.ts';
import { authorizerLibrary, authorizerType, Pending } from '../cel/library/authorizer.ts';
import { patchLibrary, patchMessage } from '../cel/library/patch.ts';
import { bool, dyn, type Field, type Type } from '../cel/type.ts';
import { CelError, ResultError, type Value } from '../cel/value.ts';
import { qualifiedNameErrors } from '../names.ts';
import { requestType } from './request.ts';

/** An expression that a request must fulfil for a policy or a webhook to look at it. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/**
 * The environment of admission. `params` is there for policies with parameters; `variables` for those with variables;
 * `patches`: what objects and patches are made with.
 */
export const toEnvironment = (
  more: { readonly params?: boolean; readonly variables?: Type; readonly patches?: boolean } = {},
): Environment => ({
  functions: more.patches ? patchFunctions : functions,
  ...(more.patches && { message: patchMessage }),
  variables: new Map<string, Type>([
    ['object', dyn],
    ['oldObject', dyn],
    ['request', requestType],
    ['authorizer', authorizerType],
    ...(more.params ? [['params', dyn] as const, ['namespaceObject', dyn] as const] : []),
    ...(more.variables ? [['variables', more.variables] as const] : []),
  ]),
});

const functions = withFunctions(authorizerLibrary);
const patchFunctions = withFunctions([...authorizerLibrary, ...patchLibrary]);

/** The type of `variables`, by name. */
export const toVariablesType = (fields: ReadonlyMap<string, Field>): Type => ({
  k: 'object',
  name: 'kubernetes.variables',
  fields,
});

/** Throws CelError. */
export const compileCondition = ({ expression }: MatchCondition, params: boolean): Condition => ({
  expression,
  program: compile(expression, toEnvironment({ params }), bool),
});

/**
 * Runs a program whose questions to the authorizer may have to be waited for: it starts again with each answer. Only the
 * last run is paid for. Throws CelError.
 */
export const runAsking = async (program: Program, variables: Variables, account: Account): Promise<Value> => {
  for (;;) {
    const before = account.left;
    try {
      return program.run(variables, account);
    } catch (error) {
      if (!(error instanceof Pending)) throw error;
      account.left = before;
      await error.answer;
    }
  }
};

export type Verdict = 'match' | 'skip' | { readonly error: string };

/** A condition that was compiled. */
export interface Condition {
  readonly expression: string;
  readonly program: Program;
}

/** What an expression met, in upstream's words. */
export const failedExpression = (expression: string, { message }: CelError): CelError =>
  new CelError(`expression '${expression.trim()}' resulted in error: ${message}`);

/** Whether all conditions hold: one that does not outweighs those that fail. */
export const meets = async (
  conditions: readonly Condition[],
  variables: Variables,
  account: Account,
): Promise<Verdict> => {
  let failure: string | undefined;
  for (const { expression, program } of conditions) {
    try {
      if ((await runAsking(program, variables, account)) !== true) return 'skip';
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= failedExpression(expression, error).message;
    }
  }
  return failure === undefined ? 'match' : { error: failure };
};

/** All that is wrong with match conditions. */
export const conditionCauses = (
  conditions: readonly Partial<MatchCondition>[] | undefined,
  path: Path,
  params = false,
): Cause[] => {
  const seen = new Set<string>();
  const list = conditions ?? [];
  const causes: Cause[] = list.length > maxConditions ? [cause.tooMany(path, list.length, maxConditions)] : [];
  for (const [i, { name = '', expression = '' }] of list.entries()) {
    const at = [...path, i];
    if (name === '') causes.push(cause.required([...at, 'name']));
    else causes.push(...qualifiedNameErrors(name).map(error => cause.invalid([...at, 'name'], name, error)));
    if (seen.has(name)) causes.push(cause.duplicate([...at, 'name'], name));
    seen.add(name);
    causes.push(...expressionCauses([...at, 'expression'], expression, toEnvironment({ params }), bool));
  }
  return causes;
};

const maxConditions = 64;

/** What is wrong with one expression that must be of one of some types. That it is missing, the schema says. */
export const expressionCauses = (
  path: Path,
  expression: string | undefined,
  environment: Environment,
  ...wanted: readonly Type[]
): Cause[] => {
  if (expression === undefined) return [];
  if (expression.trim() === '') return [cause.required(path)];
  try {
    compile(expression, environment, ...wanted);
    return [];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const why = error instanceof ResultError ? error.message : `compilation failed: ${error.message}`;
    return [cause.invalid(path, expression, why)];
  }
};
