import type { Cause } from '../../base/fault.ts';
import { getOwn } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';

/** What is wrong with what rules of a schema say of themselves; whether they compile is another question. */
export const ruleTextCauses = (schema: Schema, path: Path): Cause[] =>
  (schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) =>
    textCauses(rule, schema, [...path, 'x-kubernetes-validations', i]),
  );

const textCauses = (
  { rule, message = '', messageExpression = '', reason, fieldPath = '' }: ValidationRule,
  schema: Schema,
  path: Path,
): Cause[] => {
  const causes: Cause[] = [];
  const said = message.trim();
  const at = [...path, 'message'];
  if (message !== '' && said === '') causes.push(cause.invalid(at, message, 'must be non-empty if specified'));
  else if (hasNewline(said)) causes.push(cause.invalid(at, message, 'must not contain line breaks'));
  else if (hasNewline(rule.trim()) && said === '')
    causes.push(cause.required(at, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '')
    causes.push(cause.required([...path, 'messageExpression'], 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !reasons.includes(reason))
    causes.push(cause.notSupported([...path, 'reason'], reason, reasons));
  return [...causes, ...fieldPathCauses(fieldPath, schema, [...path, 'fieldPath'])];
};

const hasNewline = (text: string): boolean => /[\r\n]/.test(text);

const reasons: readonly string[] = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];

const fieldPathCauses = (fieldPath: string, schema: Schema, at: Path): Cause[] => {
  if (fieldPath === '') return [];
  const causes: Cause[] = [];
  if (fieldPath.trim() === '') causes.push(cause.invalid(at, fieldPath, 'must be non-empty if specified'));
  if (hasNewline(fieldPath)) causes.push(cause.invalid(at, fieldPath, 'must not contain line breaks'));
  if (!isPathIn(schema, fieldPath)) causes.push(cause.invalid(at, fieldPath, 'must be a valid path'));
  return causes;
};

/** Whether `.field` and `['key']`, one after the other, lead to something that the schema has. */
const isPathIn = (schema: Schema, fieldPath: string): boolean => {
  if (!/^(\.[^.[\]']+|\['[^']*'\])+$/.test(fieldPath)) return false;
  let at: Schema | undefined = schema;
  for (const [, field, key] of fieldPath.matchAll(/\.([^.[\]']+)|\['([^']*)'\]/g)) {
    const additional: Schema | boolean | undefined = at.additionalProperties;
    at =
      getOwn(at.properties ?? {}, field ?? key ?? '') ??
      (key !== undefined && typeof additional === 'object' ? additional : undefined);
    if (at === undefined) return false;
  }
  return true;
};
