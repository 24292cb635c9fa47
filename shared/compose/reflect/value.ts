import { toTime } from '../../base/condition.ts';
import type { Json, JsonMap } from '../../base/object.ts';
import type { Timestamp } from '../../eve/generated/protobuf.ts';
import { toMs } from '../../eve/timestamp.ts';
import { shorten } from './errors.ts';

/** What a device may send at most of anything that goes into its object. */
export const maxItems = 64;

/** Without the entries that are undefined. */
export const defined = (map: Record<string, Json | undefined>): JsonMap =>
  Object.fromEntries(Object.entries(map).filter((pair): pair is [string, Json] => pair[1] !== undefined));

export const asMap = (value: unknown): JsonMap =>
  // Out of a status that is JSON by its schema.
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonMap) : {};

/** RFC 3339; undefined for no time, and for one that no calendar has. */
export const timeOf = (time: Timestamp | undefined): string | undefined => {
  const ms = toMs(time);
  return ms > 0 && ms < 253_402_300_800_000 ? toTime(ms) : undefined;
};

/** Bounded; undefined when empty. */
export const textOf = (text: string | undefined): string | undefined => (text ? shorten(text) : undefined);

/** Bounded; undefined when there are none. */
export const textsOf = (texts: readonly (string | undefined)[] | undefined): string[] | undefined => {
  const found = (texts ?? []).flatMap(text => textOf(text) ?? []).slice(0, maxItems);
  return found.length > 0 ? found : undefined;
};

/** A whole number as JSON can say it; undefined for zero. */
export const countOf = (value: number | bigint | undefined): number | undefined =>
  value ? Math.max(Number.MIN_SAFE_INTEGER, Math.min(Math.trunc(Number(value)), Number.MAX_SAFE_INTEGER)) : undefined;

/** Any number; undefined for what is none. */
export const numberOf = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;

/** Bounded; undefined when there are none. */
export const listOf = <T>(
  items: readonly T[] | undefined,
  toItem: (item: T) => JsonMap,
  max = maxItems,
): JsonMap[] | undefined => (items?.length ? items.slice(0, max).map(toItem) : undefined);

/** Undefined when it would be empty. */
export const unlessEmpty = (map: JsonMap): JsonMap | undefined => (Object.keys(map).length > 0 ? map : undefined);

/** The entry of that name. */
export const listItem = (list: Json | undefined, name: string): Json | undefined =>
  Array.isArray(list) ? list.find(one => asMap(one)['name'] === name) : undefined;

/** The list with the entry of the same key replaced in its place, or added at the end. */
export const replace = (list: Json | undefined, key: string, own: JsonMap): Json[] => {
  const items = Array.isArray(list) ? list : [];
  const at = items.findIndex(one => asMap(one)[key] === own[key]);
  return at < 0 ? [...items, own] : items.map((one, n) => (n === at ? own : one));
};

/** The list without the entry of that key. */
export const without = (list: Json | undefined, key: string, value: string): Json[] =>
  (Array.isArray(list) ? list : []).filter(one => asMap(one)[key] !== value);

/** A map with the same keys. */
export const mapOf = (map: JsonMap, to: (value: Json, key: string) => Json): JsonMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value, key)]));
