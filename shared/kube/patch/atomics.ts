import { isMap } from '../../base/own.ts';
import { fieldElement, printPath } from './fields.ts';
import { formOf } from './form.ts';
import { fieldShape, type Shape } from './typed.ts';

/** The paths in a value of what its shape owns as a whole, as `.spec.selector`: lists and maps that cannot be merged. */
export const findAtomics = (value: unknown, shape: Shape): string[] => {
  const found: string[] = [];
  find(value, shape, [], found);
  return found;
};

const find = (value: unknown, shape: Shape, path: string[], found: string[]): void => {
  const form = formOf(value, shape);
  if (isMap(value) && form === 'map' && shape.map) {
    if (shape.map.atomic) found.push(printPath(path));
    for (const [field, member] of Object.entries(value)) {
      const below = fieldShape(shape.map, field);
      if (below) find(member, below, [...path, fieldElement(field)], found);
    }
  }
  if (Array.isArray(value) && form === 'list' && shape.list) {
    if (shape.list.atomic) found.push(printPath(path));
    for (const [index, item] of value.entries()) find(item, shape.list.item, [...path, `i:${index}`], found);
  }
};
