import type { ApiObject, OwnerReference } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { ResourceType } from '../../kube/resource.ts';
import { fromLabelSelector, type LabelSelector, matchesLabels } from '../../kube/select/labels.ts';
import type { Machine, WorkloadSpec } from './machine.ts';
import { type Member, toMember } from './member.ts';

/**
 * The Applications of a workload, read from the store. Those that its selector no longer matches are let go; those that it
 * matches and nobody owns are taken in, unless `mayAdopt` says no. A workload that is being deleted neither takes nor lets go.
 */
export const gather = async (
  machine: Machine,
  type: ResourceType,
  workload: ApiObject,
  spec: WorkloadSpec,
  mayAdopt: (name: string) => boolean,
): Promise<Member[]> => {
  const { registry, applications } = machine;
  const { namespace = '', uid = '', deletionTimestamp } = workload.metadata;
  const owned = (await registry.findByTerm(applications, `owner=${uid}`)).filter(one => controllerOf(one)?.uid === uid);
  if (deletionTimestamp !== undefined) return owned.map(toMember);
  const selector = fromLabelSelector(spec.selector);
  const members: Member[] = [];
  for (const one of owned) {
    if (matches(selector, one) || one.metadata.deletionTimestamp !== undefined) members.push(toMember(one));
    else await release(machine, one, uid);
  }
  for (const { name, labels } of machine.orphansIn(namespace)) {
    if (!matchesLabels(selector, labels) || !mayAdopt(name)) continue;
    const taken = await adopt(machine, machine.applications, { namespace, name }, selector, toOwner(type, workload));
    if (taken) members.push(toMember(taken));
  }
  return members;
};

export const controllerOf = ({ metadata }: ApiObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(owner => owner.controller === true);

/** The reference by which a workload owns what it makes. */
export const toOwner = (type: ResourceType, { metadata }: ApiObject): OwnerReference => ({
  apiVersion: `${type.group}/${type.version}`,
  kind: type.kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

const matches = (selector: LabelSelector, { metadata }: ApiObject): boolean =>
  matchesLabels(selector, metadata.labels ?? {});

const release = async ({ registry, applications }: Machine, { metadata }: ApiObject, owner: string): Promise<void> => {
  await unlessGone(
    registry.update(
      applications,
      metadata,
      current => ({
        ...current,
        metadata: {
          ...current.metadata,
          ownerReferences: (current.metadata.ownerReferences ?? []).filter(one => one.uid !== owner),
        },
      }),
      { user: controllerUser },
    ),
  );
};

/** Makes an object that nobody owns the workload's, if the selector matches it; undefined when it may not be had. */
export const adopt = async (
  { registry }: Machine,
  type: ResourceType,
  ref: { readonly namespace: string; readonly name: string },
  selector: LabelSelector,
  owner: OwnerReference,
): Promise<ApiObject | undefined> => {
  const isFree = (one: ApiObject): boolean =>
    matches(selector, one) && one.metadata.deletionTimestamp === undefined && controllerOf(one) === undefined;
  const found = await registry.find(type, ref);
  if (!found || !isFree(found)) return undefined;
  const result = await unlessGone(
    registry.update(
      type,
      ref,
      current =>
        isFree(current)
          ? {
              ...current,
              metadata: {
                ...current.metadata,
                ownerReferences: [...(current.metadata.ownerReferences ?? []), owner],
              },
            }
          : current,
      { user: controllerUser },
    ),
  );
  return result && controllerOf(result.object)?.uid === owner.uid ? result.object : undefined;
};
