import { copyMap, isMap, setOwn } from '../../base/own.ts';
import { compile, type Node } from './compile.ts';
import type { Schema } from './schema.ts';

/**
 * Fills in what a schema defaults (kubernetes-api reference §1.17): missing fields, and nulls where null is not allowed. A
 * null that is neither allowed nor defaulted is dropped from a map, and kept in a list for validation to refuse. Defaults
 * apply inside defaults. The input is not changed; the same instance comes back when there was nothing to do.
 */
export const applyDefaults = <T extends object>(object: T, schema: Schema): T =>
  // Defaulting adds and drops fields and changes no type.
  fillMap(object as Fields, compile(schema)) as T;

type Fields = { [field: string]: unknown };

const fill = (value: unknown, node: Node | undefined): unknown => {
  if (!node || typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? fillList(value, node) : fillMap(value as Fields, node);
};

const fillMap = (map: Fields, node: Node): Fields => {
  let out: Fields | undefined;
  for (const field of Object.keys(map)) {
    const value = map[field];
    const child = node.properties.get(field) ?? node.additional;
    const filled = fill(isReplaceable(value, child) ? copy(child?.schema.default) : value, child);
    if (filled === value) continue;
    out ??= copyMap(map);
    if (filled === undefined) delete out[field];
    else setOwn(out, field, filled);
  }
  for (const [field, child] of node.properties) {
    if (child.schema.default === undefined || Object.hasOwn(map, field)) continue;
    out ??= copyMap(map);
    setOwn(out, field, fill(copy(child.schema.default), child));
  }
  return out ?? map;
};

const fillList = (list: readonly unknown[], node: Node): readonly unknown[] => {
  const items = node.items;
  if (!items) return list;
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    const given = isReplaceable(value, items) && items.schema.default !== undefined;
    const filled = fill(given ? copy(items.schema.default) : value, items);
    if (filled === value) continue;
    out ??= [...list];
    out[i] = filled;
  }
  return out ?? list;
};

const isReplaceable = (value: unknown, node: Node | undefined): boolean =>
  value === null && node !== undefined && !node.nullable && !acceptsNull(node);

/** A node without a type, below preserved fields, takes whatever comes. */
const acceptsNull = (node: Node): boolean => node.preserve && node.types.length === 0;

/** Every object gets its own copy of a default, so that none is shared between objects that somebody may change. */
const copy = (value: unknown): unknown => (isMap(value) || Array.isArray(value) ? structuredClone(value) : value);
