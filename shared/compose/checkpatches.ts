import { type EdgeDevConfig, type EveBinaryArtifact, Target } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Devices take fewer encrypted bytes for none. */
const minSealed = 16;

/** Patch envelopes (reference §6.9): one artifact that a device cannot read makes it show none of all envelopes. */
export const checkPatches = (config: EdgeDevConfig, complain: Complain): void => {
  const volumes = new Map((config.volumes ?? []).map(one => [one.uuid, one.target]));
  const apps = new Set((config.apps ?? []).map(one => one.uuidandversion?.uuid));
  const files = new Map<string, string>();
  for (const [at, one] of (config.patchEnvelopes ?? []).entries()) {
    const path = `patchEnvelopes[${at}]`;
    if (!one.displayName) complain(`${path}.displayName`, 'has no name');
    for (const id of one.appInstIdsAllowed ?? []) if (!apps.has(id)) complain(path, `there is no application ${id}`);
    for (const [n, artifact] of (one.artifacts ?? []).entries()) {
      checkArtifact(artifact, volumes, `${path}.artifacts[${n}]`, complain);
      const file = artifact.inline?.fileNameToUse;
      if (file === undefined) continue;
      const owner = files.get(file);
      if (owner !== undefined) complain(`${path}.artifacts[${n}]`, `has the file name "${file}" like ${owner}`);
      files.set(file, `${path}.artifacts[${n}]`);
    }
  }
};

const checkArtifact = (
  one: EveBinaryArtifact,
  volumes: ReadonlyMap<string | undefined, number | undefined>,
  path: string,
  complain: Complain,
): void => {
  const contents = [one.inline, one.volumeRef, one.encrypted_inline, one.encrypted_volumeref].filter(Boolean);
  if (contents.length !== 1) complain(path, 'needs exactly one content');
  if (one.inline && !/^[^/\0]+$/.test(one.inline.fileNameToUse ?? '')) complain(path, 'has no file name');
  if (one.volumeRef && !volumes.has(one.volumeRef.imageId))
    complain(path, `there is no volume ${one.volumeRef.imageId}`);
  else if (one.volumeRef && volumes.get(one.volumeRef.imageId) !== Target.AppCustom)
    complain(path, `the volume ${one.volumeRef.imageId} is none for applications to read`);
  const sealed = [one.encrypted_inline?.cipher_data, one.encrypted_volumeref?.cipher_data, one.metadata_cipher_data];
  for (const block of sealed)
    if (block && (block.cipherData?.length ?? 0) < minSealed)
      complain(path, `has fewer than ${minSealed} encrypted bytes`);
};
