import { isFault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';
import { fromKey } from '../base/object.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

const finalizer = 'kubernetes.io/pvc-protection';

/**
 * Lets a deleted PersistentVolumeClaim go when nothing mounts it any longer: a volume is not taken from under a running
 * Application. Who mounts what is read from the `claim=<namespace>/<name>` index of Applications.
 */
export const createClaims = (parts: ControllerParts): Controller => {
  const { catalog } = parts.registry;
  return createController(parts, {
    name: 'claims',
    follows: [
      following(catalog.get('', 'persistentvolumeclaims'), isWaiting, ({ key, now }, add) => {
        if (now?.kept) add(key);
      }),
      following(catalog.get('eve.lfedge.org', 'applications'), claimsOf, ({ now, before }, add) => {
        const kept = new Set(now?.kept);
        for (const claim of before ?? []) if (!kept.has(claim)) add(claim);
      }),
    ],
    async work(key) {
      await release(parts.registry, key);
      return undefined;
    },
  });
};

/** True for a claim that is deleted and that only this controller still holds, among others. */
const isWaiting = ({ metadata }: ApiObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(finalizer);

const release = async (registry: Registry, key: string): Promise<void> => {
  const type = registry.catalog.get('', 'persistentvolumeclaims');
  const claim = await registry.find(type, fromKey(key));
  if (!claim || !isWaiting(claim)) return;
  const users = await registry.findByTerm(registry.catalog.get('eve.lfedge.org', 'applications'), `claim=${key}`);
  if (users.length > 0) return;
  try {
    await registry.update(type, fromKey(key), withoutFinalizer, { user: controllerUser });
  } catch (error) {
    if (!isFault(error, 'NotFound')) throw error;
  }
};

const withoutFinalizer = (claim: ApiObject): ApiObject =>
  isWaiting(claim)
    ? {
        ...claim,
        metadata: {
          ...claim.metadata,
          finalizers: (claim.metadata.finalizers ?? []).filter(name => name !== finalizer),
        },
      }
    : claim;

/** Keys of the claims that an Application mounts. */
const claimsOf = ({ metadata, spec }: ApiObject): readonly string[] => {
  // A stored Application was validated: volumes are a list of such maps.
  const volumes = (spec?.volumes ?? []) as { readonly persistentVolumeClaim?: { readonly claimName?: string } }[];
  return volumes.flatMap(({ persistentVolumeClaim: claim }) =>
    claim?.claimName ? [`${metadata.namespace}/${claim.claimName}`] : [],
  );
};
