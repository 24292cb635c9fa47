import { createAdamApp } from '../shared/adam/app.ts';
import { openToAll } from '../shared/adam/open.ts';
import type { AdamRoom } from '../shared/adam/room.ts';
import type { Room } from '../shared/device/room.ts';
import type { VisitParts } from '../shared/kube/visit.ts';
import { toAdamDevice } from './adamdevice.ts';
import { decodeTelemetry } from './decode.ts';
import type { Fetch } from './fetch.ts';

export interface AdamSettings {
  /** Whoever reaches it may do everything. */
  readonly isOpen: boolean;
  readonly namespace: string;
}

export interface AdamParts extends Pick<AdamRoom, 'registry' | 'store' | 'telemetry' | 'fleet' | 'ports'> {
  /** Of the Kubernetes API. */
  readonly guards: VisitParts;
  readonly closing: AbortSignal;
}

/** Adam's API, and what the device API has to do for it. */
export const openAdam = (
  { isOpen, namespace }: AdamSettings,
  { guards, closing, ...parts }: AdamParts,
): { fetch: Fetch; device: Pick<Room, 'policy' | 'onRequest'> } => {
  const own = isOpen ? openToAll(guards) : guards;
  const app = createAdamApp({ ...parts, guards: own, namespace, decode: decodeTelemetry, signal: closing });
  return {
    fetch: (request, env) => app.fetch(request, env),
    device: toAdamDevice(parts),
  };
};
