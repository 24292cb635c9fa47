import { toHex } from '../base/bytes.ts';
import type { Controller, Exchange } from '../eve/controller.ts';
import type { Device } from '../resources/eve/device.ts';
import type { Notes } from './served.ts';

export interface Choice {
  readonly exchange: Exchange;
  /** Whether the device is told secrets under a certificate that it cannot know yet: it will have to be told once more. */
  readonly isBlind: boolean;
}

/**
 * Under which of its certificates the controller encrypts secrets for a device. While there are several, the newest is for
 * devices that are known to have it; the others stay with the one they use, for a device that cannot decrypt does not try
 * again. A device that was away for all of it finds the oldest that there still is.
 */
export const chooseExchange = (controller: Controller, device: Device, { exchange: used }: Notes): Choice => {
  const [newest, ...older] = controller.exchanges;
  if (device.status?.config?.certificates === controller.confighash) return { exchange: newest, isBlind: false };
  const inUse = controller.exchanges.find(one => toHex(one.certHash) === used);
  if (inUse) return { exchange: inUse, isBlind: false };
  return { exchange: older.at(-1) ?? newest, isBlind: used !== undefined };
};
