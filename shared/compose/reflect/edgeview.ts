import type { JsonMap } from '../../base/object.ts';
import type { ZInfoEdgeview } from '../../eve/generated/info.ts';
import { defined, timeOf } from './value.ts';

/** The status of a Device after a report about remote access by EdgeView. */
export const reflectEdgeView = (status: JsonMap, info: ZInfoEdgeview): JsonMap => ({
  ...status,
  edgeView: defined({
    startedAt: timeOf(info.started_time),
    expiresAt: timeOf(info.expire_time),
    deviceSessions: info.count_dev ?? 0,
    applicationSessions: info.count_app ?? 0,
    externalSessions: info.count_ext ?? 0,
  }),
});
