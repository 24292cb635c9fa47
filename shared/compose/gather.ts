import type { ApiObject } from '../base/object.ts';
import { decodeKnown, type Known, type Verdict } from '../eve/known.ts';
import type { Application } from '../resources/eve/application.ts';
import type { Device } from '../resources/eve/device.ts';
import type { DeviceConfig } from '../resources/eve/deviceconfig.ts';
import type { DeviceNetwork } from '../resources/eve/devicenetwork.ts';
import type { Image } from '../resources/eve/image.ts';
import type { NetworkConfig } from '../resources/eve/networkconfig.ts';
import { networkSecrets } from '../resources/eve/networksecrets.ts';
import { globalNamespace, optionsName } from '../resources/eve/options.ts';
import type { DeviceCluster } from '../resources/kubeve/devicecluster.ts';
import type { PatchEnvelope } from '../resources/kubeve/patchenvelope.ts';
import { byAge } from './byage.ts';
import type { Contribution } from './contribution.ts';
import { type DeviceKeys, toDeviceKeys } from './devicekeys.ts';
import { devices, type Kind } from './kinds.ts';
import { findMembership, type Membership, runsOn } from './membership.ts';
import type { Reader } from './reader.ts';

/** All that one device's configuration is made from. */
export interface Gathered {
  readonly uuid: string;
  readonly device: Device;
  readonly deviceConfig: DeviceConfig | undefined;
  /** Those that concern the device, oldest first. */
  readonly networks: readonly DeviceNetwork[];
  /** The cluster that the device is a node of. */
  readonly membership: Membership | undefined;
  /** Those bound to the device, or to another node of its cluster, oldest first. */
  readonly applications: readonly Application[];
  /** Envelopes that these may fetch, oldest first. */
  readonly patches: readonly PatchEnvelope[];
  /** Images of EVE in the version that the device shall have. */
  readonly baseOS: readonly Image[];
  readonly globalOptions: ApiObject | undefined;
  readonly namespaceOptions: ApiObject | undefined;
  /** The certificate for secrets that the device sent last. */
  readonly keys: DeviceKeys | undefined;
  /** Whether secrets are encrypted under a certificate that the device cannot know yet. */
  readonly isBlind: boolean;
  /** What the device room made of the device's attestation. */
  readonly verdict: Verdict | undefined;
  /** Reports of it that were refused. */
  readonly refused: Known['refused'];
  /** Certificates that it told others for. */
  readonly replaced: Known['replaced'];
  /** Claims that live on the device without an Application that mounts them. */
  readonly claims: readonly ApiObject[];
  /** An object that was followed to; undefined when it does not exist. Asking for another one is a bug. */
  look(kind: Kind, name: string): ApiObject | undefined;
}

export interface GatherOptions {
  readonly networkConcerns: Contribution['concerns'];
  /** Names of claims whose volumes the device has already: they stay until the claim goes. */
  readonly held: readonly string[];
  readonly isBlind?: boolean;
}

