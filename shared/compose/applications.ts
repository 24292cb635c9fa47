import { Fault } from '../base/fault.ts';
import {
  AffinityType,
  type AppInstanceConfig,
  AppRuntimeType,
  MetaDataType,
  SnapshotType,
} from '../eve/generated/config.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import { networksAnnotation, parseNetworks } from '../resources/eve/networks.ts';
import { instanceUuid } from '../resources/eve/roles.ts';
import { addBoot, addUnmounted, addVolumes } from './appvolumes.ts';
import { attempt, type Draft } from './draft.ts';
import type { Instance } from './instances.ts';
import { addInterfaces } from './interfaces.ts';
import { type Displays, toMachine } from './machine.ts';
import { designatedNode } from './membership.ts';
import { envelopeUuid } from './patches.ts';
import { toPhysicalType } from './ports.ts';
import { toUserData } from './userdata.ts';

/** Names of the networks that Applications ask for. */
export const networksInUse = (applications: readonly Application[]): Set<string> => {
  const names = applications.flatMap(one => [
    ...choicesOf(one).map(({ name }) => name),
    ...(one.spec?.eve?.interfaces ?? []).map(({ network }) => network),
  ]);
  return new Set(names.filter(name => name !== undefined));
};

export const choicesOf = (one: Application) => {
  const networks = parseNetworks(one.metadata.annotations?.[networksAnnotation]);
  return typeof networks === 'string' ? [] : networks;
};

/** Puts Applications into the configuration, oldest first; each one wholly or not at all. */
export const addApplications = (draft: Draft, instances: ReadonlyMap<string, Instance>): void => {
  const displays: Displays = { used: new Set() };
  for (const { spec } of draft.from.applications)
    if (spec?.eve?.vnc?.display !== undefined) displays.used.add(spec.eve.vnc.display);
  const groups = new Map<string, string>();
  for (const one of draft.from.applications) {
    const spec = one.spec;
    if (!spec) continue;
    const uid = one.metadata.uid ?? '';
    const ids = spec.containers.map(({ name }, at) => instanceUuid(uid, at, name));
    const done = attempt(draft, one, ids, () => {
      const added = spec.containers.map((container, at) =>
        toApp(draft, one, spec, container, at, instances, displays, groups),
      );
      draft.config.apps.push(...added);
    });
    if (!done) for (const [group, owner] of groups) if (owner === one.metadata.name) groups.delete(group);
  }
  for (const claim of draft.from.claims) addUnmounted(draft, claim);
};

const toApp = (
  draft: Draft,
  one: Application,
  spec: ApplicationSpec,
  container: Container,
  at: number,
  instances: ReadonlyMap<string, Instance>,
  displays: Displays,
  groups: Map<string, string>,
): AppInstanceConfig => {
  const eve = spec.eve ?? {};
  const uid = one.metadata.uid ?? '';
  const id = instanceUuid(uid, at, container.name);
  const boot = addBoot(draft, one, container, at);
  const counter = (command: { counter: number } | undefined) => ({ counter: command?.counter ?? 0 });
  const interfaces = addInterfaces(one, spec, container, at, instances);
  if (interfaces.length === 0) tellUnreachable(draft, one, container, at);
  const adapters =
    at === 0
      ? toAdapters(draft, one, eve.adapters ?? [], groups, eve.enforceInterfaceOrder ? interfaces.length : undefined)
      : [];
  return {
    uuidandversion: { uuid: id, version: String(one.metadata.generation ?? 1) },
    displayname: at === 0 ? one.metadata.name : `${one.metadata.name}.${container.name}`,
    fixedresources: toMachine(draft, one, spec, container, at, displays),
    activate: eve.activate ?? true,
    interfaces,
    adapters,
    restart: counter(eve.restart),
    purge: counter(eve.purge),
    ...toUserData(draft, spec, container, at, id, boot.mount_dir === '/'),
    volumeRefList: [boot, ...addVolumes(draft, one, spec, container)],
    metaDataType: MetaDataType[`MetaData${eve.metadata ?? 'Drive'}`],
    profile_list: eve.profiles,
    start_delay_in_seconds: eve.startDelaySeconds,
    service: eve.service,
    cloud_init_version: eve.cloudInitVersion ?? 1,
    runtime_type: eve.runtime && AppRuntimeType.APP_RUNTIME_TYPE_DOCKER,
    remoteConsole: eve.remoteConsole,
    collectStatsIPAddr: eve.statsAddress,
    vm_resolution: eve.resolution,
    designated_node_id: designatedNode(draft.from.membership, one),
    affinity: eve.clusterAffinity && affinities[eve.clusterAffinity],
    patchRef: patchRefOf(draft, eve.patchEnvelopes?.[0]),
    snapshot: eve.snapshots && {
      max_snapshots: eve.snapshots.max ?? 1,
      active_snapshot: eve.snapshots.active,
      rollback_cmd: counter(eve.snapshots.rollback),
      snapshots: eve.snapshots.items?.map(item => ({
        id: item.id,
        type: item.type === 'Immediate' ? SnapshotType.SNAPSHOT_TYPE_IMMEDIATE : SnapshotType.SNAPSHOT_TYPE_APP_UPDATE,
      })),
    },
  };
};

/** Ports lead to the first interface. One that has none runs, but nobody reaches it. */
const tellUnreachable = (draft: Draft, about: Application, { ports = [] }: Container, at: number): void => {
  const mapped = ports.findIndex(({ hostPort }) => hostPort !== undefined);
  if (mapped < 0) return;
  const field = `spec.containers[${at}].ports[${mapped}].hostPort`;
  const message = `${field}: leads nowhere, for it is on no network; name one in metadata.annotations[${networksAnnotation}]`;
  draft.problems.push({ about, reason: 'Invalid', message, lacks: [] });
};

const affinities = {
  Preferred: AffinityType.AFFINITY_TYPE_PREFERRED,
  Required: AffinityType.AFFINITY_TYPE_REQUIRED,
};

/** The envelope that it names first; the others are found by who may fetch them. */
const patchRefOf = (draft: Draft, name: string | undefined): AppInstanceConfig['patchRef'] => {
  const uid = draft.from.patches.find(({ metadata }) => metadata.name === name)?.metadata.uid;
  return uid === undefined ? undefined : { name, id: envelopeUuid(uid) };
};

type AdapterChoice = NonNullable<NonNullable<ApplicationSpec['eve']>['adapters']>[number];

const toAdapters = (
  draft: Draft,
  one: Application,
  adapters: AdapterChoice[],
  groups: Map<string, string>,
  order: number | undefined,
) => {
  const own = new Set<string>();
  return adapters.map(({ name, ptype, vf }, at) => {
    const member = draft.config.deviceIoList.find(({ assigngrp }) => assigngrp === name);
    const field = `spec.eve.adapters[${at}].name`;
    if (!member) throw new Fault('NotFound', `${field}: the device has no adapter group "${name}"`);
    const owner = groups.get(name);
    if (owner !== undefined && !own.has(name) && owner !== one.metadata.name)
      throw new Fault('Conflict', `${field}: adapter "${name}" is given to Application "${owner}"`);
    groups.set(name, one.metadata.name);
    own.add(name);
    return {
      type: ptype === undefined ? member.ptype : toPhysicalType(ptype),
      name,
      eth_vf: vf && { index: vf.index, mac: vf.mac, vlan_id: vf.vlanId },
      interface_order: order === undefined ? undefined : order + at,
    };
  });
};
