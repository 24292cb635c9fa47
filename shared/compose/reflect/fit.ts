import type { Json, JsonMap } from '../../base/object.ts';
import { mapOf } from './value.ts';

/** Characters of JSON that one field of a status may have: whatever devices say, their objects stay of a size to work with. */
const maxField = 64 * 1024;

/** The status with what became too large cut down: lists lose their ends, texts too. */
export const fit = (status: JsonMap, before: JsonMap): JsonMap =>
  mapOf(status, (value, key) => (value === before[key] ? value : fitField(value)));

const fitField = (value: Json): Json => {
  let fitting = value;
  for (let most = 64; JSON.stringify(fitting).length > maxField && most > 0; most = Math.floor(most / 2))
    fitting = cut(fitting, most);
  return fitting;
};

const cut = (value: Json, most: number): Json => {
  if (typeof value === 'string') return value.length > most * 32 ? `${value.slice(0, most * 32)}…` : value;
  if (Array.isArray(value)) return value.slice(0, most).map(item => cut(item, most));
  if (value === null || typeof value !== 'object') return value;
  return mapOf(value, item => cut(item, most));
};
