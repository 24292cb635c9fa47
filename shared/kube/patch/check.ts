import { isMap } from '../../base/own.ts';
import { toElement } from './element.ts';
import { printPath } from './fields.ts';
import { formOf } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/**
 * All that keeps a configuration from being applied, as `.spec.x: why` in upstream's words: fields that the shape does not
 * know, values of another type, items of lists that cannot be named or stand there twice.
 */
export const checkTyped = (value: unknown, shape: Shape): string[] => {
  const wrongs: Wrongs = { texts: [], left: maxText };
  check(value, shape, [], wrongs);
  return wrongs.texts;
};

interface Wrongs {
  readonly texts: string[];
  /** Characters that more of them may have together. */
  left: number;
}

/** Of very much that is wrong the first is told: its sender decides how much there is, and how long the names are before it. */
const maxText = 64 * 1024;

const tell = (wrongs: Wrongs, path: readonly string[], why: string): void => {
  if (wrongs.left <= 0) return;
  const text = `${printPath(path)}: ${why}`;
  wrongs.left -= text.length;
  wrongs.texts.push(text);
};

const check = (value: unknown, shape: Shape, path: string[], wrongs: Wrongs): void => {
  if (value === null || value === undefined) return;
  const why = checkForm(value, shape, path, wrongs);
  if (why !== undefined) tell(wrongs, path, why);
};

/** Why the value itself is wrong; what is wrong below it is added to `wrongs`. */
const checkForm = (value: unknown, shape: Shape, path: string[], wrongs: Wrongs): string | undefined => {
  const form = formOf(value, shape);
  if (form === 'map' && shape.map) {
    if (!isMap(value)) return `expected map, got &{${print(value)}}`;
    checkMap(value, shape.map, path, wrongs);
    return undefined;
  }
  if (form === 'list' && shape.list) {
    if (!Array.isArray(value)) return `expected list, got &{${print(value)}}`;
    checkList(value, shape.list, path, wrongs);
    return undefined;
  }
  return checkScalar(value, shape.scalar);
};

const checkMap = (map: { [field: string]: unknown }, shape: MapShape, path: string[], wrongs: Wrongs): void => {
  for (const field of Object.keys(map)) {
    const value = map[field];
    const below = fieldShape(shape, field);
    path.push(`f:${field}`);
    if (below) check(value, below, path, wrongs);
    else tell(wrongs, path, 'field not declared in schema');
    path.pop();
  }
};

const checkList = (list: readonly unknown[], shape: ListShape, path: string[], wrongs: Wrongs): void => {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const named = shape.atomic ? { element: `i:${index}` } : toElement(shape, item);
    if ('wrong' in named) {
      tell(wrongs, path, `element ${index}: ${named.wrong}`);
      continue;
    }
    if (seen.has(named.element)) tell(wrongs, path, `duplicate entries for key ${printPath([named.element])}`);
    seen.add(named.element);
    path.push(named.element);
    check(item, shape.item, path, wrongs);
    path.pop();
  }
};

const checkScalar = (value: unknown, scalar: Shape['scalar']): string | undefined => {
  const type = typeof value === 'bigint' ? 'number' : typeof value;
  if (scalar === 'numeric')
    return type === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
  if (scalar === 'string')
    return type === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${print(value)}}`;
  if (scalar === 'boolean') return type === 'boolean' ? undefined : `expected boolean, got &{${print(value)}}`;
  return type === 'object' ? `expected any scalar, got &{${print(value)}}` : undefined;
};

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
};

/** As Go prints a value that it was not asked to quote. A text of the client's own, so at most a glimpse of it. */
const print = (value: unknown): string => {
  const text = toGo(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
};

const maxShown = 200;

const toGo = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(toGo).join(' ')}]`;
  if (isMap(value))
    return `map[${Object.entries(value)
      .map(([field, member]) => `${field}:${toGo(member)}`)
      .join(' ')}]`;
  return value === null ? '<nil>' : String(value);
};
