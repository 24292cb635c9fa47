import type { Cause } from '../../base/fault.ts';
import { type Cidr, isInside, parseCidr, parseIp } from '../../base/ip.ts';
import { cause, type Path } from '../../base/path.ts';
import { checkCidr, checkIp } from '../eve/fields.ts';
import type { ClusterNode, DeviceClusterSpec } from './devicecluster.ts';

/** All that is wrong with a cluster and can be seen without its Devices. */
export const checkDeviceCluster = (spec: DeviceClusterSpec, path: Path): Cause[] => {
  const { nodes, network } = spec;
  const block = parseCidr(network);
  return [
    ...checkCidr(network, [...path, 'network']),
    ...(block && block.address !== block.first
      ? [cause.invalid([...path, 'network'], network, 'must be the address of the subnet, without that of a node')]
      : []),
    ...nodes.flatMap((one, at) => checkAddress(one, nodes.slice(0, at), network, block, [...path, 'nodes', at])),
    ...checkServer(nodes, spec.bootstrap, [...path, 'bootstrap'], 'begins the cluster'),
    ...(spec.tieBreaker === undefined
      ? []
      : checkServer(nodes, spec.tieBreaker, [...path, 'tieBreaker'], 'decides between halves')),
    ...(spec.loadBalancers ?? []).flatMap(({ addresses }, at) =>
      addresses.flatMap((text, n) => checkCidr(text, [...path, 'loadBalancers', at, 'addresses', n])),
    ),
  ];
};

/** Nodes know each other by their addresses: to move them all would break the cluster. */
export const checkNetworkStays = (now: DeviceClusterSpec, old: DeviceClusterSpec): Cause[] =>
  now.network === old.network ? [] : [cause.invalid('spec.network', now.network, 'field is immutable')];

const checkAddress = (
  { address }: ClusterNode,
  before: readonly ClusterNode[],
  network: string,
  block: Cidr | undefined,
  path: Path,
): Cause[] => {
  const field = [...path, 'address'];
  const wrong = checkIp(address, field);
  const ip = parseIp(address);
  if (!ip || !block || wrong.length > 0) return wrong;
  if (!isInside(ip, block)) return [cause.invalid(field, address, `must be inside spec.network ${network}`)];
  if (ip.value === block.first || ip.value === block.last)
    return [cause.invalid(field, address, 'must be the address of a node, not that of the subnet')];
  // By value: one address has many spellings.
  return before.some(other => parseIp(other.address)?.value === ip.value) ? [cause.duplicate(field, address)] : [];
};

const checkServer = (nodes: readonly ClusterNode[], name: string, path: Path, what: string): Cause[] => {
  const found = nodes.find(({ device }) => device === name);
  if (!found) return [cause.invalid(path, name, 'must be one of spec.nodes')];
  return found.role === 'Agent' ? [cause.invalid(path, name, `must be a Server: it ${what}`)] : [];
};
