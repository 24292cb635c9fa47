import type { ApiObject } from '../../base/object.ts';
import type { Clock } from '../../base/ports.ts';
import type { Registry } from '../../kube/registry/registry.ts';
import type { ResourceType } from '../../kube/resource.ts';
import type { LabelSelectorObject } from '../../kube/select/labels.ts';
import type { Recorder } from '../events.ts';
import type { Candidate } from '../scheduling/candidate.ts';
import type { Member } from './member.ts';

/** What the workload controllers work with. */
export interface Machine {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly applications: ResourceType;
  readonly revisions: ResourceType;
  readonly claims: ResourceType;
  /** The Applications of a namespace that no controller owns, as they were heard of last: look before you take one. */
  orphansIn(namespace: string): Iterable<Orphan>;
  /** The same of ApplicationRevisions. */
  orphanRevisionsIn(namespace: string): Iterable<Orphan>;
  /** The Devices of a namespace, as they were heard of last. */
  devicesIn(namespace: string): Iterable<Candidate>;
}

export interface Orphan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A workload of any kind as it is stored now, and the Applications that belong to it. */
export interface Workload {
  readonly type: ResourceType;
  readonly object: ApiObject;
  readonly spec: WorkloadSpec;
  readonly members: readonly Member[];
}

/** What the specs of all workload kinds have in common. */
export interface WorkloadSpec {
  readonly selector: LabelSelectorObject;
  readonly template: Template;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
}

export interface Template {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Record<string, unknown>;
}

/** The spec of a stored workload. */
// Stored workloads have passed their schema, which has these fields; the caller knows the kind.
export const specOf = <T extends WorkloadSpec = WorkloadSpec>(object: ApiObject): T => object.spec as unknown as T;
