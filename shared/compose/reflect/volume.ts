import { setCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { fromBytes, printQuantity } from '../../base/quantity.ts';
import { type ZInfoVolume, ZSwState } from '../../eve/generated/info.ts';
import { swState } from './application.ts';
import { errorText } from './errors.ts';
import { asMap, countOf, defined, maxItems, replace, textOf, timeOf } from './value.ts';

/** The status of an Application after a report about one of its volumes. */
export const reflectVolume = (status: JsonMap, info: ZInfoVolume, name: string): JsonMap => {
  const own = defined({
    name,
    uuid: textOf(info.uuid),
    state: swState(info.state),
    progress: countOf(info.progressPercentage),
    sizeBytes: countOf(info.resources?.curSizeBytes),
    maxSizeBytes: countOf(info.resources?.maxSizeBytes),
    generation: countOf(info.generation_count),
    createdAt: timeOf(info.usage?.createTime),
    users: countOf(info.usage?.refCount),
    error: errorText(info.volumeErr),
  });
  return { ...status, volumes: replace(status['volumes'], 'name', own).slice(-maxItems) };
};

/** The status of a PersistentVolumeClaim after a report about the volume that it became: condition `VolumeReady`, capacity. */
export const reflectClaim = (status: JsonMap, info: ZInfoVolume, now: number): JsonMap => {
  const type = 'VolumeReady';
  const error = errorText(info.volumeErr);
  const state = swState(info.state);
  const percent = countOf(info.progressPercentage);
  const size = countOf(info.resources?.maxSizeBytes);
  const isReady = info.state === ZSwState.CREATED_VOLUME || info.state === ZSwState.DELIVERED;
  const condition = error
    ? { type, status: 'False' as const, reason: 'VolumeError', message: error }
    : isReady
      ? { type, status: 'True' as const, reason: 'Created', message: 'the volume is on its device' }
      : {
          type,
          status: 'False' as const,
          reason: 'InProgress',
          message: `the volume is ${state}${percent === undefined ? '' : ` (${percent} %)`}`,
        };
  return {
    ...status,
    ...(size !== undefined && { capacity: { ...asMap(status['capacity']), storage: printQuantity(fromBytes(size)) } }),
    conditions: setCondition(status['conditions'], condition, now),
  };
};
