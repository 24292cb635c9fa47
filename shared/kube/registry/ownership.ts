import { toTime } from '../../base/condition.ts';
import { isEqual } from '../../base/equal.ts';
import type { ApiObject, ManagedFieldsEntry } from '../../base/object.ts';
import { fromEntries, type Manager, readEntries, toEntries } from '../patch/managed.ts';
import { recordUpdate } from '../patch/record.ts';
import { toObjectShape } from '../patch/typed.ts';
import type { View, Views } from '../patch/views.ts';
import type { ResourceType } from '../resource.ts';
import { toTypeMeta } from './codec.ts';
import type { Machine } from './machine.ts';
import type { UpdateOptions, WriteOptions } from './registry.ts';

/** `metadata.managedFields` of an object that is about to be created: all of it is its creator's. */
export const ownCreated = (
  machine: Machine,
  type: ResourceType,
  draft: ApiObject,
  options: WriteOptions,
): ManagedFieldsEntry[] | undefined => {
  const time = toTime(machine.clock.now());
  return toEntries(recordUpdate([], undefined, draft, toWriter(options), viewsOf(machine, type), time));
};

/**
 * `metadata.managedFields` after a write that makes `draft` of `old`. `asked` is what the client sent: valid entries in it
 * count instead of the old ones, an empty list or a single empty entry takes them all away, and nobody's fields are followed
 * any more then. The old list itself comes back when nothing changed.
 */
export const ownUpdated = (
  machine: Machine,
  type: ResourceType,
  { old, asked, draft }: { old: ApiObject; asked: ApiObject; draft: ApiObject },
  options: UpdateOptions,
): ManagedFieldsEntry[] | undefined => {
  const kept = old.metadata.managedFields;
  const given = options.subresource === undefined ? asked.metadata.managedFields : undefined;
  const managers = toManagers(kept, given);
  if (managers.length === 0) return undefined;
  const writer = toWriter(options, options.subresource);
  const time = toTime(machine.clock.now());
  const [before, after] = [inReach(type, old, options.subresource), inReach(type, draft, options.subresource)];
  const now = recordUpdate(managers, before, after, writer, viewsOf(machine, type), time);
  return now === managers && (given === undefined || given === kept) ? kept : toEntries(now);
};

/** The part of an object that its endpoint can write: the rest is the same before and after. */
const inReach = (type: ResourceType, object: ApiObject, subresource: string | undefined): ApiObject => {
  if (!type.hasStatus) return object;
  const { apiVersion, kind, metadata, status, ...rest } = object;
  if (subresource !== 'status') return { apiVersion, kind, metadata, ...rest };
  return { apiVersion, kind, metadata: type.native ? metadata : { name: metadata.name }, ...(status && { status }) };
};

/** The versions of a kind, seen from one of them. */
export const viewsOf = (machine: Machine, type: ResourceType): Views => {
  const own = viewOf(type);
  const views = new Map<string, View | undefined>([[own.apiVersion, own]]);
  const at = (apiVersion: string): View | undefined => {
    if (!views.has(apiVersion)) views.set(apiVersion, otherView(machine, type, apiVersion));
    return views.get(apiVersion);
  };
  return { own, at };
};

/** True when two lists say the same but for times. */
export const isSameOwnership = (
  a: readonly ManagedFieldsEntry[] | undefined,
  b: readonly ManagedFieldsEntry[] | undefined,
): boolean => {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const left = new Map(a.map(entry => [identifyEntry(entry), withoutTime(entry)]));
  return b.every(entry => isEqual(withoutTime(entry), left.get(identifyEntry(entry))));
};

const withoutTime = ({ time: _, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry => entry;

const identifyEntry = ({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string =>
  JSON.stringify([manager, operation, apiVersion, subresource]);

const toManagers = (
  kept: readonly ManagedFieldsEntry[] | undefined,
  given: readonly ManagedFieldsEntry[] | undefined,
): Manager[] => {
  const [first, second] = given ?? [];
  const isReset = given !== undefined && (!first || (!second && Object.keys(first).length === 0));
  if (isReset) return [];
  const read = given === undefined || given === kept ? undefined : readEntries(given);
  return read && read.length > 0 ? read : fromEntries(kept ?? []);
};

/** Who writes: as the client calls itself, else as it is known. */
const toWriter = ({ fieldManager, user }: WriteOptions, subresource = '') =>
  ({ name: fieldManager ?? user.name.replace(/^system:/, ''), operation: 'Update', subresource }) as const;

const viewOf = (type: ResourceType): View => {
  const known = ownViews.get(type);
  if (known) return known;
  const { apiVersion } = toTypeMeta(type);
  const view = { apiVersion, shape: toObjectShape(type.schema), always: alwaysThere(type), from: same, to: same };
  ownViews.set(type, view);
  return view;
};

const ownViews = new WeakMap<ResourceType, View>();

const same = (object: ApiObject): ApiObject => object;

/** Upstream's native objects have their spec and status even when these are empty. */
const alwaysThere = (type: ResourceType): Record<string, unknown> => {
  if (!type.native) return {};
  const structs = ['spec', 'status'].filter(field => type.schema.properties?.[field]?.type === 'object');
  return Object.fromEntries(structs.map(field => [field, {}]));
};

const otherView = (machine: Machine, type: ResourceType, apiVersion: string): View | undefined => {
  const slash = apiVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const other = machine.catalog.byResource(group, version, type.plural);
  if (other === undefined || other.storage !== type.storage) return undefined;
  return { ...viewOf(other), to: object => convert(object, type, other), from: object => convert(object, other, type) };
};

const convert = (object: ApiObject, from: ResourceType, to: ResourceType): ApiObject => {
  const stored = from.toStored ? from.toStored(object) : object;
  return to.fromStored ? to.fromStored(stored) : { ...stored, ...toTypeMeta(to) };
};
