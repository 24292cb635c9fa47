import type { ApiObject, ObjectRef } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import { claimUuid } from '../resources/eve/roles.ts';
import { claimsIn, selectedDevice, sharingCluster } from './claims.ts';
import type { Outcome } from './device.ts';
import type { ClaimSpec } from './gather.ts';

export interface BindParts {
  readonly registry: Registry;
  readonly user: User;
}

/** Binds the claims whose volumes are in a configuration to its device: a volume lives on one device. */
export const bindClaims = async (parts: BindParts, outcome: Outcome): Promise<void> => {
  const device = outcome.from.device.metadata.name;
  const nodes = new Map((outcome.config.volumes ?? []).map(one => [one.uuid, one.designated_node_id]));
  for (const claim of claimsIn(outcome.from, outcome.config)) {
    const { annotations, name, namespace, uid } = claim.metadata;
    // On a cluster the node that makes the volume has it. Absent, or as it is served: empty.
    const node = nodes.get(claimUuid(uid ?? ''));
    if (node && node !== outcome.from.uuid) continue;
    const cluster = node ? outcome.from.membership?.cluster.metadata.uid : undefined;
    const bound =
      annotations?.[selectedDevice] === device &&
      (cluster === undefined || annotations[sharingCluster] === cluster) &&
      claim.status?.['phase'] === 'Bound';
    if (!bound) await bind(parts, { namespace, name }, { uid: uid ?? '', device, cluster });
  }
};

interface Holder {
  /** Of the claim. */
  readonly uid: string;
  readonly device: string;
  /** uid of the DeviceCluster that keeps copies. */
  readonly cluster: string | undefined;
}

const bind = async ({ registry, user }: BindParts, ref: ObjectRef, { uid, device, cluster }: Holder): Promise<void> => {
  const type = registry.catalog.get('', 'persistentvolumeclaims');
  const isFree = ({ metadata }: ApiObject) =>
    metadata.uid === uid &&
    ((metadata.annotations?.[selectedDevice] ?? device) === device ||
      (cluster !== undefined && metadata.annotations?.[sharingCluster] === cluster));
  await unlessGone(
    registry.update(
      type,
      ref,
      current => {
        if (!isFree(current)) return current;
        const { metadata } = current;
        const annotations = {
          ...metadata.annotations,
          [selectedDevice]: device,
          ...(cluster && { [sharingCluster]: cluster }),
        };
        return {
          ...current,
          metadata: { ...metadata, annotations },
          // One that a user gave stays: it never changes.
          spec: { ...current.spec, volumeName: current.spec?.['volumeName'] || `pvc-${uid}` },
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
