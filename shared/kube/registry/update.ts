import { cloneJson } from '../../base/clone.ts';
import { isEqual } from '../../base/equal.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject, ManagedFieldsEntry, ObjectMeta, ObjectRef } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import type { Entry } from '../../store/store.ts';
import { conflict, invalid, notFound, serverTimeout } from '../faults.ts';
import { paid } from '../quota/paid.ts';
import type { ResourceType } from '../resource.ts';
import { mutateDraft } from './admission.ts';
import { admitUpdate } from './admit.ts';
import { toTypeMeta } from './codec.ts';
import { complete } from './complete.ts';
import { toKeptPut } from './convert.ts';
import { create } from './create.ts';
import { isReleased } from './finalize.ts';
import { insist, type Machine, toContext } from './machine.ts';
import type { Requirement } from './namespace.ts';
import { dropDuplicateOwners } from './owners.ts';
import { isSameOwnership, ownUpdated } from './ownership.ts';
import type { Change, UpdateOptions, UpdateResult } from './registry.ts';
import { show } from './show.ts';
import { takeTurn } from './turn.ts';
import { fromVersion } from './version.ts';

/** `Registry.update`. */
export const update = (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  change: Change,
  options: UpdateOptions,
): Promise<UpdateResult> => {
  const edit: Editor = async old => {
    const next = await change(old);
    if (next === old) return undefined;
    return { next, own: draft => ownUpdated(machine, type, { old, asked: next, draft }, options) };
  };
  return rewrite(machine, type, ref, edit, () => createInstead(machine, type, ref, change, options), options);
};

/** What is to become of an object, and who owns which fields then. */
export interface Edit {
  readonly next: ApiObject;
  readonly isApplied?: boolean;
  own(draft: ApiObject): ManagedFieldsEntry[] | undefined;
}

/** Undefined: nothing is to change. */
export type Editor = (old: ApiObject) => Promise<Edit | undefined>;

/** Edits what is there, or makes it when it is not; again as long as others are faster (`make` answers undefined then). */
export const rewrite = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  edit: Editor,
  make: () => Promise<UpdateResult | undefined>,
  options: UpdateOptions,
): Promise<UpdateResult> => {
  const key = toKey(ref);
  const result = await insist(machine, async () => {
    const entry = await machine.store.get(type.storage, key);
    return entry ? editEntry(machine, type, entry, edit, options) : make();
  });
  if (result === undefined) throw serverTimeout(type, 'update');
  return { ...result, object: await show(type, result.object) };
};

/** One attempt on what is there now; undefined when another writer was faster. */
const editEntry = async (
  machine: Machine,
  type: ResourceType,
  entry: Entry,
  edit: Editor,
  options: UpdateOptions,
): Promise<UpdateResult | undefined> => {
  await machine.codec.prepare(type, [entry]);
  const old = machine.codec.decode(type, entry);
  const turn = await takeTurn(machine, type, old, options);
  if (turn === undefined) return undefined;
  const edited = await edit(old);
  if (edited === undefined) return { object: old, created: false };
  const { next } = edited;
  checkIdentity(type, next.metadata, old.metadata);
  const draft = toDraft(type, edited, old, options.subresource);
  const context = toContext(machine, 'update', options);
  dropDuplicateOwners(draft.metadata, context.warn);
  setManagers(draft.metadata, edited.own(draft));
  const mutated = await mutateDraft(type, draft, old, context);
  const final = mutated === draft ? draft : toDraft(type, { next: mutated }, old, options.subresource);
  if (final !== draft) setManagers(final.metadata, mutated.metadata.managedFields);
  await admitUpdate(type, final, old, context, () => setGeneration(type, final, old));
  if (isUnchanged(final, old)) return { object: old, created: false };
  const giveBack = await machine.quota?.charge(type, final, old, context);
  if (options.dryRun) return { object: final, created: false };
  return paid(giveBack, () => store(machine, type, entry, final, turn));
};

const setManagers = (metadata: ObjectMeta, entries: ManagedFieldsEntry[] | undefined): void => {
  if (entries) metadata.managedFields = entries;
  else delete metadata.managedFields;
};

/** That somebody set a field to what it was is no change: times of managers alone do not count. */
const isUnchanged = (draft: ApiObject, old: ApiObject): boolean => {
  const { managedFields } = old.metadata;
  if (!isSameOwnership(draft.metadata.managedFields, managedFields)) return false;
  return isEqual({ ...draft, metadata: { ...draft.metadata, managedFields } }, old);
};

