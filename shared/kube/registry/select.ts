import type { ApiObject } from '../../base/object.ts';
import { badRequest } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { type FieldSelector, matchesFields } from '../select/fields.ts';
import { matchesLabels } from '../select/labels.ts';
import type { Selection } from './registry.ts';

/** A selection made ready: which keys to look at, and which of their objects to show. */
export interface Matcher {
  /** All keys of interest begin with this. */
  readonly prefix: string;
  /** The one key of interest, when the selection names a single object. */
  readonly key?: string;
  /** Absent when every object under the prefix is meant. */
  readonly matches?: (object: ApiObject) => boolean;
}

/** Throws BadRequest for a field label that the type does not offer. */
export const toMatcher = (type: ResourceType, selection: Selection): Matcher => {
  const { labels = [], fields = [] } = selection;
  for (const { field } of fields) {
    if (!isSelectable(type, field)) throw badRequest(notSelectable(type, field));
  }
  const namespace = selection.namespace || wanted(fields, 'metadata.namespace');
  const prefix = type.scope === 'Namespaced' && namespace ? `${namespace}/` : '';
  const name = wanted(fields, 'metadata.name');
  const single = name !== undefined && name !== '' && (type.scope === 'Cluster' || prefix !== '');
  return {
    prefix: single ? prefix + name : prefix,
    ...(single && { key: prefix + name }),
    ...((labels.length > 0 || fields.length > 0) && {
      matches: object =>
        matchesLabels(labels, object.metadata.labels ?? {}) &&
        matchesFields(fields, field => textOf(type, object, field)),
    }),
  };
};

/** Whether a matcher means this key at all. */
export const covers = (matcher: Matcher, key: string): boolean =>
  matcher.key === undefined ? key.startsWith(matcher.prefix) : key === matcher.key;

/** Native types that have no labels of their own have always said it differently. */
const notSelectable = ({ native, selectable }: ResourceType, field: string): string =>
  native && Object.keys(selectable).length === 0
    ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${field}`;

const isSelectable = (type: ResourceType, field: string): boolean =>
  field === 'metadata.name' ||
  (field === 'metadata.namespace' && type.scope === 'Namespaced') ||
  Object.hasOwn(type.selectable, field);

const wanted = (fields: FieldSelector, field: string): string | undefined =>
  fields.find(requirement => requirement.field === field && requirement.operator === '=')?.value;

/** What a field label says of an object, as text; '' for what is absent. */
const textOf = (type: ResourceType, object: ApiObject, field: string): string => {
  let value: unknown = object;
  for (const step of (type.selectable[field] ?? field).split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return '';
    value = (value as Record<string, unknown>)[step];
  }
  return typeof value === 'string' ? value : typeof value === 'object' || value === undefined ? '' : String(value);
};
