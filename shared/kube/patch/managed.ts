import type { JsonMap, ManagedFieldsEntry } from '../../base/object.ts';
import { byText } from '../order.ts';
import { type FieldSet, isEmptySet, readFields, unite } from './fields.ts';

/** One entry of `metadata.managedFields`: who owns which fields. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  /** In which the fields are named. */
  readonly apiVersion: string;
  readonly subresource: string;
  /** When the manager last changed something: RFC 3339, UTC, whole seconds. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** True when both are the same manager: one that applies is the same in whatever version. */
export const isSame = (a: Omit<Manager, 'time' | 'fields'>, b: Omit<Manager, 'time' | 'fields'>): boolean =>
  a.name === b.name &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** What two managers share exactly when they are the same. */
const identify = ({ name, operation, subresource, apiVersion }: Omit<Manager, 'time' | 'fields'>): string =>
  JSON.stringify([name, operation, subresource, operation === 'Apply' ? '' : apiVersion]);

/** The managers that a stored object has: its entries were written by `toEntries`. */
export const fromEntries = (entries: readonly ManagedFieldsEntry[]): Manager[] =>
  entries.map(entry => ({
    name: entry.manager ?? '',
    operation: entry.operation ?? 'Update',
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '',
    time: entry.time,
    // A trie of maps and nothing else, by `toEntries`.
    fields: (entry.fieldsV1 ?? {}) as FieldSet,
  }));

/** The managers that a client says an object has; undefined when one of the entries is not valid. */
export const readEntries = (entries: readonly ManagedFieldsEntry[]): Manager[] | undefined => {
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager = readEntry(entry);
    if (manager === undefined) return undefined;
    managers.set(identify(manager), manager);
  }
  return [...managers.values()].filter(manager => !isEmptySet(manager.fields));
};

const readEntry = (entry: ManagedFieldsEntry): Manager | undefined => {
  const { manager: name = '', operation, apiVersion, fieldsType, subresource = '', time } = entry;
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (!apiVersion || fieldsType !== 'FieldsV1') return undefined;
  if ([...name].length > maxName || [...subresource].length > maxName || !printable.test(name)) return undefined;
  const fields = entry.fieldsV1 === undefined ? {} : readFields(entry.fieldsV1);
  if (fields === undefined) return undefined;
  return { name, operation, apiVersion, subresource, time: toSeconds(time), fields };
};

const maxName = 128;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

const toSeconds = (time: string | undefined): string | undefined =>
  time ? `${new Date(time).toISOString().slice(0, 19)}Z` : undefined;

/** The entries in their order. Undefined when nobody owns anything. */
export const toEntries = (managers: readonly Manager[]): ManagedFieldsEntry[] | undefined => {
  if (managers.length === 0) return undefined;
  return [...managers].sort(inOrder).map(({ name, operation, apiVersion, time, fields, subresource }) => ({
    manager: name,
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    // A set is a map of maps: JSON that nobody changes.
    fieldsV1: fields as JsonMap,
    ...(subresource !== '' && { subresource }),
  }));
};

/** By operation, time, name, version, subresource. Times of one form sort as texts. */
const inOrder = (a: Manager, b: Manager): number =>
  byText(a.operation, b.operation) ||
  byText(a.time ?? '', b.time ?? '') ||
  byText(a.name, b.name) ||
  byText(a.apiVersion, b.apiVersion) ||
  byText(a.subresource, b.subresource);

/**
 * The same fields with at most ten managers that update: beyond that the oldest ones of each version become one,
 * `ancient-changes`. Those that apply are never joined, as they have to find their fields again.
 */
export const capUpdates = (managers: readonly Manager[]): readonly Manager[] => {
  const updates = managers.filter(manager => manager.operation === 'Update');
  let surplus = updates.length - maxUpdates;
  if (surplus <= 0) return managers;
  updates.sort(byAge);
  const kept = new Set<Manager>(managers);
  const oldest = new Map<string, Manager>();
  for (const manager of updates) {
    if (surplus <= 0) break;
    const first = oldest.get(manager.apiVersion);
    if (first === undefined) {
      oldest.set(manager.apiVersion, manager);
      continue;
    }
    kept.delete(first);
    kept.delete(manager);
    const fields = unite(first.fields, manager.fields);
    const joined: Manager = { ...manager, name: ancient, subresource: '', fields };
    kept.add(joined);
    oldest.set(manager.apiVersion, joined);
    surplus -= 1;
  }
  return [...kept];
};

const maxUpdates = 10;
const ancient = 'ancient-changes';

const byAge = (a: Manager, b: Manager): number =>
  byText(a.time ?? '', b.time ?? '') ||
  byText(a.name, b.name) ||
  byText(a.apiVersion, b.apiVersion) ||
  byText(a.subresource, b.subresource);
