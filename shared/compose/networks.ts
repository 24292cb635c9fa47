import { Fault } from '../base/fault.ts';
import { toUuid } from '../base/uuid.ts';
import { DHCPType, NetworkType } from '../eve/generated/common.ts';
import type { NetworkConfig as NetworkMessage } from '../eve/generated/config.ts';
import type { DeviceNetwork } from '../resources/eve/devicenetwork.ts';
import type { NetworkConfig, NetworkConfigSpec } from '../resources/eve/networkconfig.ts';
import { attempt, type Draft } from './draft.ts';
import type { Port } from './ports.ts';
import { toProxy } from './proxy.ts';
import { toWireless } from './wireless.ts';

/** Which ports each DeviceNetwork is on, by the name of the DeviceNetwork. */
export type Placement = ReadonlyMap<string, readonly Port[]>;

const annotationPrefix = 'eve.lfedge.org/network-';

/** Puts networks on ports. A device always keeps at least one way to be managed. */
export const addNetworks = (draft: Draft, ports: readonly Port[]): Placement => {
  const placement = new Map<string, readonly Port[]>();
  const taken = new Map<string, string>();
  for (const one of draft.from.networks) {
    const id = toUuid(one.metadata.uid ?? '', 'network');
    attempt(draft, one, [id], () => placement.set(one.metadata.name, place(draft, one, id, ports, taken)));
  }
  if (!draft.config.systemAdapterList.some(({ uplink }) => uplink)) addDefault(draft, ports, taken);
  return placement;
};

/** One DeviceNetwork: its ports, and its network when a port uses it. */
const place = (
  draft: Draft,
  one: DeviceNetwork,
  id: string,
  ports: readonly Port[],
  taken: Map<string, string>,
): readonly Port[] => {
  const config = configOf(draft, one);
  const { chosen, asked } = choose(draft, one, ports);
  const free = chosen.filter(({ label }) => !taken.has(label));
  for (const { label } of asked ? chosen : []) {
    const owner = taken.get(label);
    if (owner !== undefined && owner !== config.metadata.name)
      throw new Fault('Conflict', `port "${label}" has the NetworkConfig "${owner}" already`);
  }
  if (free.length > 0) draft.config.networks.push(toNetwork(draft, config.spec ?? {}, id));
  for (const port of free) addAdapter(draft, port, config.spec ?? {}, id, one.spec?.cost);
  for (const { label } of free) taken.set(label, config.metadata.name);
  return chosen;
};

const configOf = (draft: Draft, one: DeviceNetwork): NetworkConfig => {
  const name = one.spec?.networkConfig ?? '';
  // Validated by the registry against the schema that the type is inferred from.
  const config = draft.from.look('networkConfig', name) as unknown as NetworkConfig | undefined;
  if (!config) throw new Fault('NotFound', `NetworkConfig "${name}" does not exist`);
  return config;
};

/** The ports of a network: those it names, else those that the Device's annotations give it, else the first management one. */
const choose = (
  draft: Draft,
  one: DeviceNetwork,
  ports: readonly Port[],
): { chosen: readonly Port[]; asked: boolean } => {
  const mapped = Object.entries(draft.from.device.metadata.annotations ?? {})
    .filter(([key, name]) => key.startsWith(annotationPrefix) && name === one.metadata.name)
    .map(([key]) => key.slice(annotationPrefix.length))
    .sort();
  const names = one.spec?.ports ?? (mapped.length > 0 ? mapped : undefined);
  if (names) return { chosen: names.map(name => findPort(ports, name)), asked: true };
  const first = firstManagement(ports);
  if (!first) throw new Fault('NotFound', 'the device has no management port');
  return { chosen: [first], asked: false };
};

const findPort = (ports: readonly Port[], label: string): Port => {
  const port = ports.find(one => one.label === label);
  if (!port) throw new Fault('NotFound', `the device has no port "${label}"`);
  if (!port.usable)
    throw new Fault(
      'Conflict',
      `port "${label}" cannot have a network: it is given away, switched off or part of a bond`,
    );
  return port;
};

const firstManagement = (ports: readonly Port[]): Port | undefined =>
  ports.find(({ management, ptype }) => management && ptype === 1) ?? ports.find(({ management }) => management);

const addAdapter = (
  draft: Draft,
  port: Port,
  config: NetworkConfigSpec,
  id: string,
  cost: number | undefined,
): void => {
  const { label, settings, management } = port;
  if (config.ip === 'static' && !settings.address)
    throw new Fault('NotFound', `port "${label}" has no address, which a static network needs`);
  if (config.ip === 'none' && management)
    throw new Fault('Conflict', `port "${label}" manages the device and cannot be without addresses`);
  draft.config.systemAdapterList.push({
    name: label,
    uplink: management,
    networkUUID: id,
    addr: config.ip === 'static' ? settings.address : undefined,
    alias: settings.alias,
    lowerLayerName: label,
    cost: settings.cost ?? cost,
    shared_labels: settings.sharedLabels,
    allow_local_modifications: settings.allowLocalModifications,
  });
};

/** DHCP on the first management port. */
const addDefault = (draft: Draft, ports: readonly Port[], taken: Map<string, string>): void => {
  const port = ports.find(({ management, label }) => management && !taken.has(label)) ?? firstManagement(ports);
  if (!port) return;
  const id = toUuid(draft.from.device.metadata.uid ?? '', 'network/default');
  draft.config.networks.push(toNetwork(draft, {}, id));
  addAdapter(draft, port, {}, id, undefined);
};

const families: Record<NonNullable<NetworkConfigSpec['family']>, number> = {
  IPv4: NetworkType.V4,
  IPv6: NetworkType.V6,
  IPv4Only: NetworkType.V4Only,
  IPv6Only: NetworkType.V6Only,
};

const dhcp: Record<NonNullable<NetworkConfigSpec['ip']>, number> = {
  dhcp: DHCPType.Client,
  static: DHCPType.Static,
  none: DHCPType.DHCPNone,
};

const toNetwork = (draft: Draft, config: NetworkConfigSpec, id: string): NetworkMessage => {
  const [ntp, ...moreNtp] = config.ntp ?? [];
  const only = config.exclusively;
  return {
    id,
    type: families[config.family ?? 'IPv4'],
    ip: {
      dhcp: dhcp[config.ip ?? 'dhcp'],
      subnet: config.subnet,
      gateway: config.gateway,
      domain: config.domain,
      ntp,
      more_ntp: moreNtp,
      dns: config.dns,
      dhcpRange: config.range ?? {},
      dhcp_options_ignore: only && {
        ntp_server_exclusively: only.ntp,
        ip_addresses_exclusively: only.addresses,
        dns_config_exclusively: only.dns,
        gateways_exclusively: only.gateways,
      },
    },
    dns: config.dnsEntries?.map(({ hostname, addresses }) => ({ HostName: hostname, Address: addresses })),
    entProxy: toProxy(config),
    wireless: toWireless(draft, config, id),
    mtu: config.mtu,
  };
};
