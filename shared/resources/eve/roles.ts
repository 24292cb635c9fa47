import { toUuid } from '../../base/uuid.ts';

/** UUID of the instance that a container of an Application becomes; the first keeps its own whatever its name. */
export const instanceUuid = (uid: string, at: number, container: string): string =>
  toUuid(uid, at === 0 ? 'app' : `app/${container}`);

/** UUID of the disk that a container boots from. */
export const bootUuid = (uid: string, at: number, container: string): string =>
  toUuid(uid, at === 0 ? 'volume' : `volume/boot/${container}`);

/** UUID of a volume that an Application has for itself. */
export const ownVolumeUuid = (uid: string, volume: string): string => toUuid(uid, `volume/${volume}`);

/** UUID of the volume of a claim. */
export const claimUuid = (uid: string): string => toUuid(uid, 'volume');

/** UUID of the volume of an artifact of a PatchEnvelope. */
export const artifactUuid = (uid: string, artifact: string): string => toUuid(uid, `volume/${artifact}`);

/**
 * UUID of the content of an Image. `edited`: digest of what it is since it was edited: to a device other content under the same
 * UUID is either no news, or a reason to throw away what is in use.
 */
export const contentUuid = (uid: string, edited?: string): string =>
  toUuid(uid, edited === undefined ? 'content' : `content/${edited}`);

/** UUID of a DeviceCluster. */
export const clusterUuid = (uid: string): string => toUuid(uid, 'cluster');
