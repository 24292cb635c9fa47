import type { Marks } from '../../store/marks.ts';
import type { Resource } from '../define.ts';
import { application } from './application.ts';
import { applicationDaemonSet } from './applicationdaemonset.ts';
import { applicationDeployment } from './applicationdeployment.ts';
import { applicationStatefulSet } from './applicationstatefulset.ts';
import { device } from './device.ts';
import { deviceCertificateAuthority } from './devicecertificateauthority.ts';
import { deviceConfig } from './deviceconfig.ts';
import { deviceNetwork } from './devicenetwork.ts';
import { image } from './image.ts';
import { networkConfig } from './networkconfig.ts';
import { onboardCertificate } from './onboardcertificate.ts';
import { onboardCertificateAuthority } from './onboardcertificateauthority.ts';

/** All kinds of `eve.lfedge.org/v1beta1`. What is heard of devices is joined in from `marks`. */
export const eveKinds = (marks: Marks): Resource[] => [
  device(marks),
  onboardCertificate,
  onboardCertificateAuthority,
  deviceCertificateAuthority,
  networkConfig,
  deviceNetwork,
  image,
  application,
  applicationDeployment,
  applicationDaemonSet,
  applicationStatefulSet,
  deviceConfig(marks),
];
