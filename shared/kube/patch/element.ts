import { getOwn, isMap } from '../../base/own.ts';
import { printSorted } from './fields.ts';
import type { ListShape } from './typed.ts';

/** The path element of a list's item, or why it has none. */
export type Element = { readonly element: string } | { readonly wrong: string };

/** How an item of a list that is not atomic is named: by its keys, or by its value. */
export const toElement = (list: ListShape, item: unknown): Element =>
  list.keys === undefined ? toValueElement(item) : toKeyElement(list, list.keys, item);

/** A list's items under their elements, in order; those that have none are left out, as nobody can own them. */
export const indexItems = (list: ListShape, items: readonly unknown[]): Map<string, unknown[]> => {
  const index = new Map<string, unknown[]>();
  for (const item of items) {
    const named = toElement(list, item);
    if (!('element' in named)) continue;
    const same = index.get(named.element);
    if (same === undefined) index.set(named.element, [item]);
    else same.push(item);
  }
  return index;
};

const toKeyElement = (list: ListShape, keys: readonly string[], item: unknown): Element => {
  if (item === null) return { wrong: 'associative list with keys may not have a null element' };
  if (!isMap(item)) return { wrong: 'associative list with keys may not have non-map elements' };
  const [key, other] = keys;
  const text = key !== undefined && other === undefined ? getOwn(item, key) : undefined;
  if (typeof text === 'string') return { element: `k:{${JSON.stringify(key)}:${JSON.stringify(text)}}` };
  const named: { [key: string]: unknown } = {};
  for (const key of keys) {
    const value = getOwn(item, key);
    if (value !== undefined) named[key] = value;
    else if (list.defaults.has(key)) named[key] = list.defaults.get(key);
  }
  if (Object.keys(named).length > 0) return { element: `k:${printSorted(named)}` };
  const shown = `[${keys.map(key => JSON.stringify(key)).join(' ')}]`;
  return {
    wrong: `associative list with keys has an element that omits all key fields ${shown} (and doesn't have default values for any key fields)`,
  };
};

const toValueElement = (item: unknown): Element => {
  if (typeof item === 'string') return { element: `v:${JSON.stringify(item)}` };
  if (item === null) return { wrong: "associative list without keys has an element that's an explicit null" };
  if (isMap(item)) return { wrong: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { wrong: 'not supported: associative list with lists as elements' };
  return { element: `v:${printSorted(item)}` };
};
