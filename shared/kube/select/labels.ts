import type { Cause } from '../../base/fault.ts';
import { Fault } from '../../base/fault.ts';
import { getOwn } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import { labelValueErrors, qualifiedNameErrors } from '../names.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** A parsed label selector: all requirements must hold. */
export type LabelSelector = readonly LabelRequirement[];

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** A selector as objects carry it (`spec.selector`, affinity terms). */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** Characters in a selector of a request; more is refused before any is read. */
const maxLength = 64 * 1024;

/**
 * Reads `a=b,c!=d,e in (f,g),!h,i>1` (kubernetes-api reference §1.8). Empty text selects everything. Throws BadRequest in
 * the words of kube-apiserver.
 */
export const parseLabelSelector = (text: string): LabelSelector => {
  if (text.length > maxLength)
    throw new Fault('BadRequest', `the label selector is longer than ${maxLength} characters`);
  const tokens = createTokens(text);
  const requirements: LabelRequirement[] = [];
  for (;;) {
    const token = tokens.peek();
    if (token.kind === 'end') break;
    if (token.kind !== 'word' && token.kind !== '!')
      throw unexpected(token.text, ": !, identifier, or 'end of string'");
    requirements.push(parseRequirement(tokens));
    const next = tokens.next();
    if (next.kind === 'end') break;
    if (next.kind !== ',') throw unexpected(next.text, ": ',' or 'end of string'");
    const after = tokens.peek();
    if (after.kind !== 'word' && after.kind !== '!') throw unexpected(after.text, ": identifier after ','");
  }
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
};

/** Whether labels fulfil a selector. `!=` and `notin` are fulfilled by absence, as are no others. */
export const matchesLabels = (selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean =>
  selector.every(requirement => fulfils(requirement, getOwn(labels, requirement.key)));

/** The selector of an object. An empty one selects everything. */
export const fromLabelSelector = ({ matchLabels = {}, matchExpressions = [] }: LabelSelectorObject): LabelSelector => [
  ...Object.entries(matchLabels).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] })),
  ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values })),
];

/** What is wrong with an object's selector, with upstream's texts. */
export const checkLabelSelector = (selector: LabelSelectorObject, path: Path): Cause[] => [
  ...Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map(error => cause.invalid([...path, 'matchLabels'], key, error)),
    ...labelValueErrors(value).map(error => cause.invalid([...path, 'matchLabels'], value, error)),
  ]),
  ...(selector.matchExpressions ?? []).flatMap((item, i) => checkExpression(item, [...path, 'matchExpressions', i])),
];

/** What is missing, the schema says; it reads as empty here. */
const checkExpression = (
  { key = '', operator, values = [] }: Partial<NonNullable<LabelSelectorObject['matchExpressions']>[number]>,
  path: Path,
): Cause[] => {
  const causes: Cause[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      causes.push(cause.required([...path, 'values'], "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      causes.push(
        cause.forbidden([...path, 'values'], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
  } else causes.push(cause.invalid([...path, 'operator'], operator ?? '', 'not a valid selector operator'));
  causes.push(...qualifiedNameErrors(key).map(error => cause.invalid([...path, 'key'], key, error)));
  for (const [i, value] of values.entries())
    causes.push(...labelValueErrors(value).map(error => cause.invalid([...path, 'values', i], value, error)));
  return causes;
};

const fulfils = ({ operator, values }: LabelRequirement, value: string | undefined): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return value !== undefined && isOrdered(operator, value, values[0] ?? '');
  }
};

const isOrdered = (operator: 'Gt' | 'Lt', value: string, bound: string): boolean => {
  if (!isInt64(value) || !isInt64(bound)) return false;
  return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
};

/** What Go reads as a 64-bit integer, as far as label values can say it. */
const isInt64 = (text: string): boolean => {
  if (!/^[+-]?\d{1,63}$/.test(text)) return false;
  const value = BigInt(text.replace('+', ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
};

type Operator = LabelRequirement['operator'];

const parseRequirement = (tokens: Tokens): LabelRequirement => {
  const isNegated = tokens.peek().kind === '!';
  if (isNegated) tokens.next();
  const { kind, text: key } = tokens.next();
  if (kind !== 'word') throw unparsable(`found '${key}', expected: identifier`);
  for (const error of qualifiedNameErrors(key)) throw unparsable(`<nil>: ${cause.invalid('', key, error).message}`);
  if (isNegated) return { key, operator: 'DoesNotExist', values: [] };
  const next = tokens.peek().kind;
  if (next === 'end' || next === ',') return { key, operator: 'Exists', values: [] };
  const operator = parseOperator(tokens);
  const isSet = operator.text === 'in' || operator.text === 'notin';
  return checkRequirement(key, operator.operator, isSet ? parseValues(tokens) : [parseExactValue(tokens)]);
};

const operators: ReadonlyMap<string, Operator> = new Map([
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['=', 'In'],
  ['==', 'In'],
  ['!=', 'NotIn'],
  ['>', 'Gt'],
  ['<', 'Lt'],
]);

const parseOperator = (tokens: Tokens): { operator: Operator; text: string } => {
  const { text } = tokens.next();
  const operator = operators.get(text);
  if (!operator) throw unparsable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  return { operator, text };
};

const parseValues = (tokens: Tokens): string[] => {
  const open = tokens.next();
  if (open.kind !== '(') throw unparsable(`found '${open.text}' expected: '('`);
  const values = new Set<string>();
  if (tokens.peek().kind === ')') values.add('');
  // A comma with nothing before or after it stands for an empty value.
  let isExpected = true;
  for (;;) {
    const { kind, text } = tokens.next();
    if (kind === ')') break;
    if (kind === ',') {
      if (isExpected) values.add('');
      if (tokens.peek().kind === ')') values.add('');
      isExpected = true;
    } else if (kind === 'word' && isExpected) {
      values.add(text);
      isExpected = false;
    } else throw unparsable(`found '${text}', expected: ${isExpected ? "',', or identifier" : "',' or ')'"}`);
  }
  return [...values].sort();
};

const parseExactValue = (tokens: Tokens): string => {
  const { kind } = tokens.peek();
  if (kind === 'end' || kind === ',') return '';
  const { text } = tokens.next();
  if (kind !== 'word') throw unparsable(`found '${text}', expected: identifier`);
  return text;
};

const checkRequirement = (key: string, operator: Operator, values: readonly string[]): LabelRequirement => {
  for (const [i, value] of values.entries()) {
    if ((operator === 'Gt' || operator === 'Lt') && !isInt64(value))
      throw unparsable(
        `values[${i}]: ${cause.invalid('', value, "for 'Gt', 'Lt' operators, the value must be an integer").message}`,
      );
    for (const error of labelValueErrors(value))
      throw unparsable(`values[${i}][${key}]: ${cause.invalid('', value, error).message}`);
  }
  return { key, operator, values };
};

const unparsable = (text: string): Fault => new Fault('BadRequest', `unable to parse requirement: ${text}`);

const unexpected = (found: string, expected: string): Fault =>
  new Fault('BadRequest', `found '${found}', expected${expected}`);
