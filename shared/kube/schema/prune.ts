import { copyMap, setOwn } from '../../base/own.ts';
import { compile, type Node } from './compile.ts';
import { metadataSchema } from './metadata.ts';
import type { Schema } from './schema.ts';

export interface Pruned<T> {
  /** The same instance when nothing had to go. */
  readonly object: T;
  /** What was dropped, sorted, as `spec.list[0].x`. Of very much the first is told. */
  readonly unknown: string[];
}

/**
 * Drops the fields that a schema does not know (kubernetes-api reference §1.17). `apiVersion`, `kind` and the known fields
 * of `metadata` stay, at the root and in embedded resources. Everything stays below a node that preserves unknown fields,
 * but for what is specified there. The input is not changed.
 */
export const prune = <T extends object>(object: T, schema: Schema): Pruned<T> => {
  const walk: Walk = { path: [], unknown: [], left: maxText };
  const pruned = pruneMap(object as Fields, compile(schema), true, walk);
  // Pruning takes fields away and changes no type.
  return { object: pruned as T, unknown: walk.unknown.sort() };
};

interface Walk {
  readonly path: (string | number)[];
  readonly unknown: string[];
  /** Characters that paths may still have together. */
  left: number;
}

/** Who sends fields that nobody knows decides how many there are, and how long the names are on the way to each. */
const maxText = 64 * 1024;

type Fields = { [field: string]: unknown };

const pruneValue = (value: unknown, node: Node | undefined, walk: Walk): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return pruneList(value, node, walk);
  return pruneMap(value as Fields, node, node?.embedded === true, walk);
};

const pruneList = (list: readonly unknown[], node: Node | undefined, walk: Walk): unknown => {
  if (node?.preserve && !node.items) return list;
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    walk.path.push(i);
    const kept = pruneValue(list[i], node?.items, walk);
    walk.path.pop();
    if (kept !== list[i]) {
      out ??= [...list];
      out[i] = kept;
    }
  }
  return out ?? list;
};

const pruneMap = (map: Fields, node: Node | undefined, isResource: boolean, walk: Walk): Fields => {
  let out: Fields | undefined;
  for (const field of Object.keys(map)) {
    const value = map[field];
    walk.path.push(field);
    const child = isResource ? (resourceNodes.get(field) ?? childOf(node, field)) : childOf(node, field);
    if (child !== undefined) {
      const kept = pruneValue(value, child, walk);
      if (kept !== value) {
        out ??= copyMap(map);
        setOwn(out, field, kept);
      }
    } else if (!node?.preserve) {
      tell(walk);
      out ??= copyMap(map);
      delete out[field];
    }
    walk.path.pop();
  }
  return out ?? map;
};

const tell = (walk: Walk): void => {
  if (walk.left <= 0) return;
  const text = toText(walk.path);
  walk.left -= text.length;
  walk.unknown.push(text);
};

const childOf = (node: Node | undefined, field: string): Node | undefined =>
  node?.properties.get(field) ?? node?.additional;

const text = compile({ type: 'string' });

/** Present at the root and in embedded resources whatever the schema says. */
const resourceNodes = new Map<string, Node>([
  ['apiVersion', text],
  ['kind', text],
  ['metadata', compile(metadataSchema)],
]);

const toText = (path: readonly (string | number)[]): string => {
  let out = '';
  for (const step of path) out += typeof step === 'number' ? `[${step}]` : out === '' ? step : `.${step}`;
  return out;
};