/** Reads the whole state that matters to a device. Everything is asked through `reader`, which remembers it. */
export const gather = async (
  reader: Reader,
  device: Device,
  uuid: string,
  options: GatherOptions,
): Promise<Gathered> => {
  const { name, namespace = '' } = device.metadata;
  const version = device.spec?.['eve-os-version'];
  const membership = await findMembership(reader, device, uuid);
  const [deviceConfig, allNetworks, applications, baseOS, globalOptions, namespaceOptions, keys, held] =
    await Promise.all([
      reader.get('deviceConfig', `${namespace}/${name}`),
      reader.list('deviceNetwork', namespace),
      findApplications(reader, device, membership),
      version ? reader.find('image', `eve-os=${namespace}/${version}`) : [],
      reader.get('configMap', `${globalNamespace}/${optionsName}`),
      reader.get('configMap', `${namespace}/${optionsName}`),
      reader.entry(devices, uuid),
      Promise.all(options.held.map(one => reader.get('claim', `${namespace}/${one}`))),
    ]);
  const networks = allNetworks.filter(one => options.networkConcerns?.(one, device as ApiObject) ?? true);
  const claims = held.filter(claim => claim !== undefined).filter(isAlive);
  const follow = createFollower(reader, namespace);
  // The registry validates these kinds against the schemas that the types are inferred from.
  const found = {
    networks: networks.sort(byAge) as unknown as DeviceNetwork[],
    applications: applications.filter(isAlive).sort(byAge) as unknown as Application[],
    baseOS: baseOS.sort(byAge) as unknown as Image[],
  };
  for (const one of found.networks) await follow.network(one);
  for (const one of found.applications) await follow.application(one);
  for (const one of claims) await follow.claimed(one);
  for (const one of found.baseOS) await follow.imaged(one);
  if (membership) await follow.cluster(membership.cluster);
  const patches = await patchesOf(reader, found.applications);
  for (const one of patches) await follow.patch(one);
  await follow.device(device);
  const known = keys && decodeKnown(keys.value);
  return {
    uuid,
    device,
    deviceConfig: deviceConfig as unknown as DeviceConfig | undefined,
    membership,
    ...found,
    patches,
    globalOptions,
    namespaceOptions,
    keys: keys && toDeviceKeys(keys.value),
    isBlind: options.isBlind ?? false,
    verdict: known?.verdict,
    refused: known?.refused,
    replaced: known?.replaced,
    claims: claims.sort(byAge),
    look: follow.look,
  };
};

/** The Applications of the device, and those of its cluster that another node starts. */
const findApplications = async (
  reader: Reader,
  { metadata }: Device,
  membership: Membership | undefined,
): Promise<ApiObject[]> => {
  const own = await reader.find('application', `device=${metadata.namespace}/${metadata.name}`);
  if (!membership) return own;
  const shared = await reader.find('application', `cluster=${metadata.namespace}/${membership.cluster.metadata.name}`);
  const names = new Set(own.map(one => one.metadata.name));
  // As below: validated by the registry.
  return [
    ...own,
    ...shared.filter(one => !names.has(one.metadata.name) && runsOn(membership, one as unknown as Application)),
  ];
};

/** The envelopes that name an Application, and those that it names. */
const patchesOf = async (reader: Reader, applications: readonly Application[]): Promise<PatchEnvelope[]> => {
  const found = new Map<string, ApiObject>();
  for (const { metadata, spec } of applications) {
    const namespace = metadata.namespace ?? '';
    const naming = await reader.find('patchEnvelope', `application=${namespace}/${metadata.name}`);
    for (const name of spec?.eve?.patchEnvelopes ?? []) {
      const named = await reader.get('patchEnvelope', `${namespace}/${name}`);
      if (named) naming.push(named);
    }
    for (const one of naming) if (isAlive(one)) found.set(one.metadata.name, one);
  }
  // As above: validated by the registry.
  return [...found.values()].sort(byAge) as unknown as PatchEnvelope[];
};

const isAlive = (object: ApiObject): boolean => object.metadata.deletionTimestamp === undefined;

const clusterScoped: ReadonlySet<Kind> = new Set(['storageClass', 'deviceModel']);

