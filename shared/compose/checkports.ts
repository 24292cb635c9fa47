import { parseCidr, parseIp } from '../base/ip.ts';
import { DHCPType, NetworkType, PhyIoMemberUsage, WirelessType } from '../eve/generated/common.ts';
import type { EdgeDevConfig, NetworkConfig, SystemAdapter } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Ports, VLANs, bonds, networks and adapters (reference §6.2 to §6.4). */
export const checkPorts = (config: EdgeDevConfig, complain: Complain): void => {
  checkLabels(config, complain);
  for (const [at, network] of (config.networks ?? []).entries()) checkNetwork(network, `networks[${at}]`, complain);
  checkLayers(config, complain);
  checkAdapters(config, complain);
};

const checkLabels = (config: EdgeDevConfig, complain: Complain): void => {
  const labels = new Set<string>();
  const add = (label: string | undefined, path: string) => {
    if (!label) complain(path, 'has no logical label');
    else if (labels.has(label)) complain(path, `has the logical label "${label}" like another one`);
    else labels.add(label);
  };
  for (const [at, io] of (config.deviceIoList ?? []).entries()) {
    add(io.logicallabel || io.phylabel, `deviceIoList[${at}]`);
    if ((io.vflist?.data?.length ?? 0) > (io.vflist?.vf_count ?? 0))
      complain(`deviceIoList[${at}].vflist`, 'has more entries than its count');
    if (io.usagePolicy) complain(`deviceIoList[${at}].usagePolicy`, 'must be absent: it makes the device ignore costs');
  }
  for (const [at, one] of (config.vlans ?? []).entries()) add(one.logicallabel, `vlans[${at}]`);
  for (const [at, one] of (config.bonds ?? []).entries()) add(one.logicallabel, `bonds[${at}]`);
};

const checkLayers = (config: EdgeDevConfig, complain: Complain): void => {
  const physical = new Set((config.deviceIoList ?? []).map(one => one.logicallabel || one.phylabel));
  const bonds = new Set((config.bonds ?? []).map(one => one.logicallabel));
  const bonded = new Set<string>();
  const tags = new Set<string>();
  for (const [at, one] of (config.bonds ?? []).entries()) {
    checkInterface(one.interface_name, `bonds[${at}]`, complain);
    for (const member of one.lower_layer_names ?? []) {
      if (!physical.has(member)) complain(`bonds[${at}]`, `there is no port "${member}"`);
      if (bonded.has(member)) complain(`bonds[${at}]`, `"${member}" is part of another bond`);
      bonded.add(member);
    }
    if (!one.bond_mode) complain(`bonds[${at}]`, 'has no mode');
  }
  for (const [at, one] of (config.vlans ?? []).entries()) {
    const lower = one.lower_layer_name;
    checkInterface(one.interface_name, `vlans[${at}]`, complain);
    if (!physical.has(lower) && !bonds.has(lower)) complain(`vlans[${at}]`, `there is no port or bond "${lower}"`);
    if (lower !== undefined && bonded.has(lower)) complain(`vlans[${at}]`, `"${lower}" is part of a bond`);
    if (tags.has(`${lower}/${one.vlan_id}`))
      complain(`vlans[${at}]`, `has the id ${one.vlan_id} like another one on "${lower}"`);
    tags.add(`${lower}/${one.vlan_id}`);
    if (!one.vlan_id || one.vlan_id > 4094) complain(`vlans[${at}]`, 'has no VLAN id from 1 to 4094');
  }
};

const checkInterface = (name: string | undefined, path: string, complain: Complain): void => {
  if (!name || name.length > 15 || name === 'bond0') complain(path, `"${name ?? ''}" cannot be an interface name`);
};

const types: readonly number[] = [
  NetworkType.NETWORKTYPENOOP,
  NetworkType.V4,
  NetworkType.V6,
  NetworkType.V4Only,
  NetworkType.V6Only,
];

const checkNetwork = (network: NetworkConfig, path: string, complain: Complain): void => {
  const type = network.type ?? 0;
  if (!types.includes(type)) complain(path, `the device refuses network type ${type}`);
  if (type !== NetworkType.NETWORKTYPENOOP && !network.ip) complain(path, 'has no ip');
  if (network.mtu && (network.mtu < 1280 || network.mtu > 65535)) complain(path, 'has an MTU outside of 1280 to 65535');
  if (network.ip?.dhcp === DHCPType.Static && !parseCidr(network.ip.subnet ?? ''))
    complain(path, 'is static and has no subnet');
  const wireless = network.wireless;
  if (wireless?.type === WirelessType.Cellular && wireless.cellularCfg?.length !== 1)
    complain(path, 'needs exactly one cellular configuration');
};

const manageable: readonly number[] = [PhyIoMemberUsage.PhyIoUsageMgmtAndApps, PhyIoMemberUsage.PhyIoUsageMgmtOnly];

const checkAdapters = (config: EdgeDevConfig, complain: Complain): void => {
  const networks = new Map((config.networks ?? []).map(one => [one.id, one]));
  const physical = new Map((config.deviceIoList ?? []).map(one => [one.logicallabel || one.phylabel, one]));
  const upper = new Set([...(config.vlans ?? []), ...(config.bonds ?? [])].map(one => one.logicallabel));
  const bonded = new Set((config.bonds ?? []).flatMap(one => one.lower_layer_names ?? []));
  const names = new Set<string | undefined>();
  let managed = 0;
  for (const [at, one] of (config.systemAdapterList ?? []).entries()) {
    const path = `systemAdapterList[${at}]`;
    const lower = one.lowerLayerName || one.name || '';
    if (names.has(one.name)) complain(path, `has the name "${one.name}" like another one`);
    names.add(one.name);
    for (const label of one.shared_labels ?? [])
      if (physical.has(label) || upper.has(label))
        complain(path, `has the shared label "${label}", which is the name of a port`);
    if (!physical.has(lower) && !upper.has(lower)) complain(path, `there is no port, VLAN or bond "${lower}"`);
    if (bonded.has(lower)) complain(path, `"${lower}" is part of a bond and cannot have a network of its own`);
    if ((one.cost ?? 0) > 255) complain(path, 'costs more than 255');
    if (checkAdapter(one, networks.get(one.networkUUID), path, complain) && one.uplink) {
      const usage = physical.get(lower)?.usage;
      if (usage === undefined || manageable.includes(usage)) managed += 1;
      else complain(path, `"${lower}" may not manage the device by its usage`);
    }
  }
  if (managed === 0) complain('systemAdapterList', 'no port can manage the device: it would be lost');
};

/** Whether the adapter has a network that works. */
const checkAdapter = (
  one: SystemAdapter,
  network: NetworkConfig | undefined,
  path: string,
  complain: Complain,
): boolean => {
  if (!network) {
    if (one.networkUUID) complain(path, `there is no network ${one.networkUUID}`);
    else if (one.uplink) complain(path, 'manages the device and has no network');
    return false;
  }
  const { dhcp, subnet } = network.ip ?? {};
  if (dhcp === DHCPType.DHCPNone && one.uplink) complain(path, 'manages the device on a network without addresses');
  if (dhcp === DHCPType.Static) {
    const ip = parseIp(one.addr ?? '');
    const block = parseCidr(subnet ?? '');
    if (!ip) complain(path, 'has no address on a static network');
    else if (block && block.family !== ip.family) complain(path, 'has an address of another family than its network');
  }
  return dhcp !== DHCPType.DHCPNone && network.type !== NetworkType.NETWORKTYPENOOP;
};
