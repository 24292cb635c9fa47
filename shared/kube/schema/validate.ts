import type { RE2JS } from 're2js';
import { type Cause, firstCauses, maxCauses } from '../../base/fault.ts';
import { lengthOf } from '../../base/length.ts';
import { isMap } from '../../base/own.ts';
import { cause } from '../../base/path.ts';
import { compile, identify, type Node } from './compile.ts';
import { isFormat, isKnownFormat } from './formats.ts';
import type { Schema } from './schema.ts';
import { findDuplicates } from './unique.ts';

/**
 * All that is wrong with an object by its schema, in a stable order, with the texts of kube-apiserver (kubernetes-api
 * reference §1.17, §1.18). What makes a resource of the root, or of an embedded one (`apiVersion`, `kind`, `metadata`), is not
 * looked at.
 */
export const validate = (object: object, schema: Schema): Cause[] => {
  const node = compile(schema);
  const result: Result = { causes: [], passed: 0, effort: { matching: maxMatching, checking: maxChecking } };
  check(object, node, '', result);
  if (node.keyed) findDuplicates(object, node, [], result.causes);
  // Where the work ended early, what was not looked at must not pass for valid.
  const { matching, checking } = result.effort;
  if (checking < 0 || (matching < 0 && result.causes.length === 0))
    result.causes.push(unplaced('it takes too long to be validated'));
  return unlessMore(result.causes);
};

/**
 * What was found, and where that is as much as is looked for, that there is more: which may be anywhere, so that it is never
 * forgiven for what is unchanged.
 */
export const unlessMore = (causes: Cause[]): Cause[] => {
  const told = firstCauses(causes);
  const isAll = told.length === causes.length && causes.length < maxCauses;
  return isAll ? causes : [...told.slice(0, maxCauses - 1), unplaced('there may be more wrong with it')];
};

interface Result {
  readonly causes: Cause[];
  /** How many checks were passed: among alternatives that all fail, the closest one is reported. */
  passed: number;
  /** What matching patterns and all the rest may still cost, for the whole object. */
  readonly effort: { matching: number; checking: number };
}

/**
 * Steps that matching all patterns may take: characters times the size of the pattern's program. Patterns run in linear time,
 * but both factors are the user's. A second or two of work.
 */
const maxMatching = 50_000_000;

/**
 * The same for all other checks: values times the alternatives that each is checked against are the user's too. Counted are
 * the characters that are looked at, and some for every value against every node: no object has so many values that these
 * alone are too much. A second or two.
 */
const maxChecking = 30_000_000;
const checkSteps = 10;

const check = (value: unknown, node: Node, path: string, result: Result): void => {
  result.effort.checking -= checkSteps;
  if (result.causes.length >= maxCauses || result.effort.checking < 0) return;
  checkType(value, node, path, result);
  if (value !== null) checkContent(value, node, path, result);
  checkEnum(value, node, path, result);
  if (isMap(value)) checkMap(value, node, path, result);
};

const checkContent = (value: unknown, node: Node, path: string, result: Result): void => {
  if (node.anyOf.length > 0 || node.oneOf.length > 0 || node.allOf.length > 0 || node.not)
    checkCombined(value, node, path, result);
  if (typeof value === 'string') checkText(value, node, path, result);
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(value, node, path, result);
  else if (Array.isArray(value)) checkList(value, node, path, result);
};

/** A complaint in the words of the OpenAPI validator: the path is said again in the text. */
const complain = (path: string, value: unknown, text: string): Cause =>
  cause.invalid(path === '' ? '<nil>' : path, value, `${path} in body ${text}`);

const mistyped = (path: string, value: unknown, expected: string): Cause =>
  cause.typeInvalid(
    path === '' ? '<nil>' : path,
    value,
    `${path} in body must be of type ${expected}: ${JSON.stringify(value)}`,
  );

