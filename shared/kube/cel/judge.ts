import type { Cause } from '../../base/fault.ts';
import { cause } from '../../base/path.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';
import type { Program } from './compile.ts';
import type { Account, Variables } from './evaluate.ts';
import { lift } from './lift.ts';
import type { Type } from './type.ts';
import { CelError, CostError, Optional, type Value } from './value.ts';

/** One rule, compiled. */
export interface Rule {
  readonly declared: ValidationRule;
  readonly program: Program;
  readonly message: Program | undefined;
  /** It says something about the change from `oldSelf`. */
  readonly isTransition: boolean;
}

/** What one rule finds wrong with one value, in the words of kube-apiserver; undefined when it holds. */
export const judge = (
  rule: Rule,
  { type, schema }: { readonly type: Type; readonly schema: Schema },
  value: unknown,
  old: unknown,
  path: string,
  account: Account,
): Cause | undefined => {
  const { declared } = rule;
  const shown = path === '' ? '<nil>' : path;
  const kind = schema.type ?? '';
  try {
    const variables = toVariables(value, old, type, declared.optionalOldSelf === true);
    if (rule.program.run(variables, account) === true) return undefined;
    return toCause(rule, shown, kind, messageOf(rule, variables, account));
  } catch (error) {
    if (error instanceof CostError) {
      const isEmpty = account.left <= 0;
      account.left = 0;
      const why = isEmpty ? 'validation failed due to running out of cost budget' : 'call cost exceeds limit for rule';
      return cause.invalid(shown, kind, `${why}: ${declared.rule}, no further validation rules will be run`);
    }
    if (!(error instanceof CelError)) throw error;
    return cause.invalid(shown, kind, `${error.message} evaluating rule: ${declared.rule}`);
  }
};

const toVariables = (value: unknown, old: unknown, type: Type, isOptional: boolean): Variables => {
  const self = lift(value, type);
  const before: Value | undefined = old === undefined ? undefined : lift(old, type);
  const oldSelf = isOptional ? new Optional(before) : before;
  return name => (name === 'self' ? self : name === 'oldSelf' ? oldSelf : undefined);
};

/** What a rule says when it does not hold: its expression, when that gives one line of sense, else its message. */
const messageOf = ({ declared, message }: Rule, variables: Variables, account: Account): string => {
  const fallback = declared.message?.trim() || `failed rule: ${declared.rule.trim()}`;
  if (!message) return fallback;
  try {
    const text = message.run(variables, account);
    const trimmed = typeof text === 'string' ? text.trim() : '';
    return trimmed === '' || trimmed.includes('\n') || trimmed.length > maxMessage ? fallback : trimmed;
  } catch (error) {
    if (error instanceof CelError) return fallback;
    throw error;
  }
};

const maxMessage = 5 * 1024;

const toCause = ({ declared }: Rule, path: string, kind: string, text: string): Cause => {
  const field = declared.fieldPath ? `${path === '<nil>' ? '' : path}${toRelative(declared.fieldPath, path)}` : path;
  switch (declared.reason) {
    case 'FieldValueRequired':
      return cause.required(field, text);
    case 'FieldValueForbidden':
      return cause.forbidden(field, text);
    case 'FieldValueDuplicate':
      return cause.duplicate(field, kind);
    default:
      return cause.invalid(field, kind, text);
  }
};

/** `.spec.x` and `['a.b']` as paths print below another one. */
const toRelative = (fieldPath: string, path: string): string => {
  const below = fieldPath.replace(/\['([^']*)'\]/g, '[$1]');
  return path === '<nil>' ? below.replace(/^\./, '') : below;
};
