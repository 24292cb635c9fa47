import type { ApiObject } from '../base/object.ts';
import type { Application } from '../resources/eve/application.ts';
import type { Device } from '../resources/eve/device.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import type { DeviceCluster } from '../resources/kubeve/devicecluster.ts';
import { byAge } from './byage.ts';
import { selectedDevice, sharingCluster } from './claims.ts';
import type { Reader } from './reader.ts';

/** The DeviceCluster that a device is a node of. */
export interface Membership {
  readonly cluster: DeviceCluster;
  /** Younger ones that name the device as well: it can be in one only. */
  readonly rivals: readonly DeviceCluster[];
  /** UUIDs of the nodes whose Devices are there, by name. */
  readonly nodes: ReadonlyMap<string, string>;
}

/** Of several clusters that name a device the oldest has it. */
export const findMembership = async (
  reader: Reader,
  { metadata: { namespace, name } }: Device,
  uuid: string,
): Promise<Membership | undefined> => {
  const found = await reader.find('deviceCluster', `device=${namespace}/${name}`);
  const alive = found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).sort(byAge);
  // Validated by the registry against the schemas that DeviceCluster is inferred from.
  const [cluster, ...rivals] = alive as unknown as DeviceCluster[];
  if (!cluster) return undefined;
  const nodes = new Map<string, string>();
  for (const { device } of cluster.spec?.nodes ?? []) {
    if (device === name) nodes.set(device, uuid);
    else {
      const other = await reader.get('device', `${namespace}/${device}`);
      if (other) nodes.set(device, uuidOf(other));
    }
  }
  return { cluster, rivals, nodes };
};

/** Whether an Application is one of the cluster and bound to a node of it. */
export const runsOn = (membership: Membership, one: Application): boolean =>
  designatedNode(membership, one) !== undefined;

/** UUID of the node that shall start an Application of the cluster; undefined for what is not the cluster's. */
export const designatedNode = (
  membership: Membership | undefined,
  { spec, status }: Application,
): string | undefined =>
  membership && spec?.eve?.cluster === membership.cluster.metadata.name
    ? membership.nodes.get(status?.device ?? '')
    : undefined;

/** UUID of the node that has the volume of a claim; undefined where no node of the cluster has. */
export const holdingNode = (membership: Membership | undefined, claim: ApiObject): string | undefined =>
  membership?.nodes.get(claim.metadata.annotations?.[selectedDevice] ?? '');

/** Whether the nodes of the cluster have copies of a claim's volume, even when the one that made it has left. */
export const isShared = (membership: Membership | undefined, { metadata }: ApiObject): boolean =>
  membership !== undefined && metadata.annotations?.[sharingCluster] === membership.cluster.metadata.uid;
