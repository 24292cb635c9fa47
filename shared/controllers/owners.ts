import type { ApiObject, OwnerReference } from '../base/object.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';

/** The owners of an object by what has become of them. */
export interface Classified {
  /** There, and staying; also owners of kinds that nobody here knows. */
  readonly solid: readonly OwnerReference[];
  /** Gone, or replaced by another object of the name. */
  readonly dangling: readonly OwnerReference[];
  /** Being deleted in the foreground: waiting for its dependents. */
  readonly waiting: readonly OwnerReference[];
  /** Namespaced owners of a cluster-scoped object: no such owner can be looked up. They count as solid. */
  readonly invalid: readonly OwnerReference[];
}

export const classify = async (registry: Registry, type: ResourceType, object: ApiObject): Promise<Classified> => {
  const owners = object.metadata.ownerReferences ?? [];
  const states = await Promise.all(owners.map(owner => stateOf(registry, type, object, owner)));
  const those = (...wanted: State[]): OwnerReference[] =>
    owners.filter((_, i) => wanted.some(state => state === states[i]));
  return {
    solid: those('solid', 'invalid'),
    dangling: those('dangling'),
    waiting: those('waiting'),
    invalid: those('invalid'),
  };
};

type State = 'solid' | 'dangling' | 'waiting' | 'invalid';

const stateOf = async (
  registry: Registry,
  dependent: ResourceType,
  { metadata }: ApiObject,
  owner: OwnerReference,
): Promise<State> => {
  const type = typeOf(registry, owner);
  if (!type) return 'solid';
  if (type.scope === 'Namespaced' && dependent.scope === 'Cluster') return 'invalid';
  const namespace = type.scope === 'Namespaced' ? metadata.namespace : undefined;
  const found = await registry.find(type, { namespace, name: owner.name });
  if (!found || found.metadata.uid !== owner.uid) return 'dangling';
  const isWaiting =
    found.metadata.deletionTimestamp !== undefined && found.metadata.finalizers?.includes('foregroundDeletion');
  return isWaiting ? 'waiting' : 'solid';
};

const typeOf = ({ catalog }: Registry, { apiVersion, kind }: OwnerReference): ResourceType | undefined => {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return catalog.byKind(group, apiVersion.slice(slash + 1), kind) ?? catalog.byKind(group, undefined, kind);
};
