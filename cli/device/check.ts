import type {
  AppInstanceConfig,
  EdgeDevConfig,
  NetworkInstanceConfig,
  SystemAdapter,
} from '../../shared/eve/generated/config.ts';
import { checkPatches } from './checkpatches.ts';
import { checkSealed } from './checksealed.ts';

/**
 * What EVE would stumble over in a config: the reference check list (eve-device-api §6.15) and the rules of §6 whose breach
 * crashes an agent or leaves an object hanging. Empty when all is well.
 */
export const check = (config: EdgeDevConfig): string[] => [
  ...checkIdentity(config),
  ...checkPorts(config),
  ...checkStorage(config),
  ...checkNetworkInstances(config),
  ...(config.apps ?? []).flatMap(app => checkApp(config, app)),
  ...checkExclusive(config),
  ...checkSealed(config),
  ...checkPatches(config),
];

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const checkIdentity = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  if (!uuidForm.test(config.id?.uuid ?? '')) out.push('id.uuid is not a UUID');
  if (!config.reboot || !config.shutdown)
    out.push('reboot and shutdown must be in every config: a counter would be forgotten');
  const lists: [string, (string | undefined)[]][] = [
    ['apps', config.apps?.map(app => app.uuidandversion?.uuid) ?? []],
    ['networks', config.networks?.map(network => network.id) ?? []],
    ['datastores', config.datastores?.map(store => store.id) ?? []],
    ['contentInfo', config.contentInfo?.map(tree => tree.uuid) ?? []],
    ['volumes', config.volumes?.map(volume => volume.uuid) ?? []],
    ['networkInstances', config.networkInstances?.map(instance => instance.uuidandversion?.uuid) ?? []],
  ];
  for (const [name, ids] of lists) {
    if (ids.some(id => !uuidForm.test(id ?? ''))) out.push(`${name} has an id that is not a UUID`);
    if (new Set(ids).size !== ids.length) out.push(`${name} has an id twice`);
  }
  return out;
};

const checkPorts = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  const { systemAdapterList: adapters = [], deviceIoList: ios = [], vlans = [], bonds = [] } = config;
  const labels = [
    ...ios.map(io => io.logicallabel || io.phylabel),
    ...vlans.map(v => v.logicallabel),
    ...bonds.map(b => b.logicallabel),
  ];
  if (new Set(labels).size !== labels.length) out.push('two ports have one logical label');
  const networks = new Map((config.networks ?? []).map(network => [network.id, network]));
  for (const network of networks.values())
    if (![4, 6, 7, 8].includes(network.type ?? 0))
      out.push(`network ${network.id} has type ${network.type ?? 0}, which EVE refuses`);
  const isManagement = (adapter: SystemAdapter) => adapter.uplink && networks.has(adapter.networkUUID);
  if (!adapters.some(isManagement)) out.push('no management adapter with a network: the device would be lost');
  for (const adapter of adapters) {
    const lower = adapter.lowerLayerName || adapter.name;
    if (!labels.includes(lower)) out.push(`adapter ${adapter.name}: no port ${lower}`);
    if (adapter.networkUUID && !networks.has(adapter.networkUUID))
      out.push(`adapter ${adapter.name}: no network ${adapter.networkUUID}`);
    if (adapter.uplink && !adapter.networkUUID) out.push(`adapter ${adapter.name}: management without a network`);
  }
  if (new Set(adapters.map(adapter => adapter.name)).size !== adapters.length) out.push('two adapters have one name');
  const ports = new Set(ios.map(io => io.logicallabel || io.phylabel));
  const members = bonds.flatMap(bond => bond.lower_layer_names ?? []);
  for (const member of members) if (!ports.has(member)) out.push(`bond: no port ${member}`);
  if (new Set(members).size !== members.length) out.push('one port is in two bonds');
  for (const { lower_layer_name: lower = '', logicallabel } of vlans) {
    if (!ports.has(lower) && !bonds.some(bond => bond.logicallabel === lower))
      out.push(`VLAN ${logicallabel}: no port ${lower}`);
    if (members.includes(lower)) out.push(`VLAN ${logicallabel}: ${lower} is in a bond`);
  }
  for (const io of ios)
    if ((io.vflist?.data?.length ?? 0) > (io.vflist?.vf_count ?? 0))
      out.push(`${io.logicallabel}: more functions than its count crash the agent`);
  for (const network of networks.values())
    if (network.wireless?.type === 2 && network.wireless.cellularCfg?.length !== 1)
      out.push(`network ${network.id}: ${network.wireless.cellularCfg?.length ?? 0} cellular configs`);
  if (ios.some(io => io.usagePolicy)) out.push('usagePolicy is set: costs would be ignored');
  return out;
};

const checkStorage = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  const stores = new Map((config.datastores ?? []).map(store => [store.id, store]));
  const trees = new Set((config.contentInfo ?? []).map(tree => tree.uuid));
  for (const tree of config.contentInfo ?? []) {
    const ids = tree.ds_ids_list?.length ? tree.ds_ids_list : [tree.dsId ?? ''];
    for (const id of ids) if (!stores.has(id)) out.push(`content tree ${tree.displayName}: no datastore ${id}`);
    const isRegistry = ids.some(id => stores.get(id)?.dType === containerRegistry);
    if (!isRegistry && !tree.sha256)
      out.push(`content tree ${tree.displayName}: no sha256, and its datastore is no registry`);
    if (isRegistry && ids.length > 1) out.push(`content tree ${tree.displayName}: more than one registry`);
  }
  for (const volume of config.volumes ?? []) {
    const { type, downloadContentTreeID: tree = '' } = volume.origin ?? {};
    if (type === download && !trees.has(tree)) out.push(`volume ${volume.displayName}: no content tree ${tree}`);
    if (type === blank && !volume.maxsizebytes) out.push(`volume ${volume.displayName}: blank and without a size`);
    if (type !== blank && type !== download) out.push(`volume ${volume.displayName}: origin ${type ?? 0}`);
  }
  const base = config.baseos?.content_tree_uuid;
  if (base && !trees.has(base)) out.push(`baseos: no content tree ${base}`);
  return out;
};

