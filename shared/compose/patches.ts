import { fromBase64, fromUtf8, toBase64 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { encode } from '../base/protobuf.ts';
import { toUuid } from '../base/uuid.ts';
import { EncryptionBlockUser } from '../eve/generated/common.ts';
import {
  EVE_OPAQUE_OBJECT_CATEGORY,
  EVE_PATCH_ENVELOPE_ACTION,
  type EveBinaryArtifact,
  type ExternalOpaqueBinaryBlob,
  type InlineOpaqueBase64Data,
  Target,
  VolumeContentOriginType,
} from '../eve/generated/config.ts';
import { eve } from '../eve/generated/table.ts';
import { fromMs } from '../eve/timestamp.ts';
import { artifactUuid, instanceUuid } from '../resources/eve/roles.ts';
import type { Artifact, PatchEnvelope } from '../resources/kubeve/patchenvelope.ts';
import { addContent, addVolume, findImage } from './content.ts';
import { attempt, type Draft } from './draft.ts';
import { readConfigMap, readSecret, readSecretBytes, sealBytes } from './secrets.ts';
import { within } from './within.ts';

/** UUID of an envelope towards EVE. */
export const envelopeUuid = (uid: string): string => toUuid(uid, 'patch');

/** Puts the envelopes of the applications on the device into the configuration, oldest first; each one wholly or not at all. */
export const addPatches = (draft: Draft): void => {
  const files = new Map<string, string>();
  tellMissing(draft);
  for (const one of draft.from.patches) {
    const { name, uid = '' } = one.metadata;
    const readers = readersOf(draft, one);
    if (readers.length === 0) continue;
    attempt(draft, one, [envelopeUuid(uid)], () => addOne(draft, one, readers, files));
    // What could not be added keeps no names from others.
    const added = draft.config.patchEnvelopes.some(({ uuid }) => uuid === envelopeUuid(uid));
    if (!added) for (const [file, owner] of files) if (owner === name) files.delete(file);
  }
};

/** An application runs without an envelope that is not there yet. */
const tellMissing = (draft: Draft): void => {
  const known = new Set(draft.from.patches.map(({ metadata }) => metadata.name));
  for (const about of draft.from.applications)
    for (const [at, name] of (about.spec?.eve?.patchEnvelopes ?? []).entries())
      if (!known.has(name)) {
        const message = `spec.eve.patchEnvelopes[${at}]: PatchEnvelope "${name}" does not exist`;
        draft.problems.push({ about, reason: 'ReferenceNotFound', message, lacks: [] });
      }
};

/** Instances of the Applications that may fetch the envelope, as far as they are on the device. */
const readersOf = (draft: Draft, { metadata, spec }: PatchEnvelope): string[] => {
  const named = new Set(spec?.applications);
  const running = new Set(draft.config.apps.map(app => app.uuidandversion?.uuid));
  return draft.from.applications
    .filter(one => named.has(one.metadata.name) || one.spec?.eve?.patchEnvelopes?.includes(metadata.name))
    .flatMap(one => (one.spec?.containers ?? []).map(({ name }, at) => instanceUuid(one.metadata.uid ?? '', at, name)))
    .filter(id => running.has(id))
    .sort();
};

const addOne = (draft: Draft, one: PatchEnvelope, readers: readonly string[], files: Map<string, string>): void => {
  const { name, uid = '', generation = 1, creationTimestamp } = one.metadata;
  const artifacts = (one.spec?.artifacts ?? []).map((artifact, at) => {
    const owner = files.get(artifact.name);
    // The device keeps all files in one folder: one of the same name would take the other's place.
    if (owner !== undefined && !artifact.image)
      throw new Fault(
        'Conflict',
        `spec.artifacts[${at}].name: PatchEnvelope "${owner}" has a file "${artifact.name}" too`,
      );
    if (!artifact.image) files.set(artifact.name, name);
    return toArtifact(draft, uid, artifact, `spec.artifacts[${at}]`);
  });
  draft.config.patchEnvelopes.push({
    displayName: name,
    uuid: envelopeUuid(uid),
    version: one.spec?.version ?? String(generation),
    action: one.spec?.action === 'Store' ? EVE_PATCH_ENVELOPE_ACTION.STORE : EVE_PATCH_ENVELOPE_ACTION.ACTIVATE,
    artifacts,
    appInstIdsAllowed: [...readers],
    createTime: creationTimestamp ? fromMs(Date.parse(creationTimestamp)) : undefined,
  });
};

/** `field`: path of the artifact. */
const toArtifact = (draft: Draft, uid: string, one: Artifact, field: string): EveBinaryArtifact => {
  const place = `patch/${uid}/${one.name}`;
  return {
    artifactMetaData: one.metadata,
    metadata_cipher_data:
      one.metadataSecret && sealMetadata(draft, place, one.metadataSecret, `${field}.metadataSecret`),
    ...(one.image ? toExternal(draft, uid, one, place, field) : toInline(draft, one, place, field)),
  };
};

/** A device takes fewer encrypted bytes for none, and then shows no envelope at all. */
const minSealed = 16;
/** Four bytes go before the text. */
const minMetadata = minSealed - 4;

type SecretRef = NonNullable<Artifact['metadataSecret']>;

const sealMetadata = (draft: Draft, place: string, ref: SecretRef, field: string) => {
  const text = readSecret(draft, ref, field);
  if (fromUtf8(text).length < minMetadata)
    throw new Fault('Invalid', `${field}: must hold at least ${minMetadata} characters`);
  const user = EncryptionBlockUser.ENCRYPTION_BLOCK_USER_BINARY_ARTIFACT_METADATA;
  return sealBytes(
    draft,
    `${place}/metadata`,
    encode(eve, 'common.EncryptionBlock', { user, encrypted_data: text }),
    field,
  );
};

const toInline = (draft: Draft, one: Artifact, place: string, field: string): EveBinaryArtifact => {
  const inline: InlineOpaqueBase64Data = {
    base64Data: toBase64(contentOf(draft, one, field)),
    fileNameToUse: one.name,
    base64MetaData: one.fileMetadata === undefined ? undefined : toBase64(fromUtf8(one.fileMetadata)),
  };
  if (!one.secret && !one.encrypted) return { format: EVE_OPAQUE_OBJECT_CATEGORY.BASE64, inline };
  const plain = encode(eve, 'config.InlineOpaqueBase64Data', inline);
  if (plain.length < minSealed) throw new Fault('Invalid', `${field}: too short to be encrypted; a longer name helps`);
  const block = sealBytes(draft, place, plain, field);
  return { format: EVE_OPAQUE_OBJECT_CATEGORY.SECRET, encrypted_inline: { cipher_data: block } };
};

const contentOf = (draft: Draft, one: Artifact, field: string): Uint8Array => {
  if (one.secret) return readSecretBytes(draft, one.secret, `${field}.secret`);
  if (one.configMap) return fromUtf8(readConfigMap(draft, one.configMap, `${field}.configMap`));
  return one.base64 === undefined ? fromUtf8(one.inline ?? '') : fromBase64(one.base64);
};

/** Content that the device downloads: a volume of its own, which no application mounts. */
const toExternal = (draft: Draft, uid: string, one: Artifact, place: string, field: string): EveBinaryArtifact => {
  const { image, content } = within(`${field}.image`, () => {
    const image = findImage(draft, one.image ?? '');
    return { image, content: addContent(draft, image) };
  });
  const uuid = artifactUuid(uid, one.name);
  addVolume(draft, {
    uuid,
    origin: { type: VolumeContentOriginType.VCOT_DOWNLOAD, downloadContentTreeID: content.id },
    displayName: one.name,
    target: Target.AppCustom,
  });
  const blob: ExternalOpaqueBinaryBlob = {
    imageName: image.metadata.name,
    fileNameToUse: one.name,
    blobMetaData: one.fileMetadata,
    imageId: uuid,
  };
  if (!one.encrypted) return { format: EVE_OPAQUE_OBJECT_CATEGORY.BINARYBLOB, volumeRef: blob };
  const block = sealBytes(draft, place, encode(eve, 'config.ExternalOpaqueBinaryBlob', blob), field);
  return { format: EVE_OPAQUE_OBJECT_CATEGORY.SECRET, encrypted_volumeref: { cipher_data: block } };
};
