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

/** True for a map; false for null, lists and scalars. */
export const isMap = (value: unknown): value is { [field: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
