import { Fault } from '../base/fault.ts';
import { VolumeContentOriginType, type VolumeRef } from '../eve/generated/config.ts';
import { generationOf, isClearText } from '../resources/core/claimvolume.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, Container, VolumeSpec } from '../resources/eve/applicationspec.ts';
import { bootUuid, claimUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import { selectedDevice } from './claims.ts';
import { addClaimed, addContent, addVolume, findImage, sizeOf } from './content.ts';
import { attempt, type Draft } from './draft.ts';
import type { ClaimSpec } from './gather.ts';
import { designatedNode, holdingNode, isShared } from './membership.ts';
import { within } from './within.ts';

/** Volume 0: what the machine boots, or the root of the container. A purge makes it anew. */
export const addBoot = (draft: Draft, one: Application, container: Container, at: number): VolumeRef => {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const content = within(`spec.containers[${at}].image`, () => addContent(draft, findImage(draft, container.image)));
  const uuid = bootUuid(one.metadata.uid ?? '', at, container.name);
  const generationCount = one.spec?.eve?.purge?.counter ?? 0;
  addVolume(draft, {
    uuid,
    generationCount,
    origin: { type: VolumeContentOriginType.VCOT_DOWNLOAD, downloadContentTreeID: content.id },
    maxsizebytes: sizeOf(requests['storage'] ?? limits['storage']),
    clear_text: one.spec?.eve?.clearText,
    displayName: `${one.metadata.name}-${container.name}`,
    designated_node_id: designatedNode(draft.from.membership, one),
  });
  return { uuid, generationCount, mount_dir: content.format === 'CONTAINER' ? '/' : undefined };
};

/** The further volumes that the container mounts, in the order of spec.volumes. */
export const addVolumes = (draft: Draft, one: Application, spec: ApplicationSpec, container: Container): VolumeRef[] =>
  (spec.volumes ?? []).flatMap((volume, at) => {
    const mount = container.volumeMounts?.find(({ name }) => name === volume.name);
    const device = container.volumeDevices?.find(({ name }) => name === volume.name);
    return mount || device ? [addOne(draft, one, volume, `spec.volumes[${at}]`, mount?.mountPath)] : [];
  });

/** `field`: path of `volume`. */
const addOne = (
  draft: Draft,
  one: Application,
  volume: VolumeSpec,
  field: string,
  mountPath: string | undefined,
): VolumeRef => {
  const name = `${one.metadata.name}-${volume.name}`;
  const claimName = volume.persistentVolumeClaim?.claimName;
  const node = designatedNode(draft.from.membership, one);
  if (claimName !== undefined)
    return within(`${field}.persistentVolumeClaim.claimName`, () => addMounted(draft, claimName, mountPath, node));
  const id = ownVolumeUuid(one.metadata.uid ?? '', volume.name);
  addClaimed(draft, {
    id,
    name,
    claim: toClaim(volume),
    field: `${field}.ephemeral.volumeClaimTemplate.spec`,
    imageField: volume.image ? `${field}.image.reference` : undefined,
    clearText: one.spec?.eve?.clearText,
    node,
  });
  return { uuid: id, generationCount: 0, mount_dir: mountPath };
};

/** A volume that comes and goes with the Application, as a claim would say it. */
const toClaim = ({ image, ephemeral, emptyDir }: VolumeSpec): ClaimSpec => {
  if (image) return { accessModes: ['ReadOnlyMany'], dataSourceRef: { kind: 'Image', name: image.reference } };
  // The schema of an ephemeral volume is that part of a claim which ClaimSpec has.
  if (ephemeral) return ephemeral.volumeClaimTemplate.spec as ClaimSpec;
  return { resources: { requests: { storage: emptyDir?.sizeLimit ?? '1Gi' } } };
};

/** `node`: that which starts the Application, on a cluster. */
const addMounted = (draft: Draft, name: string, mountPath: string | undefined, node: string | undefined): VolumeRef => {
  const claim = draft.from.look('claim', name);
  if (!claim) throw new Fault('NotFound', `PersistentVolumeClaim "${name}" does not exist`);
  const owner = claim.metadata.annotations?.[selectedDevice];
  const { device, membership } = draft.from;
  const holder = node === undefined ? undefined : holdingNode(membership, claim);
  const isHere = owner === undefined || owner === device.metadata.name || holder !== undefined;
  if (!isHere && !(node !== undefined && isShared(membership, claim)))
    throw new Fault('Conflict', `PersistentVolumeClaim "${name}" has its volume on device "${owner}"`);
  const volume = fromClaim(claim);
  within(`PersistentVolumeClaim "${name}"`, () => addClaimed(draft, { ...volume, node: holder ?? node }));
  return { uuid: volume.id, generationCount: volume.generation, mount_dir: mountPath };
};

const fromClaim = (claim: Draft['from']['claims'][number]) => ({
  id: claimUuid(claim.metadata.uid ?? ''),
  name: claim.metadata.name,
  claim: (claim.spec ?? {}) as unknown as ClaimSpec, // the schema of a claim has these fields
  field: 'spec',
  generation: generationOf(claim),
  clearText: isClearText(claim) || undefined,
});

/** The volume of a claim outlives the Application that mounted it. */
export const addUnmounted = (draft: Draft, claim: Draft['from']['claims'][number]): void => {
  const node = holdingNode(draft.from.membership, claim);
  if (claim.metadata.annotations?.[selectedDevice] !== draft.from.device.metadata.name && node === undefined) return;
  const volume = fromClaim(claim);
  if (draft.config.volumes.some(one => one.uuid === volume.id)) return;
  attempt(draft, claim, [volume.id], () => addClaimed(draft, { ...volume, node }));
};
