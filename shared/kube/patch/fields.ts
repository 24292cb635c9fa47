import { parseJson, printJson } from '../../base/json.ts';
import { copyMap, isMap, newMap } from '../../base/own.ts';
import { byText } from '../order.ts';

/**
 * A set of field paths in the form of FieldsV1 (kubernetes-api reference §1.13): a trie whose keys are path elements, `f:name`
 * for a field, `k:{"name":"x"}` for an item of a list with keys, `v:"x"` for an item of a set, `i:0` for an index. A node
 * without children is a member; one with children is a member when it also has the key `.`. The root is never a member: the
 * empty root is the empty set. Keys stand in their order and in one spelling, so that equal sets print equally.
 *
 * Sets are values: no function changes one, and what two sets have in common is shared. Every operation costs what its
 * smaller argument holds (the second one, where the two differ in role).
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const emptySet: FieldSet = {};

export const isEmptySet = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

export const unite = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(b)) return a;
  return isEmptySet(a) ? b : uniteNodes(a, b);
};

/** What `set` has and `gone` has not. Members below a member of `gone` stay. */
export const subtract = (set: FieldSet, gone: FieldSet): FieldSet => {
  if (isEmptySet(set) || isEmptySet(gone)) return set;
  return subtractNodes(set, gone) ?? emptySet;
};

export const intersect = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(a) || isEmptySet(b)) return emptySet;
  return intersectNodes(a, b) ?? emptySet;
};

export const isSubset = (part: FieldSet, whole: FieldSet): boolean => {
  if (part === whole) return true;
  for (const element in part) {
    const [node, other] = [part[element], ownChild(whole, element)];
    if (element === self || node === undefined) continue;
    if (other === undefined || (isMember(node) && !isMember(other)) || !isSubset(node, other)) return false;
  }
  return true;
};

/** Whether this node of a trie, not the root, is a member itself. */
export const isMember = (node: FieldSet): boolean => ownChild(node, self) !== undefined || isEmptySet(node);

/** Whether a node says itself that it is a member, as those with children must. */
export const hasMark = (node: FieldSet): boolean => ownChild(node, self) !== undefined;

/** How many elements a node has. */
export const sizeOf = (node: FieldSet): number => Object.keys(node).length - (hasMark(node) ? 1 : 0);

/** The node below an element. */
export const childSet = (node: FieldSet | undefined, element: string): FieldSet | undefined =>
  node === undefined || element === self ? undefined : ownChild(node, element);

/** The elements of a node and what is below them. */
export const childrenOf = (node: FieldSet): [string, FieldSet][] =>
  Object.entries(node).filter(([element]) => element !== self);

/** A node of its members' children; undefined for one that is neither a member nor has any. */
export const toNode = (member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet | undefined => {
  const list = [...children];
  if (list.length === 0) return member ? emptySet : undefined;
  if (list.length > 1) list.sort(([a], [b]) => compareElements(a, b));
  const node = newMap<FieldSet>(list.length + 1);
  if (member) node[self] = emptySet;
  for (const [element, child] of list) node[element] = child;
  return node;
};

/** The paths of all members: those of a node before those below it. */
export function* pathsOf(set: FieldSet, above: readonly string[] = []): Generator<readonly string[]> {
  const children = childrenOf(set);
  for (const [element, node] of children) if (isMember(node)) yield [...above, element];
  for (const [element, node] of children) yield* pathsOf(node, [...above, element]);
}

export const fieldElement = (name: string): string => `f:${name}`;

/**
 * A set that somebody else printed, in our spelling. Undefined when it is none: an element of an unknown form, a node that is
 * no map, or a key that is not JSON.
 */
export const readFields = (value: unknown): FieldSet | undefined => {
  if (!isMap(value)) return undefined;
  const { [self]: _, ...children } = value;
  return readNode(children, false);
};

/** Elements as conflicts print them: `.spec.ports[port=80].name`, `[="x"]`. */
export const printPath = (path: readonly string[]): string => path.map(printElement).join('');

/** Fields before keys before values before indices; each kind by its value. */
export const compareElements = (a: string, b: string): number => {
  const sort = (ranks[a[0] ?? ''] ?? 0) - (ranks[b[0] ?? ''] ?? 0);
  if (sort !== 0 || a.startsWith('f:')) return sort || byText(a, b);
  return compareTexts(a, b) ?? compareValues(parseJson(a.slice(2)), parseJson(b.slice(2)));
};

const self = '.';
const ranks: Readonly<Record<string, number>> = { [self]: 0, f: 1, k: 2, v: 3, i: 4 };

/** No element is spelled as anything that objects inherit. */
const ownChild = (node: FieldSet, element: string): FieldSet | undefined => node[element];

const uniteNodes = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b) return a;
  let changed: { [element: string]: FieldSet } | undefined;
  let isMore = false;
  for (const element in b) {
    const node = b[element];
    if (element === self || node === undefined) continue;
    const had = ownChild(a, element);
    const now = had === undefined ? node : uniteNodes(had, node);
    if (now === had) continue;
    isMore ||= had === undefined;
    changed ??= copyMap(a);
    changed[element] = now;
  }
  const member = isMember(a) || isMember(b);
  if (changed === undefined && (member === isMember(a) || isEmptySet(a))) return a;
  if (changed !== undefined && !isMore && member === isMember(a)) return changed;
  return toNode(member, childrenOf(changed ?? a)) ?? emptySet;
};

