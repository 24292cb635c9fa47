import { type ACE, type AppInstanceConfig, type EdgeDevConfig, VmMode } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Applications (reference §6.8). */
export const checkApps = (config: EdgeDevConfig, complain: Complain): void => {
  const known = {
    instances: new Set((config.networkInstances ?? []).map(one => one.uuidandversion?.uuid)),
    volumes: new Set((config.volumes ?? []).map(one => `${one.uuid}#${one.generationCount ?? 0}`)),
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
    if (names.has(app.displayname)) complain(path, `has the name "${app.displayname}" like another one`);
    names.add(app.displayname);
    checkMachine(app, at, known.displays, path, complain);
    checkVolumes(app, at, known, path, complain);
    checkAdapters(app, at, known, path, complain);
    checkInterfaces(app, known, path, complain);
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
  if (!machine.memory) complain(path, 'has no memory');
  if (!machine.vcpus) complain(path, 'has no CPU');
  if (machine.enable_vnc_shim_vm && !machine.enable_vnc) complain(path, 'has a console of its shim VM without VNC');
  if (app.service && machine.virtualizationMode !== VmMode.NOHYPER)
    complain(path, 'is a service and needs mode NOHYPER');
  if (!machine.enable_vnc) return;
  const display = machine.vncDisplay ?? 0;
  if (display > 99) complain(path, 'has a VNC display above 99');
  const other = displays.get(display);
  if (other !== undefined) complain(path, `has the VNC display ${display} like apps[${other}]`);
  displays.set(display, at);
};

interface Known {
  readonly instances: ReadonlySet<string | undefined>;
  readonly volumes: ReadonlySet<string>;
  readonly groups: ReadonlySet<string | undefined>;
  readonly owners: Map<string, number>;
  readonly maps: Map<string, string>;
  readonly volumeOwners: Map<string, number>;
}

const checkVolumes = (app: AppInstanceConfig, at: number, known: Known, path: string, complain: Complain): void => {
  if (!app.volumeRefList?.length) complain(path, 'has no volume to start from');
  for (const one of app.volumeRefList ?? []) {
    const id = `${one.uuid}#${one.generationCount ?? 0}`;
    if (!known.volumes.has(id)) complain(path, `there is no volume ${id}`);
    if (known.volumeOwners.get(id) === at) complain(path, `has the volume ${id} twice`);
    known.volumeOwners.set(id, at);
  }
};

const checkAdapters = (app: AppInstanceConfig, at: number, known: Known, path: string, complain: Complain): void => {
  for (const { name = '' } of app.adapters ?? []) {
    if (!known.groups.has(name)) complain(path, `there is no adapter group "${name}"`);
    const owner = known.owners.get(name);
    if (owner !== undefined && owner !== at) complain(path, `has the adapter group "${name}" like apps[${owner}]`);
    known.owners.set(name, at);
  }
};

const checkInterfaces = (app: AppInstanceConfig, known: Known, path: string, complain: Complain): void => {
  const ids = new Set<number>();
  const names = new Set<string | undefined>();
  for (const nic of app.interfaces ?? []) {
    if (!known.instances.has(nic.networkId)) complain(path, `there is no network instance ${nic.networkId}`);
    if (names.has(nic.name)) complain(path, `has the interface "${nic.name}" twice`);
    names.add(nic.name);
    for (const ace of nic.acls ?? []) checkAce(ace, ids, known.maps, `${path} interface "${nic.name}"`, complain);
  }
  if (!app.fixedresources?.enforce_network_interface_order) return;
  const orders = [...(app.interfaces ?? []), ...(app.adapters ?? [])].map(one => one.interface_order ?? 0);
  if (new Set(orders).size !== orders.length) complain(path, 'enforces the order of interfaces, and two have the same');
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
