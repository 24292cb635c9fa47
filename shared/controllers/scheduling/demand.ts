import { findCondition } from '../../base/condition.ts';
import type { ApiObject } from '../../base/object.ts';
import type { NodeAffinity } from '../../kube/select/affinity.ts';
import { fromLabelSelector, type LabelSelector, type LabelSelectorObject } from '../../kube/select/labels.ts';
import { toAmounts } from './candidate.ts';
import { singular, type Taking } from './singular.ts';

/** An Application as the scheduler sees it: what it asks for, and where it is. */
export interface Demand {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of the object that this was read from. */
  readonly version: number;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>> | undefined;
  readonly nodeAffinity: NodeAffinity | undefined;
  readonly together: Rules;
  readonly apart: Rules;
  readonly tolerations: readonly Toleration[];
  /** In nano units, by resource name. */
  readonly requests: ReadonlyMap<string, bigint>;
  /** What it takes of its Device, of which there is one. */
  readonly singular: readonly string[];
  /** PersistentVolumeClaims that it mounts. */
  readonly claims: readonly string[];
  /** DeviceCluster that it must be on. */
  readonly cluster: string | undefined;
  readonly isLeaving: boolean;
  /** Name of the Device that it is bound to. */
  readonly device: string | undefined;
  readonly deviceUid: string | undefined;
  /** Generation whose wishes led to the binding. */
  readonly placedGeneration: number | undefined;
}

/** Affinity to Applications, or against them. */
export interface Rules {
  readonly required: readonly Term[];
  readonly preferred: readonly (Term & { readonly weight: number })[];
}

export interface Term {
  /** Which Applications of the namespace are meant; undefined: none. */
  readonly selector: LabelSelector | undefined;
  readonly topologyKey: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: string;
}

interface PodTerm {
  readonly labelSelector?: LabelSelectorObject;
  readonly topologyKey: string;
}

interface PodRules {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly podAffinityTerm: PodTerm;
  }[];
}

interface ApplicationSpec extends Taking {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: NodeAffinity;
    readonly podAffinity?: PodRules;
    readonly podAntiAffinity?: PodRules;
  };
  readonly tolerations?: readonly Toleration[];
  readonly containers?: readonly (NonNullable<Taking['containers']>[number] & {
    readonly resources?: { readonly requests?: object; readonly limits?: object };
  })[];
  readonly eve?: Taking['eve'] & { readonly cluster?: string };
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
}

export const toDemand = ({ metadata, spec: stored, status }: ApiObject): Demand => {
  // Stored Applications have passed their schema.
  const spec = (stored ?? {}) as ApplicationSpec;
  const placed = findCondition(status?.['conditions'], 'Scheduled');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    version: Number(metadata.resourceVersion ?? 0),
    generation: metadata.generation ?? 1,
    labels: metadata.labels ?? {},
    nodeSelector: spec.nodeSelector,
    nodeAffinity: spec.affinity?.nodeAffinity,
    together: toRules(spec.affinity?.podAffinity),
    apart: toRules(spec.affinity?.podAntiAffinity),
    tolerations: spec.tolerations ?? [],
    requests: toRequests(spec),
    singular: singular(spec),
    claims: (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : [])),
    cluster: spec.eve?.cluster,
    isLeaving: metadata.deletionTimestamp !== undefined,
    device: textOf(status?.['device']),
    deviceUid: textOf(status?.['deviceUID']),
    placedGeneration: typeof placed?.['observedGeneration'] === 'number' ? placed['observedGeneration'] : undefined,
  };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const toRules = (rules: PodRules | undefined): Rules => ({
  required: (rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(toTerm),
  preferred: (rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) => ({
    ...toTerm(podAffinityTerm),
    weight,
  })),
});

const toTerm = ({ labelSelector, topologyKey }: PodTerm): Term => ({
  selector: labelSelector && fromLabelSelector(labelSelector),
  topologyKey,
});

/** The sum over all containers; a limit stands for a request that is not made. */
const toRequests = ({ containers = [] }: ApplicationSpec): Map<string, bigint> => {
  const sum = new Map<string, bigint>();
  for (const { resources } of containers)
    for (const [name, amount] of new Map([...toAmounts(resources?.limits), ...toAmounts(resources?.requests)]))
      sum.set(name, (sum.get(name) ?? 0n) + amount);
  return sum;
};
