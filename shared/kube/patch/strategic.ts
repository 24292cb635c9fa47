import { Fault } from '../../base/fault.ts';
import { isMap, setOwn } from '../../base/own.ts';
import { compile, identify, type Node } from '../schema/compile.ts';
import { metadataSchema } from '../schema/metadata.ts';
import type { Schema } from '../schema/schema.ts';
import { nameOf } from '../wire/expected.ts';

/**
 * Strategic merge patch, for kinds that Kubernetes defines: lists merge by the key that the schema names
 * (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`), and the patch may carry the directives `$patch`,
 * `$retainKeys`, `$deleteFromPrimitiveList/<field>` and `$setElementOrder/<field>` (kubernetes-api reference §1.12). The inputs
 * are not changed. A patch or directive of a wrong form is BadRequest.
 */
export const applyStrategicPatch = <T extends object>(doc: T, patch: unknown, schema: Schema): T => {
  if (patch === null) return doc;
  if (!isMap(patch)) {
    const why = `json: cannot unmarshal ${nameOf(patch)} into Go value of type map[string]interface {}`;
    throw new Fault('BadRequest', why);
  }
  // A patched document is JSON again; what type it has is for validation to find out.
  return mergeMap(doc as Fields, patch, toTop(compile(schema)), 0) as T;
};

type Fields = { [field: string]: unknown };

/** What is known of a map: how to find the structure of its fields. */
type Lookup = (field: string) => Node | undefined;

/** A document deeper than this comes from no decoder of ours. */
const maxDepth = 10_000;

const patchDirective = '$patch';
const retainDirective = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

const isDirective = (field: string): boolean =>
  field === patchDirective ||
  field === retainDirective ||
  field.startsWith(deletePrefix) ||
  field.startsWith(orderPrefix);

const toTop =
  (node: Node): Lookup =>
  field =>
    field === 'metadata' ? metadata : (node.properties.get(field) ?? node.additional);

const metadata = compile(metadataSchema);

const lookIn =
  (node: Node | undefined): Lookup =>
  field =>
    node?.properties.get(field) ?? node?.additional;

const mergeMap = (original: Fields, patch: Fields, lookup: Lookup, depth: number): Fields => {
  if (depth > maxDepth) throw new Fault('BadRequest', 'the patch is nested too deep');
  if (Object.hasOwn(patch, patchDirective)) return replaceMap(patch);
  const out = retain(original, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (isDirective(field)) continue;
    const order = listDirective(patch, `${orderPrefix}${field}`);
    if (value === null) delete out[field];
    else setOwn(out, field, mergeField(out, field, value, order, lookup(field), depth));
  }
  mergeListDirectives(out, patch, lookup);
  return out;
};

/** `$patch: replace` puts the rest of the patch in the map's place, `$patch: delete` nothing. */
const replaceMap = (patch: Fields): Fields => {
  const directive = patch[patchDirective];
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw new Fault('BadRequest', `unknown patch type found: ${String(directive)}`);
  const { [patchDirective]: _, ...rest } = patch;
  return rest;
};

/** A copy of the original with only the keys of `$retainKeys`, where the patch has it. */
const retain = (original: Fields, patch: Fields): Fields => {
  const kept = patch[retainDirective];
  if (kept === undefined) return { ...original };
  if (!Array.isArray(kept) || !kept.every(key => typeof key === 'string'))
    throw new Fault('BadRequest', 'invalid patch format of retainKeys');
  const keys = new Set<string>(kept);
  if (Object.entries(patch).some(([field, value]) => !isDirective(field) && value !== null && !keys.has(field)))
    throw new Fault('BadRequest', "patch content doesn't match retainKeys list");
  return Object.fromEntries(Object.entries(original).filter(([field]) => keys.has(field)));
};

const mergeField = (
  out: Fields,
  field: string,
  value: unknown,
  order: readonly unknown[] | undefined,
  node: Node | undefined,
  depth: number,
): unknown => {
  const current = Object.hasOwn(out, field) ? out[field] : undefined;
  const strategies = node?.schema['x-kubernetes-patch-strategy']?.split(',') ?? [];
  if (isMap(value)) {
    if (!isMap(current)) return withoutDirectives(value);
    return strategies.includes('replace')
      ? withoutDirectives(value)
      : mergeMap(current, value, lookIn(node), depth + 1);
  }
  if (!Array.isArray(value)) return value;
  if (!strategies.includes('merge')) return withoutDirectives(value);
  return mergeList(Array.isArray(current) ? current : [], value, order, node, depth);
};

/** Directives for lists that the patch itself does not carry: deletions of scalars, and a new order alone. */
const mergeListDirectives = (out: Fields, patch: Fields, lookup: Lookup): void => {
  for (const directive of Object.keys(patch)) {
    if (directive.startsWith(deletePrefix)) {
      const field = directive.slice(deletePrefix.length);
      const gone = new Set(listDirective(patch, directive)?.map(identify));
      const current = Object.hasOwn(out, field) ? out[field] : undefined;
      if (Array.isArray(current))
        setOwn(
          out,
          field,
          current.filter(item => !gone.has(identify(item))),
        );
    } else if (directive.startsWith(orderPrefix)) {
      const field = directive.slice(orderPrefix.length);
      const order = listDirective(patch, directive) ?? [];
      const current = Object.hasOwn(out, field) ? out[field] : undefined;
      if (!Array.isArray(current) || Object.hasOwn(patch, field)) continue;
      setOwn(out, field, arrange(current, order, current, toKey(lookup(field))));
    }
  }
};

