import { isEqual } from '../../base/equal.ts';
import { isMap } from '../../base/own.ts';
import { compile, identify, type Node } from './compile.ts';
import type { Schema } from './schema.ts';

/**
 * True when what stands at a printed path of `now` is what stood there in `old`. Items of a list of the type `map` are
 * found by their keys wherever they stand; other lists are compared as a whole. For a field that is missing its parent
 * decides.
 */
export const isUnchanged = (field: string, now: object, old: object, schema: Schema): boolean =>
  field !== '' && field !== '<nil>' && walk(field, now, old, compile(schema));

const walk = (rest: string, now: unknown, old: unknown, node: Node | undefined): boolean => {
  if (rest === '' || isEqual(now, old)) return isEqual(now, old);
  if (Array.isArray(now)) return Array.isArray(old) && walkList(rest, now, old, node);
  if (!isMap(now) || !isMap(old)) return false;
  const step = stepInto(rest, now);
  if (step === undefined || !Object.hasOwn(old, step.key)) return false;
  return walk(step.rest, now[step.key], old[step.key], node?.properties.get(step.key) ?? node?.additional);
};

const walkList = (rest: string, now: readonly unknown[], old: readonly unknown[], node: Node | undefined): boolean => {
  const [whole = '', index = ''] = /^\[(\d+)\]/.exec(rest) ?? [];
  const item = now[Number(index)];
  if (whole === '' || node?.schema['x-kubernetes-list-type'] !== 'map') return false;
  const keys = node.schema['x-kubernetes-list-map-keys'] ?? [];
  const id = idOf(item, keys);
  const before = old.find(one => idOf(one, keys) === id);
  return before !== undefined && walk(rest.slice(whole.length), item, before, node.items);
};

const idOf = (item: unknown, keys: readonly string[]): string =>
  isMap(item) ? identify(keys.map(key => (Object.hasOwn(item, key) ? item[key] : null))) : identify(item);

/** Keys may hold what separates steps: the longest key that fits is meant. */
const stepInto = (path: string, map: { [field: string]: unknown }): { key: string; rest: string } | undefined => {
  const text = path.startsWith('.') ? path.slice(1) : path;
  let best: { key: string; rest: string } | undefined;
  for (const key of Object.keys(map)) {
    if (best && key.length <= best.key.length) continue;
    const rest = text.startsWith(`[${key}]`) ? text.slice(key.length + 2) : afterName(text, key);
    if (rest !== undefined) best = { key, rest };
  }
  return best;
};

const afterName = (text: string, key: string): string | undefined => {
  const rest = text.startsWith(key) ? text.slice(key.length) : undefined;
  return rest === '' || rest?.startsWith('.') || rest?.startsWith('[') ? rest : undefined;
};
