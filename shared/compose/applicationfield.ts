import type { AppInstanceConfig } from '../eve/generated/config.ts';
import type { Application } from '../resources/eve/application.ts';
import { addressField, macField, type Nic, networkField, toNics } from './nics.ts';
import { renamed } from './renamed.ts';

/**
 * The field of an Application that a place in what became of it was made from. `at`: the place of its container; `path`: in
 * `app`, as the checks print it.
 */
export const applicationField = (one: Application, at: number, app: AppInstanceConfig, path: string): string => {
  const [, nth, rest = ''] = /^interfaces\[(\d+)\]\.?(.*)$/s.exec(path) ?? [];
  const nic = nth === undefined || !one.spec ? undefined : toNics(one, one.spec)[Number(nth)];
  if (nic) return interfaceField(one, at, nic, app.interfaces?.[Number(nth)]?.acls?.length ?? 0, rest);
  const [, volume] = /^volumeRefList\[(\d+)\]/.exec(path) ?? [];
  if (volume !== undefined) return volumeField(one, at, Number(volume));
  if (at > 0 && path === 'displayname') return `spec.containers[${at}].name`;
  const resources = `spec.containers[${at}].resources`;
  const machine = {
    'fixedresources.memory': `${resources}.requests[memory]`,
    'fixedresources.vcpus': `${resources}.requests[cpu]`,
  };
  return renamed(path, { ...machine, ...fields }, 'spec');
};

const fields = {
  displayname: 'metadata.name',
  'fixedresources.vncDisplay': 'spec.eve.vnc.display',
  'fixedresources.enable_vnc_shim_vm': 'spec.eve.vnc.shim',
  'fixedresources.enforce_network_interface_order': 'spec.eve.enforceInterfaceOrder',
  service: 'spec.eve.service',
  adapters: 'spec.eve.adapters',
  'snapshot.snapshots': 'spec.eve.snapshots.items',
  'snapshot.active_snapshot': 'spec.eve.snapshots.active',
};

/** The first is what it boots from; then come those that it mounts. */
const volumeField = ({ spec }: Application, at: number, nth: number): string => {
  const { volumeMounts = [], volumeDevices = [] } = spec?.containers[at] ?? {};
  const mounted = new Set([...volumeMounts, ...volumeDevices].map(({ name }) => name));
  const places = (spec?.volumes ?? []).flatMap(({ name }, n) => (mounted.has(name) ? [n] : []));
  return nth === 0 ? `spec.containers[${at}].image` : `spec.volumes[${places[nth - 1]}]`;
};

/** `rules`: how many the interface has, those of port maps last. */
const interfaceField = (one: Application, at: number, nic: Nic, rules: number, path: string): string => {
  const [, rule] = /^acls\[(\d+)\]/.exec(path) ?? [];
  if (rule !== undefined) {
    const maps = (one.spec?.containers[at]?.ports ?? []).flatMap(({ hostPort }, n) =>
      hostPort === undefined ? [] : [n],
    );
    const own = nic.spec?.acls?.length;
    const map = maps[Number(rule) - (own ?? rules - maps.length)];
    if (map !== undefined) return `spec.containers[${at}].ports[${map}].hostPort`;
    return own === undefined ? networkField(nic) : `${nic.field}.acls[${rule}]`;
  }
  if (path === 'addr') return addressField(nic);
  if (path === 'macAddress') return macField(nic);
  return path === 'networkId' ? networkField(nic) : nic.field;
};
