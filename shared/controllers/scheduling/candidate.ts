import { findCondition } from '../../base/condition.ts';
import type { ApiObject } from '../../base/object.ts';
import { parseQuantity } from '../../base/quantity.ts';

/** A Device as the scheduler sees it: a place for Applications. */
export interface Candidate {
  readonly namespace: string;
  readonly uid: string;
  /** Name and labels, in the form that affinity is matched against. */
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly taints: readonly Taint[];
  /** In nano units, by resource name; empty while the device has not reported. */
  readonly allocatable: ReadonlyMap<string, bigint>;
  /** Takes Applications: neither leaving nor deactivated. */
  readonly isOpen: boolean;
  /** Checks in. */
  readonly isReady: boolean;
  /** Equal texts: equal chances for any Application. */
  readonly digest: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

interface DeviceSpec {
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
}

/** What Kubernetes puts on a node that is `unschedulable`: what tolerates it comes there all the same. */
const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const activateAnnotation = 'eve.lfedge.org/activate';

export const toCandidate = ({ metadata, spec, status }: ApiObject): Candidate => {
  // Stored Devices have passed their schema.
  const { taints: own = [], unschedulable } = (spec ?? {}) as DeviceSpec;
  const taints = unschedulable === true ? [...own, unschedulableTaint] : own;
  const isOpen = metadata.deletionTimestamp === undefined && metadata.annotations?.[activateAnnotation] !== 'false';
  const labels = metadata.labels ?? {};
  const allocatable = toAmounts(status?.['allocatable']);
  return {
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    metadata: { name: metadata.name, labels },
    taints,
    allocatable,
    isOpen,
    isReady: findCondition(status?.['conditions'], 'Ready')?.['status'] === 'True',
    digest: JSON.stringify([labels, taints, [...allocatable].map(([name, amount]) => [name, `${amount}`]), isOpen]),
  };
};

/** Quantities by resource name, in nano units. What is no quantity is left out. */
export const toAmounts = (resources: unknown): Map<string, bigint> => {
  const amounts = new Map<string, bigint>();
  if (typeof resources !== 'object' || resources === null) return amounts;
  for (const [name, text] of Object.entries(resources)) {
    const quantity = typeof text === 'string' || typeof text === 'number' ? parseQuantity(text) : undefined;
    if (quantity) amounts.set(name, quantity.nano);
  }
  return amounts;
};
