import { type ApiObject, fromKey } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

/**
 * PersistentVolumeClaims are protected while an Application mounts them: a claim that is deleted keeps its finalizer
 * `kubernetes.io/pvc-protection` until the last such Application is gone.
 */
export const createClaims = (parts: ControllerParts): Controller => {
  const { registry } = parts;
  const claims = registry.catalog.get('', 'persistentvolumeclaims');
  const applications = registry.catalog.get('eve.lfedge.org', 'applications');
  return createController(parts, {
    name: 'claims',
    follows: [
      following(claims, isLeaving, ({ key, now }, add) => {
        if (now?.kept) add(key);
      }),
      following(applications, claimsOf, ({ now, before = [] }, add) => {
        for (const claim of before) if (!now?.kept.includes(claim)) add(claim);
      }),
    ],
    async work(key) {
      if ((await registry.findByTerm(applications, `claim=${key}`)).length > 0) return;
      await unlessGone(
        registry.update(claims, fromKey(key), current => (isLeaving(current) ? unprotected(current) : current), {
          user: controllerUser,
        }),
      );
    },
  });
};

const finalizer = 'kubernetes.io/pvc-protection';

const isLeaving = ({ metadata }: ApiObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true;

const unprotected = (claim: ApiObject): ApiObject => ({
  ...claim,
  metadata: { ...claim.metadata, finalizers: (claim.metadata.finalizers ?? []).filter(name => name !== finalizer) },
});

const claimsOf = ({ metadata, spec }: ApiObject): string[] => {
  const volumes = spec?.['volumes'];
  if (!Array.isArray(volumes)) return [];
  // Stored Applications have passed their schema.
  const mounts = volumes as { persistentVolumeClaim?: { claimName: string } }[];
  return mounts.flatMap(({ persistentVolumeClaim: claim }) =>
    claim ? [`${metadata.namespace}/${claim.claimName}`] : [],
  );
};
