import { forbidden, notFound } from '../faults.ts';
import type { ResourceType } from '../resource.ts';
import type { Machine } from './machine.ts';

/** What must still be so when the object is written: the namespace as it was looked at. */
export type Requirement = { readonly type: string; readonly key: string; readonly revision: number };

/**
 * Nothing is created in a namespace that is missing (404) or that is being deleted (403, with the cause that clients test
 * for). The answer makes the write conditional on the namespace being unchanged, so that no object can slip in behind a
 * purge. Empty when the type has no namespace, or when none are served.
 */
export const requireNamespace = async (
  machine: Machine,
  type: ResourceType,
  object: { readonly metadata: { readonly namespace?: string; readonly name: string } },
): Promise<Requirement[]> => {
  const namespaces = machine.catalog.byResource('', 'v1', 'namespaces');
  const name = object.metadata.namespace;
  if (type.scope === 'Cluster' || namespaces === undefined || !name) return [];
  const entry = await machine.store.get(namespaces.storage, name);
  if (entry === undefined) throw notFound(namespaces, name);
  const namespace = machine.codec.decode(namespaces, entry);
  if (namespace.metadata.deletionTimestamp || namespace.status?.phase === 'Terminating')
    throw terminating(type, object.metadata.name, name);
  return [{ type: namespaces.storage, key: entry.key, revision: entry.revision }];
};

const terminating = (type: ResourceType, name: string, namespace: string) =>
  forbidden(type, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
