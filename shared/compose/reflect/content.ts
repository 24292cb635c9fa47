import type { JsonMap } from '../../base/object.ts';
import type { ZInfoContentTree } from '../../eve/generated/info.ts';
import { swState } from './application.ts';
import { errorText } from './errors.ts';
import { countOf, defined, replace, textOf } from './value.ts';

/** So many are shown, those that reported last. */
export const maxDevices = 32;

/**
 * The status of an Image after a device's report about its content, with every device that ever reported. A digest is written
 * down once, when a tag is resolved.
 */
export const reflectContent = (status: JsonMap, info: ZInfoContentTree, device: string): JsonMap => {
  const own = defined({
    name: device,
    state: swState(info.state),
    progress: countOf(info.progressPercentage),
    components: countOf(info.componentShaList?.length),
    error: errorText(info.err),
  });
  return defined({
    ...status,
    sha256: textOf(info.sha256)?.toLowerCase() ?? status['sha256'],
    sizeBytes: countOf(info.resources?.curSizeBytes) ?? status['sizeBytes'],
    devices: replace(status['devices'], 'name', own),
  });
};
