import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { compileRules } from '../cel/rules.ts';
import type { ResourceType } from '../resource.ts';
import { findUnchanged } from '../schema/unchanged.ts';

/**
 * What of the causes found in `draft` is new (kubernetes-api reference §1.17, ratcheting): what was wrong before and is
 * unchanged does not stand in the way of a change elsewhere, so that a schema may become stricter while objects exist.
 * Native types do not forgive.
 */
export const newCauses = (
  type: ResourceType,
  causes: readonly Cause[],
  draft: ApiObject,
  old?: ApiObject,
): readonly Cause[] => (old === undefined || type.native ? causes : causes.filter(isFresh(type, draft, old)));

/** The causes, and one more when rules cannot be checked for them. */
export const withUnchecked = (type: ResourceType, causes: readonly Cause[]): readonly Cause[] =>
  causes.some(isBlocking) && !compileRules(type.schema).isEmpty ? [...causes, unchecked] : causes;

/**
 * What the rules in the schema find wrong with an object, unless what was `found` wrong before makes that pointless. Rules
 * about changes always hold; the others forgive what is unchanged.
 */
export const ruleCauses = (
  type: ResourceType,
  draft: ApiObject,
  old: ApiObject | undefined,
  found: readonly Cause[],
): Cause[] => {
  const rules = compileRules(type.schema);
  if (rules.isEmpty || found.some(isBlocking)) return [];
  const broken = rules.validate(draft, old);
  if (old === undefined || type.native || broken.length === 0) return broken;
  const standing = new Set(rules.validate(draft).map(print));
  const isNew = isFresh(type, draft, old);
  return broken.filter(one => !standing.has(print(one)) || isNew(one));
};

const isFresh = (type: ResourceType, draft: ApiObject, old: ApiObject): ((one: Cause) => boolean) => {
  const isUnchanged = findUnchanged(draft, old, type.schema);
  return one => !isUnchanged(placeOf(one));
};

const isBlocking = ({ reason }: Cause): boolean => blocking.has(reason);

/** Errors after which rules could meet values that they were not compiled for. */
const blocking = new Set([
  'FieldValueRequired',
  'FieldValueNotSupported',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const unchecked = cause.invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** The path that a cause is about; what concerns alternatives names it in its text only. */
const placeOf = ({ field = '', message }: Cause): string =>
  field === '<nil>' ? (/"([^"]+)" must (?:not )?validate/.exec(message)?.[1] ?? '') : field;

const print = ({ reason, field = '', message }: Cause): string => `${reason}\n${field}\n${message}`;
