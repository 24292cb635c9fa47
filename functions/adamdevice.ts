import { createPolicy } from '../shared/adam/policy.ts';
import { requestRecorder } from '../shared/adam/requests.ts';
import type { AdamRoom } from '../shared/adam/room.ts';
import type { Room } from '../shared/device/room.ts';

/** What the device API has to do where Adam's API is served. */
export const toAdamDevice = ({
  registry,
  store,
  telemetry,
  ports,
}: Pick<AdamRoom, 'registry' | 'store' | 'telemetry' | 'ports'>): Pick<Room, 'policy' | 'onRequest'> => ({
  policy: createPolicy({ registry, store }),
  onRequest: requestRecorder(telemetry, ports),
});
