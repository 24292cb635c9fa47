import { gzipSync } from 'node:zlib';
import { Fault } from '../base/fault.ts';
import { ClusterType, HAScheme } from '../eve/generated/config.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import type { Draft } from './draft.ts';
import { readOptionalSecret, readSecret, seal } from './secrets.ts';

const clusterTypes = {
  K3sBase: ClusterType.CLUSTER_TYPE_K3S_BASE,
  ReplicatedStorage: ClusterType.CLUSTER_TYPE_REPLICATED_STORAGE,
  HA: ClusterType.CLUSTER_TYPE_HA,
};

/** Membership in a cluster of edge nodes (EVE reference §6.13). */
export const addCluster = (draft: Draft, { cluster }: DeviceSpec): void => {
  if (!cluster) return;
  const labels = [...draft.config.deviceIoList, ...draft.config.vlans, ...draft.config.bonds];
  if (!labels.some(({ logicallabel }) => logicallabel === cluster.interface))
    throw new Fault('NotFound', `spec.cluster.interface: the device has no port "${cluster.interface}"`);
  const manifest = readOptionalSecret(draft, cluster.registrationManifestSecret);
  draft.config.cluster = {
    cluster_name: cluster.name,
    cluster_id: cluster.id,
    cluster_interface: cluster.interface,
    cluster_ip_prefix: cluster.ipPrefix,
    is_worker_node: cluster.worker,
    join_server_ip: cluster.joinServerIP,
    encrypted_cluster_token: seal(draft, `cluster/${cluster.id}`, {
      cluster_token: readSecret(draft, cluster.tokenSecret),
      gzip_registration_manifest_yaml: manifest === undefined ? undefined : gzipSync(manifest),
    }),
    cluster_type: cluster.type && clusterTypes[cluster.type],
    tie_breaker_node_id: cluster.tieBreakerNodeId,
    ha_scheme: cluster.haScheme && HAScheme.HA_SCHEME_K3S_EMBEDDED,
    load_balancer_service: cluster.loadBalancers && {
      interfaces: cluster.loadBalancers.map(one => ({ interface_name: one.interface, address_cidrs: one.addresses })),
    },
    master_node_uuids: cluster.masterNodeIds,
    enable_native_k8s_orchestration: cluster.nativeKubernetes,
  };
};

/** On a cluster every application and what it is made of says which node it is for. */
export const designate = ({ config, from }: Draft): void => {
  if (!config.cluster) return;
  for (const one of [...config.apps, ...config.contentInfo, ...config.volumes]) one.designated_node_id = from.uuid;
};
