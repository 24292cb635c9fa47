import { type Cidr, isInside, isOverlapping, parseCidr, parseIp } from '../base/ip.ts';
import { type EdgeDevConfig, type NetworkInstanceConfig, ZNetworkInstType } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Networks of applications (reference §6.5). */
export const checkInstances = (config: EdgeDevConfig, complain: Complain): void => {
  const blocks: [string, Cidr][] = [];
  for (const [at, { ip }] of (config.networks ?? []).entries()) {
    const block = parseCidr(ip?.subnet ?? '');
    if (block?.family === 4) blocks.push([`networks[${at}]`, block]);
  }
  const labels = labelsOf(config);
  for (const [at, one] of (config.networkInstances ?? []).entries()) {
    const path = `networkInstances[${at}]`;
    if (!one.uuidandversion) complain(path, 'has no uuidandversion');
    const label = one.port?.name ?? '';
    if (label !== '' && !labels.has(label)) complain(`${path}.port`, `there is no port or label "${label}"`);
    checkRoutes(one, labels, path, complain);
    for (const [n, { access_port: access = '', vlan_id: id = 0 }] of (one.vlan_access_ports ?? []).entries()) {
      const where = `${path}.vlan_access_ports[${n}]`;
      if (!labels.has(access)) complain(where, `there is no port or label "${access}" for a VLAN`);
      if (id < 1 || id > 4094) complain(where, `has the VLAN id ${id}`);
    }
    if (one.mtu && (one.mtu < 1280 || one.mtu > 65535)) complain(`${path}.mtu`, 'has an MTU outside of 1280 to 65535');
    const block = checkType(one, path, complain);
    if (!block) continue;
    for (const [other, taken] of blocks)
      if (isOverlapping(block, taken)) complain(`${path}.ip.subnet`, `has a subnet that overlaps that of ${other}`);
    blocks.push([path, block]);
  }
};

const labelsOf = (config: EdgeDevConfig): Set<string> => {
  const adapters = config.systemAdapterList ?? [];
  const names = adapters.flatMap(one => [one.name ?? '', ...(one.shared_labels ?? [])]);
  return new Set(['all', 'uplink', 'freeuplink', ...names]);
};

const checkRoutes = (
  one: NetworkInstanceConfig,
  labels: ReadonlySet<string>,
  path: string,
  complain: Complain,
): void => {
  for (const [at, { destination_network: to, gateway, port }] of (one.static_routes ?? []).entries()) {
    const where = `${path}.static_routes[${at}]`;
    if (parseCidr(to ?? '')?.family !== 4) complain(where, 'has no IPv4 subnet to go to');
    if (!gateway === !port) complain(where, 'needs either a gateway or a port');
    if (gateway && !parseIp(gateway)) complain(where, 'has a gateway that is no address');
    if (port && !labels.has(port)) complain(where, `there is no port or label "${port}"`);
  }
};

/** The subnet of a local network. */
const checkType = (one: NetworkInstanceConfig, path: string, complain: Complain): Cidr | undefined => {
  if (one.instType === ZNetworkInstType.ZnetInstSwitch) {
    if (one.ip?.subnet) complain(`${path}.ip.subnet`, 'is a switch and has a subnet');
    return undefined;
  }
  if (one.instType !== ZNetworkInstType.ZnetInstLocal) {
    complain(`${path}.instType`, `has the type ${one.instType ?? 0}, which devices do not implement`);
    return undefined;
  }
  const block = parseCidr(one.ip?.subnet ?? '');
  if (block?.family !== 4 || block.bits > 30)
    complain(`${path}.ip.subnet`, 'needs an IPv4 subnet with at least 4 addresses');
  else checkAddresses(one, block, path, complain);
  return block?.family === 4 ? block : undefined;
};

const checkAddresses = (one: NetworkInstanceConfig, block: Cidr, path: string, complain: Complain): void => {
  const { gateway, dhcpRange } = one.ip ?? {};
  const inside = (text: string | undefined, field: string, what: string) => {
    if (!text) return undefined;
    const ip = parseIp(text);
    if (!ip || !isInside(ip, block)) complain(`${path}.ip.${field}`, `has a ${what} outside of its subnet`);
    return ip?.value;
  };
  const at = inside(gateway, 'gateway', 'gateway');
  const start = inside(dhcpRange?.start, 'dhcpRange', 'DHCP range');
  const end = inside(dhcpRange?.end, 'dhcpRange', 'DHCP range');
  if ((start === undefined) !== (end === undefined) || (start !== undefined && end !== undefined && start > end))
    complain(`${path}.ip.dhcpRange`, 'has a DHCP range that does not go from start to end');
  if (at !== undefined && start !== undefined && end !== undefined && at >= start && at <= end)
    complain(`${path}.ip.gateway`, 'has its gateway inside the DHCP range');
};
