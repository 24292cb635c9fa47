import { isMap } from '../../base/own.ts';
import { indexItems } from './element.ts';
import { childSet, emptySet, type FieldSet, fieldElement, hasMark, sizeOf, toNode } from './fields.ts';
import { formOf } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/**
 * All the paths that a value sets (kubernetes-api reference §1.13, "ToFieldSet"): scalars, atomic lists and maps as a whole,
 * null and empty maps, items of other lists, and entries of maps whose fields are not named by the shape. `like` is a set that
 * may be the same, such as the one of the last time: whatever is the same in it is used again.
 */
export const collect = (value: unknown, shape: Shape, like: FieldSet = emptySet): FieldSet =>
  reuse(false, childrenOf(value, shape, like), like) ?? emptySet;

type Children = [string, FieldSet][];

/** The node of these children, or the one that it is like. */
const reuse = (member: boolean, children: Children, like: FieldSet | undefined): FieldSet | undefined => {
  if (like === undefined || children.length === 0) return toNode(member, children);
  for (const [element, child] of children) if (childSet(like, element) !== child) return toNode(member, children);
  const isSame = sizeOf(like) === children.length && hasMark(like) === member;
  return isSame ? like : toNode(member, children);
};

const childrenOf = (value: unknown, shape: Shape, like: FieldSet | undefined): Children => {
  const form = formOf(value, shape);
  if (form === 'map' && shape.map && isMap(value)) return fieldsOf(value, shape.map, like);
  if (form === 'list' && shape.list && Array.isArray(value)) return itemsOf(value, shape.list, like);
  return [];
};

/** True for what has no parts of its own to be owned. */
const isLeaf = (value: unknown, shape: Shape): boolean => {
  const form = formOf(value, shape);
  return form === 'scalar' || (form === 'map' ? shape.map?.atomic === true : shape.list?.atomic === true);
};

const nodeOf = (value: unknown, shape: Shape, member: boolean, like: FieldSet | undefined): FieldSet | undefined =>
  isLeaf(value, shape) ? leaf(like) : reuse(member, childrenOf(value, shape, like), like);

/** Nodes without children are all the same. */
const leaf = (like: FieldSet | undefined): FieldSet => {
  if (like !== undefined) for (const _ in like) return emptySet;
  return like ?? emptySet;
};

const fieldsOf = (map: { [field: string]: unknown }, shape: MapShape, like: FieldSet | undefined): Children => {
  const children: Children = [];
  const named = elementsOf(shape);
  for (const field of Object.keys(map)) {
    const value = map[field];
    if (value === undefined) continue;
    const below = fieldShape(shape, field);
    const known = named.get(field);
    const isNamed = known !== undefined;
    const element = known ?? fieldElement(field);
    const isHollow = value === null || (isMap(value) && Object.keys(value).length === 0);
    const had = childSet(like, element);
    const node = below ? nodeOf(value, below, !isNamed || isHollow, had) : leaf(had);
    if (node !== undefined) children.push([element, node]);
  }
  return children;
};

/** Elements of named fields, made once: they are looked up in every object of a kind. */
const elementsOf = (shape: MapShape): ReadonlyMap<string, string> => {
  const known = elements.get(shape) ?? new Map([...shape.fields.keys()].map(field => [field, fieldElement(field)]));
  elements.set(shape, known);
  return known;
};

const elements = new WeakMap<MapShape, ReadonlyMap<string, string>>();

/** Items that stand there twice are owned together, as one. */
const itemsOf = (items: readonly unknown[], shape: ListShape, like: FieldSet | undefined): Children =>
  [...indexItems(shape, items)].map(([element, same]) => {
    const had = childSet(like, element);
    return [element, same.length > 1 ? leaf(had) : (nodeOf(same[0], shape.item, true, had) ?? leaf(had))];
  });
