import type { ApiObject, JsonMap } from '../../base/object.ts';
import { childrenOf, emptySet, type FieldSet, isMember, toNode } from './fields.ts';
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
 * The set as the shape of today has it: what was owned in parts and is atomic now is owned as a whole. The same instance when
 * nothing changed.
 */
export const reconcile = (set: FieldSet, shape: Shape): FieldSet => {
  let changed: [string, FieldSet][] | undefined;
  for (const [element, child] of childrenOf(set)) {
    const below = shapeAt(shape, element);
    const now = below === undefined ? child : reconcileNode(child, below);
    if (now === child) continue;
    changed ??= childrenOf(set);
    const at = changed.findIndex(([name]) => name === element);
    changed[at] = [element, now];
  }
  if (changed === undefined) return set;
  return toNode(Object.hasOwn(set, '.'), changed) ?? emptySet;
};

const reconcileNode = (node: FieldSet, shape: Shape): FieldSet => {
  if (shape.scalar !== undefined) return node;
  const isAtomic = shape.map?.atomic ?? shape.list?.atomic ?? false;
  if (!isAtomic) return reconcile(node, shape);
  return childrenOf(node).length === 0 ? node : emptySet;
};
