import { copyMap, newMap, setOwn } from './own.ts';

/**
 * A deep copy of a JSON value that nobody else holds. Members that are `undefined` are left out, so that the copy is what
 * its printed form would be.
 */
export const cloneJson = <T>(value: T): T => copy(value) as T;

const copy = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  // What is read of a map is copied, never used.
  const map = value as Record<string, unknown>;
  const fields = Object.keys(map);
  const out = newMap<unknown>(fields.length);
  for (const field of fields) {
    const member = map[field];
    if (member !== undefined) setOwn(out, field, copy(member));
  }
  return out;
};

/** The value without the members that are `undefined`; the same instance where there are none. */
export const asPrinted = <T>(value: T): T => strip(value) as T;

const strip = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? stripList(value) : stripMap(value as Record<string, unknown>);
};

const stripList = (list: readonly unknown[]): readonly unknown[] => {
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = strip(list[i]);
    if (item === list[i]) continue;
    out ??= [...list];
    out[i] = item;
  }
  return out ?? list;
};

const stripMap = (map: Record<string, unknown>): Record<string, unknown> => {
  let out: Record<string, unknown> | undefined;
  for (const field of Object.keys(map)) {
    const member = map[field];
    const kept = strip(member);
    if (kept === member && member !== undefined) continue;
    out ??= copyMap(map);
    if (kept === undefined) delete out[field];
    else setOwn(out, field, kept);
  }
  return out ?? map;
};
