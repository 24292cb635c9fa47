import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { ageColumn, defineResource } from '../define.ts';
import { int32, text } from '../text.ts';
import { microTime } from '../time.ts';

export const lease = defineResource(
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    plural: 'leases',
    scope: 'Namespaced',
    native: true,
    description: 'A claim to be the one who does something, for a while. Programs elect their leader with it.',
    spec: () =>
      z
        .object({
          holderIdentity: text('Who holds the lease.').optional(),
          leaseDurationSeconds: int32('How long others wait after renewTime before they take the lease.').optional(),
          acquireTime: microTime('When the holder got the lease.').optional(),
          renewTime: microTime('When the holder last renewed the lease.').optional(),
          leaseTransitions: int32('How often the holder changed.').optional(),
          strategy: text('How a leader is picked when it is picked for the candidates.').optional(),
          preferredHolder: text('Who should get the lease next.').optional(),
        })
        .meta({ description: 'Who holds the lease and for how long.' }),
  },
  {
    columns: [
      { name: 'Holder', type: 'string', description: 'Who holds the lease', jsonPath: '.spec.holderIdentity' },
      ageColumn,
    ],
    hasGeneration: false,
    allowUnconditionalUpdate: false,
    allowCreateOnUpdate: true,
    // A lease that nobody has yet says so.
    defaults(draft) {
      draft.spec ??= {};
    },
    validate: check,
  },
);

interface LeaseSpec {
  readonly leaseDurationSeconds?: number;
  readonly leaseTransitions?: number;
  readonly strategy?: string;
  readonly preferredHolder?: string;
}

function check(object: ApiObject): Cause[] {
  // The shape was checked by the schema before any hook sees the object.
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = (object.spec ?? {}) as LeaseSpec;
  const causes: Cause[] = [];
  if (leaseDurationSeconds != null && leaseDurationSeconds <= 0)
    causes.push(cause.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  if (leaseTransitions != null && leaseTransitions < 0)
    causes.push(cause.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  if (preferredHolder && !strategy)
    causes.push(cause.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return causes;
}
