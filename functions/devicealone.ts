import { once } from '../shared/base/once.ts';
import { createFleet } from '../shared/controllers/enrol.ts';
import { createController } from '../shared/eve/controller.ts';
import type { Registry } from '../shared/kube/registry/registry.ts';
import { type DeviceParts, openDevice } from './device.ts';
import type { Fetch } from './fetch.ts';
import type { Serving } from './identity/identity.ts';

export interface DeviceAloneParts extends Omit<DeviceParts, 'fleet' | 'controller' | 'identity'> {
  readonly identity: Serving;
  /** Opens the machinery of objects: asked once, when the first device registers. Most of them have. */
  registry(): Promise<Registry>;
}

/** What is served to devices, where people are served by another one. */
export const openDeviceAlone = ({ registry, ...parts }: DeviceAloneParts): Fetch => {
  const fleet = createFleet({ store: parts.store, ...parts.ports, registry: once(registry) });
  return openDevice({ ...parts, fleet, controller: createController(parts.identity) });
};
