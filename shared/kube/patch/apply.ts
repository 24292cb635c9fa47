import { isEqual } from '../../base/equal.ts';
import type { ApiObject, ObjectMeta } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { lastAppliedFields, refreshLastApplied } from './adopt.ts';
import { collect } from './collect.ts';
import { applyConflict, type Conflict } from './conflict.ts';
import { emptySet, type FieldSet, intersect, isEmptySet, isSubset, subtract, unite } from './fields.ts';
import { isSame, type Manager } from './managed.ts';
import { overlay } from './overlay.ts';
import { isOwnable, toOwnable, withNamed } from './ownable.ts';
import { differencesOf, recordUpdate, toCurrent } from './record.ts';
import { trim } from './trim.ts';
import type { View, Views } from './views.ts';

export interface Application {
  /** What is there; undefined when the object is to be made. */
  readonly live: ApiObject | undefined;
  /** Whose fields are to be: an object of the same version, in part. It was checked to be of the type. */
  readonly config: ApiObject;
  readonly managers: readonly Manager[];
  readonly name: string;
  readonly subresource: string;
  /** Take what others own. */
  readonly force: boolean;
  readonly views: Views;
  /** Now: RFC 3339, UTC, whole seconds. */
  readonly time: string;
}

export interface Applied {
  /** The live object with the configuration in it, and without what the manager gave up. */
  readonly object: ApiObject;
  readonly managers: readonly Manager[];
}

/**
 * Server-side apply (kubernetes-api reference §1.13, "Apply algorithm"). Pure.
 *
 * @throws Fault Conflict when fields of others would change and `force` is not given
 */
export const applyConfig = (application: Application): Applied => {
  const { live, config, name, subresource, views, time } = application;
  const { shape, apiVersion } = views.own;
  const known = knownManagers(application);
  const nobody: Manager = {
    name,
    operation: 'Apply',
    apiVersion,
    subresource,
    time,
    fields: emptySet,
  };
  const last = known.find(manager => isSame(manager, nobody));
  const self: Manager = { ...nobody, fields: ownFields(config, views.own, last?.fields) };
  const others = known.filter(manager => manager !== last);
  // An object joined with one of its shape is one; the shapes of applied configurations were checked.
  const merged = overlay(live ?? {}, config, shape) as ApiObject;
  const pruned = last ? prune(merged, [...others, self], last, views) : merged;
  const managers = settle(application, others, pruned);
  // Its time is that of the last apply that changed something; a manager that never did has none.
  const mine = live !== undefined && isEqual(live, pruned) ? { ...self, time: last?.time } : self;
  const object = name === migrated && live ? refreshLastApplied(pruned, live, config) : pruned;
  return { object, managers: isEmptySet(self.fields) ? managers : [...managers, mine] };
};

/** The only manager that takes over from its own client-side applies. */
const migrated = 'kubectl';

const ownFields = (config: ApiObject, view: View, like: FieldSet | undefined): FieldSet => {
  const { metadata, ...rest } = toOwnable(config);
  return collect(isMap(metadata) && Object.keys(metadata).length > 0 ? { ...rest, metadata } : rest, view.shape, like);
};

/** An object that nobody was known to own belongs to a manager of the past: an apply must not take it by stealth. */
const knownManagers = ({ live, managers, views, subresource, time }: Application): readonly Manager[] => {
  if (live === undefined || managers.length > 0) return toCurrent(managers, views);
  return recordUpdate(
    [],
    undefined,
    live,
    { name: 'before-first-apply', operation: 'Update', subresource },
    views,
    time,
  );
};

/** The other managers after the apply. */
const settle = (application: Application, others: readonly Manager[], object: ApiObject): readonly Manager[] => {
  const { live, force, views } = application;
  const differ = differencesOf(live, object);
  const conflicts: Conflict[] = [];
  const managers = others.flatMap(manager => {
    const view = views.at(manager.apiVersion) ?? views.own;
    const { touched, removed } = differ(view);
    const contested = intersect(manager.fields, touched);
    if (!isEmptySet(contested)) conflicts.push({ manager, fields: contested });
    const fields = subtract(manager.fields, unite(touched, removed));
    if (fields === manager.fields) return [manager];
    return isEmptySet(fields) ? [] : [{ ...manager, fields }];
  });
  if (!force) refuse(application, conflicts);
  return managers;
};

const refuse = ({ name, live, views }: Application, conflicts: readonly Conflict[]): void => {
  if (conflicts.length === 0) return;
  const allowed = (name === migrated && live && lastAppliedFields(live, views.own)) || emptySet;
  const left = conflicts
    .map(({ manager, fields }) => ({ manager, fields: subtract(fields, allowed) }))
    .filter(({ fields }) => !isEmptySet(fields));
  if (left.length > 0) throw applyConflict(left);
};

/**
 * Takes away what the manager had applied before and now leaves out, unless somebody else owns it. What nobody owns stays
 * where it is, but goes with an item or entry around it that goes.
 */
const prune = (merged: ApiObject, managers: readonly Manager[], last: Manager, views: Views): ApiObject => {
  const self = managers.at(-1);
  if (self?.apiVersion === last.apiVersion && isSubset(last.fields, self.fields)) return merged;
  const view = views.at(last.apiVersion);
  if (view === undefined) return merged;
  const whole = view.to(merged);
  let pruned = trimObject(whole, withNamed(last.fields, view.shape), view);
  for (const [version, fields] of ownedBy(managers, last.apiVersion)) {
    const other = views.at(version);
    if (other) pruned = addBack(other, view, merged, pruned, fields);
  }
  const gone = subtract(setOf(whole, view), setOf(pruned, view));
  return view.from(trimObject(whole, intersect(gone, last.fields), view));
};

/** What somebody owns in each version, beginning with the one that is pruned. */
const ownedBy = (managers: readonly Manager[], first: string): Map<string, FieldSet> => {
  const owned = new Map<string, FieldSet>([[first, emptySet]]);
  for (const { apiVersion, fields } of managers)
    owned.set(apiVersion, unite(owned.get(apiVersion) ?? emptySet, fields));
  return owned;
};

const addBack = (view: View, prunedAs: View, merged: ApiObject, pruned: ApiObject, owned: FieldSet): ApiObject => {
  const isOwn = view === prunedAs;
  const whole = view.to(merged);
  const left = isOwn ? pruned : view.to(prunedAs.from(pruned));
  const kept = unite(setOf(left, view), withNamed(owned, view.shape));
  const result = trimObject(whole, subtract(setOf(whole, view), kept), view);
  return isOwn ? result : prunedAs.to(view.from(result));
};

const setOf = (object: ApiObject, view: View): FieldSet =>
  withNamed(collect(toOwnable(object), view.shape), view.shape);

/** A trimmed object keeps what says which one it is. */
const trimObject = (object: ApiObject, gone: FieldSet, view: View): ApiObject => {
  const { apiVersion, kind, metadata } = object;
  const ownable = toOwnable(object);
  const trimmed = trim(ownable, gone, view.shape);
  const { metadata: left, ...fields } = isMap(trimmed) ? trimmed : {};
  const kept = isMap(left) ? left : {};
  const identity = Object.entries(metadata).filter(([field]) => !isOwnable(field));
  // Its name is among what nobody owns.
  return {
    apiVersion,
    kind,
    ...fields,
    metadata: { ...Object.fromEntries(identity), ...kept } as unknown as ObjectMeta,
  };
};
