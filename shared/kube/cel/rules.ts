import { type Cause, maxCauses } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import { cause, type Path, toFieldPath } from '../../base/path.ts';
import { identify } from '../schema/compile.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';
import { unlessMore } from '../schema/validate.ts';
import { compile, type Program } from './compile.ts';
import { declare, maxOccurrences } from './declare.ts';
import { functions } from './environment.ts';
import type { Account } from './evaluate.ts';
import { judge, type Rule } from './judge.ts';
import { limits } from './price.ts';
import { bool, optionalOf, string, type Type } from './type.ts';
import { CelError, ResultError } from './value.ts';

/** The rules of a schema (`x-kubernetes-validations`), ready to be applied to objects. */
export interface Rules {
  /** What is wrong with the rules themselves: a schema with any of these must not be accepted. */
  readonly problems: readonly Cause[];
  /** False when there is nothing to check. */
  readonly isEmpty: boolean;
  /**
   * What the rules find wrong with an object. `old` is what it replaces: transition rules run only then. Call it for
   * objects that are right by their structure; `account` (default: the limit for one object) is what may be spent.
   */
  validate(object: object, old?: object, account?: Account): Cause[];
}

/**
 * Compiles all rules of the schema of a whole object. `at` is the path of the schema, for problems:
 * `spec.versions[0].schema.openAPIV3Schema`.
 */
export const compileRules = (schema: Schema, at = ''): Rules => {
  const known = at === '' ? compiled.get(schema) : undefined;
  if (known) return known;
  const problems: Cause[] = [];
  const total = { cost: 0 };
  const root = build(schema, { at, cardinality: 1, fixed: undefined, isResource: true, problems, total });
  if (total.cost > limits.staticSchema) problems.push(tooCostly(at, total.cost));
  const rules: Rules = {
    problems,
    isEmpty: root === undefined,
    validate(object, old, account = { left: limits.perObject }) {
      const causes: Cause[] = [];
      if (root) walk(root, object, old, [], { causes, account });
      return unlessMore(causes);
    },
  };
  if (at === '') compiled.set(schema, rules);
  return rules;
};

const compiled = new WeakMap<Schema, Rules>();

/** A schema node that has rules, or below which there are some. */
interface Node {
  readonly rules: readonly Rule[];
  readonly type: Type;
  readonly schema: Schema;
  readonly properties: ReadonlyMap<string, Node>;
  readonly additional: Node | undefined;
  readonly items: Node | undefined;
}

interface Place {
  readonly at: string;
  /** How often the node can occur; undefined when no bound is declared. */
  readonly cardinality: number | undefined;
  /** The path of the list or map above whose items have no identity from one version to the next. */
  readonly fixed: string | undefined;
  readonly isResource: boolean;
  readonly problems: Cause[];
  readonly total: { cost: number };
}

const build = (schema: Schema, place: Place): Node | undefined => {
  const isResource = place.isResource || schema['x-kubernetes-embedded-resource'] === true;
  const rules = toRules(schema, isResource, place);
  const type = declare(schema, isResource);
  const properties = new Map<string, Node>();
  const below = { ...place, isResource: false };
  const isAtomicMap = schema['x-kubernetes-map-type'] === 'atomic';
  const fixed = isAtomicMap ? (place.fixed ?? place.at) : place.fixed;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const child = build(property, { ...below, fixed, at: join(place.at, `properties[${name}]`) });
    if (child) properties.set(name, child);
  }
  const { additionalProperties: extra } = schema;
  const additional =
    typeof extra === 'object'
      ? build(extra, {
          ...below,
          fixed,
          at: join(place.at, 'additionalProperties'),
          cardinality: times(place.cardinality, schema.maxProperties),
        })
      : undefined;
  const isKeyed = schema['x-kubernetes-list-type'] === 'map';
  const items =
    schema.items &&
    build(schema.items, {
      ...below,
      at: join(place.at, 'items'),
      fixed: isKeyed ? place.fixed : (place.fixed ?? place.at),
      cardinality: times(place.cardinality, schema.maxItems),
    });
  if (rules.length === 0 && properties.size === 0 && !additional && !items) return undefined;
  return { rules, type: type ?? { k: 'dyn' }, schema, properties, additional, items };
};

const join = (at: string, step: string): string => (at === '' ? step : `${at}.${step}`);

const times = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a * b;

const toRules = (schema: Schema, isResource: boolean, place: Place): Rule[] => {
  const declared = schema['x-kubernetes-validations'] ?? [];
  if (declared.length === 0) return [];
  const type = declare(schema, isResource);
  const at = join(place.at, 'x-kubernetes-validations');
  if (type === undefined) {
    place.problems.push(cause.invalid(at, '', 'rules are not supported on nodes of this type'));
    return [];
  }
  return declared.flatMap((rule, i) => {
    const made = toRule(rule, type, schema, { ...place, at: `${at}[${i}]` });
    return made ? [made] : [];
  });
};

