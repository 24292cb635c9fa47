import type { JsonMap } from '../../base/object.ts';
import {
  KubeComp,
  KubeCompUpdateStatus,
  KubeNodeConditionType,
  type KubeNodeInfo,
  KubePodStatus,
  KubeVMIStatus,
  type KubeVolumeInfo,
  NodeAdmission,
  ServiceStatus,
  StorageHealthStatus,
  StorageVolumePVCStatus,
  StorageVolumeReplicaStatus,
  StorageVolumeRobustness,
  StorageVolumeState,
  type ZInfoClusterNode,
  ZInfoClusterNodeStatus,
  type ZInfoKubeCluster,
  type ZInfoKubeClusterUpdateStatus,
} from '../../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { asMap, countOf, defined, listOf, replace, textOf, timeOf } from './value.ts';

const nodeStatus = nameOf(ZInfoClusterNodeStatus, 'Z_INFO_CLUSTER_NODE_STATUS_');
const nodeCondition = nameOf(KubeNodeConditionType, 'KUBE_NODE_CONDITION_TYPE_');
const admission = nameIfAny(NodeAdmission, 'NODE_ADMISSION_');
const pod = nameIfAny(KubePodStatus, 'KUBE_POD_STATUS_');
const vm = nameIfAny(KubeVMIStatus, 'KUBE_VMI_STATUS_');
const service = nameIfAny(ServiceStatus, 'SERVICE_STATUS_');
const volumeState = nameIfAny(StorageVolumeState, 'STORAGE_VOLUME_STATE_');
const robustness = nameIfAny(StorageVolumeRobustness, 'STORAGE_VOLUME_ROBUSTNESS_');
const volumeHealth = nameIfAny(StorageHealthStatus, 'STORAGE_HEALTH_STATUS_');
const pvc = nameIfAny(StorageVolumePVCStatus, 'STORAGE_VOLUME_PVC_STATUS_');
const replica = nameIfAny(StorageVolumeReplicaStatus, 'STORAGE_VOLUME_REPLICA_STATUS_');
const component = nameOf(KubeComp, 'KUBE_COMP_');
const updateStatus = nameOf(KubeCompUpdateStatus, 'KUBE_COMP_UPDATE_STATUS_');

/** The status of a Device of a cluster after it said how it stands there. */
export const reflectClusterNode = (status: JsonMap, info: ZInfoClusterNode): JsonMap =>
  withCluster(status, { node: nodeStatus(info.node_status) });

/** The status of a Device after it told of the cluster that it belongs to. */
export const reflectCluster = (status: JsonMap, info: ZInfoKubeCluster): JsonMap =>
  withCluster(status, {
    id: textOf(info.cluster_id),
    nodes: listOf(info.nodes, toNode, 32),
    namespaces: listOf(info.pod_name_spaces, one => ({
      name: textOf(one.name) ?? '',
      pods: one.pod_count ?? 0,
      running: one.pod_running_count ?? 0,
      pending: one.pod_pending_count ?? 0,
      failed: one.pod_failed_count ?? 0,
      succeeded: one.pod_succeeded_count ?? 0,
    })),
    pods: listOf(info.eve_apps, one =>
      defined({
        name: textOf(one.name),
        status: pod(one.status),
        restarts: countOf(one.restart_count),
        restartedAt: timeOf(one.restart_timestamp),
        createdAt: timeOf(one.creation_timestamp),
        address: textOf(one.ip_address),
        node: textOf(one.node_name),
      }),
    ),
    vms: listOf(info.eve_vm_apps, one =>
      defined({
        name: textOf(one.name),
        status: vm(one.status),
        ready: one.is_ready ?? false,
        createdAt: timeOf(one.creation_time),
        changedAt: timeOf(one.last_transition_time),
        node: textOf(one.node_name),
      }),
    ),
    storage:
      info.storage &&
      defined({
        health: service(info.storage.health),
        changedAt: timeOf(info.storage.transition_time),
        volumes: listOf(info.storage.volumes, toVolume),
      }),
  });

/** The status of a Device after it told how far the update of one component of its cluster is. */
export const reflectClusterUpdate = (status: JsonMap, info: ZInfoKubeClusterUpdateStatus): JsonMap => {
  const own = defined({
    component: component(info.component),
    status: updateStatus(info.status),
    node: textOf(info.current_node),
    cluster: textOf(info.cluster_id),
    error: errorText(info.error),
  });
  return withCluster(status, { updates: replace(asMap(status['cluster'])['updates'], 'component', own).slice(-16) });
};

const withCluster = (status: JsonMap, part: Parameters<typeof defined>[0]): JsonMap => ({
  ...status,
  cluster: defined({ ...asMap(status['cluster']), ...part }),
});

const toNode = (one: KubeNodeInfo): JsonMap =>
  defined({
    name: textOf(one.name),
    uuid: textOf(one.node_id),
    server: one.role_server ?? false,
    version: textOf(one.api_server_sersion),
    address: textOf(one.internal_ip),
    schedulable: one.schedulable ?? false,
    admission: admission(one.admission_status),
    createdAt: timeOf(one.creation_timestamp),
    conditions: listOf(one.conditions, ({ type, set, last_transition_time }) =>
      defined({ type: nodeCondition(type), set: set ?? false, changedAt: timeOf(last_transition_time) }),
    ),
  });

const toVolume = (one: KubeVolumeInfo): JsonMap =>
  defined({
    name: textOf(one.name),
    uuid: textOf(one.volume_id),
    state: volumeState(one.state),
    robustness: robustness(one.robustness),
    health: volumeHealth(one.robustness_substate),
    claim: pvc(one.pvc_status),
    createdAt: timeOf(one.creation_timestamp),
    provisionedBytes: countOf(one.provisioned_bytes),
    allocatedBytes: countOf(one.allocated_bytes),
    replicas: listOf(
      one.replica,
      ({ name, owner_node, rebuild_progress_percentage, status }) =>
        defined({
          name: textOf(name),
          node: textOf(owner_node),
          status: replica(status),
          rebuildPercent: countOf(rebuild_progress_percentage),
        }),
      8,
    ),
  });
