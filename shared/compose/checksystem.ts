import { parseCidr, parseIp } from '../base/ip.ts';
import type { DisksConfig, EdgeDevConfig } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** What concerns the device as a whole: 802.1X, EdgeView, cluster, disks (reference §6.11 to §6.14). */
export const checkSystem = (config: EdgeDevConfig, complain: Complain): void => {
  const labels = new Set([
    ...(config.deviceIoList ?? []).map(one => one.logicallabel || one.phylabel),
    ...[...(config.vlans ?? []), ...(config.bonds ?? [])].map(one => one.logicallabel),
  ]);
  checkAccess(config, labels, complain);
  const token = config.edgeview?.token;
  if (config.edgeview && token?.split('.').length !== 3) complain('edgeview', 'has no token of three parts');
  if (config.cluster) checkCluster(config.cluster, labels, complain);
  if (config.disks) checkDisks(config.disks, 'disks', complain);
};

type Labels = ReadonlySet<string | undefined>;

const checkAccess = (config: EdgeDevConfig, labels: Labels, complain: Complain): void => {
  const profiles = new Set<string | undefined>();
  for (const [at, { profile_name: name }] of (config.scep_profiles ?? []).entries()) {
    if (!name || profiles.has(name)) complain(`scep_profiles[${at}]`, 'has no name of its own');
    profiles.add(name);
  }
  for (const [at, one] of (config.pnacs ?? []).entries()) {
    if (!labels.has(one.logicallabel)) complain(`pnacs[${at}]`, `there is no port "${one.logicallabel}"`);
    const profile = one.cert_enrollment_profile_name;
    if (!profiles.has(profile)) complain(`pnacs[${at}]`, `there is no enrollment "${profile}"`);
  }
};

const checkCluster = (one: NonNullable<EdgeDevConfig['cluster']>, labels: Labels, complain: Complain): void => {
  if (!labels.has(one.cluster_interface)) complain('cluster', `there is no port "${one.cluster_interface}"`);
  if (!parseCidr(one.cluster_ip_prefix ?? '')) complain('cluster', 'has no address with its subnet');
  if (!parseIp(one.join_server_ip ?? '')) complain('cluster', 'has no address of the first node');
  if (!one.encrypted_cluster_token) complain('cluster', 'has no token');
};

const checkDisks = (level: DisksConfig, path: string, complain: Complain): void => {
  for (const [at, { disk }] of (level.disks ?? []).entries())
    if (!disk?.name && !disk?.logical_name && !disk?.serial) complain(`${path}.disks[${at}]`, 'names no disk');
  for (const [at, child] of (level.children ?? []).entries()) checkDisks(child, `${path}.children[${at}]`, complain);
};
