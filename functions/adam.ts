import { createAdamApp } from '../shared/adam/app.ts';
import type { AdamRoom } from '../shared/adam/room.ts';
import type { Room } from '../shared/device/room.ts';
import type { Authenticate } from '../shared/kube/access/authenticate.ts';
import type { Authorizer } from '../shared/kube/access/user.ts';
import { toAdamDevice } from './adamdevice.ts';
import { decodeTelemetry } from './decode.ts';
import type { Fetch } from './fetch.ts';

export interface AdamSettings {
  /** Whoever reaches it may do everything. */
  readonly isOpen: boolean;
  readonly namespace: string;
}

export interface AdamParts extends Pick<AdamRoom, 'registry' | 'store' | 'telemetry' | 'fleet' | 'ports'> {
  readonly authenticate: Authenticate;
  readonly authorizer: Authorizer;
  readonly closing: AbortSignal;
}

/** Adam's API, and what the device API has to do for it. */
export const openAdam = (
  { isOpen, namespace }: AdamSettings,
  { authenticate, authorizer, closing, ...parts }: AdamParts,
): { fetch: Fetch; device: Pick<Room, 'policy' | 'onRequest'> } => {
  const access = isOpen ? {} : { access: { authenticate, authorizer } };
  const app = createAdamApp({ ...parts, ...access, namespace, decode: decodeTelemetry, signal: closing });
  return {
    fetch: (request, env) => app.fetch(request, env),
    device: toAdamDevice(parts),
  };
};
