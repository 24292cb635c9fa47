import { isEqual } from '../base/equal.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';

/** A place where two configurations differ; the path is one that overrides of a DeviceConfig take. */
export interface Difference {
  readonly path: string;
  /** Absent: there was nothing. */
  readonly before?: Json;
  /** Absent: there is nothing any longer. */
  readonly after?: Json;
}

/** Where two configurations, as JSON, differ. Items of lists are the same where they have the same name. */
export const differences = (before: JsonMap, after: JsonMap): Difference[] => compare(before, after, '');

const compare = (before: Json | undefined, after: Json | undefined, path: string): Difference[] => {
  if (isEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    const [a, b] = [before as JsonMap, after as JsonMap]; // JSON by their type
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap(key => compare(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const field = nameField([...before, ...after]);
    if (field !== undefined) return compareNamed(before, after, path, field);
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
};

/** Fields that items of EVE's lists are told apart by. */
const nameFields = [
  'uuid',
  'id',
  'displayname',
  'displayName',
  'key',
  'name',
  'logicallabel',
  'contextId',
  'profileName',
];

/** One that all of them have. */
const nameField = (items: readonly Json[]): string | undefined =>
  nameFields.find(field => items.every(item => isMap(item) && typeof item[field] === 'string'));

const compareNamed = (before: readonly Json[], after: readonly Json[], path: string, field: string): Difference[] => {
  const nameOf = (item: Json): string => (isMap(item) ? String(item[field]) : '');
  const [a, b] = [before, after].map(list => new Map(list.map(item => [nameOf(item), item])));
  const names = [...new Set([...before, ...after].map(nameOf))];
  return names.flatMap(name => compare(a?.get(name), b?.get(name), `${path}[${field}=${name}]`));
};
