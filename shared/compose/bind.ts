import type { ApiObject, ObjectRef } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { claimsIn, selectedDevice } from './claims.ts';
import type { Outcome } from './device.ts';
import type { ClaimSpec } from './gather.ts';

export interface BindParts {
  readonly registry: Registry;
  readonly user: User;
}

/** Binds the claims whose volumes are in a configuration to its device: a volume lives on one device. */
export const bindClaims = async (parts: BindParts, outcome: Outcome): Promise<void> => {
  const device = outcome.from.device.metadata.name;
  for (const claim of claimsIn(outcome.from, outcome.config)) {
    const { annotations, name, namespace, uid } = claim.metadata;
    const bound = annotations?.[selectedDevice] === device && claim.status?.['phase'] === 'Bound';
    if (!bound) await bind(parts, { namespace, name }, uid ?? '', device);
  }
};

const bind = async ({ registry, user }: BindParts, ref: ObjectRef, uid: string, device: string): Promise<void> => {
  const type = registry.catalog.get('', 'persistentvolumeclaims');
  const isFree = ({ metadata }: ApiObject) =>
    metadata.uid === uid && (metadata.annotations?.[selectedDevice] ?? device) === device;
  await unlessGone(
    registry.update(
      type,
      ref,
      current => {
        if (!isFree(current)) return current;
        const { metadata } = current;
        const annotations = { ...metadata.annotations, [selectedDevice]: device };
        return {
          ...current,
          metadata: { ...metadata, annotations },
          spec: { ...current.spec, volumeName: `pvc-${uid}` },
        };
      },
      { user },
    ),
  );
  await unlessGone(
    registry.update(
      type,
      ref,
      current => {
        if (!isFree(current)) return current;
        const spec = (current.spec ?? {}) as unknown as ClaimSpec; // these fields are in the schema of a claim
        const size = spec.resources?.requests?.['storage'];
        const capacity = size === undefined ? {} : { capacity: { storage: size } };
        return {
          ...current,
          status: { ...current.status, phase: 'Bound', accessModes: spec.accessModes ?? [], ...capacity },
        };
      },
      { user, subresource: 'status' },
    ),
  );
};
