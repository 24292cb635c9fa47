import { cloneJson } from '../../base/clone.ts';
import { toTime } from '../../base/condition.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject, ManagedFieldsEntry } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import { alreadyExists, badRequest, generateNameConflict, serverTimeout } from '../faults.ts';
import { paid } from '../quota/paid.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import { mutateDraft } from './admission.ts';
import { admitCreate } from './admit.ts';
import { toTypeMeta } from './codec.ts';
import { complete } from './complete.ts';
import { toKeptPut } from './convert.ts';
import { requireHome } from './definition.ts';
import { insist, type Machine, toContext } from './machine.ts';
import type { Requirement } from './namespace.ts';
import { dropDuplicateOwners } from './owners.ts';
import { ownCreated } from './ownership.ts';
import type { WriteOptions } from './registry.ts';
import { show } from './show.ts';
import { takeTurn } from './turn.ts';

/** Who owns the fields of a new object that is applied. */
type Own = (draft: ApiObject) => ManagedFieldsEntry[] | undefined;

/**
 * `Registry.create`: stores a new object, or answers it when its type is answered instead of stored. Its fields are its
 * creator's, unless it is applied: `applied` says whose they are then.
 */
export const create = async (
  machine: Machine,
  type: ResourceType,
  object: ApiObject,
  options: WriteOptions,
  applied?: Own,
): Promise<ApiObject> => {
  const { name, generateName } = object.metadata;
  if (type.answer || name || !generateName) return createNamed(machine, type, object, options, applied);
  let last = '';
  for (let tries = 0; tries < generateTries; tries += 1) {
    last = generate(machine, generateName);
    const named = { ...object, metadata: { ...object.metadata, name: last } };
    try {
      return await createNamed(machine, type, named, options, applied);
    } catch (error) {
      if (!isFault(error, 'AlreadyExists')) throw error;
    }
  }
  throw generateNameConflict(type, last);
};

const createNamed = async (
  machine: Machine,
  type: ResourceType,
  object: ApiObject,
  options: WriteOptions,
  applied: Own | undefined,
): Promise<ApiObject> => {
  const context = toContext(machine, 'create', options);
  if (type.answer) return type.answer(complete(type, object), context);
  const stored = await insist(machine, async () => {
    const turn = await takeTurn(machine, type, object, options);
    return turn && createOnce(machine, type, object, { options, context, applied, turn });
  });
  if (stored === undefined) throw serverTimeout(type, 'create');
  return show(type, stored);
};

interface Creation {
  readonly options: WriteOptions;
  readonly context: AdmitContext;
  readonly applied: Own | undefined;
  readonly turn: readonly Requirement[];
}

/** One attempt, from admission on; undefined when another has begun in between whom it should have known of. */
const createOnce = async (
  machine: Machine,
  type: ResourceType,
  object: ApiObject,
  { options, context, applied, turn }: Creation,
): Promise<ApiObject | undefined> => {
  const draft = toDraft(machine, type, object, applied !== undefined);
  dropDuplicateOwners(draft.metadata, context.warn);
  const managedFields = applied ? applied(draft) : ownCreated(machine, type, draft, options);
  if (managedFields) draft.metadata.managedFields = managedFields;
  await requireHome(machine, type, draft);
  const mutated = toCreatable(type, draft, await mutateDraft(type, draft, undefined, context));
  await admitCreate(type, mutated, context);
  const { quota } = machine;
  if (options.dryRun) {
    const pretended = await pretend(machine, type, mutated);
    await quota?.charge(type, mutated, undefined, context);
    return pretended;
  }
  const giveBack = await quota?.charge(type, mutated, undefined, context);
  return paid(giveBack, () => insert(machine, type, mutated, turn));
};

/** The object as asked for, with what only the server may set. */
const toDraft = (machine: Machine, type: ResourceType, object: ApiObject, isApplied: boolean): ApiObject => {
  const version = object.metadata.resourceVersion;
  if (version && version !== '0') throw badRequest('resourceVersion should not be set on objects to be created');
  const { status, ...rest } = cloneJson(object);
  const draft: ApiObject = { ...rest, ...toTypeMeta(type), metadata: toMetadata(machine, type, object) };
  if (!type.hasStatus && status !== undefined) draft.status = status;
  return complete(type, draft, isApplied);
};

const toMetadata = (machine: Machine, type: ResourceType, object: ApiObject): ApiObject['metadata'] => {
  const { name, generateName, namespace, labels, annotations, ownerReferences, finalizers } = cloneJson(
    object.metadata,
  );
  return {
    name,
    ...(generateName && { generateName }),
    ...(namespace && type.scope === 'Namespaced' && { namespace }),
    uid: machine.random.uuid(),
    ...(type.hasGeneration && { generation: 1 }),
    creationTimestamp: toTime(machine.clock.now()),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(ownerReferences && ownerReferences.length > 0 && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
};

/** A draft that admission has changed, without what it could not have said itself. */
const toCreatable = (type: ResourceType, draft: ApiObject, changed: ApiObject): ApiObject => {
  if (changed === draft) return draft;
  const { status, ...rest } = changed;
  const { uid, creationTimestamp, generation } = draft.metadata;
  const metadata = { ...changed.metadata, ...(uid && { uid }), ...(generation && { generation }) };
  if (creationTimestamp) metadata.creationTimestamp = creationTimestamp;
  return { ...rest, ...toTypeMeta(type), metadata, ...(!type.hasStatus && status !== undefined && { status }) };
};

/** Tries until it gets through, or until its turn is over: undefined. */
const insert = async (
  machine: Machine,
  type: ResourceType,
  draft: ApiObject,
  turn: readonly Requirement[],
): Promise<ApiObject | undefined> => {
  const put = await toKeptPut(machine, type, draft, 0);
  const result = await insist(machine, async () => {
    const requires = [...turn, ...(await requireHome(machine, type, draft))];
    const outcome = await machine.store.commit(type.storage, put, { requires });
    if (outcome.ok) {
      const entry = outcome.entry ?? { ...put, revision: outcome.revision };
      await machine.codec.prepare(type, [entry]);
      return { stored: machine.codec.decode(type, entry) };
    }
    if (outcome.failed === 'requires') return outcome.index < turn.length ? {} : undefined;
    throw exists(machine, type, draft, outcome.current);
  });
  if (result === undefined) throw serverTimeout(type, 'create');
  return result.stored;
};

const pretend = async (machine: Machine, type: ResourceType, draft: ApiObject): Promise<ApiObject> => {
  const current = await machine.store.get(type.storage, toKey(draft.metadata));
  if (current) throw exists(machine, type, draft, current);
  return draft;
};

const exists = (
  machine: Machine,
  type: ResourceType,
  draft: ApiObject,
  current: { value: Uint8Array; revision: number } | undefined,
) => {
  const terminating = current !== undefined && machine.codec.decode(type, current).metadata.deletionTimestamp;
  return alreadyExists(type, draft.metadata.name, Boolean(terminating));
};

const generateTries = 8;
const maxPrefix = 58;
/** Upstream's alphabet: no vowels and nothing that is easily misread, so that no words come out. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const generate = (machine: Machine, prefix: string): string => {
  const suffix = Array.from(machine.random.bytes(5), byte => alphabet[byte % alphabet.length]).join('');
  return prefix.slice(0, maxPrefix) + suffix;
};
