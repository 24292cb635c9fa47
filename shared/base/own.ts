/**
 * Fields of plain maps whose names come from outside. A name such as `__proto__` or `constructor` is a name like any
 * other: it neither reads what a map inherits nor changes what it inherits from.
 */
export const getOwn = <T>(map: { readonly [field: string]: T }, field: string): T | undefined =>
  Object.hasOwn(map, field) ? map[field] : undefined;

/** Sets a map's own field, in place. */
export const setOwn = <T>(map: { [field: string]: T }, field: string, value: T): void => {
  if (field !== '__proto__') map[field] = value;
  else Object.defineProperty(map, field, { value, writable: true, enumerable: true, configurable: true });
};

/**
 * An empty map that is about to get this many fields. V8 makes a hash table of a map with more than some hundred, and takes
 * long to get there one field at a time: such a map is a table from the start.
 */
export const newMap = <T>(size: number): { [field: string]: T } =>
  size > maxShaped ? Object.setPrototypeOf({ __proto__: null }, Object.prototype) : {};

/** Fields beyond which V8 gives up describing a map by its shape. */
const maxShaped = 128;

/** A map of its own with the same fields. */
export const copyMap = <T>(map: { readonly [field: string]: T }): { [field: string]: T } => {
  const fields = Object.keys(map);
  if (fields.length <= maxShaped) return { ...map };
  const copy = newMap<T>(fields.length);
  for (const field of fields) setOwn(copy, field, map[field] as T); // it is one of its own
  return copy;
};

/** True for a map; false for null, lists and scalars. */
export const isMap = (value: unknown): value is { [field: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