const store = async (
  machine: Machine,
  type: ResourceType,
  entry: Entry,
  draft: ApiObject,
  requires: readonly Requirement[],
): Promise<UpdateResult | undefined> => {
  const put = await toKeptPut(machine, type, draft, entry.revision);
  const { key, value, expected } = put;
  // The write that frees a terminating object is its deletion.
  const write = isReleased(type, draft) ? ({ key, expected, delete: true, last: value } as const) : put;
  const outcome = await machine.store.commit(type.storage, write, { requires });
  if (!outcome.ok) return undefined;
  const stored = outcome.entry ?? { value, revision: outcome.revision };
  await machine.codec.prepare(type, [stored]);
  return { object: machine.codec.decode(type, stored), created: false };
};

const createInstead = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  change: Change,
  options: UpdateOptions,
): Promise<UpdateResult | undefined> => {
  if (!options.createFrom) throw notFound(type, ref.name);
  await options.beforeCreate?.();
  const object = await change(options.createFrom);
  const { uid, resourceVersion: _, ...metadata } = object.metadata;
  if (uid) throw conflict(type, ref.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: `);
  try {
    return { object: await create(machine, type, { ...object, metadata }, options), created: true };
  } catch (error) {
    if (isFault(error, 'AlreadyExists')) return undefined;
    throw error;
  }
};

/** A write that names a version means that very object. */
const checkIdentity = (type: ResourceType, next: ObjectMeta, old: ObjectMeta): void => {
  const version = next.resourceVersion ?? '';
  if (version === '' || version === '0') {
    if (!type.allowUnconditionalUpdate) throw versionRequired(type, old.name);
  } else if (version !== old.resourceVersion) {
    fromVersion(version);
    throw conflict(type, old.name);
  }
};

/** Upstream puts the resource where the kind belongs, and clients have read it so for years. */
const versionRequired = (type: ResourceType, name: string) =>
  invalid(type.plural, type.group, name, [
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 0: must be specified for an update',
      field: 'metadata.resourceVersion',
    },
  ]);

/** The new object as far as this endpoint may say it, the rest from the old one. */
const toDraft = (
  type: ResourceType,
  { next, isApplied }: Pick<Edit, 'next' | 'isApplied'>,
  old: ApiObject,
  subresource: string | undefined,
): ApiObject => {
  if (type.hasStatus && subresource === 'status') return complete(type, toStatusDraft(type, next, old), isApplied);
  const { status, ...rest } = next;
  const copy = copyOf(rest);
  const kept = cloneJson(type.hasStatus ? old.status : status);
  const draft: ApiObject = {
    ...copy,
    ...toTypeMeta(type),
    metadata: toMetadata(copy.metadata, old.metadata),
    ...(kept !== undefined && { status: kept }),
  };
  return complete(type, draft, isApplied);
};

/** Native kinds let metadata pass through their status subresource, others nothing but the status. */
const toStatusDraft = (type: ResourceType, next: ApiObject, old: ApiObject): ApiObject => {
  const { status: _, ...rest } = old;
  const draft: ApiObject = copyOf({ ...rest, ...(next.status !== undefined && { status: next.status }) });
  if (type.native) draft.metadata = toMetadata(cloneJson(next.metadata), old.metadata);
  return draft;
};

/** A copy to change. Who owns its fields is worked out anew. */
const copyOf = (object: ApiObject): ApiObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return cloneJson({ ...object, metadata });
};

/** What a client leaves out of the server's own fields stays; what it changes there is refused by validation. */
const toMetadata = (next: ObjectMeta, old: ObjectMeta): ObjectMeta => {
  const { name, generateName, namespace, uid, deletionTimestamp, deletionGracePeriodSeconds } = next;
  const { labels, annotations, ownerReferences, finalizers } = next;
  const kept: ObjectMeta = {
    ...old,
    name: name || old.name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    // Once it is set nobody can change it, and who tries is not told.
    ...(deletionTimestamp && !old.deletionTimestamp && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  };
  for (const field of ['generateName', 'labels', 'annotations', 'ownerReferences', 'finalizers'] as const)
    delete kept[field];
  return {
    ...kept,
    ...(generateName && { generateName }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(ownerReferences && ownerReferences.length > 0 && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
};

/** One more whenever something was changed that somebody is asked to bring about. */
const setGeneration = (type: ResourceType, draft: ApiObject, old: ApiObject): void => {
  if (!type.hasGeneration) return;
  const changed = !isEqual(toWish(type, draft), toWish(type, old));
  draft.metadata.generation = (old.metadata.generation ?? 0) + (changed ? 1 : 0);
};

const toWish = (type: ResourceType, object: ApiObject): Record<string, unknown> => {
  const { metadata: _, status, ...wish } = object;
  return type.hasStatus ? wish : { ...wish, status };
};
