import { isInside, parseCidr, parseIp } from '../base/ip.ts';
import {
  type ACE,
  type AppInstanceConfig,
  type EdgeDevConfig,
  type NetworkAdapter,
  type NetworkInstanceConfig,
  VmMode,
  ZNetworkInstType,
} from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Applications (reference §6.8). */
export const checkApps = (config: EdgeDevConfig, complain: Complain): void => {
  const known = {
    instances: new Map((config.networkInstances ?? []).map(one => [one.uuidandversion?.uuid, one])),
    addresses: new Map<string, number>(),
    volumes: new Map((config.volumes ?? []).map(one => [`${one.uuid}#${one.generationCount ?? 0}`, one.displayName])),
    groups: new Set((config.deviceIoList ?? []).map(one => one.assigngrp).filter(group => group)),
    owners: new Map<string, number>(),
    displays: new Map<number, number>(),
    maps: new Map<string, string>(),
    volumeOwners: new Map<string, number>(),
  };
  reserve(config, known.maps);
  const names = new Set<string | undefined>();
  for (const [at, app] of (config.apps ?? []).entries()) {
    const path = `apps[${at}]`;
    if (names.has(app.displayname))
      complain(`${path}.displayname`, `has the name "${app.displayname}" like another one`);
    names.add(app.displayname);
    checkMachine(app, at, known.displays, path, complain);
    checkVolumes(app, at, known, path, complain);
    checkAdapters(app, at, known, path, complain);
    checkInterfaces(app, at, known, path, complain);
    checkSnapshots(app, path, complain);
  }
};

/** Ports of the device that are spoken for. */
const reserve = (config: EdgeDevConfig, maps: Map<string, string>): void => {
  const item = (key: string) => (config.configItems ?? []).find(one => one.key === key)?.value ?? '';
  if (item('debug.enable.ssh') !== '') maps.set('tcp/22/', 'SSH of the device');
  if (!['true', '1', 't', 'T', 'TRUE', 'True'].includes(item('app.allow.vnc'))) return;
  for (const { fixedresources: machine } of config.apps ?? [])
    if (machine?.enable_vnc) maps.set(`tcp/${5900 + (machine.vncDisplay ?? 0)}/`, 'VNC');
};

const checkMachine = (
  app: AppInstanceConfig,
  at: number,
  displays: Map<number, number>,
  path: string,
  complain: Complain,
): void => {
  const machine = app.fixedresources;
  if (!app.uuidandversion) complain(path, 'has no uuidandversion: the device would crash');
  if (!machine) {
    complain(path, 'has no fixedresources: the device would crash');
    return;
  }
  const inMachine = `${path}.fixedresources`;
  if (!machine.memory) complain(`${inMachine}.memory`, 'has no memory');
  if (!machine.vcpus) complain(`${inMachine}.vcpus`, 'has no CPU');
  if (machine.enable_vnc_shim_vm && !machine.enable_vnc)
    complain(`${inMachine}.enable_vnc_shim_vm`, 'has a console of its shim VM without VNC');
  if (app.service && machine.virtualizationMode !== VmMode.NOHYPER)
    complain(`${path}.service`, 'is a service and needs mode NOHYPER');
  if (!machine.enable_vnc) return;
  const display = machine.vncDisplay ?? 0;
  if (display > 99) complain(`${inMachine}.vncDisplay`, 'has a VNC display above 99');
  const other = displays.get(display);
  if (other !== undefined) complain(`${inMachine}.vncDisplay`, `has the VNC display ${display} like apps[${other}]`);
  displays.set(display, at);
};

interface Known {
  readonly instances: ReadonlyMap<string | undefined, NetworkInstanceConfig>;
  /** Fixed addresses by network → place of the application that has them. */
  readonly addresses: Map<string, number>;
  /** Their names, by `uuid#generation`. */
  readonly volumes: ReadonlyMap<string, string | undefined>;
  readonly groups: ReadonlySet<string | undefined>;
  readonly owners: Map<string, number>;
  readonly maps: Map<string, string>;
  readonly volumeOwners: Map<string, number>;
}

const checkVolumes = (app: AppInstanceConfig, at: number, known: Known, path: string, complain: Complain): void => {
  if (!app.volumeRefList?.length) complain(path, 'has no volume to start from');
  for (const [n, one] of (app.volumeRefList ?? []).entries()) {
    const where = `${path}.volumeRefList[${n}]`;
    const id = `${one.uuid}#${one.generationCount ?? 0}`;
    if (!known.volumes.has(id)) complain(where, `there is no volume ${id}`);
    if (known.volumeOwners.get(id) === at) complain(where, `has the volume "${known.volumes.get(id) ?? id}" twice`);
    known.volumeOwners.set(id, at);
  }
};

const checkAdapters = (app: AppInstanceConfig, at: number, known: Known, path: string, complain: Complain): void => {
  for (const [n, { name = '' }] of (app.adapters ?? []).entries()) {
    const where = `${path}.adapters[${n}]`;
    if (!known.groups.has(name)) complain(where, `there is no adapter group "${name}"`);
    const owner = known.owners.get(name);
    if (owner !== undefined && owner !== at) complain(where, `has the adapter group "${name}" like apps[${owner}]`);
    known.owners.set(name, at);
  }
};