const listDirective = (patch: Fields, directive: string): readonly unknown[] | undefined => {
  const list = patch[directive];
  if (list === undefined || Array.isArray(list)) return list;
  throw new Fault(
    'BadRequest',
    directive.startsWith(orderPrefix)
      ? 'invalid patch format of setElementOrder list'
      : 'invalid patch format of primitive list',
  );
};

/** What identifies an item of a list: its merge key where the list has one, else its value. */
type Key = (item: unknown) => string;

const toKey = (node: Node | undefined): Key => {
  const mergeKey = node?.schema['x-kubernetes-patch-merge-key'];
  if (mergeKey === undefined) return identify;
  return item => {
    if (!isMap(item)) throw new Fault('BadRequest', `${identify(item)} is not a map with the merge key ${mergeKey}`);
    if (!Object.hasOwn(item, mergeKey))
      throw new Fault('BadRequest', `map: ${identify(item)} does not contain declared merge key: ${mergeKey}`);
    return identify(item[mergeKey]);
  };
};

const mergeList = (
  original: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
  node: Node | undefined,
  depth: number,
): unknown[] => {
  const key = toKey(node);
  if (patch.some(item => Array.isArray(item))) throw new Fault('BadRequest', 'lists of lists are not supported');
  const { deleted, replaced, items } = readListDirectives(patch, key);
  if (replaced) return items.map(withoutDirectives);
  const merged = new Map<string, unknown>();
  for (const item of original) if (!deleted.has(key(item))) merged.set(key(item), item);
  for (const item of items) {
    const current = merged.get(key(item));
    const isMerge = isMap(current) && isMap(item);
    merged.set(key(item), isMerge ? mergeMap(current, item, lookIn(node?.items), depth + 1) : withoutDirectives(item));
  }
  if (order) checkOrder(items, order, key, node);
  return arrange([...merged.values()], order ?? items, original, key);
};

/** `$patch` items of a list: `delete` names one to take away, `replace` makes the rest of the patch the whole list. */
const readListDirectives = (patch: readonly unknown[], key: Key) => {
  const deleted = new Set<string>();
  const items: unknown[] = [];
  let replaced = false;
  for (const item of patch) {
    const directive = isMap(item) && Object.hasOwn(item, patchDirective) ? item[patchDirective] : undefined;
    if (directive === 'delete') deleted.add(key(item));
    else if (directive === 'replace') replaced = true;
    else if (directive === 'merge' && isMap(item)) {
      const { [patchDirective]: _, ...rest } = item;
      items.push(rest);
    } else if (directive !== undefined) throw new Fault('BadRequest', `unknown patch type found: ${String(directive)}`);
    else items.push(item);
  }
  return { deleted, replaced, items };
};

const checkOrder = (items: readonly unknown[], order: readonly unknown[], key: Key, node: Node | undefined): void => {
  const places = placesOf(order, key);
  let last = -1;
  for (const item of items) {
    const place = places.get(key(item));
    if (place === undefined || place < last)
      throw new Fault(
        'BadRequest',
        `The order in patch list:\n${identify(items)}\n doesn't match ${orderPrefix.slice(0, -1)} list:\n${identify(order)}\n${
          node?.schema['x-kubernetes-patch-merge-key'] ?? ''
        }`.trimEnd(),
      );
    last = place;
  }
};

const placesOf = (items: readonly unknown[], key: Key): Map<string, number> =>
  new Map(items.map((item, place) => [key(item), place]));

/**
 * Items that `order` names in its order; the others keep their neighbourhood: each stands before the first ordered item
 * that it preceded in `live`.
 */
const arrange = (
  items: readonly unknown[],
  order: readonly unknown[],
  live: readonly unknown[],
  key: Key,
): unknown[] => {
  const wanted = placesOf(order, key);
  const before = placesOf(live, key);
  const placeOf = (item: unknown): number => wanted.get(key(item)) ?? 0;
  const named = items.filter(item => wanted.has(key(item))).sort((a, b) => placeOf(a) - placeOf(b));
  const others = items.filter(item => !wanted.has(key(item)));
  const out: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const place = before.get(key(item));
    while (place !== undefined && next < others.length) {
      const other = before.get(key(others[next]));
      if (other === undefined || other > place) break;
      out.push(others[next++]);
    }
    out.push(item);
  }
  return [...out, ...others.slice(next)];
};

/** A value that meets nothing to merge with: nulls and directives in it have nothing to act on. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value
      .filter(item => !(isMap(item) && Object.hasOwn(item, patchDirective)))
      .map(item => withoutDirectives(item));
  if (!isMap(value)) return value;
  if (value[patchDirective] === 'delete') return {};
  const out: Fields = {};
  for (const [field, child] of Object.entries(value)) {
    if (isDirective(field) || child === null) continue;
    setOwn(out, field, withoutDirectives(child));
  }
  return out;
};
