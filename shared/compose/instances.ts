import { Fault } from '../base/fault.ts';
import { parseCidr, printV4 } from '../base/ip.ts';
import { toUuid } from '../base/uuid.ts';
import type { ipspec } from '../eve/generated/common.ts';
import { PhyIoType } from '../eve/generated/common.ts';
import { AddressType, type IPRoute, type NetworkInstanceConfig, ZNetworkInstType } from '../eve/generated/config.ts';
import type { DeviceNetwork, InstanceSpec } from '../resources/eve/devicenetwork.ts';
import { attempt, type Draft } from './draft.ts';
import type { Placement } from './networks.ts';
import type { Port } from './ports.ts';
import { createSubnets, type Subnets } from './subnets.ts';
import { toProbe } from './wireless.ts';

/** What applications attach to, by the name of the DeviceNetwork. */
export interface Instance {
  readonly id: string;
  readonly network: DeviceNetwork;
  readonly type: 'local' | 'switch';
  readonly subnet: string | undefined;
}

/** Makes network instances of the networks that applications use, or that ask for one. */
export const addInstances = (
  draft: Draft,
  placement: Placement,
  ports: readonly Port[],
  used: ReadonlySet<string>,
): ReadonlyMap<string, Instance> => {
  const subnets = createSubnets();
  const wanted = draft.from.networks.filter(
    ({ metadata, spec }) => placement.has(metadata.name) && (spec?.instance || used.has(metadata.name)),
  );
  for (const { ip } of draft.config.networks) if (ip?.subnet) subnets.take(ip.subnet);
  for (const { spec } of wanted) if (spec?.instance?.subnet) subnets.take(spec.instance.subnet);
  const instances = new Map<string, Instance>();
  for (const network of wanted) {
    const id = toUuid(network.metadata.uid ?? '', 'instance');
    attempt(draft, network, [id], () => {
      const chosen = placement.get(network.metadata.name) ?? [];
      const message = toInstance(draft, network, id, chosen, ports, subnets);
      draft.config.networkInstances.push(message);
      const type = network.spec?.instance?.type ?? 'local';
      instances.set(network.metadata.name, { id, network, type, subnet: message.ip?.subnet });
    });
  }
  return instances;
};

const toInstance = (
  draft: Draft,
  network: DeviceNetwork,
  id: string,
  chosen: readonly Port[],
  ports: readonly Port[],
  subnets: Subnets,
): NetworkInstanceConfig => {
  const spec: InstanceSpec = network.spec?.instance ?? {};
  const isSwitch = spec.type === 'switch';
  const label = spec.port ?? chosen[0]?.label ?? '';
  const port = ports.find(one => one.label === label);
  const sharing = port ? [port] : ports.filter(one => one.usable && one.settings.sharedLabels?.includes(label));
  for (const one of sharing) requireAdapter(draft, one);
  if (sharing.length === 0 && label !== '' && !eveLabels.includes(label))
    throw new Fault('NotFound', `spec.instance.port: the device has no port or shared label "${label}"`);
  return {
    uuidandversion: { uuid: id, version: String(network.metadata.generation ?? 1) },
    displayname: network.metadata.name,
    instType: isSwitch ? ZNetworkInstType.ZnetInstSwitch : ZNetworkInstType.ZnetInstLocal,
    activate: true,
    port: { type: port?.ptype ?? PhyIoType.PhyIoNetEth, name: label },
    ipType: isSwitch ? AddressType.First : AddressType.IPV4,
    ip: isSwitch ? {} : toIp(draft, spec, network.metadata.uid ?? '', subnets),
    dns: spec.dnsEntries?.map(({ hostname, addresses }) => ({ HostName: hostname, Address: addresses })),
    mtu: spec.mtu,
    propagate_connected_routes: spec.propagateConnectedRoutes,
    static_routes: spec.staticRoutes?.map(toRoute),
    stp: spec.bpduGuardPorts === undefined ? undefined : { ports_with_bpdu_guard: spec.bpduGuardPorts },
    vlan_access_ports: spec.vlanAccessPorts?.map(one => ({ vlan_id: one.vlanId, access_port: one.port })),
    forward_lldp: spec.forwardLLDP,
    disable_flowlog: spec.disableFlowLog,
    cluster_wide: spec.clusterWide,
  };
};

const eveLabels = ['all', 'uplink', 'freeuplink'];

/** A port that only applications use may be without a network, but not without an adapter. */
const requireAdapter = (draft: Draft, port: Port): void => {
  if (draft.config.systemAdapterList.some(({ name }) => name === port.label)) return;
  if (!port.usable)
    throw new Fault(
      'Conflict',
      `spec.instance.port: port "${port.label}" cannot have a network: it is given away, switched off or part of a bond`,
    );
  draft.config.systemAdapterList.push({
    name: port.label,
    lowerLayerName: port.label,
    alias: port.settings.alias,
    shared_labels: port.settings.sharedLabels,
    allow_local_modifications: port.settings.allowLocalModifications,
  });
};

const toIp = (draft: Draft, spec: InstanceSpec, uid: string, subnets: Subnets): ipspec => {
  const subnet = spec.subnet ?? subnets.choose(uid);
  const block = parseCidr(subnet);
  if (spec.subnet) requireFree(draft, spec.subnet);
  const [ntp, ...moreNtp] = spec.ntp ?? [];
  return {
    subnet,
    gateway: spec.gateway ?? (block ? printV4(block.first + 1n) : undefined),
    domain: spec.domain,
    ntp,
    more_ntp: moreNtp,
    dns: spec.dns,
    dhcpRange: spec.range ?? {},
  };
};

const requireFree = (draft: Draft, subnet: string): void => {
  const block = parseCidr(subnet);
  for (const { displayname, ip } of draft.config.networkInstances) {
    const other = parseCidr(ip?.subnet ?? '');
    if (block && other && block.first <= other.last && other.first <= block.last)
      throw new Fault('Conflict', `spec.instance.subnet: ${subnet} overlaps that of DeviceNetwork "${displayname}"`);
  }
};

const toRoute = (one: NonNullable<InstanceSpec['staticRoutes']>[number]): IPRoute => ({
  destination_network: one.destination,
  gateway: one.gateway,
  port: one.port,
  probe: one.probe && {
    enable_gw_ping: one.probe.gatewayPing,
    gw_ping_max_cost: one.probe.gatewayPingMaxCost,
    custom_probe: toProbe(one.probe),
  },
  prefer_lower_cost: one.preferLowerCost,
  prefer_stronger_wwan_signal: one.preferStrongerSignal,
});