const toRule = (declared: ValidationRule, type: Type, schema: Schema, place: Place): Rule | undefined => {
  const variables = new Map([
    ['self', type],
    ['oldSelf', declared.optionalOldSelf ? optionalOf(type) : type],
  ]);
  const { at, problems } = place;
  const attempt = (field: 'rule' | 'messageExpression', text: string, wanted: Type): Program | undefined => {
    try {
      return compile(text, { variables, functions }, wanted);
    } catch (error) {
      problems.push(cause.invalid(`${at}.${field}`, toPrinted(declared), explain(error, field)));
      return undefined;
    }
  };
  if (declared.rule.trim() === '') {
    problems.push(cause.required(`${at}.rule`, 'rule is not specified'));
    return undefined;
  }
  const program = attempt('rule', declared.rule, bool);
  const message = declared.messageExpression
    ? attempt('messageExpression', declared.messageExpression, string)
    : undefined;
  if (program === undefined) return undefined;
  const isTransition = program.mentions('oldSelf');
  if (isTransition && place.fixed !== undefined) {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.fixed}`;
    problems.push(cause.invalid(`${at}.rule`, declared.rule, detail));
  }
  if (declared.optionalOldSelf !== undefined && !isTransition)
    problems.push(
      cause.invalid(`${at}.optionalOldSelf`, declared.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
    );
  checkCost(program, schema, { ...place, at: `${at}.rule` });
  if (message) checkCost(message, schema, { ...place, at: `${at}.messageExpression` });
  return { declared, program, message, isTransition };
};

/** A rule costs what it costs once, as often as its node can occur. */
const checkCost = ({ maxCost }: Program, schema: Schema, { at, cardinality, problems, total }: Place): void => {
  const cost = maxCost * (cardinality ?? maxOccurrences(schema));
  total.cost += cost;
  if (cost > limits.staticRule)
    problems.push(cause.forbidden(at, costText('estimated rule cost', cost, limits.staticRule)));
};

const tooCostly = (at: string, cost: number): Cause =>
  cause.forbidden(
    at,
    costText(
      'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema',
      cost,
      limits.staticSchema,
    ),
  );

const costText = (what: string, cost: number, limit: number): string => {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
};

const explain = (error: unknown, field: 'rule' | 'messageExpression'): string => {
  if (!(error instanceof CelError)) throw error;
  const isRule = field === 'rule';
  if (!(error instanceof ResultError))
    return `${isRule ? '' : 'messageExpression '}compilation failed: ${error.message}`;
  return isRule ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string';
};

/** A rule as upstream's internal type prints it. */
const toPrinted = ({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule) => ({
  Rule: rule,
  Message: message ?? '',
  MessageExpression: messageExpression ?? '',
  Reason: reason ?? null,
  FieldPath: fieldPath ?? '',
  OptionalOldSelf: optionalOldSelf ?? null,
});

interface Walk {
  readonly causes: Cause[];
  readonly account: Account;
}

/** Stops when the account is empty: the last cause says so; and when as much is wrong as is told. */
const walk = (node: Node, value: unknown, old: unknown, path: Path, state: Walk): void => {
  if (value === null || value === undefined || isOver(state)) return;
  for (const rule of node.rules) {
    if (isOver(state)) return;
    if (rule.isTransition && !rule.declared.optionalOldSelf && (old === undefined || old === null)) continue;
    const found = judge(rule, node, value, old ?? undefined, toFieldPath(path), state.account);
    if (found) state.causes.push(found);
  }
  if (Array.isArray(value)) walkList(node, value, old, path, state);
  else if (isMap(value)) walkMap(node, value, old, path, state);
};

const isOver = ({ causes, account }: Walk): boolean => account.left <= 0 || causes.length >= maxCauses;

const walkMap = (node: Node, value: { [field: string]: unknown }, old: unknown, path: Path, state: Walk): void => {
  const before = isMap(old) && node.schema['x-kubernetes-map-type'] !== 'atomic' ? old : undefined;
  for (const field of Object.keys(value)) {
    const property = node.properties.get(field);
    const child = property ?? node.additional;
    if (!child) continue;
    const previous = before && Object.hasOwn(before, field) ? before[field] : undefined;
    walk(child, value[field], previous, [...path, property ? field : { key: field }], state);
  }
};

const walkList = (node: Node, list: readonly unknown[], old: unknown, path: Path, state: Walk): void => {
  const { items, schema } = node;
  if (!items) return;
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
  const before = keys && Array.isArray(old) ? new Map(old.map(item => [keyOf(item, keys), item])) : undefined;
  for (let i = 0; i < list.length; i += 1) {
    const previous: unknown = keys && before?.get(keyOf(list[i], keys));
    walk(items, list[i], previous, [...path, i], state);
  }
};

const keyOf = (item: unknown, keys: readonly string[]): string =>
  isMap(item) ? identify(keys.map(key => (Object.hasOwn(item, key) ? item[key] : null))) : identify(item);