/** Follows references from object to object, each one once. */
const createFollower = (reader: Reader, namespace: string) => {
  const seen = new Map<string, ApiObject | undefined>();
  const keyOf = (kind: Kind, name: string) => `${kind}/${name}`;

  const fetch = async (kind: Kind, name: string | undefined, ns = namespace): Promise<ApiObject | undefined> => {
    if (!name) return undefined;
    const key = keyOf(kind, ns === namespace ? name : `${ns}/${name}`);
    if (seen.has(key)) return seen.get(key);
    const found = await reader.get(kind, clusterScoped.has(kind) ? name : `${ns}/${name}`);
    seen.set(key, found);
    return found;
  };

  const storageClass = async (name: string | undefined) => {
    const found = await fetch('storageClass', name);
    const secret = found && credentialsOf(found);
    if (!secret) return;
    const [ns, own] = splitName(secret, namespace);
    await fetch('secret', own, ns);
  };

  const imaged = async (one: Image | undefined) => {
    for (const name of [one?.spec?.storageClass, ...(one?.spec?.alternatives ?? [])]) await storageClass(name);
  };
  // As above: validated by the registry.
  const image = async (name: string | undefined) =>
    imaged((await fetch('image', name)) as unknown as Image | undefined);

  const claimed = async (claim: { spec?: unknown } | undefined) => {
    const spec = claim?.spec as ClaimSpec | undefined;
    await storageClass(spec?.storageClassName);
    if (spec?.dataSourceRef?.kind.toLowerCase() === 'image') await image(spec.dataSourceRef.name);
  };

  const network = async (one: DeviceNetwork) => {
    const config = (await fetch('networkConfig', one.spec?.networkConfig)) as unknown as NetworkConfig | undefined;
    for (const { name } of config?.spec ? networkSecrets(config.spec) : []) await fetch('secret', name);
  };

  const application = async ({ spec }: Application) => {
    for (const container of spec?.containers ?? []) {
      await image(container.image);
      for (const { valueFrom } of container.env ?? []) {
        await fetch('secret', valueFrom?.secretKeyRef?.name);
        await fetch('configMap', valueFrom?.configMapKeyRef?.name);
      }
    }
    for (const volume of spec?.volumes ?? []) {
      await claimed(volume.ephemeral?.volumeClaimTemplate);
      await claimed(await fetch('claim', volume.persistentVolumeClaim?.claimName));
      await image(volume.image?.reference);
    }
    await fetch('secret', spec?.eve?.userData?.secret?.name);
    await fetch('configMap', spec?.eve?.userData?.configMap?.name);
    await fetch('secret', spec?.eve?.vnc?.passwordSecret?.name);
  };

  const patch = async ({ spec }: PatchEnvelope) => {
    for (const one of spec?.artifacts ?? []) {
      await image(one.image);
      await fetch('configMap', one.configMap?.name);
      await fetch('secret', one.secret?.name);
      await fetch('secret', one.metadataSecret?.name);
    }
  };

  const device = async ({ spec }: Device) => {
    await fetch('deviceModel', spec?.model);
    await fetch('secret', spec?.profile?.localServerTokenSecret?.name);
    await fetch('secret', spec?.edgeView?.tokenSecret?.name);
    await fetch('secret', spec?.cluster?.tokenSecret.name);
    await fetch('secret', spec?.cluster?.registrationManifestSecret?.name);
    for (const one of spec?.certificateEnrollments ?? []) await fetch('secret', one.challengePasswordSecret?.name);
    for (const name of spec?.localOperatorConsole?.collectInfo ?? []) await storageClass(name);
  };

  const cluster = async ({ spec }: DeviceCluster) => {
    await fetch('secret', spec?.tokenSecret.name);
    await fetch('secret', spec?.registrationManifestSecret?.name);
  };

  const look = (kind: Kind, name: string): ApiObject | undefined => {
    const key = keyOf(kind, name);
    if (!seen.has(key)) throw new Error(`${key} was not gathered`);
    return seen.get(key);
  };

  return { network, application, patch, device, cluster, claimed, imaged, look };
};

/** As much of a claim's spec as composing reads. */
export interface ClaimSpec {
  accessModes?: string[];
  resources?: { requests?: Record<string, string | number> };
  storageClassName?: string;
  dataSourceRef?: { kind: string; name: string; namespace?: string };
}

/** The Secret that a StorageClass names for its credentials: `name`, or `namespace/name`. */
export const credentialsOf = (storageClass: ApiObject): string | undefined => {
  const parameters = parametersOf(storageClass);
  return parameters['credentialsSecret'] || parameters['credentialsRef'] || undefined;
};

/** The field where it names that. */
export const credentialsField = (storageClass: ApiObject): string =>
  `parameters[${parametersOf(storageClass)['credentialsSecret'] ? 'credentialsSecret' : 'credentialsRef'}]`;

export const parametersOf = (storageClass: ApiObject): Readonly<Record<string, string>> =>
  // A map of strings by the schema of StorageClass.
  (storageClass['parameters'] as Record<string, string> | undefined) ?? {};

/** Namespace and name of a Secret; under which `look` finds it, when it is in another namespace: `namespace/name`. */
export const splitName = (text: string, namespace: string): [string, string] => {
  const slash = text.indexOf('/');
  return slash < 0 ? [namespace, text] : [text.slice(0, slash), text.slice(slash + 1)];
};
