/**
 * A deep copy of a JSON value that nobody else holds. Members that are `undefined` are left out, so that the copy is what
 * its printed form would be.
 */
export const cloneJson = <T>(value: T): T => copy(value) as T;

const copy = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    // Assigning `__proto__` would set the prototype instead of a member.
    if (key === '__proto__') Object.defineProperty(out, key, { value: copy(member), ...plain });
    else out[key] = copy(member);
  }
  return out;
};

const plain = { enumerable: true, configurable: true, writable: true };
