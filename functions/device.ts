import { createAttestation } from '../shared/controllers/attestation.ts';
import { createDeviceApp } from '../shared/device/app.ts';
import { createEscrow } from '../shared/device/escrow.ts';
import { allOf } from '../shared/device/policies.ts';
import type { Room } from '../shared/device/room.ts';
import type { Marks } from '../shared/store/marks.ts';
import type { Store } from '../shared/store/store.ts';
import type { Fetch } from './fetch.ts';
import type { Serving } from './identity/identity.ts';
import type { Outbound } from './outbound.ts';

export interface DeviceParts
  extends Pick<Room, 'fleet' | 'telemetry' | 'controller' | 'ports' | 'policy' | 'onRequest' | 'onAnswer'> {
  readonly store: Store & { readonly marks: Marks };
  readonly identity: Pick<Serving, 'escrow'>;
  readonly outbound: Pick<Outbound, 'reach'>;
  /** Serves devices that speak version 1 of their API too. */
  readonly deviceApiV1?: boolean | undefined;
}

/** What is served to devices. */
export const openDevice = ({ store, identity, outbound, deviceApiV1, policy, ...parts }: DeviceParts): Fetch => {
  const app = createDeviceApp({
    ...parts,
    policy: allOf([createAttestation(store), ...(policy ? [policy] : [])]),
    escrow: createEscrow(identity.escrow, parts.ports.random),
    store,
    marks: store.marks,
    reach: outbound.reach,
    ...(deviceApiV1 && { hasV1: true }),
  });
  return (request, env) => app.fetch(request, env);
};
