import type { ApiObject, JsonMap } from '../../base/object.ts';
import { copyMap } from '../../base/own.ts';
import { childrenOf, childSet, emptySet, type FieldSet, isEmptySet, isMember, toNode } from './fields.ts';
import { type Shape, shapeAt } from './typed.ts';

/** What nobody owns: which object it is, and what the server says about it. */
const unowned: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]);

/** Whether somebody may own a field of metadata. */
export const isOwnable = (field: string): boolean => !unowned.has(field);

/** The part of an object that managers can own. `metadata` itself is never owned: it is always there. */
export const toOwnable = (object: ApiObject | JsonMap): { [field: string]: unknown } => {
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  // Whatever the metadata of an applied configuration is, its fields are only looked up.
  const own = { ...(metadata as { [field: string]: unknown } | undefined) };
  for (const field of unowned) delete own[field];
  return { ...rest, metadata: own };
};

/** The set with every field on the way to a member that its shape names: these come and go with what is in them. */
export const withNamed = (set: FieldSet, shape: Shape): FieldSet => toNode(false, namedBelow(set, shape)) ?? emptySet;

const namedBelow = (node: FieldSet, shape: Shape | undefined): [string, FieldSet][] =>
  childrenOf(node).map(([element, child]) => {
    const isNamed = element.startsWith('f:') && shape?.map?.fields.has(element.slice(2)) === true;
    const below = namedBelow(child, shapeAt(shape, element));
    return [element, toNode(isNamed || isMember(child), below) ?? emptySet];
  });

/**
 * The set as the shape of today has it: what was owned in parts and is atomic now is owned as a whole. Looks only where
 * `along` leads, everywhere without it. The same instance when nothing changed.
 */
export const reconcile = (set: FieldSet, shape: Shape, along: FieldSet = set): FieldSet => {
  if (along !== set) return reconcileAlong(set, shape, along);
  if (current.get(set) === shape) return set;
  const now = reconcileAlong(set, shape, set);
  if (now === set) current.set(set, shape);
  return now;
};

/** Sets that are as a shape has them: most are looked at again and again. */
const current = new WeakMap<FieldSet, Shape>();

const reconcileAlong = (set: FieldSet, shape: Shape, along: FieldSet): FieldSet => {
  let changed: { [element: string]: FieldSet } | undefined;
  for (const element in along) {
    const [child, path] = [childSet(set, element), along[element]];
    const below = shapeAt(shape, element);
    if (child === undefined || path === undefined || below === undefined) continue;
    const now = reconcileNode(child, below, path);
    if (now === child) continue;
    changed ??= copyMap(set);
    changed[element] = now;
  }
  return changed ?? set;
};

const reconcileNode = (node: FieldSet, shape: Shape, along: FieldSet): FieldSet => {
  if (shape.scalar !== undefined || isEmptySet(node)) return node;
  const isAtomic = shape.map?.atomic ?? shape.list?.atomic ?? false;
  return isAtomic ? emptySet : reconcileAlong(node, shape, along);
};
