import { isEqual } from '../../base/equal.ts';
import { isMap } from '../../base/own.ts';
import { compile, identify, type Node } from './compile.ts';
import type { Schema } from './schema.ts';

/**
 * Says of printed paths of `now` whether what stands there is what stood there in `old`. Items of a list of the type `map` are
 * found by their keys wherever they stand; other lists are compared as a whole. For a field that is missing its parent
 * decides. What one question has found out serves the next: there may be hundreds of them about one large list.
 */
export const findUnchanged = (now: object, old: object, schema: Schema): ((field: string) => boolean) => {
  const known: Known = { equal: new Map(), items: new Map() };
  return field => field !== '' && field !== '<nil>' && walk(field, now, old, compile(schema), known);
};

/** What is known of the two states. Neither changes while questions are asked. */
interface Known {
  /** By the value of now, then by that of old. */
  readonly equal: Map<unknown, Map<unknown, boolean>>;
  /** Items of old lists by what identifies them. */
  readonly items: Map<unknown, ReadonlyMap<string, unknown>>;
}

const walk = (rest: string, now: unknown, old: unknown, node: Node | undefined, known: Known): boolean => {
  if (rest === '' || isSame(now, old, known)) return isSame(now, old, known);
  if (Array.isArray(now)) return Array.isArray(old) && walkList(rest, now, old, node, known);
  if (!isMap(now) || !isMap(old)) return false;
  const step = stepInto(rest, now);
  if (step === undefined || !Object.hasOwn(old, step.key)) return false;
  const below = node?.properties.get(step.key) ?? node?.additional;
  return walk(step.rest, now[step.key], old[step.key], below, known);
};

const isSame = (now: unknown, old: unknown, { equal }: Known): boolean => {
  if (typeof now !== 'object' || now === null) return isEqual(now, old);
  const of = equal.get(now) ?? new Map<unknown, boolean>();
  equal.set(now, of);
  const found = of.get(old) ?? isEqual(now, old);
  of.set(old, found);
  return found;
};

const walkList = (
  rest: string,
  now: readonly unknown[],
  old: readonly unknown[],
  node: Node | undefined,
  known: Known,
): boolean => {
  const [whole = '', index = ''] = /^\[(\d+)\]/.exec(rest) ?? [];
  const item = now[Number(index)];
  if (whole === '' || node?.schema['x-kubernetes-list-type'] !== 'map') return false;
  const keys = node.schema['x-kubernetes-list-map-keys'] ?? [];
  const items = known.items.get(old) ?? indexBy(keys, old);
  known.items.set(old, items);
  const before = items.get(idOf(item, keys));
  return before !== undefined && walk(rest.slice(whole.length), item, before, node.items, known);
};

/** Of items that stand there twice the first is meant. */
const indexBy = (keys: readonly string[], list: readonly unknown[]): ReadonlyMap<string, unknown> =>
  new Map([...list].reverse().map(item => [idOf(item, keys), item]));

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
