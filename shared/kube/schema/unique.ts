import type { Cause } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import { identify, type Node } from './compile.ts';

/** Adds what is there twice in lists of the types `set` and `map` (kubernetes-api reference §1.17). */
export const findDuplicates = (value: unknown, node: Node | undefined, path: Path, causes: Cause[]): void => {
  if (!node?.keyed) return;
  if (Array.isArray(value)) {
    const found = duplicatesIn(value, node, path);
    causes.push(...found);
    for (let i = 0; i < value.length; i++) findDuplicates(value[i], node.items, [...path, i], causes);
  } else if (isMap(value)) {
    for (const field of Object.keys(value)) {
      const property = node.properties.get(field);
      findDuplicates(value[field], property ?? node.additional, [...path, property ? field : { key: field }], causes);
    }
  }
};

const duplicatesIn = (list: readonly unknown[], { schema }: Node, path: Path): Cause[] => {
  if (schema['x-kubernetes-list-type'] === 'set')
    return repeatsOf(list).map(i => cause.duplicate([...path, i], list[i]));
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const stranger = list.findIndex(item => item !== null && !isMap(item));
  if (stranger >= 0)
    return [cause.invalid([...path, stranger], list[stranger], 'must be an object for an array of list-type map')];
  const keys = list.map(item => keyOf(item, schema['x-kubernetes-list-map-keys'] ?? []));
  return repeatsOf(keys).map(i => cause.duplicate([...path, i], keys[i]));
};

const keyOf = (item: unknown, names: readonly string[]): { [name: string]: unknown } => {
  if (!isMap(item)) return {};
  return Object.fromEntries(names.filter(name => Object.hasOwn(item, name)).map(name => [name, item[name]]));
};

/** Indices at which a value stands for the second time; each value is named once. */
const repeatsOf = (values: readonly unknown[]): number[] => {
  const seen = new Map<string, number>();
  return values.flatMap((value, i) => {
    const id = identify(value);
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return times === 2 ? [i] : [];
  });
};
