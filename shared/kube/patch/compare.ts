import { isEqual } from '../../base/equal.ts';
import { isMap } from '../../base/own.ts';
import { indexItems, toElement } from './element.ts';
import { emptySet, type FieldSet, fieldElement, toNode, unite } from './fields.ts';
import { type Form, formsOf, isVoid } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/** What differs between two values. */
export interface Difference {
  /** Paths that were added or whose value was changed. */
  readonly touched: FieldSet;
  readonly removed: FieldSet;
}

const noDifference: Difference = { touched: emptySet, removed: emptySet };

/** What has to be done to `before` to make `after` of it. Where nothing differs it allocates nothing. */
export const compare = (before: unknown, after: unknown, shape: Shape): Difference => {
  const change = compareValue(before, after, shape);
  return change ? { touched: change.touched ?? emptySet, removed: change.removed ?? emptySet } : noDifference;
};

/** A node of both sets. */
interface Change {
  readonly touched?: FieldSet | undefined;
  readonly removed?: FieldSet | undefined;
}

const added: Change = { touched: emptySet };
const removed: Change = { removed: emptySet };

/** Undefined stands for a value that is not there. */
const compareValue = (before: unknown, after: unknown, shape: Shape): Change | undefined => {
  if (before === after) return undefined;
  if (shape.scalar !== undefined && !shape.map) return compareLeaf(before, after);
  const forms = formsOf(before, after, shape);
  const [first, second] = forms;
  const change = compareForm(before, after, shape, first ?? 'scalar');
  return second === undefined ? change : combine(change, compareForm(before, after, shape, second));
};

const compareForm = (before: unknown, after: unknown, shape: Shape, form: Form): Change | undefined => {
  const { list, map } = shape;
  if (form === 'map' && map && !map.atomic) return compareMaps(before, after, map);
  if (form === 'list' && list && !list.atomic) return compareLists(before, after, list);
  return compareLeaf(before, after);
};

/** What is of another form counts as nothing in this one. Two that are empty or nothing are one value each. */
const compareMaps = (before: unknown, after: unknown, shape: MapShape): Change | undefined => {
  const [left, right] = [isMap(before) ? before : none, isMap(after) ? after : none];
  if (isVoid(left) && isVoid(right)) return compareLeaf(before, after);
  const below: Below = { touched: [], removed: [] };
  compareFields(left, right, shape, below);
  return toChange(before === undefined, after === undefined, below);
};

const compareLists = (before: unknown, after: unknown, shape: ListShape): Change | undefined => {
  const [left, right] = [Array.isArray(before) ? before : [], Array.isArray(after) ? after : []];
  if (left.length === 0 && right.length === 0) return compareLeaf(before, after);
  const below: Below = { touched: [], removed: [] };
  compareItems(left, right, shape, below);
  return toChange(before === undefined, after === undefined, below);
};

const compareLeaf = (before: unknown, after: unknown): Change | undefined => {
  if (before === undefined) return added;
  if (after === undefined) return removed;
  return isEqual(before, after) ? undefined : added;
};

interface Below {
  readonly touched: [string, FieldSet][];
  readonly removed: [string, FieldSet][];
}

const toChange = (isNew: boolean, isGone: boolean, below: Below): Change | undefined => {
  if (!isNew && !isGone && below.touched.length === 0 && below.removed.length === 0) return undefined;
  return { touched: toNode(isNew, below.touched), removed: toNode(isGone, below.removed) };
};

const enter = (below: Below, element: string, change: Change | undefined): void => {
  if (change?.touched) below.touched.push([element, change.touched]);
  if (change?.removed) below.removed.push([element, change.removed]);
};

const compareFields = (before: Fields, after: Fields, shape: MapShape, below: Below): void => {
  for (const field of Object.keys(before)) compareField(field, before, after, shape, below);
  for (const field of Object.keys(after))
    if (!Object.hasOwn(before, field)) compareField(field, before, after, shape, below);
};

const compareField = (field: string, before: Fields, after: Fields, shape: MapShape, below: Below): void => {
  const was = Object.hasOwn(before, field) ? before[field] : undefined;
  const is = Object.hasOwn(after, field) ? after[field] : undefined;
  if (was === is) return;
  const value = fieldShape(shape, field);
  const change = value ? compareValue(was, is, value) : compareLeaf(was, is);
  if (change) enter(below, fieldElement(field), change);
};

const compareItems = (before: readonly unknown[], after: readonly unknown[], shape: ListShape, below: Below): void => {
  if (compareAligned(before, after, shape, below)) return;
  const [left, right] = [indexItems(shape, before), indexItems(shape, after)];
  for (const element of new Set([...left.keys(), ...right.keys()]))
    enter(below, element, compareItem(left.get(element) ?? [], right.get(element) ?? [], shape.item));
};

/**
 * Most lists keep their items in their order: those are compared without naming any but the items that changed. False when
 * the lists are not like that.
 */
const compareAligned = (
  before: readonly unknown[],
  after: readonly unknown[],
  shape: ListShape,
  below: Below,
): boolean => {
  if (shape.keys === undefined) return before.length === after.length && before.every((item, i) => item === after[i]);
  const [key, other] = shape.keys;
  if (before.length !== after.length || key === undefined || other !== undefined) return false;
  const seen = new Set<unknown>();
  for (let i = 0; i < before.length; i++) {
    const [was, is] = [before[i], after[i]];
    const name = isMap(was) && Object.hasOwn(was, key) ? was[key] : undefined;
    if (typeof name !== 'string' || !isMap(is) || is[key] !== name || seen.has(name)) return false;
    seen.add(name);
  }
  for (let i = 0; i < before.length; i++) {
    const change = compareValue(before[i], after[i], shape.item);
    const named = change && toElement(shape, after[i]);
    if (named && 'element' in named) enter(below, named.element, change);
  }
  return true;
};

/** Items that share an element are compared as one thing; when that begins or ends, the single item comes or goes. */
const compareItem = (before: readonly unknown[], after: readonly unknown[], item: Shape): Change | undefined => {
  if (before.length <= 1 && after.length <= 1) return compareValue(before[0], after[0], item);
  if (before.length > 1 && after.length > 1) return isEqual(before, after) ? undefined : added;
  if (before.length > 1)
    return combine(removed, after.length === 0 ? undefined : compareValue(undefined, after[0], item));
  return combine(added, before.length === 0 ? undefined : compareValue(before[0], undefined, item));
};

const combine = (a: Change | undefined, b: Change | undefined): Change | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return { touched: combineNodes(a.touched, b.touched), removed: combineNodes(a.removed, b.removed) };
};

/** Both are nodes below a root: one without children is a member. */
const combineNodes = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return unite({ node: a }, { node: b })['node'];
};

type Fields = { readonly [field: string]: unknown };

const none: Fields = {};