const checkInterfaces = (app: AppInstanceConfig, at: number, known: Known, path: string, complain: Complain): void => {
  const ids = new Set<number>();
  const names = new Set<string | undefined>();
  for (const [n, nic] of (app.interfaces ?? []).entries()) {
    const where = `${path}.interfaces[${n}]`;
    const network = known.instances.get(nic.networkId);
    if (!network) complain(`${where}.networkId`, `there is no network instance ${nic.networkId}`);
    else checkAddress(nic, network, at, known.addresses, where, complain);
    if (names.has(nic.name)) complain(`${where}.name`, `has the interface "${nic.name}" twice`);
    names.add(nic.name);
    for (const [rule, ace] of (nic.acls ?? []).entries()) {
      checkAce(ace, ids, known.maps, `${where}.acls[${rule}]`, complain);
      if (network) checkPlace(ace, network, `${where}.acls[${rule}]`, complain);
    }
  }
  if (!app.fixedresources?.enforce_network_interface_order) return;
  const orders = [...(app.interfaces ?? []), ...(app.adapters ?? [])].map(one => one.interface_order ?? 0);
  if (new Set(orders).size !== orders.length)
    complain(
      `${path}.fixedresources.enforce_network_interface_order`,
      'enforces the order of interfaces, and two have the same',
    );
};

const checkSnapshots = ({ snapshot }: AppInstanceConfig, path: string, complain: Complain): void => {
  const ids = (snapshot?.snapshots ?? []).map(one => one.id);
  if (new Set(ids).size !== ids.length) complain(`${path}.snapshot.snapshots`, 'has two snapshots with one id');
  if (snapshot?.active_snapshot && !ids.includes(snapshot.active_snapshot))
    complain(`${path}.snapshot.active_snapshot`, `there is no snapshot ${snapshot.active_snapshot} to go back to`);
};

/** Fixed addresses: inside the network, and of one machine only. */
const checkAddress = (
  nic: NetworkAdapter,
  network: NetworkInstanceConfig,
  at: number,
  owners: Map<string, number>,
  path: string,
  complain: Complain,
): void => {
  const ip = nic.addr ? parseIp(nic.addr) : undefined;
  const block = nic.addr ? parseCidr(network.ip?.subnet ?? '') : undefined;
  if (nic.addr && (!ip || (block && !isInside(ip, block))))
    complain(`${path}.addr`, `has the address ${nic.addr}, which is not of its network`);
  if (nic.addr && nic.addr === network.ip?.gateway)
    complain(`${path}.addr`, `has the address ${nic.addr} of the gateway`);
  const fixed = { addr: nic.addr, macAddress: nic.macAddress?.toLowerCase() };
  for (const [field, value] of Object.entries(fixed)) {
    if (!value) continue;
    const key = `${nic.networkId}/${value}`;
    const owner = owners.get(key);
    if (owner !== undefined && owner !== at)
      complain(`${path}.${field}`, `has the address ${value} like apps[${owner}]`);
    owners.set(key, at);
  }
};

/** Rules that a kind of network does not know are ignored without a word. */
const checkPlace = (ace: ACE, network: NetworkInstanceConfig, path: string, complain: Complain): void => {
  const types = new Set((ace.matches ?? []).map(one => one.type));
  const [action] = ace.actions ?? [];
  if (network.instType !== ZNetworkInstType.ZnetInstSwitch) {
    if (action?.drop) complain(path, 'has a rule that drops, which a local network does not know');
  } else if (types.has('host') || types.has('eidset') || action?.portmap)
    complain(path, 'has a rule by name or with a port map, which a switch does not know');
};

const matchTypes = ['ip', 'host', 'eidset', 'protocol', 'lport', 'fport', 'adapter'];

const checkAce = (ace: ACE, ids: Set<number>, maps: Map<string, string>, path: string, complain: Complain): void => {
  const id = ace.id ?? 0;
  if (id < 1 || id > 16_777_215) complain(path, `has a rule with the id ${id}`);
  if (ids.has(id)) complain(path, `has two rules with the id ${id}`);
  ids.add(id);
  const found = new Map((ace.matches ?? []).map(one => [one.type ?? '', one.value ?? '']));
  for (const type of found.keys()) if (!matchTypes.includes(type)) complain(path, `has a rule that matches "${type}"`);
  if (found.size !== (ace.matches ?? []).length) complain(path, 'has a rule that matches one thing twice');
  if ((found.has('lport') || found.has('fport')) && !found.has('protocol'))
    complain(path, 'has a rule with a port but no protocol');
  if (found.has('host') && found.has('eidset')) complain(path, 'has a rule that matches host and eidset');
  if ((ace.actions ?? []).length > 1) complain(path, 'has a rule with more than one action');
  const [action] = ace.actions ?? [];
  if (!action?.portmap) return;
  if (!action.appPort || !found.has('lport')) {
    complain(path, 'has a port map without its ports');
    return;
  }
  const key = `${found.get('protocol')}/${found.get('lport')}/${found.get('adapter') ?? ''}`;
  const owner = maps.get(key);
  if (owner !== undefined) complain(path, `maps port ${found.get('lport')} of the device, which is taken by ${owner}`);
  maps.set(key, path);
};