const checkType = (value: unknown, node: Node, path: string, result: Result): void => {
  if (node.types.length === 0) return;
  const type = typeOf(value);
  if (node.types.includes(type) || (type === 'integer' && node.types.includes('number'))) result.passed++;
  else if (type === 'null' && node.nullable) result.passed++;
  else result.causes.push(mistyped(path, ...toMismatch(type, node)));
};

/** What was found and what was expected. Against a format, numbers and booleans are named by their own format, if any. */
const toMismatch = (type: string, node: Node): [string, string] => {
  const { format } = node.schema;
  if (format === undefined || type === 'string' || type === 'array' || type === 'null')
    return [type, node.types.join(',')];
  return [numberFormats[type] ?? '', format];
};

const numberFormats: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' };

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const checkText = (value: string, node: Node, path: string, result: Result): void => {
  const { minLength, maxLength, format } = node.schema;
  if (maxLength !== undefined && value.length > maxLength && lengthOf(value) > maxLength)
    result.causes.push(cause.tooLong(path, maxLength));
  else if (minLength !== undefined && lengthOf(value) < minLength)
    result.causes.push(complain(path, value, `should be at least ${minLength} chars long`));
  else if (node.pattern) checkPattern(value, node.pattern, node, path, result);
  else result.passed++;
  if (format === undefined || !isKnownFormat(format)) return;
  result.effort.checking -= value.length;
  if (isFormat(format, value)) result.passed++;
  else result.causes.push(mistyped(path, value, format));
};

const checkPattern = (value: string, pattern: RE2JS, { schema }: Node, path: string, result: Result): void => {
  result.effort.matching -= value.length * pattern.programSize();
  if (result.effort.matching < 0)
    result.causes.push(
      cause.invalid(path, '', `${path} in body is too long to be matched against '${schema.pattern}'`),
    );
  else if (pattern.test(value)) result.passed++;
  else result.causes.push(complain(path, value, `should match '${schema.pattern}'`));
};

const checkNumber = (value: number | bigint, node: Node, path: string, result: Result): void => {
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = node.schema;
  const fail = (text: string): number => result.causes.push(complain(path, value, text));
  const before = result.causes.length;
  if (!isInRange(value, node)) result.causes.push(cause.invalid('<nil>', '', rangeText(node, path)));
  if (multipleOf !== undefined && !Number.isInteger(Number(value) / multipleOf))
    fail(`should be a multiple of ${multipleOf}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    fail(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    fail(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (result.causes.length === before) result.passed++;
};

const isInRange = (value: number | bigint, { schema, types }: Node): boolean => {
  if (!types.includes('integer') || (typeof value === 'number' && !Number.isInteger(value))) return true;
  const bits = schema.format === 'int32' ? 31n : 63n;
  if (bits === 63n && typeof value === 'number' && Number.isSafeInteger(value)) return true;
  return BigInt(value) >= -(2n ** bits) && BigInt(value) < 2n ** bits;
};

const rangeText = ({ schema }: Node, path: string): string =>
  schema.format === undefined
    ? `Checked value must be of type integer (default format) in ${path}`
    : `Checked value must be of type integer with format ${schema.format} in ${path}`;

const checkList = (list: readonly unknown[], node: Node, path: string, result: Result): void => {
  const { minItems, maxItems, uniqueItems } = node.schema;
  if (maxItems !== undefined && list.length > maxItems) {
    // What lies in a list that is too long is not worth looking at.
    result.causes.push(cause.tooMany(path, list.length, maxItems));
    return;
  }
  if (node.items) for (let i = 0; i < list.length; i++) check(list[i], node.items, `${path}[${i}]`, result);
  if (minItems !== undefined && list.length < minItems)
    result.causes.push(complain(path, list.length, `should have at least ${minItems} items`));
  else if (uniqueItems && new Set(list.map(identify)).size < list.length)
    result.causes.push(complain(path, '', "shouldn't contain duplicates"));
  else result.passed++;
};

const checkEnum = (value: unknown, node: Node, path: string, result: Result): void => {
  if (!node.enumerated) return;
  const id = identify(value);
  result.effort.checking -= id.length;
  if (node.enumerated.has(id) || (value === null && node.nullable)) {
    result.passed++;
    return;
  }
  const choices = (node.schema.enum ?? []).map(toChoice);
  for (const choice of choices) result.effort.checking -= choice.length;
  result.causes.push(cause.notSupported(path, value, choices));
};

const toChoice = (value: unknown): string => (typeof value === 'string' ? value : identify(value));

const checkMap = (map: { [field: string]: unknown }, node: Node, path: string, result: Result): void => {
  const { minProperties, maxProperties, required } = node.schema;
  const fields = Object.keys(map);
  if (minProperties !== undefined && fields.length < minProperties)
    result.causes.push(complain(path, fields.length, `should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && fields.length > maxProperties) {
    result.causes.push(cause.tooMany(path === '' ? '<nil>' : path, fields.length, maxProperties));
    return;
  }
  for (const field of fields) {
    const child = node.properties.get(field) ?? node.additional;
    const childPath = path === '' ? field : `${path}.${field}`;
    if (child) check(map[field], child, childPath, result);
    else if (node.closed && !(node.embedded && resourceFields.has(field)))
      result.causes.push(complain(childPath, '', 'is a forbidden property'));
  }
  for (const field of required ?? []) {
    if (Object.hasOwn(map, field)) result.passed++;
    else result.causes.push(cause.required(path === '' ? field : `${path}.${field}`));
  }
};

