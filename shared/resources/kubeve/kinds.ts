import type { Resource } from '../define.ts';
import { applicationRevision } from './applicationrevision.ts';
import { attestationPolicy } from './attestationpolicy.ts';
import { deviceCluster } from './devicecluster.ts';
import { deviceModel } from './devicemodel.ts';
import { patchEnvelope } from './patchenvelope.ts';

/** All kinds of `kubeve.io/v1alpha1`. */
export const kubeveKinds: readonly Resource[] = [
  applicationRevision,
  attestationPolicy,
  deviceCluster,
  deviceModel,
  patchEnvelope,
];
