import { isMap } from '../../base/own.ts';
import { indexItems } from './element.ts';
import { emptySet, type FieldSet, fieldElement, toNode } from './fields.ts';
import { formOf } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/**
 * All the paths that a value sets (kubernetes-api reference §1.13, "ToFieldSet"): scalars, atomic lists and maps as a whole,
 * null and empty maps, items of other lists, and entries of maps whose fields are not named by the shape.
 */
export const collect = (value: unknown, shape: Shape): FieldSet => toNode(false, childrenOf(value, shape)) ?? emptySet;

type Children = [string, FieldSet][];

const childrenOf = (value: unknown, shape: Shape): Children => {
  const form = formOf(value, shape);
  if (form === 'map' && shape.map && isMap(value)) return fieldsOf(value, shape.map);
  if (form === 'list' && shape.list && Array.isArray(value)) return itemsOf(value, shape.list);
  return [];
};

/** True for what has no parts of its own to be owned. */
const isLeaf = (value: unknown, shape: Shape): boolean => {
  const form = formOf(value, shape);
  return form === 'scalar' || (form === 'map' ? shape.map?.atomic === true : shape.list?.atomic === true);
};

const nodeOf = (value: unknown, shape: Shape, member: boolean): FieldSet | undefined =>
  isLeaf(value, shape) ? emptySet : toNode(member, childrenOf(value, shape));

const fieldsOf = (map: { [field: string]: unknown }, shape: MapShape): Children => {
  const children: Children = [];
  for (const [field, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const below = fieldShape(shape, field);
    const isNamed = shape.fields.has(field);
    const isHollow = value === null || (isMap(value) && Object.keys(value).length === 0);
    const node = below ? nodeOf(value, below, !isNamed || isHollow) : emptySet;
    if (node !== undefined) children.push([fieldElement(field), node]);
  }
  return children;
};

/** Items that stand there twice are owned together, as one. */
const itemsOf = (items: readonly unknown[], shape: ListShape): Children =>
  [...indexItems(shape, items)].map(([element, same]) => [
    element,
    same.length > 1 ? emptySet : (nodeOf(same[0], shape.item, true) ?? emptySet),
  ]);
