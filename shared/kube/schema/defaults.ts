import { copyMap, isMap, setOwn } from '../../base/own.ts';
import { printValue } from '../../base/path.ts';
import { bodyTooLarge } from '../faults.ts';
import { maxObjectBytes } from '../size.ts';
import { compile, type Node } from './compile.ts';
import type { Schema } from './schema.ts';

/**
 * Fills in what a schema defaults (kubernetes-api reference §1.17): missing fields, and nulls where null is not allowed. A
 * null that is neither allowed nor defaulted becomes what `nulls` says; one in a list is kept for validation to
 * refuse, unless Go's types read it. Defaults apply inside defaults. The input is not changed; the same instance comes back when there was nothing to do.
 *
 * @throws Fault RequestEntityTooLarge when the defaults alone are more than an object may be
 */
export const applyDefaults = <T extends object>(object: T, schema: Schema, nulls: Nulls = 'dropped'): T =>
  // Defaulting adds and drops fields and changes no type.
  fillMap(object as Fields, compile(schema), { nulls, left: maxObjectBytes }) as T;

/**
 * What becomes of a null that nothing allows: `kept` for validation to refuse; `typed`: as Go's types read it, among texts
 * under free keys and in lists an empty one, among quantities there nought, for an object in a list an empty one, elsewhere nothing.
 */
export type Nulls = 'dropped' | 'kept' | 'typed';

type Fields = { [field: string]: unknown };

interface Filling {
  readonly nulls: Nulls;
  /** Bytes that defaults may still add: a large default of a small item multiplies what was sent. */
  left: number;
}

const fill = (value: unknown, node: Node | undefined, filling: Filling): unknown => {
  if (!node || typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? fillList(value, node, filling) : fillMap(value as Fields, node, filling);
};

const fillMap = (map: Fields, node: Node, filling: Filling): Fields => {
  let out: Fields | undefined;
  for (const field of Object.keys(map)) {
    const value = map[field];
    const property = node.properties.get(field);
    const child = property ?? node.additional;
    const given = child && isReplaceable(value, child) ? instead(child, property === undefined, filling) : value;
    const filled = fill(given, child, filling);
    if (filled === value) continue;
    out ??= copyMap(map);
    if (filled === undefined) delete out[field];
    else setOwn(out, field, filled);
  }
  for (const [field, child] of node.properties) {
    if (child.schema.default === undefined || Object.hasOwn(map, field)) continue;
    out ??= copyMap(map);
    setOwn(out, field, fill(defaultOf(child.schema, filling), child, filling));
  }
  return out ?? map;
};

const fillList = (list: readonly unknown[], node: Node, filling: Filling): readonly unknown[] => {
  const items = node.items;
  if (!items) return list;
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    const filled = fill(isReplaceable(value, items) ? insteadInList(items, filling) : value, items, filling);
    if (filled === value) continue;
    out ??= [...list];
    out[i] = filled;
  }
  return out ?? list;
};

const isReplaceable = (value: unknown, node: Node): boolean => value === null && !node.nullable && !acceptsNull(node);

/** What stands in a map instead of a null; undefined for nothing. */
const instead = (node: Node, isFreeKey: boolean, filling: Filling): unknown => {
  if (node.schema.default !== undefined) return defaultOf(node.schema, filling);
  const { nulls } = filling;
  if (nulls === 'kept') return null;
  if (nulls !== 'typed' || !isFreeKey) return undefined;
  return node.schema.quantity ? '0' : isText(node) ? '' : undefined;
};

/** The same in a list, where nothing cannot stand. */
const insteadInList = (node: Node, filling: Filling): unknown => {
  if (node.schema.default !== undefined) return defaultOf(node.schema, filling);
  if (filling.nulls !== 'typed') return null;
  if (isText(node)) return '';
  return node.types[0] === 'object' && node.types.length === 1 ? {} : null;
};

const isText = ({ types }: Node): boolean => types[0] === 'string' && types.length === 1;

/** A node without a type, below preserved fields, takes whatever comes. */
const acceptsNull = (node: Node): boolean => node.preserve && node.types.length === 0;

/** Every object gets its own copy of a default, so that none is shared between objects that somebody may change. */
const defaultOf = (schema: Schema, filling: Filling): unknown => {
  const value = schema.default;
  filling.left -= sizeOf(schema);
  if (filling.left < 0) throw bodyTooLarge(maxObjectBytes);
  return isMap(value) || Array.isArray(value) ? structuredClone(value) : value;
};

/** Of a schema's default, printed. */
const sizeOf = (schema: Schema): number => {
  const known = sizes.get(schema);
  if (known !== undefined) return known;
  const size = printValue(schema.default).length;
  sizes.set(schema, size);
  return size;
};

const sizes = new WeakMap<Schema, number>();
