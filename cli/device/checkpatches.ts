import type { EdgeDevConfig, EveBinaryArtifact } from '../../shared/eve/generated/config.ts';

/** What makes a device show no patch envelope at all, or one file in the place of another (eve-device-api §6.9). */
export const checkPatches = (config: EdgeDevConfig): string[] => {
  const out: string[] = [];
  const files = new Set<string>();
  const volumes = new Map((config.volumes ?? []).map(volume => [volume.uuid, volume]));
  for (const { displayName = '', artifacts = [] } of config.patchEnvelopes ?? [])
    for (const artifact of artifacts) {
      const say = (text: string) => out.push(`patch envelope ${displayName}: ${text}`);
      checkContent(artifact, say);
      const file = artifact.inline?.fileNameToUse;
      if (file !== undefined && files.has(file)) say(`the file ${file} is there twice`);
      if (file !== undefined) files.add(file);
      const image = artifact.volumeRef?.imageId;
      if (image !== undefined && volumes.get(image)?.target !== appCustom) say(`no volume ${image} for applications`);
    }
  return out;
};

const appCustom = 5;

const checkContent = (artifact: EveBinaryArtifact, say: (text: string) => void): void => {
  const {
    inline,
    volumeRef,
    encrypted_inline: sealed,
    encrypted_volumeref: sealedRef,
    metadata_cipher_data: metadata,
  } = artifact;
  if ([inline, volumeRef, sealed, sealedRef].filter(one => one !== undefined).length !== 1)
    say('an artifact without one content');
  for (const block of [sealed?.cipher_data, sealedRef?.cipher_data, metadata])
    if (block && (block.cipherData?.length ?? 0) < 16) say('fewer than 16 encrypted bytes are taken for none');
};
