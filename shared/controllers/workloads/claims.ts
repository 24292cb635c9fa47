import { cloneJson } from '../../base/clone.ts';
import { isEqual } from '../../base/equal.ts';
import { Fault, isFault } from '../../base/fault.ts';
import type { ApiObject, JsonMap, OwnerReference } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { Machine, Workload } from './machine.ts';

/** A claim that every Application of a stateful set gets for itself. */
export interface ClaimTemplate {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: JsonMap;
}

/** `<template>-<workload>-<ordinal>`, as StatefulSets name them: who comes back under a number finds its claims. */
export const claimName = (template: ClaimTemplate, workload: string, ordinal: number): string =>
  `${template.metadata?.name ?? ''}-${workload}-${ordinal}`;

/** The template's spec with the claims of one ordinal as its volumes; one of the same name is replaced. */
export const withClaims =
  (templates: readonly ClaimTemplate[], workload: string, ordinal: number) =>
  (spec: JsonMap): JsonMap => {
    const names = new Set(templates.map(({ metadata }) => metadata?.name));
    const volumes = Array.isArray(spec['volumes']) ? spec['volumes'] : [];
    const others = volumes.filter(one => !isMap(one) || !names.has(String(one['name'])));
    const claims = templates.map(one => ({
      name: one.metadata?.name ?? '',
      persistentVolumeClaim: { claimName: claimName(one, workload, ordinal) },
    }));
    return claims.length > 0 ? { ...spec, volumes: [...others, ...claims] } : spec;
  };

/** The claim of an ordinal. */
export const toClaim = (
  { object, spec }: Pick<Workload, 'object' | 'spec'>,
  template: ClaimTemplate,
  ordinal: number,
): ApiObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    namespace: object.metadata.namespace ?? '',
    name: claimName(template, object.metadata.name, ordinal),
    labels: { ...template.metadata?.labels, ...spec.selector.matchLabels },
    ...(template.metadata?.annotations && { annotations: { ...template.metadata.annotations } }),
  },
  spec: { accessModes: ['ReadWriteOnce'], ...cloneJson(template.spec) },
});

/**
 * Makes the claims of an ordinal that are not there. What is there stays as it is; a Conflict says that it goes with the former
 * Application of the ordinal, whose place nobody may take until it is gone.
 */
export const ensureClaims = async (
  { registry, claims, applications }: Machine,
  { object, spec }: Workload,
  templates: readonly ClaimTemplate[],
  ordinal: number,
): Promise<void> => {
  const { namespace = '', name } = object.metadata;
  const application = `${name}-${ordinal}`;
  const isGoing = ({ metadata }: ApiObject): boolean =>
    metadata.deletionTimestamp !== undefined ||
    metadata.ownerReferences?.some(one => one.kind === applications.kind && one.name === application) === true;
  for (const template of templates) {
    const ref = { namespace, name: claimName(template, name, ordinal) };
    const found = await registry.find(claims, ref);
    if (found && isGoing(found))
      throw new Fault(
        'Conflict',
        `PersistentVolumeClaim "${ref.name}" is being deleted; Application "${application}" is made when it is gone`,
      );
    if (found) continue;
    try {
      await registry.create(claims, toClaim({ object, spec }, template, ordinal), { user: controllerUser });
    } catch (error) {
      if (!isFault(error, 'AlreadyExists')) throw error;
    }
  }
};

/**
 * Lets a claim belong to whom its retention policy says, so that garbage collection does the rest. `possible` are all owners
 * that the policy could ever give it, by uid; references to anybody else stay.
 */
export const setClaimOwner = async (
  { registry, claims }: Machine,
  ref: { readonly namespace: string; readonly name: string },
  owner: OwnerReference | undefined,
  possible: readonly string[],
): Promise<void> => {
  const change = (current: ApiObject): ApiObject => {
    const before = current.metadata.ownerReferences ?? [];
    const others = before.filter(({ uid }) => !possible.includes(uid));
    const ownerReferences = owner ? [...others, owner] : others;
    return isEqual(before, ownerReferences)
      ? current
      : { ...current, metadata: { ...current.metadata, ownerReferences } };
  };
  await unlessGone(registry.update(claims, ref, change, { user: controllerUser }));
};
