import type { Json, JsonMap } from '../base/object.ts';
import type { ZInfoContentTree, ZInfoVolume } from '../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { swState } from './reflectapp.ts';
import { asMap, defined } from './reflectdevice.ts';

const maxVolumes = 64;
const maxDevices = 32;

/** The status of an Application after a report about one of its volumes. */
export const reflectVolume = (status: JsonMap, info: ZInfoVolume, name: string): JsonMap => {
  const size = Number(info.resources?.curSizeBytes ?? 0);
  const own = defined({
    name,
    uuid: info.uuid,
    state: swState(info.state),
    progress: info.progressPercentage || undefined,
    sizeBytes: size || undefined,
    error: errorText(info.volumeErr),
  });
  return { ...status, volumes: replace(status['volumes'], 'name', own).slice(-maxVolumes) };
};

/** The status of an Image after a device's report about its content. A digest is written down once, when a tag is resolved. */
export const reflectContent = (status: JsonMap, info: ZInfoContentTree, device: string): JsonMap => {
  const own = defined({
    name: device,
    state: swState(info.state),
    progress: info.progressPercentage || undefined,
    error: errorText(info.err),
  });
  const size = Number(info.resources?.curSizeBytes ?? 0);
  return {
    ...status,
    ...defined({ sha256: info.sha256 ? info.sha256.toLowerCase() : undefined, sizeBytes: size || undefined }),
    devices: replace(status['devices'], 'name', own).slice(-maxDevices),
  };
};

/** The list with the entry of the same name replaced in its place, or added at the end. */
const replace = (list: Json | undefined, key: string, own: JsonMap): Json[] => {
  const items = Array.isArray(list) ? list : [];
  const at = items.findIndex(one => asMap(one)[key] === own[key]);
  return at < 0 ? [...items, own] : items.map((one, n) => (n === at ? own : one));
};
