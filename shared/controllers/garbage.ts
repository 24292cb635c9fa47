import { isFault } from '../base/fault.ts';
import { type ApiObject, fromKey, type ObjectMeta, type OwnerReference, toKey } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { controllerUser } from '../kube/access/user.ts';
import { toBare } from '../kube/extend/bare.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import {
  type Add,
  type Controller,
  type ControllerParts,
  createController,
  type Following,
  following,
  type Source,
} from './controller.ts';
import { createRecorder, type Recorder } from './events.ts';
import type { Change, Follower } from './follow.ts';
import { type Classified, classify } from './owners.ts';

/**
 * Garbage collection (kubernetes-api reference §1.14): dependents go when their last owner is gone; an owner that is deleted
 * in the foreground waits for those that block it, and one that is orphaned lets its dependents stay. What depends on whom is
 * read from the `owner=<uid>` index, so no graph is kept and no write waits for it.
 */
export const createGarbage = (parts: ControllerParts & { readonly clock: Clock }): Controller => {
  const recorder = createRecorder({ ...parts, component: 'kubeve-garbage-collector' });
  const types = (): ResourceType[] => collectable(parts.registry);
  const machine: Machine = {
    registry: parts.registry,
    recorder,
    get types() {
      return types();
    },
  };
  return createController(parts, {
    name: 'garbage',
    follows: types()
      .filter(({ definition }) => definition === undefined)
      .map(followOne),
    sources: [followDefined(parts)],
    async work(key) {
      const [kind = '', rest = ''] = split(key);
      if (kind === goneKind) return collectDependents(machine, rest);
      const type = types().find(({ storage }) => storage === kind);
      return type && tend(machine, type, rest);
    },
  });
};

interface Machine {
  readonly registry: Registry;
  readonly types: readonly ResourceType[];
  readonly recorder: Recorder;
}

/** Kinds that are stored, listed and deleted; each store type once. Events own nothing and are owned by nobody. */
const collectable = ({ catalog }: Registry): ResourceType[] => {
  const found = new Map<string, ResourceType>();
  for (const type of catalog.all()) {
    const has = (verb: 'list' | 'watch' | 'delete'): boolean => type.verbs.includes(verb);
    if (!has('list') || !has('watch') || !has('delete') || type.plural === 'events') continue;
    if (!found.has(type.storage)) found.set(type.storage, type);
  }
  return [...found.values()];
};

/**
 * Follows the types that come at run time. What was followed once goes on being followed: the last changes of a type may
 * come when it is gone already, and a type of the same name keeps its objects at the same place. Only metadata matters.
 */
