/**
 * Types of CEL. `max` bounds the size that values can have (characters, items, entries) where that is known: the static
 * cost estimate reads it. Object types name their fields as expressions spell them.
 */
export type Type =
  | { readonly k: Simple; readonly max?: number }
  | { readonly k: 'list'; readonly of: Type; readonly max?: number; readonly merge?: Merge }
  | { readonly k: 'map'; readonly key: Type; readonly of: Type; readonly max?: number }
  | { readonly k: 'optional'; readonly of: Type }
  | { readonly k: 'opaque'; readonly name: string; readonly fields?: ReadonlyMap<string, Field> }
  | ObjectType
  | { readonly k: 'param'; readonly name: string };

/** `open`: fields that are not declared may be there too, of any type. */
export interface ObjectType {
  readonly k: 'object';
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly open?: boolean;
}

type Simple =
  | 'dyn'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'type';

/** How lists of the list types `set` and `map` are compared and added. */
export interface Merge {
  readonly by: 'set' | 'map';
  readonly keys: readonly string[];
}

export interface Field {
  /** The name in the object; the key of the map is the escaped one. */
  readonly name: string;
  readonly type: Type;
}

export const dyn: Type = { k: 'dyn' };
export const nullType: Type = { k: 'null' };
export const bool: Type = { k: 'bool' };
export const int: Type = { k: 'int' };
export const uint: Type = { k: 'uint' };
export const double: Type = { k: 'double' };
export const string: Type = { k: 'string' };
export const bytes: Type = { k: 'bytes' };
export const timestamp: Type = { k: 'timestamp' };
export const duration: Type = { k: 'duration' };
export const typeType: Type = { k: 'type' };
export const listOf = (of: Type, max?: number): Type => ({ k: 'list', of, ...(max !== undefined && { max }) });
export const mapOf = (key: Type, of: Type, max?: number): Type => ({
  k: 'map',
  key,
  of,
  ...(max !== undefined && { max }),
});
export const optionalOf = (of: Type): Type => ({ k: 'optional', of });
export const opaque = (name: string): Type => ({ k: 'opaque', name });
export const param = (name: string): Type => ({ k: 'param', name });

/** What stands for the type parameters of a signature. */
export type Bindings = Map<string, Type>;

/** Whether a value of `actual` can be given where `wanted` is asked for; binds the parameters of `wanted`. */
export const isAssignable = (wanted: Type, actual: Type, bindings: Bindings = new Map()): boolean => {
  if (wanted.k === 'param') return bindTo(wanted.name, actual, bindings);
  if (wanted.k === 'dyn' || actual.k === 'dyn' || actual.k === 'param') return true;
  if (actual.k === 'null') return nullable.has(wanted.k);
  if (wanted.k === 'null') return nullable.has(actual.k);
  if (wanted.k === 'list' && actual.k === 'list') return isAssignable(wanted.of, actual.of, bindings);
  if (wanted.k === 'map' && actual.k === 'map') {
    return isAssignable(wanted.key, actual.key, bindings) && isAssignable(wanted.of, actual.of, bindings);
  }
  if (wanted.k === 'optional' && actual.k === 'optional') return isAssignable(wanted.of, actual.of, bindings);
  if (wanted.k === 'opaque' && actual.k === 'opaque') return wanted.name === actual.name;
  if (wanted.k === 'object' && actual.k === 'object') return wanted.name === actual.name;
  return wanted.k === actual.k;
};

const nullable = new Set(['null', 'object', 'opaque', 'optional', 'timestamp', 'duration']);

const bindTo = (name: string, actual: Type, bindings: Bindings): boolean => {
  const bound = bindings.get(name);
  if (bound === undefined || isLoose(bound)) {
    if (bound === undefined || isAssignable(bound, actual)) bindings.set(name, bound ? merge(bound, actual) : actual);
    return bound === undefined || isAssignable(bound, actual);
  }
  if (!isAssignable(bound, actual) && !isAssignable(actual, bound)) return false;
  bindings.set(name, merge(bound, actual));
  return true;
};

const isLoose = (type: Type): boolean => type.k === 'null' || type.k === 'param';

/** A type with its parameters replaced; those that nothing was bound to are dyn. */
export const substitute = (type: Type, bindings: Bindings): Type => {
  if (type.k === 'param') return bindings.get(type.name) ?? dyn;
  if (type.k === 'list') return { ...type, of: substitute(type.of, bindings) };
  if (type.k === 'map') return { ...type, key: substitute(type.key, bindings), of: substitute(type.of, bindings) };
  if (type.k === 'optional') return { ...type, of: substitute(type.of, bindings) };
  return type;
};

/** The type that holds values of both; dyn when there is no closer one. Sizes: the larger one. */
export const merge = (a: Type, b: Type): Type => {
  if (a === b || b.k === 'param') return a;
  if (a.k === 'param') return b;
  if (a.k === 'null' && nullable.has(b.k)) return b;
  if (b.k === 'null' && nullable.has(a.k)) return a;
  if (a.k === 'list' && b.k === 'list') return listOf(merge(a.of, b.of), larger(a, b));
  if (a.k === 'map' && b.k === 'map') return mapOf(merge(a.key, b.key), merge(a.of, b.of), larger(a, b));
  if (a.k === 'optional' && b.k === 'optional') return optionalOf(merge(a.of, b.of));
  if (a.k !== b.k || !isAssignable(a, b)) return dyn;
  if (a.k === 'object' || a.k === 'opaque' || a.k === 'optional' || a.k === 'list' || a.k === 'map') return a;
  const max = larger(a, b as { max?: number });
  return { k: a.k, ...(max !== undefined && { max }) };
};

const larger = (a: { readonly max?: number }, b: { readonly max?: number }): number | undefined =>
  a.max === undefined || b.max === undefined ? undefined : Math.max(a.max, b.max);

/** As CEL prints it: `map(string, int)`. */
export const printType = (type: Type): string => {
  if (type.k === 'list') return `list(${printType(type.of)})`;
  if (type.k === 'map') return `map(${printType(type.key)}, ${printType(type.of)})`;
  if (type.k === 'optional') return `optional_type(${printType(type.of)})`;
  if (type.k === 'timestamp') return 'timestamp';
  if (type.k === 'duration') return 'duration';
  return 'name' in type ? type.name : type.k;
};