const containerRegistry = 5;
const blank = 1;
const download = 2;

const checkNetworkInstances = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  const subnets: [string, number, number][] = [];
  for (const instance of config.networkInstances ?? []) {
    const name = instance.displayname ?? '';
    if (!instance.uuidandversion) out.push(`network instance ${name}: no uuidandversion`);
    if (instance.instType !== 1 && instance.instType !== 2)
      out.push(`network instance ${name}: type ${instance.instType ?? 0}`);
    if (!instance.activate) out.push(`network instance ${name}: not activated, its apps would wait`);
    out.push(...checkReach(config, instance).map(text => `network instance ${name}: ${text}`));
    if (instance.instType !== 2) continue;
    const range = toRange(instance.ip?.subnet ?? '');
    if (!range) out.push(`network instance ${name}: subnet '${instance.ip?.subnet ?? ''}'`);
    else {
      const other = subnets.find(([, low, high]) => low <= range[1] && range[0] <= high);
      if (other) out.push(`network instances ${other[0]} and ${name} overlap`);
      subnets.push([name, ...range]);
    }
  }
  return out;
};

/** Ports and labels that a network instance speaks of. */
const checkReach = (config: EdgeDevConfig, instance: NetworkInstanceConfig): string[] => {
  const adapters = config.systemAdapterList ?? [];
  const labels = new Set([
    'all',
    'uplink',
    'freeuplink',
    ...adapters.flatMap(one => [one.name, ...(one.shared_labels ?? [])]),
  ]);
  const out: string[] = [];
  const port = instance.port?.name;
  if (port && !labels.has(port)) out.push(`no port ${port}`);
  for (const { port: way, gateway } of instance.static_routes ?? []) {
    if (!way === !gateway) out.push('a route needs either a gateway or a port');
    if (way && !labels.has(way)) out.push(`no port ${way} for a route`);
  }
  for (const { access_port: access } of instance.vlan_access_ports ?? [])
    if (!labels.has(access)) out.push(`no port ${access} for a VLAN`);
  return out;
};

/** First and last address of an IPv4 CIDR with at least four addresses. */
const toRange = (cidr: string): [number, number] | undefined => {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr) ?? [];
  if (bits === undefined || Number(bits) > 30) return undefined;
  const size = 2 ** (32 - Number(bits));
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const low = address - (address % size);
  return [low, low + size - 1];
};

const checkApp = (config: EdgeDevConfig, app: AppInstanceConfig): string[] => {
  const out: string[] = [];
  const say = (text: string) => out.push(`app ${app.displayname}: ${text}`);
  if (!app.uuidandversion) say('no uuidandversion: the agent would crash');
  if (!app.fixedresources) say('no fixedresources: the agent would crash');
  if (!app.restart || !app.purge) say('restart and purge must be there from the beginning');
  if (!app.fixedresources?.memory || !app.fixedresources.vcpus) say('no memory or no CPU');
  const instances = new Set((config.networkInstances ?? []).map(instance => instance.uuidandversion?.uuid));
  for (const nic of app.interfaces ?? [])
    if (!instances.has(nic.networkId)) say(`interface ${nic.name}: no network instance ${nic.networkId}`);
  const volumes = new Map((config.volumes ?? []).map(volume => [volume.uuid, volume]));
  for (const { uuid, generationCount } of app.volumeRefList ?? []) {
    const volume = volumes.get(uuid);
    if (!volume) say(`no volume ${uuid}`);
    else if (BigInt(volume.generationCount ?? 0) !== BigInt(generationCount ?? 0))
      say(`volume ${uuid}: another generation`);
  }
  const groups = new Set((config.deviceIoList ?? []).map(io => io.assigngrp));
  for (const adapter of app.adapters ?? []) if (!groups.has(adapter.name)) say(`no assignable group ${adapter.name}`);
  const ids = (app.interfaces ?? []).flatMap(nic => nic.acls ?? []).map(ace => ace.id ?? 0);
  if (ids.some(id => id < 1)) say('an ACE without an id');
  return out;
};

const checkExclusive = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  const once = (what: string, keys: string[]) => {
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice !== undefined) out.push(`${what} ${twice} is used twice`);
  };
  const apps = config.apps ?? [];
  once(
    'the assignable group',
    apps.flatMap(app => app.adapters?.map(adapter => adapter.name ?? '') ?? []),
  );
  once(
    'the app name',
    apps.map(app => app.displayname ?? ''),
  );
  once(
    'VNC display',
    apps.filter(app => app.fixedresources?.enable_vnc).map(app => String(app.fixedresources?.vncDisplay ?? 0)),
  );
  const aces = apps.flatMap(app => app.interfaces ?? []).flatMap(nic => nic.acls ?? []);
  const mapped = aces.filter(ace => ace.actions?.some(action => action.portmap));
  const matchOf = (ace: (typeof aces)[number], type: string) =>
    ace.matches?.find(match => match.type === type)?.value ?? '';
  once(
    'the port map',
    mapped.map(ace => `${matchOf(ace, 'protocol')}/${matchOf(ace, 'lport')}/${matchOf(ace, 'adapter')}`),
  );
  return out;
};