const followDefined = (parts: ControllerParts): Source => {
  const followers = new Map<string, Follower>();
  /** Those of types that were not known before. */
  const open = (add: Add): Follower[] =>
    collectable(parts.registry).flatMap(type => {
      if (type.definition === undefined || followers.has(type.storage)) return [];
      const follower = followOne(toBare(type))(parts, add, () => {});
      followers.set(type.storage, follower);
      return [follower];
    });
  return {
    async run(add, signal) {
      const stops: AbortController[] = [];
      const begin = (each: readonly Follower[]): Promise<void>[] =>
        each.map(follower => {
          const own = new AbortController();
          stops.push(own);
          return follower.run(own.signal);
        });
      open(add);
      const running = begin([...followers.values()]);
      await new Promise<void>(resolve => {
        const end = parts.registry.catalog.onChange(() => running.push(...begin(open(add))));
        const stop = (): void => {
          end();
          for (const one of stops) one.abort();
          resolve();
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
      await Promise.all(running);
    },
    async settle(add, types) {
      const fresh = open(add);
      const due = [...followers.values()].filter(one => !types || types.has(one.type) || fresh.includes(one));
      await Promise.all(due.map(one => one.catchUp()));
    },
  };
};

/** What matters of an object here: whether it changed in a way that may decide about it or its owners. */
interface Kept {
  readonly uid: string;
  readonly owners: string;
  readonly blocks: readonly string[];
  /** Terminating, and waiting for this loop. */
  readonly duty: string;
}

const goneKind = 'gone';
const split = (key: string): string[] => {
  const at = key.indexOf('|');
  return [key.slice(0, at), key.slice(at + 1)];
};

const followOne = (type: ResourceType): Following =>
  following<Kept>(type, keep, (change, add) => onChange(type, change, add));

const keep = ({ metadata }: ApiObject): Kept => ({
  uid: metadata.uid ?? '',
  owners: JSON.stringify(metadata.ownerReferences ?? []),
  blocks: (metadata.ownerReferences ?? []).map(({ uid }) => uid),
  duty: metadata.deletionTimestamp === undefined ? '' : dutiesOf(metadata).join(),
});

const dutiesOf = ({ finalizers = [] }: ObjectMeta): string[] =>
  finalizers.filter(name => name === 'orphan' || name === 'foregroundDeletion');

const onChange = (type: ResourceType, { key, now, before }: Change<Kept>, add: Add): void => {
  const isNew = now && now.kept.uid !== before?.uid;
  if (before && (!now || isNew)) {
    add(`${goneKind}|${before.uid}`);
    for (const uid of before.blocks) add(`${goneKind}|${uid}`);
  }
  if (!now) return;
  const { owners, duty } = now.kept;
  if (duty !== '' && duty !== before?.duty) add(`${type.storage}|${key}`);
  if (owners !== '[]' && (isNew || owners !== before?.owners)) add(`${type.storage}|${key}`);
  if (before && !isNew && owners !== before.owners) for (const uid of before.blocks) add(`${goneKind}|${uid}`);
};

interface Found {
  readonly type: ResourceType;
  readonly object: ApiObject;
}

const dependentsOf = async ({ registry, types }: Machine, uid: string): Promise<Found[]> => {
  const found = await Promise.all(
    types.map(async type => (await registry.findByTerm(type, `owner=${uid}`)).map(object => ({ type, object }))),
  );
  return found.flat();
};

/**
 * Something happened to an object with this uid, or to one that it owns: its dependents are looked at, and the object itself
 * when it waits for them.
 */
const collectDependents = async (machine: Machine, uid: string): Promise<undefined> => {
  for (const { type, object } of await dependentsOf(machine, uid)) await tend(machine, type, toKey(object.metadata));
  for (const type of machine.types)
    for (const object of await machine.registry.findByTerm(type, `uid=${uid}`))
      if (object.metadata.deletionTimestamp !== undefined) await tend(machine, type, toKey(object.metadata));
  return undefined;
};

/** Does for one object what its metadata asks. */
const tend = async (machine: Machine, type: ResourceType, key: string): Promise<undefined> => {
  const object = await machine.registry.find(type, fromKey(key));
  if (!object) return;
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) {
    if (metadata.finalizers?.includes('orphan')) await orphan(machine, type, object);
    else if (metadata.finalizers?.includes('foregroundDeletion')) await waitForDependents(machine, type, object);
  } else if (metadata.ownerReferences?.length) await judge(machine, type, object);
};

/** Takes the owner's name off all its dependents, then lets it go. */
const orphan = async (machine: Machine, type: ResourceType, owner: ApiObject): Promise<void> => {
  const { uid = '' } = owner.metadata;
  for (const { type: other, object } of await dependentsOf(machine, uid))
    await changeOwners(machine, other, object, owners => owners.filter(reference => reference.uid !== uid));
  await dropFinalizer(machine, type, owner, 'orphan');
};

/** Sees to it that the dependents go, and lets the owner go when none that blocks it is left. */
const waitForDependents = async (machine: Machine, type: ResourceType, owner: ApiObject): Promise<void> => {
  const { uid = '', namespace } = owner.metadata;
  for (const { type: other, object } of await dependentsOf(machine, uid))
    if (object.metadata.deletionTimestamp === undefined) await judge(machine, other, object);
  // Elsewhere nobody can have it for an owner, whatever is said there.
  const blocking = (await dependentsOf(machine, uid)).filter(
    ({ object: { metadata } }) =>
      (namespace === undefined || metadata.namespace === namespace) &&
      metadata.ownerReferences?.some(reference => reference.uid === uid && reference.blockOwnerDeletion === true),
  );
  if (blocking.length === 0) await dropFinalizer(machine, type, owner, 'foregroundDeletion');
};

/** Decides whether a dependent may stay. */
const judge = async (machine: Machine, type: ResourceType, object: ApiObject): Promise<void> => {
  const owners = await classify(machine.registry, type, object);
  if (owners.invalid.length > 0) await complain(machine, object, owners);
  const { solid, dangling, waiting } = owners;
  const spent = new Set([...dangling, ...waiting].map(({ uid }) => uid));
  if (solid.length > 0) {
    if (spent.size > 0) await changeOwners(machine, type, object, all => all.filter(({ uid }) => !spent.has(uid)));
    return;
  }
  if (waiting.length > 0 && (await isInCycle(machine, object)))
    // Everybody in the circle waits for somebody: this one stops being waited for.
    return changeOwners(
      machine,
      type,
      object,
      all => all.map(one => ({ ...one, blockOwnerDeletion: false })),
      () => collect(machine, type, object, 'Foreground'),
    );
  await collect(machine, type, object, waiting.length > 0 ? 'Foreground' : policyOf(object.metadata));
};

/** A dependent of this object that itself waits for its own dependents. */
const isInCycle = async (machine: Machine, { metadata }: ApiObject): Promise<boolean> => {
  const dependents = await dependentsOf(machine, metadata.uid ?? '');
  return dependents.some(
    ({ object }) =>
      object.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes('foregroundDeletion'),
  );
};

type Policy = 'Orphan' | 'Foreground' | 'Background';

const policyOf = ({ finalizers = [] }: ObjectMeta): Policy =>
  finalizers.includes('orphan') ? 'Orphan' : finalizers.includes('foregroundDeletion') ? 'Foreground' : 'Background';

const collect = async (
  { registry }: Machine,
  type: ResourceType,
  { metadata }: ApiObject,
  propagationPolicy: Policy,
): Promise<void> => {
  const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };
  await unlessGone(registry.delete(type, metadata, { user: controllerUser, propagationPolicy, ...preconditions }));
};

const complain = ({ recorder }: Machine, object: ApiObject, { invalid }: Classified): Promise<void> =>
  recorder.record(object, {
    type: 'Warning',
    reason: 'OwnerRefInvalidNamespace',
    message: `ownerRef ${invalid.map(({ apiVersion, kind, name, uid }) => `[${apiVersion}/${kind}, namespace: , name: ${name}, uid: ${uid}]`).join(', ')} does not exist in namespace ${JSON.stringify(object.metadata.namespace ?? '')}`,
  });

const changeOwners = async (
  { registry }: Machine,
  type: ResourceType,
  object: ApiObject,
  change: (owners: OwnerReference[]) => OwnerReference[],
  then?: () => Promise<void>,
): Promise<void> => {
  await unlessGone(
    registry.update(
      type,
      object.metadata,
      current =>
        current.metadata.uid === object.metadata.uid
          ? {
              ...current,
              metadata: { ...current.metadata, ownerReferences: change(current.metadata.ownerReferences ?? []) },
            }
          : current,
      { user: controllerUser },
    ),
  );
  await then?.();
};

const dropFinalizer = async (
  { registry }: Machine,
  type: ResourceType,
  object: ApiObject,
  finalizer: string,
): Promise<void> => {
  await unlessGone(
    registry.update(
      type,
      object.metadata,
      current => {
        const { finalizers = [], uid } = current.metadata;
        if (uid !== object.metadata.uid || !finalizers.includes(finalizer)) return current;
        return {
          ...current,
          metadata: { ...current.metadata, finalizers: finalizers.filter(name => name !== finalizer) },
        };
      },
      { user: controllerUser },
    ),
  );
};

/** Gone, or another object of the same name by now: there is nothing left to do. */
const unlessGone = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isFault(error, 'NotFound') && !isPrecondition(error)) throw error;
  }
};

const isPrecondition = (error: unknown): boolean =>
  isFault(error, 'Conflict') && error.message.includes('the UID in the precondition');