const subtractNodes = (set: FieldSet, gone: FieldSet): FieldSet | undefined => {
  let changed: { [element: string]: FieldSet } | undefined;
  for (const element in gone) {
    const [had, node] = [ownChild(set, element), gone[element]];
    if (element === self || had === undefined || node === undefined) continue;
    const now = subtractNodes(had, node);
    if (now === had) continue;
    changed ??= copyMap(set);
    if (now === undefined) delete changed[element];
    else changed[element] = now;
  }
  const wasMember = isMember(set);
  const member = wasMember && !isMember(gone);
  if (changed === undefined && member === wasMember) return set;
  // Only what has been taken away is missing: the rest stands in its order.
  const { [self]: _, ...children } = changed ?? set;
  if (isEmptySet(children)) return member ? emptySet : undefined;
  return member ? { [self]: emptySet, ...children } : children;
};

const intersectNodes = (a: FieldSet, b: FieldSet): FieldSet | undefined => {
  if (a === b) return a;
  const children: [string, FieldSet][] = [];
  for (const [element, node] of childrenOf(b)) {
    const other = ownChild(a, element);
    const both = other && intersectNodes(other, node);
    if (both !== undefined) children.push([element, both]);
  }
  return toNode(isMember(a) && isMember(b), children);
};

const readNode = (value: unknown, mayBeMember: boolean): FieldSet | undefined => {
  if (!isMap(value)) return undefined;
  const children = new Map<string, FieldSet>();
  let member = mayBeMember;
  for (const [key, below] of Object.entries(value)) {
    if (key === self) continue;
    const element = readElement(key);
    const node = element === undefined ? undefined : readNode(below, true);
    if (element === undefined || node === undefined) return undefined;
    const had = children.get(element);
    children.set(element, had === undefined ? node : uniteNodes(had, node));
  }
  if (children.size > 0) member = Object.hasOwn(value, self);
  return toNode(member, children) ?? emptySet;
};

const readElement = (key: string): string | undefined => {
  if (key.startsWith('f:')) return key === 'f:__proto__' ? undefined : key;
  if (/^i:\d{1,9}$/.test(key)) return `i:${Number(key.slice(2))}`;
  if (!/^[kv]:/.test(key)) return undefined;
  try {
    const value = parseJson(key.slice(2), { maxDepth: maxKeyDepth });
    if (key.startsWith('k:') && !isMap(value)) return undefined;
    return `${key.slice(0, 2)}${printSorted(value)}`;
  } catch {
    return undefined;
  }
};

const maxKeyDepth = 20;

/** JSON with the fields of maps in their order. */
export const printSorted = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printSorted).join()}]`;
  if (!isMap(value)) return printJson(value);
  const fields = Object.entries(value).sort(([a], [b]) => byText(a, b));
  return `{${fields.map(([name, member]) => `${JSON.stringify(name)}:${printSorted(member)}`).join()}}`;
};

const printElement = (element: string): string => {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('i:')) return `[${text}]`;
  if (element.startsWith('v:')) return `[=${text}]`;
  const keys = parseJson(text);
  const parts = isMap(keys) ? Object.entries(keys).map(([name, value]) => `${name}=${printJson(value)}`) : [text];
  return `[${parts.join()}]`;
};

/** The order of two values that first differ within a plain string, without reading them; undefined for others. */
const compareTexts = (a: string, b: string): number | undefined => {
  if (a === b) return 0;
  let at = 0;
  let isInside = false;
  while (a.charCodeAt(at) === b.charCodeAt(at)) {
    if (a.charCodeAt(at) === backslash) return undefined;
    if (a.charCodeAt(at) === quote) isInside = !isInside;
    at++;
  }
  const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (!isInside || left === backslash || right === backslash) return undefined;
  return left === quote ? -1 : right === quote ? 1 : left - right;
};

const quote = 0x22;
const backslash = 0x5c;

/** Upstream's order of values: numbers, strings, booleans, lists, maps, null. */
const compareValues = (a: unknown, b: unknown): number => {
  const kind = rankOf(a) - rankOf(b);
  if (kind !== 0) return kind;
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (isMap(a) && isMap(b)) return compareLists(Object.entries(a).flat(), Object.entries(b).flat());
  if (typeof a === 'string' && typeof b === 'string') return byText(a, b);
  return Number(a) - Number(b);
};

const rankOf = (value: unknown): number => {
  if (value === null) return 5;
  if (Array.isArray(value)) return 3;
  return ({ number: 0, bigint: 0, string: 1, boolean: 2 } as Record<string, number>)[typeof value] ?? 4;
};

const compareLists = (a: readonly unknown[], b: readonly unknown[]): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};
