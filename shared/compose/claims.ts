import type { ApiObject } from '../base/object.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { claimUuid } from '../resources/eve/roles.ts';
import type { Gathered } from './gather.ts';

/** Annotation of the choice on a claim: the Device that has its volume. */
export const selectedDevice = 'volume.kubernetes.io/selected-node';

/** Annotation of a claim whose volume is on a DeviceCluster, which keeps copies on several nodes: the uid of that. */
export const sharingCluster = 'kubeve.io/device-cluster';

/** Claims whose volumes are in a configuration, by name. */
export const claimsIn = (from: Gathered, config: EdgeDevConfig): ApiObject[] => {
  const volumes = new Set((config.volumes ?? []).map(one => one.uuid));
  const found = new Map<string, ApiObject>();
  for (const claim of [...from.claims, ...mounted(from)])
    if (volumes.has(claimUuid(claim.metadata.uid ?? ''))) found.set(claim.metadata.name, claim);
  return [...found.keys()].sort().flatMap(name => found.get(name) ?? []);
};

const mounted = (from: Gathered): ApiObject[] =>
  from.applications.flatMap(({ spec }) =>
    (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => {
      const object = claim && from.look('claim', claim.claimName);
      return object ? [object] : [];
    }),
  );
