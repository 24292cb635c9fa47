import { Fault } from '../../base/fault.ts';
import { definitions } from '../extend/definition.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';
import { type Requirement, requireNamespace } from './namespace.ts';

/**
 * What must be so for an object to be created, and to be still so when it is written: its namespace takes new content, and
 * the definition of its type, where it has one, is there and not being deleted. Otherwise an object could slip in behind
 * the cleanup.
 */
export const requireHome = async (
  machine: Machine,
  type: ResourceType,
  object: { readonly metadata: { readonly namespace?: string; readonly name: string } },
): Promise<Requirement[]> => {
  const namespace = await requireNamespace(machine, type, object);
  return type.definition === undefined ? namespace : [...namespace, await requireDefinition(machine, type.definition)];
};

const requireDefinition = async (machine: Machine, name: string): Promise<Requirement> => {
  const type = machine.catalog.byResource(definitions.group, definitions.version, definitions.plural);
  const entry = await machine.store.get(definitions.storage, name);
  if (entry === undefined || type === undefined)
    throw new Fault('NotFound', 'the server could not find the requested resource');
  if (machine.codec.decode(type, entry).metadata.deletionTimestamp)
    throw new Fault('MethodNotAllowed', 'create not allowed while custom resource definition is terminating');
  return { type: definitions.storage, key: entry.key, revision: entry.revision };
};
