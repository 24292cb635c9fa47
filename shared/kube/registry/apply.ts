import { toTime } from '../../base/condition.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject, ObjectRef } from '../../base/object.ts';
import { badRequest, conflict, notFound } from '../faults.ts';
import { type Applied, applyConfig } from '../patch/apply.ts';
import { checkTyped } from '../patch/check.ts';
import { fromEntries, toEntries } from '../patch/managed.ts';
import { toObjectShape } from '../patch/typed.ts';
import type { ResourceType } from '../resource.ts';
import { create } from './create.ts';
import type { Machine } from './machine.ts';
import { viewsOf } from './ownership.ts';
import type { ApplyOptions, UpdateResult } from './registry.ts';
import { type Editor, rewrite } from './update.ts';

/** `Registry.apply`. */
export const apply = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  config: ApiObject,
  options: ApplyOptions,
): Promise<UpdateResult> => {
  checkConfig(type, ref, config, options.statedNamespace);
  const wanted = toReach(type, config, options.subresource);
  const run = (live: ApiObject | undefined): Applied =>
    applyConfig({
      live,
      config: wanted,
      managers: fromEntries(live?.metadata.managedFields ?? []),
      name: options.fieldManager,
      subresource: options.subresource ?? '',
      force: options.force ?? false,
      views: viewsOf(machine, type),
      time: toTime(machine.clock.now()),
    });
  const edit: Editor = async old => {
    const { object, managers } = run(old);
    return { next: object, isApplied: true, own: () => toEntries(managers) };
  };
  const make = async (): Promise<UpdateResult | undefined> => {
    if (options.subresource !== undefined) throw notFound(type, ref.name);
    await options.beforeCreate?.();
    return createApplied(machine, type, ref, run(undefined), options);
  };
  return rewrite(machine, type, ref, edit, make, options);
};

/** Unlike anywhere else, a field that the type does not know is an error: it could not be owned. */
const checkConfig = (type: ResourceType, { name }: ObjectRef, config: ApiObject, namespace?: string): void => {
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  const wrongs = checkTyped(config, toObjectShape(type.schema));
  if (wrongs.length === 0) return;
  const text = wrongs.length === 1 ? wrongs[0] : ['errors:', ...wrongs.map(wrong => `  ${wrong}`)].join('\n');
  const kind = `${type.group === '' ? '' : `${type.group}`}/${type.version}, Kind=${type.kind}`;
  throw badRequest(`failed to create typed patch object (${namespace ?? ''}/${name}; ${kind}): ${text}`);
};

/** The part of a configuration that its endpoint can write: the rest is neither written nor owned. */
const toReach = (type: ResourceType, config: ApiObject, subresource: string | undefined): ApiObject => {
  if (!type.hasStatus) return config;
  const { apiVersion, kind, metadata, status, ...rest } = config;
  if (subresource !== 'status') return { apiVersion, kind, metadata, ...rest };
  const { name, namespace, uid, resourceVersion } = metadata;
  const identity = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return { apiVersion, kind, metadata: type.native ? metadata : identity, ...(status !== undefined && { status }) };
};

/** A version says nothing about what is not there yet; a uid does. */
const createApplied = async (
  machine: Machine,
  type: ResourceType,
  ref: ObjectRef,
  { object, managers }: Applied,
  options: ApplyOptions,
): Promise<UpdateResult | undefined> => {
  const { uid, resourceVersion: _, ...metadata } = object.metadata;
  if (uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(type, ref.name, why);
  }
  try {
    const own = () => toEntries(managers);
    return { object: await create(machine, type, { ...object, metadata }, options, own), created: true };
  } catch (error) {
    // Somebody else made it in between: there is something to apply to now.
    if (isFault(error, 'AlreadyExists')) return undefined;
    throw error;
  }
};