const resourceFields = new Set(['apiVersion', 'kind', 'metadata']);

type Attempt = (alternative: Node) => Result;

const checkCombined = (value: unknown, node: Node, path: string, result: Result): void => {
  const attempt: Attempt = alternative => {
    const outcome: Result = { causes: [], passed: 0, effort: result.effort };
    check(value, alternative, path, outcome);
    return outcome;
  };
  if (node.anyOf.length > 0) checkAlternatives(node.anyOf, attempt, 'any', path, result);
  if (node.oneOf.length > 0) checkAlternatives(node.oneOf, attempt, 'one', path, result);
  if (node.allOf.length > 0) checkAll(node.allOf, attempt, path, result);
  if (node.not && attempt(node.not).causes.length === 0)
    result.causes.push(unplaced(`"${path}" must not validate the schema (not)`));
};

const checkAlternatives = (
  nodes: readonly Node[],
  attempt: Attempt,
  kind: 'any' | 'one',
  path: string,
  result: Result,
): void => {
  let valid = 0;
  // Of those that fail only one is told: a schema may have thousands, each with many causes.
  let closest: Result | undefined;
  for (const node of nodes) {
    const outcome = attempt(node);
    if (outcome.causes.length === 0) valid++;
    else if (closest === undefined || outcome.passed > closest.passed) closest = outcome;
  }
  if (kind === 'any' ? valid > 0 : valid === 1) {
    result.passed++;
    return;
  }
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  result.causes.push(
    unplaced(
      kind === 'any'
        ? `"${path}" must validate at least one schema (anyOf)`
        : `"${path}" must validate one and only one schema (oneOf). ${found}`,
    ),
  );
  if (valid === 0 && closest) result.causes.push(...closest.causes);
};

const checkAll = (nodes: readonly Node[], attempt: Attempt, path: string, result: Result): void => {
  let failed = 0;
  for (const node of nodes) {
    const { causes, passed } = attempt(node);
    result.passed += passed;
    if (causes.length === 0) continue;
    failed++;
    result.causes.push(...causes.slice(0, Math.max(0, maxCauses - result.causes.length)));
  }
  if (failed === 0) return;
  const none = failed === nodes.length ? '. None validated' : '';
  result.causes.push(unplaced(`"${path}" must validate all the schemas (allOf)${none}`));
};

/** What concerns alternatives names no field. */
const unplaced = (text: string): Cause => cause.invalid('<nil>', '', text);
