import { isMap, setOwn } from '../../base/own.ts';
import { toElement } from './element.ts';
import { childSet, type FieldSet, fieldElement, isEmptySet, isMember } from './fields.ts';
import { formOf } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/**
 * A value without the members of a set: a member goes with all that is below it. A list or map that loses its last content
 * becomes null; what is atomic stays as it is. The input is not changed.
 */
export const trim = (value: unknown, gone: FieldSet, shape: Shape): unknown => {
  if (isEmptySet(gone)) return value;
  const form = formOf(value, shape);
  if (form === 'map' && shape.map && isMap(value)) return trimMap(value, gone, shape.map);
  if (form === 'list' && shape.list && Array.isArray(value)) return trimList(value, gone, shape.list);
  return value;
};

const trimMap = (map: { [field: string]: unknown }, gone: FieldSet, shape: MapShape): unknown => {
  if (shape.atomic) return map;
  const out: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(map)) {
    const node = childSet(gone, fieldElement(field));
    if (node !== undefined && isMember(node)) continue;
    const below = fieldShape(shape, field);
    setOwn(out, field, node && below ? trim(value, node, below) : value);
  }
  return Object.keys(out).length > 0 ? out : null;
};

const trimList = (list: readonly unknown[], gone: FieldSet, shape: ListShape): unknown => {
  if (shape.atomic) return list;
  const out: unknown[] = [];
  for (const item of list) {
    const named = toElement(shape, item);
    const node = 'element' in named ? childSet(gone, named.element) : undefined;
    if (node !== undefined && isMember(node)) continue;
    out.push(node ? trim(item, node, shape.item) : item);
  }
  return out.length > 0 ? out : null;
};
