import { cloneJson } from '../../base/clone.ts';
import { isEqual } from '../../base/equal.ts';
import type { ApiObject, ObjectRef } from '../../base/object.ts';
import { toKey } from '../../base/object.ts';
import type { Entry } from '../../store/store.ts';
import { conflict, notFound, serverTimeout } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import { toKeptPut } from './convert.ts';
import { isHeld, terminate, toFinalizers } from './finalize.ts';
import { insist, type Machine, toContext } from './machine.ts';
import type { DeleteOptions, DeleteResult } from './registry.ts';
import { show } from './show.ts';

/** `Registry.delete`: removes the object, or marks it as terminating while finalizers hold it. */
export const remove = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  options: DeleteOptions,
): Promise<DeleteResult> => {
  const context = toContext(machine, 'delete', options);
  const result = await insist(machine, async () => {
    const entry = await machine.store.get(type.storage, toKey(ref));
    if (entry === undefined) throw notFound(type, ref.name);
    await machine.codec.prepare(type, [entry]);
    const object = machine.codec.decode(type, entry);
    checkPreconditions(type, object, options.preconditions ?? {});
    await type.checkDelete?.(object, context);
    await context.admission?.validate(type, undefined, object, context);
    return removeEntry(machine, type, entry, object, options);
  });
  if (result === undefined) throw serverTimeout(type, 'delete');
  return { ...result, object: await show(type, result.object) };
};

/** One attempt on what is there now; undefined when another writer was faster. */
const removeEntry = async (
  machine: Machine,
  type: ResourceType,
  entry: Entry,
  object: ApiObject,
  options: DeleteOptions,
): Promise<DeleteResult | undefined> => {
  const finalizers = toFinalizers(object.metadata, options.propagationPolicy);
  if (isHeld(type, object, finalizers)) return mark(machine, type, entry, object, finalizers, options);
  if (options.dryRun) return { deleted: true, object };
  const outcome = await machine.store.commit(type.storage, { key: entry.key, expected: entry.revision, delete: true });
  return outcome.ok ? { deleted: true, object } : undefined;
};

const mark = async (
  machine: Machine,
  type: ResourceType,
  entry: Entry,
  object: ApiObject,
  finalizers: string[],
  options: DeleteOptions,
): Promise<DeleteResult | undefined> => {
  const draft = cloneJson(object);
  terminate(type, draft, finalizers, machine.clock.now());
  if (isEqual(draft, object) || options.dryRun) return { deleted: false, object: draft };
  const put = await toKeptPut(machine, type, draft, entry.revision);
  const outcome = await machine.store.commit(type.storage, put);
  if (!outcome.ok) return undefined;
  const stored = outcome.entry ?? { ...put, revision: outcome.revision };
  await machine.codec.prepare(type, [stored]);
  return { deleted: false, object: machine.codec.decode(type, stored) };
};

/** Upstream names the kind here, where all other conflicts name the resource. */
const checkPreconditions = (
  { group, kind }: ResourceType,
  { metadata }: ApiObject,
  { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']>,
): void => {
  const refuse = (why: string) => conflict({ group, plural: kind }, metadata.name, why);
  if (uid !== undefined && uid !== metadata.uid)
    throw refuse(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw refuse(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
};
