import { getOwn } from '../base/own.ts';
import { toUuid } from '../base/uuid.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import { applicationField } from './applicationfield.ts';
import type { Gathered } from './gather.ts';
import { envelopeUuid } from './patches.ts';
import type { Named } from './problem.ts';
import { renamed } from './renamed.ts';

/** What a part of a configuration was made from. */
export interface Origin {
  readonly about: Named;
  /** Path in the object. */
  readonly field: string;
}

/** Where a place in a composed configuration comes from. `path`: as the checks print it. */
export const originOf = (from: Gathered, config: EdgeDevConfig, path: string): Origin => {
  const [, list = '', at = '', rest = ''] = /^(\w+)\[(\d+)\]\.?(.*)$/s.exec(path) ?? [];
  const found = getOwn(makers, list)?.(from, config, Number(at), rest);
  return found ?? { about: from.device, field: renamed(path, deviceFields, path) };
};

type Maker = (from: Gathered, config: EdgeDevConfig, at: number, rest: string) => Origin | undefined;

/** By the list of the configuration. */
const makers: Readonly<Record<string, Maker>> = {
  apps: ({ applications }, { apps = [] }, at, rest) => {
    const app = apps[at];
    for (const one of app ? applications : []) {
      const uid = one.metadata.uid ?? '';
      const container = (one.spec?.containers ?? []).findIndex(
        ({ name }, n) => instanceUuid(uid, n, name) === app?.uuidandversion?.uuid,
      );
      if (app && container >= 0) return { about: one, field: applicationField(one, container, app, rest) };
    }
    return undefined;
  },
  networkInstances: ({ networks }, { networkInstances = [] }, at, rest) => {
    const id = networkInstances[at]?.uuidandversion?.uuid;
    const about = networks.find(({ metadata }) => toUuid(metadata.uid ?? '', 'instance') === id);
    return about && { about, field: renamed(rest, instanceFields, 'spec.instance') };
  },
  networks: (from, { networks = [] }, at) => {
    const about = from.networks.find(({ metadata }) => toUuid(metadata.uid ?? '', 'network') === networks[at]?.id);
    return about && { about, field: 'spec.networkConfig' };
  },
  patchEnvelopes: ({ patches }, { patchEnvelopes = [] }, at, rest) => {
    const about = patches.find(({ metadata }) => envelopeUuid(metadata.uid ?? '') === patchEnvelopes[at]?.uuid);
    return about && { about, field: renamed(rest, { artifacts: 'spec.artifacts' }, 'spec') };
  },
  deviceIoList: ({ device }, { deviceIoList = [] }, at) => ofPort(device, deviceIoList[at]?.logicallabel),
  vlans: ({ device }, { vlans = [] }, at) => ofPort(device, vlans[at]?.logicallabel),
  bonds: ({ device }, { bonds = [] }, at) => ofPort(device, bonds[at]?.logicallabel),
  systemAdapterList: ({ device }, { systemAdapterList = [] }, at) => ofPort(device, systemAdapterList[at]?.name),
};

/** What the Device does not say of its ports, its model does. */
const ofPort = (about: Gathered['device'], label: string | undefined): Origin => {
  for (const list of ['adapters', 'vlans', 'bonds'] as const) {
    const at = about.spec?.[list]?.findIndex(({ name }) => name === label) ?? -1;
    if (at >= 0) return { about, field: `spec.${list}[${at}]` };
  }
  return { about, field: about.spec?.model === undefined ? 'spec.adapters' : 'spec.model' };
};

const instanceFields = {
  static_routes: 'spec.instance.staticRoutes',
  vlan_access_ports: 'spec.instance.vlanAccessPorts',
  port: 'spec.instance.port',
  mtu: 'spec.instance.mtu',
  instType: 'spec.instance.type',
  'ip.subnet': 'spec.instance.subnet',
  'ip.gateway': 'spec.instance.gateway',
  'ip.dhcpRange': 'spec.instance.range',
};

/** What a Device says itself. Other places are told as they are called in the configuration. */
const deviceFields = {
  'reboot.counter': 'spec.reboot.counter',
  'shutdown.counter': 'spec.shutdown.counter',
  'backup.counter': 'spec.backup.counter',
  'baseos.retry_update.counter': 'spec.baseOS.retry.counter',
  baseos: 'spec.eve-os-version',
  pnacs: 'spec.portAccess',
  scep_profiles: 'spec.certificateEnrollments',
  edgeview: 'spec.edgeView',
  'cluster.encrypted_cluster_token': 'spec.cluster.tokenSecret',
  cluster: 'spec.cluster',
  disks: 'spec.disks',
  systemAdapterList: 'spec.adapters',
};
