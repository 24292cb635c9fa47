/** True when two JSON values are the same; the order of keys does not matter, an `undefined` member is absent. */
export const isEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  return !Array.isArray(b) && isEqualMap(a, b);
};

const isEqualMap = (a: object, b: object): boolean => {
  const [left, right] = [present(a), present(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && isEqual(value, (b as Record<string, unknown>)[key]))
  );
};

// Object.entries gives `any` for a plain object; what comes out is compared, never used.
const present = (map: object): [string, unknown][] =>
  Object.entries(map as Record<string, unknown>).filter(([, value]) => value !== undefined);
