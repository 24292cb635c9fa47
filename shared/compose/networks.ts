import { Fault } from '../base/fault.ts';
import { toUuid } from '../base/uuid.ts';
import { DHCPType, NetworkType, PhyIoType } from '../eve/generated/common.ts';
import type { NetworkConfig as NetworkMessage } from '../eve/generated/config.ts';
import type { DeviceNetwork } from '../resources/eve/devicenetwork.ts';
import type { NetworkConfig, NetworkConfigSpec } from '../resources/eve/networkconfig.ts';
import { attempt, type Draft } from './draft.ts';
import type { Port } from './ports.ts';
import { toProxy } from './proxy.ts';
import { toWireless } from './wireless.ts';
import { within } from './within.ts';

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
  const choices = choose(draft, one, ports);
  const chosen = choices.map(({ port }) => port);
  const free = chosen.filter(({ label }) => !taken.has(label));
  for (const { port, field } of choices) {
    const owner = taken.get(port.label);
    if (field !== undefined && owner !== undefined && owner !== config.metadata.name)
      throw new Fault('Conflict', `${field}: port "${port.label}" has the NetworkConfig "${owner}" already`);
  }
  within(`spec.networkConfig: NetworkConfig "${config.metadata.name}"`, () => {
    if (free.length > 0) draft.config.networks.push(toNetwork(draft, config.spec ?? {}, id));
    for (const port of free) addAdapter(draft, port, config.spec ?? {}, id, one.spec?.cost);
  });
  for (const port of free) tellWireless(draft, one, config, port);
  for (const { label } of free) taken.set(label, config.metadata.name);
  return chosen;
};

const configOf = (draft: Draft, one: DeviceNetwork): NetworkConfig => {
  const name = one.spec?.networkConfig ?? '';
  // Validated by the registry against the schema that the type is inferred from.
  const config = draft.from.look('networkConfig', name) as unknown as NetworkConfig | undefined;
  if (!config) throw new Fault('NotFound', `spec.networkConfig: NetworkConfig "${name}" does not exist`);
  return config;
};

interface Choice {
  readonly port: Port;
  /** Where it was asked for; undefined when nobody did. */
  readonly field?: string;
}

/** The ports of a network: those it names, else those that the Device's annotations give it, else the first management one. */
const choose = (draft: Draft, one: DeviceNetwork, ports: readonly Port[]): readonly Choice[] => {
  const { annotations = {}, name } = draft.from.device.metadata;
  if (one.spec?.ports) return one.spec.ports.map((label, at) => findPort(ports, label, `spec.ports[${at}]`));
  const mapped = Object.keys(annotations)
    .filter(key => key.startsWith(annotationPrefix) && annotations[key] === one.metadata.name)
    .sort();
  if (mapped.length > 0)
    return mapped.map(key =>
      findPort(ports, key.slice(annotationPrefix.length), `Device "${name}": metadata.annotations[${key}]`),
    );
  const first = firstManagement(ports);
  if (!first) throw new Fault('NotFound', 'spec.ports: Required value: the device has no management port');
  return [{ port: first }];
};

const findPort = (ports: readonly Port[], label: string, field: string): Choice => {
  const port = ports.find(one => one.label === label);
  if (!port) throw new Fault('NotFound', `${field}: the device has no port "${label}"`);
  if (!port.usable)
    throw new Fault(
      'Conflict',
      `${field}: port "${label}" cannot have a network: it is given away, switched off or part of a bond`,
    );
  return { port, field };
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
    throw new Fault('NotFound', `spec.ip: port "${label}" has no address, which a static network needs`);
  if (config.ip === 'none' && management)
    throw new Fault('Conflict', `spec.ip: port "${label}" manages the device and cannot be without addresses`);
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

/** What a port cannot do is passed over by a device without a word: the port itself works. */
const tellWireless = (
  draft: Draft,
  about: DeviceNetwork,
  { metadata, spec = {} }: NetworkConfig,
  { label, ptype }: Port,
): void => {
  const tell = (field: string, what: string) => {
    const message = `spec.networkConfig: NetworkConfig "${metadata.name}": spec.${field}: has no effect on port "${label}", which is none for ${what}`;
    draft.problems.push({ about, reason: 'Invalid', message, lacks: [] });
  };
  if (spec.wifi && ptype !== PhyIoType.PhyIoNetWLAN) tell('wifi', 'WiFi');
  if (spec.cellular && ptype !== PhyIoType.PhyIoNetWWAN) tell('cellular', 'cellular networks');
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
