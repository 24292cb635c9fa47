import type { JsonMap } from '../../base/object.ts';
import { LocReliability, type ZInfoLocation } from '../../eve/generated/info.ts';
import { nameIfAny } from './names.ts';
import { defined, numberOf, textOf, timeOf } from './value.ts';

const reliability = nameIfAny(LocReliability, 'LOC_RELIABILITY_');

/** The status of a Device after it said where it is: degrees, metres. */
export const reflectLocation = (status: JsonMap, info: ZInfoLocation): JsonMap => ({
  ...status,
  location: defined({
    latitude: numberOf(info.latitude) ?? 0,
    longitude: numberOf(info.longitude) ?? 0,
    altitude: numberOf(info.altitude),
    time: timeOf(info.utc_timestamp),
    horizontalReliability: reliability(info.horizontal_reliability),
    verticalReliability: reliability(info.vertical_reliability),
    horizontalUncertainty: numberOf(info.horizontal_uncertainty),
    verticalUncertainty: numberOf(info.vertical_uncertainty),
    source: textOf(info.logicallabel),
  }),
});
