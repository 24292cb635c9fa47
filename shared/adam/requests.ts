import { fromUtf8 } from '../base/bytes.ts';
import type { Ports } from '../base/ports.ts';
import type { DeviceRequest } from '../device/room.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/**
 * Keeps requests of devices as telemetry of kind `requests`. Does not make the device wait: a request that is not noted is a
 * line less in a list.
 */
export const requestRecorder =
  (telemetry: Telemetry, { clock, log }: Pick<Ports, 'clock' | 'log'>) =>
  ({ uuid, method, url, address, forwarded }: DeviceRequest): void => {
    const at = clock.now();
    const entry = {
      timestamp: new Date(at).toISOString(),
      uuid,
      ...(address !== undefined && { 'client-ip': address }),
      ...(forwarded !== undefined && { forwarded: forwarded.slice(0, maxText) }),
      method,
      url: url.slice(0, maxText),
    };
    telemetry
      .append('requests', [{ device: uuid, at, body: fromUtf8(JSON.stringify(entry)) }])
      .catch((error: unknown) => log.warn('request of a device not noted', { error }));
  };

const maxText = 1024;
