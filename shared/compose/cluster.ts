import { gzipSync } from 'node:zlib';
import { Fault } from '../base/fault.ts';
import { parseCidr } from '../base/ip.ts';
import { printValue } from '../base/path.ts';
import { ClusterType, HAScheme } from '../eve/generated/config.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import { clusterUuid } from '../resources/eve/roles.ts';
import { attempt, type Draft } from './draft.ts';
import type { Membership } from './membership.ts';
import { readOptionalSecret, readSecret, seal } from './secrets.ts';

const clusterTypes = {
  K3sBase: ClusterType.CLUSTER_TYPE_K3S_BASE,
  ReplicatedStorage: ClusterType.CLUSTER_TYPE_REPLICATED_STORAGE,
  HA: ClusterType.CLUSTER_TYPE_HA,
};

/** Membership in a cluster of edge nodes (EVE reference §6.13), as the Device itself or a DeviceCluster says it. */
export const addCluster = (draft: Draft, { cluster: own }: DeviceSpec): void => {
  const { device, membership } = draft.from;
  if (own) attempt(draft, device, [own.id], () => addMembership(draft, own, 'spec.cluster'));
  if (!membership) return;
  const { cluster, rivals } = membership;
  const id = clusterUuid(cluster.metadata.uid ?? '');
  attempt(draft, cluster, [id], () => {
    const at = nodeAt(cluster, device.metadata.name);
    const field = `spec.nodes[${at}]`;
    if (own)
      throw new Fault(
        'Conflict',
        `${field}.device: Device "${device.metadata.name}": spec.cluster: makes it a node already`,
      );
    const holder = cluster.spec?.nodes[at]?.interface === undefined ? 'spec' : field;
    addMembership(draft, toMembership(device.metadata.name, id, membership), 'spec', `${holder}.interface`);
  });
  for (const rival of rivals)
    attempt(draft, rival, [], () => {
      throw new Fault(
        'Conflict',
        `spec.nodes[${nodeAt(rival, device.metadata.name)}].device: Device "${device.metadata.name}" is a node of DeviceCluster "${cluster.metadata.name}"`,
      );
    });
};

/** The place of a Device among the nodes. */
const nodeAt = ({ spec }: Membership['cluster'], name: string): number =>
  spec?.nodes.findIndex(({ device }) => device === name) ?? -1;

type Terms = NonNullable<DeviceSpec['cluster']>;

/** What a DeviceCluster says to one of its nodes. Throws NotFound while a node that must be known is not there. */
const toMembership = (name: string, id: string, { cluster, nodes }: Membership): Terms => {
  const { metadata, spec } = cluster;
  const node = spec?.nodes.find(({ device }) => device === name);
  const first = spec?.nodes.find(({ device }) => device === spec.bootstrap);
  // The schema demands a spec, and its check that it names the first node.
  if (!spec || !node || !first) throw new Fault('Invalid', `spec.bootstrap: Not found: ${printValue(spec?.bootstrap)}`);
  const tieBreakerNodeId = spec.tieBreaker === undefined ? undefined : nodes.get(spec.tieBreaker);
  if (spec.tieBreaker !== undefined && tieBreakerNodeId === undefined)
    throw new Fault('NotFound', `spec.tieBreaker: Device "${spec.tieBreaker}" does not exist`);
  const servers = spec.nodes.filter(({ role }) => role !== 'Agent');
  return {
    name: metadata.name,
    id,
    interface: node.interface ?? spec.interface,
    ipPrefix: `${node.address}/${parseCidr(spec.network)?.bits ?? ''}`,
    worker: node.role === 'Agent' || undefined,
    joinServerIP: first.address,
    tokenSecret: spec.tokenSecret,
    registrationManifestSecret: spec.registrationManifestSecret,
    type: spec.type,
    haScheme: spec.haScheme,
    tieBreakerNodeId,
    loadBalancers: spec.loadBalancers,
    masterNodeIds: servers.flatMap(({ device }) => nodes.get(device) ?? []),
    nativeKubernetes: spec.nativeKubernetes,
  };
};

/** `field`: path of what says the terms. */
const addMembership = (draft: Draft, cluster: Terms, field: string, interfaceField = `${field}.interface`): void => {
  const labels = [...draft.config.deviceIoList, ...draft.config.vlans, ...draft.config.bonds];
  if (!labels.some(({ logicallabel }) => logicallabel === cluster.interface))
    throw new Fault('NotFound', `${interfaceField}: the device has no port "${cluster.interface}"`);
  const manifest = readOptionalSecret(draft, cluster.registrationManifestSecret, `${field}.registrationManifestSecret`);
  const tokenField = `${field}.tokenSecret`;
  const secrets = {
    cluster_token: readSecret(draft, cluster.tokenSecret, tokenField),
    gzip_registration_manifest_yaml: manifest === undefined ? undefined : gzipSync(manifest),
  };
  draft.config.cluster = {
    cluster_name: cluster.name,
    cluster_id: cluster.id,
    cluster_interface: cluster.interface,
    cluster_ip_prefix: cluster.ipPrefix,
    is_worker_node: cluster.worker,
    join_server_ip: cluster.joinServerIP,
    encrypted_cluster_token: seal(draft, `cluster/${cluster.id}`, secrets, tokenField),
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

/**
 * On a cluster every application and what it is made of says which node it is for: what no other node starts is for this one.
 * Content is for this node where something that is made of it is, so that it does not wait for another node's download.
 */
export const designate = ({ config, from }: Draft): void => {
  if (!config.cluster) return;
  for (const one of [...config.apps, ...config.volumes]) one.designated_node_id ??= from.uuid;
  for (const tree of config.contentInfo) {
    const nodes = config.volumes.flatMap(({ origin, designated_node_id: node }) =>
      node !== undefined && origin?.downloadContentTreeID === tree.uuid ? [node] : [],
    );
    const isOwn = nodes.length === 0 || nodes.includes(from.uuid);
    tree.designated_node_id = isOwn ? from.uuid : nodes.sort()[0];
  }
};
