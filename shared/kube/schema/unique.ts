import { type Cause, maxCauses } from '../../base/fault.ts';
import { isMap } from '../../base/own.ts';
import { cause, type Path } from '../../base/path.ts';
import { identify, type Node } from './compile.ts';

/** Adds what is there twice in lists of the types `set` and `map` (kubernetes-api reference §1.17). */
export const findDuplicates = (value: unknown, node: Node | undefined, path: Path, causes: Cause[]): void => {
  if (!node?.keyed || causes.length >= maxCauses) return;
  if (Array.isArray(value)) {
    const found = duplicatesIn(value, node, path);
    causes.push(...found);
    if (!node.items?.keyed) return;
    for (let i = 0; i < value.length; i++) findDuplicates(value[i], node.items, [...path, i], causes);
  } else if (isMap(value)) {
    for (const field of Object.keys(value)) {
      const property = node.properties.get(field);
      const child = property ?? node.additional;
      if (child?.keyed) findDuplicates(value[field], child, [...path, property ? field : { key: field }], causes);
    }
  }
};

const duplicatesIn = (list: readonly unknown[], { schema }: Node, path: Path): Cause[] => {
  if (schema['x-kubernetes-list-type'] === 'set')
    return repeatsOf(list.map(identify)).map(i => cause.duplicate([...path, i], list[i]));
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const stranger = list.findIndex(item => item !== null && !isMap(item));
  if (stranger >= 0)
    return [cause.invalid([...path, stranger], list[stranger], 'must be an object for an array of list-type map')];
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  const repeats = repeatsOf(list.map(item => idOf(item, names)));
  return repeats.map(i => cause.duplicate([...path, i], keyOf(list[i], names)));
};

/** A text that items with the same key share. Most keys are one text. */
const idOf = (item: unknown, names: readonly string[]): string => {
  const [name, other] = names;
  if (name !== undefined && other === undefined && isMap(item)) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    if (typeof value === 'string') return `:${value}`;
  }
  return identify(keyOf(item, names));
};

const keyOf = (item: unknown, names: readonly string[]): { [name: string]: unknown } => {
  if (!isMap(item)) return {};
  return Object.fromEntries(names.filter(name => Object.hasOwn(item, name)).map(name => [name, item[name]]));
};

/** Indices at which an id stands for the second time; each is named once. */
const repeatsOf = (ids: readonly string[]): number[] => {
  const seen = new Map<string, number>();
  return ids
    .flatMap((id, i) => {
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return times === 2 ? [i] : [];
    })
    .slice(0, maxCauses);
};
