import { Fault } from '../base/fault.ts';
import { printValue } from '../base/path.ts';
import { parseQuantity, toBytes } from '../base/quantity.ts';
import { Format, type Volume, VolumeContentOriginType } from '../eve/generated/config.ts';
import { type Image, type ImageSpec, noAlternative, oneRegistry } from '../resources/eve/image.ts';
import { formatOf, type ImageFormat } from '../resources/eve/imageformat.ts';
import { contentUuid } from '../resources/eve/roles.ts';
import { addDatastore, classType } from './datastores.ts';
import type { Draft } from './draft.ts';
import type { ClaimSpec } from './gather.ts';
import { within } from './within.ts';

/** The Image of a name. Throws NotFound. */
export const findImage = (draft: Draft, name: string): Image => {
  // Validated by the registry against the schema that the type is inferred from.
  const image = draft.from.look('image', name) as unknown as Image | undefined;
  if (!image) throw new Fault('NotFound', `Image "${name}" does not exist`);
  return image;
};

/** Makes the content tree of an Image, once per device, with its datastores. */
export const addContent = (draft: Draft, image: Image): { id: string; format: ImageFormat } => {
  const { name, uid = '' } = image.metadata;
  const spec = image.spec;
  if (!spec) throw new Fault('Invalid', `Image "${name}": spec: Required value`);
  const classField = `Image "${name}": spec.storageClass`;
  const type = within(classField, () => classType(draft, spec.storageClass));
  const format = formatOf(spec, type);
  const id = contentUuid(uid, image.status?.content);
  if (draft.config.contentInfo.some(one => one.uuid === id)) return { id, format };
  if (type !== 'container' && !spec.sha256)
    throw new Fault(
      'Invalid',
      `Image "${name}": spec.sha256: Required value: devices take nothing without it but from a container registry`,
    );
  const stores = [
    within(classField, () => addDatastore(draft, spec.storageClass)),
    ...addAlternatives(draft, image, spec, type),
  ];
  draft.config.contentInfo.push({
    uuid: id,
    URL: spec.ref.replace(/^\/+/, ''),
    iformat: Format[format],
    sha256: spec.sha256?.toLowerCase(),
    maxSizeBytes: spec.sizeBytes,
    displayName: name,
    generation_count: spec.generation,
    custom_meta_data: spec.customMetadata,
    ds_ids_list: [...new Set(stores)],
  });
  return { id, format };
};

/** Ids of the further datastores of an Image. A device takes none beside a container registry: what is left out is told. */
const addAlternatives = (draft: Draft, image: Image, spec: ImageSpec, type: string): string[] => {
  const { storageClass, alternatives = [] } = spec;
  const leaveOut = (message: string): void => {
    draft.problems.push({ about: image, reason: 'Forbidden', message, lacks: [] });
  };
  if (type === 'container') {
    if (alternatives.length > 0)
      leaveOut(`spec.alternatives: Forbidden: StorageClass "${storageClass}" ${oneRegistry}`);
    return [];
  }
  return alternatives.flatMap((one, at) => {
    const field = `Image "${image.metadata.name}": spec.alternatives[${at}]`;
    if (within(field, () => classType(draft, one)) !== 'container')
      return [within(field, () => addDatastore(draft, one))];
    leaveOut(`spec.alternatives[${at}]: Forbidden: StorageClass "${one}" ${noAlternative}`);
    return [];
  });
};

/** Adds a volume, once per device. */
export const addVolume = (draft: Draft, volume: Volume & { uuid: string }): void => {
  if (!draft.config.volumes.some(one => one.uuid === volume.uuid)) draft.config.volumes.push(volume);
};

interface ClaimedVolume {
  readonly id: string;
  readonly name: string;
  readonly claim: ClaimSpec;
  /** Path of `claim` in its object. */
  readonly field: string;
  /** Path of the name of its Image, where that is not in a claim. */
  readonly imageField?: string | undefined;
  readonly generation?: number;
  /** Whether it stands outside of the device's encrypted vault. */
  readonly clearText?: boolean | undefined;
  /** UUID of the node of a cluster that makes it. */
  readonly node?: string | undefined;
}

/** A volume as a claim wants it: of an Image, or blank. */
export const addClaimed = (draft: Draft, wanted: ClaimedVolume): void => {
  const { id, name, claim, field, generation = 0, clearText, node } = wanted;
  const size = sizeOf(claim.resources?.requests?.['storage']);
  const readonly = claim.accessModes?.every(mode => mode === 'ReadOnlyMany') ?? false;
  const common = {
    uuid: id,
    generationCount: generation,
    maxsizebytes: size,
    readonly: readonly || undefined,
    displayName: name,
    clear_text: clearText,
    designated_node_id: node,
  };
  const source = claim.dataSourceRef;
  if (source) {
    if (source.kind.toLowerCase() !== 'image')
      throw new Fault(
        'Invalid',
        `${field}.dataSourceRef.kind: Unsupported value: ${printValue(source.kind)}: supported values: "Image"`,
      );
    const { namespace } = draft.from.device.metadata;
    if (source.namespace && source.namespace !== namespace)
      throw new Fault(
        'Invalid',
        `${field}.dataSourceRef.namespace: Invalid value: ${printValue(source.namespace)}: Images are of the namespace "${namespace}"`,
      );
    const content = within(wanted.imageField ?? `${field}.dataSourceRef.name`, () =>
      addContent(draft, findImage(draft, source.name)),
    );
    addVolume(draft, {
      ...common,
      origin: { type: VolumeContentOriginType.VCOT_DOWNLOAD, downloadContentTreeID: content.id },
    });
    return;
  }
  const { storageClassName } = claim;
  if (storageClassName) {
    const type = within(`${field}.storageClassName`, () => classType(draft, storageClassName));
    if (type !== 'blank')
      throw new Fault(
        'Invalid',
        `${field}.dataSourceRef: Required value: StorageClass "${storageClassName}" needs the name of an Image`,
      );
  }
  if (!size)
    throw new Fault('Invalid', `${field}.resources.requests[storage]: Required value: a blank volume needs its size`);
  addVolume(draft, { ...common, origin: { type: VolumeContentOriginType.VCOT_BLANK } });
};

/** Bytes of a quantity, rounded up; undefined when absent or zero. */
export const sizeOf = (quantity: string | number | undefined): number | bigint | undefined => {
  const parsed = quantity === undefined ? undefined : parseQuantity(quantity);
  const bytes = parsed ? toBytes(parsed) : 0n;
  if (bytes <= 0n) return undefined;
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : bytes;
};
