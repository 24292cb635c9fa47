import type { JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { matchesNodeAffinity, type NodeAffinity } from '../../kube/select/affinity.ts';
import type { Candidate } from '../scheduling/candidate.ts';
import { isTolerated } from '../scheduling/choose.ts';
import type { Toleration } from '../scheduling/demand.ts';
import { type Daemon, type DaemonBounds, type Place, planDaemons } from './daemons.ts';
import { tryEach } from './each.ts';
import type { Machine, Workload, WorkloadSpec } from './machine.ts';
import { isAvailable, type Member, nextAvailableMs } from './member.ts';
import { pruneHistory, type Revision, readHistory } from './revisions.ts';
import { toCount } from './share.ts';
import { retire, spawn } from './spawn.ts';
import { type Report, writeReport } from './status.ts';

export interface DaemonSetSpec extends WorkloadSpec {
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: { readonly maxUnavailable?: unknown; readonly maxSurge?: unknown };
  };
}

/** Brings an ApplicationDaemonSet one step nearer to what it asks for. Answers when to look again, in milliseconds. */
export const reconcileDaemonSet = async (machine: Machine, workload: Workload): Promise<number | undefined> => {
  const now = machine.clock.now();
  // The workload is an ApplicationDaemonSet that has passed its schema.
  const spec = workload.spec as DaemonSetSpec;
  const { current, old } = await readHistory(machine, workload, true);
  if (!current) return undefined;
  const minReadySeconds = spec.minReadySeconds ?? 0;
  const places = toPlaces(machine.devicesIn(workload.object.metadata.namespace ?? ''), workload.spec, borne);
  const daemons = workload.members.map(
    (one): Daemon => ({
      name: one.name,
      place: one.device ?? one.pin,
      isCurrent: one.hash === current.hash,
      isAvailable: isAvailable(one, minReadySeconds, now) && !one.isLeaving,
      isLeaving: one.isLeaving,
      createdAt: one.createdAt,
    }),
  );
  const { create, remove } = planDaemons(places, daemons, toBounds(spec, places));
  const leaving = new Set(remove);
  const going = workload.members.filter(({ name }) => leaving.has(name));
  const { name, hash, template } = current;
  const failure =
    (await tryEach(going, member => retire(machine, workload, member))) ??
    (await tryEach(create.slice(0, maxAtOnce), device =>
      spawn(machine, workload, { generateName: `${name}-`, hash, template, change: pinTo(device) }),
    ));
  await pruneHistory(machine, workload, old, () => false);
  await writeReport(
    machine,
    workload,
    toReport(places, daemons, workload.members, current, create.length + remove.length),
  );
  if (failure) throw failure;
  return create.length > maxAtOnce ? 1 : nextAvailableMs(workload.members, minReadySeconds, now);
};

const maxAtOnce = 500;

/** Like Kubernetes, a DaemonSet's Applications bear what is wrong with a Device, but not what an administrator set. */
export const borne: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/** Which of some Devices a template is for. `extra`: what it tolerates beside its own. */
export const toPlaces = (
  devices: Iterable<Candidate>,
  spec: WorkloadSpec,
  extra: readonly Toleration[] = [],
): Place[] => {
  // A stored template has passed the schema of applications.
  const template = spec.template.spec as {
    nodeSelector?: Readonly<Record<string, string>>;
    affinity?: { nodeAffinity?: NodeAffinity };
    tolerations?: readonly Toleration[];
  };
  const tolerations = [...(template.tolerations ?? []), ...extra];
  const toPlace = (device: Candidate): Place => {
    const matches =
      device.isOpen && matchesNodeAffinity(template.affinity?.nodeAffinity, template.nodeSelector, device);
    const bears = (...effects: string[]): boolean =>
      device.taints.every(taint => !effects.includes(taint.effect) || isTolerated(taint, tolerations));
    return {
      name: device.metadata.name,
      shouldRun: matches && bears('NoSchedule', 'NoExecute'),
      mayKeep: matches && bears('NoExecute'),
    };
  };
  return [...devices].map(toPlace).sort((a, b) => (a.name < b.name ? -1 : 1));
};

const toBounds = ({ updateStrategy = {} }: DaemonSetSpec, places: readonly Place[]): DaemonBounds => {
  const { maxSurge, maxUnavailable } = updateStrategy.rollingUpdate ?? {};
  const total = places.filter(({ shouldRun }) => shouldRun).length;
  const surge = toCount(maxSurge, total, 'up', 0);
  return {
    isRolling: updateStrategy.type !== 'OnDelete',
    surge,
    unavailable: Math.max(surge > 0 ? 0 : 1, toCount(maxUnavailable, total, 'up', 1)),
  };
};

/** The scheduler places it, on this Device or nowhere. */
export const pinTo =
  (device: string) =>
  (spec: JsonMap): JsonMap => {
    const affinity = isMap(spec['affinity']) ? spec['affinity'] : {};
    const nodeAffinity = isMap(affinity['nodeAffinity']) ? affinity['nodeAffinity'] : {};
    const tolerations = Array.isArray(spec['tolerations']) ? spec['tolerations'] : [];
    const required = {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [device] }] }],
    };
    const pinned = {
      ...affinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
    };
    // Both are JSON: they come from the template.
    return { ...spec, affinity: pinned as JsonMap, tolerations: [...tolerations, ...borne.map(one => ({ ...one }))] };
  };

const toReport = (
  places: readonly Place[],
  daemons: readonly Daemon[],
  members: readonly Member[],
  current: Revision,
  changes: number,
): Report => {
  const wanted = new Map(places.filter(one => one.shouldRun).map(one => [one.name, [] as Daemon[]]));
  const others = new Set(places.filter(one => !one.shouldRun).map(({ name }) => name));
  const misscheduled = new Set<string>();
  const ready = new Set(members.filter(({ isReady }) => isReady).map(({ name }) => name));
  for (const one of daemons) {
    if (one.isLeaving || one.place === undefined) continue;
    wanted.get(one.place)?.push(one);
    if (others.has(one.place)) misscheduled.add(one.place);
  }
  const count = (test: (one: Daemon) => boolean): number => [...wanted.values()].filter(here => here.some(test)).length;
  const desired = wanted.size;
  const available = count(one => one.isAvailable);
  const updated = count(one => one.isCurrent);
  const isComplete = changes === 0 && updated === desired && available === desired;
  return {
    fields: {
      desiredNumberScheduled: desired,
      currentNumberScheduled: count(() => true),
      numberMisscheduled: misscheduled.size,
      numberReady: count(one => ready.has(one.name)),
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: desired - available,
      revision: current.number,
      currentRevision: current.name,
    },
    conditions: progressConditions(isComplete, available >= desired, `${available} of ${desired}`),
  };
};

/** Conditions of the kinds that know no deadline. */
export const progressConditions = (isComplete: boolean, isServed: boolean, count: string): Report['conditions'] => [
  isServed
    ? { type: 'Available', status: 'True', reason: 'AllAvailable', message: 'All Applications are available.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'SomeUnavailable',
        message: `${count} Applications are available.`,
      },
  isComplete
    ? { type: 'Progressing', status: 'True', reason: 'RolloutComplete', message: 'All Applications are up to date.' }
    : {
        type: 'Progressing',
        status: 'True',
        reason: 'RollingOut',
        message: 'Applications are being brought up to date.',
      },
  isComplete
    ? { type: 'Ready', status: 'True', reason: 'Complete', message: 'All Applications are up to date and available.' }
    : { type: 'Ready', status: 'False', reason: 'Incomplete', message: `${count} Applications are available.` },
];
