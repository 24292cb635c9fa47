import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import {
  AffinityType,
  type AppInstanceConfig,
  AppRuntimeType,
  MetaDataType,
  SnapshotType,
  VolumeContentOriginType,
  type VolumeRef,
} from '../eve/generated/config.ts';
import { generationOf, isClearText } from '../resources/core/claimvolume.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, Container, VolumeSpec } from '../resources/eve/applicationspec.ts';
import { networksAnnotation, parseNetworks } from '../resources/eve/networks.ts';
import { bootUuid, claimUuid, instanceUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import { selectedDevice } from './claims.ts';
import { addClaimed, addContent, addVolume, findImage, sizeOf } from './content.ts';
import { attempt, type Draft } from './draft.ts';
import type { ClaimSpec } from './gather.ts';
import type { Instance } from './instances.ts';
import { addInterfaces } from './interfaces.ts';
import { type Displays, toMachine } from './machine.ts';
import { envelopeUuid } from './patches.ts';
import { toPhysicalType } from './ports.ts';
import { readConfigMap, readSecret, seal } from './secrets.ts';

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
    ...toUserData(draft, spec, container, id),
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

const affinities = {
  Preferred: AffinityType.AFFINITY_TYPE_PREFERRED,
  Required: AffinityType.AFFINITY_TYPE_REQUIRED,
};

/** The envelope that it names first; the others are found by who may fetch them. */
const patchRefOf = (draft: Draft, name: string | undefined): AppInstanceConfig['patchRef'] => {
  const uid = draft.from.patches.find(({ metadata }) => metadata.name === name)?.metadata.uid;
  return uid === undefined ? undefined : { name, id: envelopeUuid(uid) };
};

/** Volume 0: what the machine boots, or the root of the container. A purge makes it anew. */
const addBoot = (draft: Draft, one: Application, container: Container, at: number): VolumeRef => {
  const content = addContent(draft, findImage(draft, container.image));
  const uuid = bootUuid(one.metadata.uid ?? '', at, container.name);
  const generationCount = one.spec?.eve?.purge?.counter ?? 0;
  addVolume(draft, {
    uuid,
    generationCount,
    origin: { type: VolumeContentOriginType.VCOT_DOWNLOAD, downloadContentTreeID: content.id },
    maxsizebytes: sizeOf(container.resources?.requests?.['storage']),
    clear_text: one.spec?.eve?.clearText,
    displayName: `${one.metadata.name}-${container.name}`,
  });
  return { uuid, generationCount, mount_dir: content.format === 'CONTAINER' ? '/' : undefined };
};

/** The further volumes that the container mounts, in the order of spec.volumes. */
const addVolumes = (draft: Draft, one: Application, spec: ApplicationSpec, container: Container): VolumeRef[] =>
  (spec.volumes ?? []).flatMap(volume => {
    const mount = container.volumeMounts?.find(({ name }) => name === volume.name);
    const device = container.volumeDevices?.find(({ name }) => name === volume.name);
    return mount || device ? [addOne(draft, one, volume, mount?.mountPath)] : [];
  });

const addOne = (draft: Draft, one: Application, volume: VolumeSpec, mountPath: string | undefined): VolumeRef => {
  const name = `${one.metadata.name}-${volume.name}`;
  const claimName = volume.persistentVolumeClaim?.claimName;
  if (claimName !== undefined) return addMounted(draft, claimName, mountPath);
  const id = ownVolumeUuid(one.metadata.uid ?? '', volume.name);
  addClaimed(draft, { id, name, claim: toClaim(volume), clearText: one.spec?.eve?.clearText });
  return { uuid: id, generationCount: 0, mount_dir: mountPath };
};

/** A volume that comes and goes with the Application, as a claim would say it. */
const toClaim = ({ image, ephemeral, emptyDir }: VolumeSpec): ClaimSpec => {
  if (image) return { accessModes: ['ReadOnlyMany'], dataSourceRef: { kind: 'Image', name: image.reference } };
  // The schema of an ephemeral volume is that part of a claim which ClaimSpec has.
  if (ephemeral) return ephemeral.volumeClaimTemplate.spec as ClaimSpec;
  return { resources: { requests: { storage: emptyDir?.sizeLimit ?? '1Gi' } } };
};

const addMounted = (draft: Draft, name: string, mountPath: string | undefined): VolumeRef => {
  const claim = draft.from.look('claim', name);
  if (!claim) throw new Fault('NotFound', `PersistentVolumeClaim "${name}" does not exist`);
  const owner = claim.metadata.annotations?.[selectedDevice];
  if (owner !== undefined && owner !== draft.from.device.metadata.name)
    throw new Fault('Conflict', `PersistentVolumeClaim "${name}" has its volume on device "${owner}"`);
  const volume = fromClaim(claim);
  addClaimed(draft, volume);
  return { uuid: volume.id, generationCount: volume.generation, mount_dir: mountPath };
};

const fromClaim = (claim: Draft['from']['claims'][number]) => ({
  id: claimUuid(claim.metadata.uid ?? ''),
  name: claim.metadata.name,
  claim: (claim.spec ?? {}) as unknown as ClaimSpec, // the schema of a claim has these fields
  generation: generationOf(claim),
  clearText: isClearText(claim) || undefined,
});

/** The volume of a claim outlives the Application that mounted it. */
const addUnmounted = (draft: Draft, claim: Draft['from']['claims'][number]): void => {
  if (claim.metadata.annotations?.[selectedDevice] !== draft.from.device.metadata.name) return;
  const volume = fromClaim(claim);
  if (draft.config.volumes.some(one => one.uuid === volume.id)) return;
  attempt(draft, claim, [volume.id], () => addClaimed(draft, volume));
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
    if (!member) throw new Fault('NotFound', `the device has no adapter group "${name}"`);
    const owner = groups.get(name);
    if (owner !== undefined && !own.has(name) && owner !== one.metadata.name)
      throw new Fault('Conflict', `adapter "${name}" is given to Application "${owner}"`);
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

/** User data and environment, encrypted when a Secret is in it. */
const toUserData = (
  draft: Draft,
  spec: ApplicationSpec,
  container: Container,
  id: string,
): Pick<AppInstanceConfig, 'userData' | 'cipherData'> => {
  const source = spec.eve?.userData;
  let secret = source?.secret !== undefined;
  const lines = (container.env ?? []).map(({ name, value, valueFrom }) => {
    if (valueFrom?.secretKeyRef) {
      secret = true;
      return `${name}=${readSecret(draft, valueFrom.secretKeyRef)}`;
    }
    return `${name}=${valueFrom?.configMapKeyRef ? readConfigMap(draft, valueFrom.configMapKeyRef) : (value ?? '')}`;
  });
  const data =
    source?.inline ??
    (source?.secret
      ? readSecret(draft, source.secret)
      : source?.configMap
        ? readConfigMap(draft, source.configMap)
        : '');
  if (data.startsWith('#') && lines.length > 0)
    throw new Fault(
      'Invalid',
      `container "${container.name}": env and user data that is more than lines KEY=VALUE exclude each other`,
    );
  const text = [...lines, data].filter(part => part !== '').join('\n');
  if (text === '') return {};
  const encoded = toBase64(fromUtf8(text));
  const block = secret ? seal(draft, `app/${id}`, { protectedUserData: encoded }) : undefined;
  return block ? { cipherData: block } : { userData: encoded };
};
