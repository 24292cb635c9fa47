import { type Condition, findCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { tryEach } from './each.ts';
import type { Machine, Workload, WorkloadSpec } from './machine.ts';
import { byWorth, isAvailable, type Member, nextAvailableMs } from './member.ts';
import { pruneHistory, type Revision, readHistory, writeRevision } from './revisions.ts';
import { type Bounds, isScaled, planRecreate, planRolling, planScale, type Slice, type Wanted } from './rollout.ts';
import { toCount } from './share.ts';
import { type Birth, retire, spawn } from './spawn.ts';
import { printSelector, type Report, writeReport } from './status.ts';

export interface DeploymentSpec extends WorkloadSpec {
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly strategy?: {
    readonly type?: 'RollingUpdate' | 'Recreate';
    readonly rollingUpdate?: { readonly maxUnavailable?: unknown; readonly maxSurge?: unknown };
  };
}

/** Brings an ApplicationDeployment one step nearer to what it asks for. Answers when to look again, in milliseconds. */
export const reconcileDeployment = async (machine: Machine, workload: Workload): Promise<number | undefined> => {
  const now = machine.clock.now();
  // The workload is an ApplicationDeployment that has passed its schema.
  const spec = workload.spec as DeploymentSpec;
  const history = await readHistory(machine, workload, spec.paused !== true);
  const view = toView(workload, spec, history.current, history.old, now);
  const { failure, changed } = await enforce(machine, workload, view, plan(view));
  await pruneHistory(machine, workload, history.old, () => false);
  const report = toReport(view, changed, failure, now);
  await writeReport(machine, workload, report);
  if (failure) throw failure;
  return earliest([nextAvailableMs(view.members, view.minReadySeconds, now), deadlineMs(spec, report, now)]);
};

/** A deployment as it is planned for: its Applications by template. */
interface View {
  readonly workload: Workload;
  readonly spec: DeploymentSpec;
  readonly bounds: Bounds;
  readonly minReadySeconds: number;
  readonly current: Part | undefined;
  /** Oldest first. The first may have no revision: Applications that were taken in, or whose template is forgotten. */
  readonly old: readonly Part[];
  /** Those that are not leaving. */
  readonly members: readonly Member[];
  readonly now: number;
}

interface Part extends Slice {
  readonly revision: Revision | undefined;
  /** Those that are not leaving. */
  readonly members: readonly Member[];
}

const toView = (
  workload: Workload,
  spec: DeploymentSpec,
  current: Revision | undefined,
  old: readonly Revision[],
  now: number,
): View => {
  const minReadySeconds = spec.minReadySeconds ?? 0;
  const members = workload.members.filter(one => !one.isLeaving);
  const toPart = (revision: Revision | undefined, own: readonly Member[]): Part => ({
    revision,
    members: own,
    wanted: revision ? revision.replicas : own.length,
    available: own.filter(one => isAvailable(one, minReadySeconds, now)).length,
    desired: revision?.desiredReplicas,
    max: revision?.maxReplicas,
  });
  const of = (revision: Revision): Part =>
    toPart(
      revision,
      members.filter(({ hash }) => hash === revision.hash),
    );
  const known = new Set([...old, ...(current ? [current] : [])].map(({ hash }) => hash));
  const strangers = members.filter(({ hash }) => !known.has(hash));
  return {
    workload,
    spec,
    bounds: toBounds(spec),
    minReadySeconds,
    current: current && of(current),
    old: [...(strangers.length > 0 ? [toPart(undefined, strangers)] : []), ...old.map(of)],
    members,
    now,
  };
};

const toBounds = ({ replicas: desired = 1, strategy = {} }: DeploymentSpec): Bounds => {
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate ?? {};
  if (strategy.type === 'Recreate') return { desired, surge: 0, unavailable: 0 };
  const surge = toCount(maxSurge, desired, 'up', '25%');
  const unavailable = Math.min(desired, toCount(maxUnavailable, desired, 'down', '25%'));
  return { desired, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
};

const plan = ({ spec, bounds, current, old, workload }: View): Wanted => {
  const isRolling = spec.strategy?.type !== 'Recreate';
  const slices = [...old, ...(current ? [current] : [])];
  const isSteady = spec.paused !== true && !isScaled(bounds, slices);
  const scaled = isSteady ? asWanted(current, old) : planScale(bounds, current, old, isRolling);
  if (spec.paused || !current) return scaled;
  const [nowCurrent, nowOld] = [
    { ...current, wanted: scaled.current },
    old.map((one, at) => ({ ...one, wanted: scaled.old[at] ?? 0 })),
  ];
  if (isRolling) return planRolling(bounds, nowCurrent, nowOld);
  const isEmpty = workload.members.every(({ hash }) => hash === current.revision?.hash);
  return planRecreate(bounds, nowCurrent, nowOld, isEmpty);
};

const asWanted = (current: Slice | undefined, old: readonly Slice[]): Wanted => ({
  current: current?.wanted ?? 0,
  old: old.map(({ wanted }) => wanted),
});

interface Outcome {
  /** Why an Application could not be made. */
  readonly failure: Error | undefined;
  readonly changed: boolean;
}

/** First what goes, then what comes, so that room is made on Devices that are full. */
const enforce = async (machine: Machine, workload: Workload, view: View, wanted: Wanted): Promise<Outcome> => {
  const parts = [
    ...view.old.map((part, at) => ({ part, size: wanted.old[at] ?? 0 })),
    ...(view.current ? [{ part: view.current, size: wanted.current }] : []),
  ];
  let changed = false;
  let failure: Error | undefined;
  for (const { part, size } of parts) {
    await keepSize(machine, view, part, size);
    const excess = [...part.members].sort(byWorth).slice(0, Math.max(0, part.members.length - size));
    failure ??= await tryEach(excess, member => retire(machine, workload, member));
    changed ||= excess.length > 0;
  }
  for (const { part, size } of parts) {
    const { revision } = part;
    if (!revision) continue;
    const { name, hash, template } = revision;
    const missing = new Array<Birth>(Math.max(0, Math.min(maxAtOnce, size - part.members.length))).fill({
      generateName: `${name}-`,
      hash,
      template,
    });
    changed ||= missing.length > 0;
    failure ??= await tryEach(missing, birth => spawn(machine, workload, birth));
  }
  return { failure, changed };
};

/** Made in one go; what is still missing comes when these are heard of. */
const maxAtOnce = 500;

const keepSize = async (machine: Machine, view: View, { revision, wanted }: Part, size: number): Promise<void> => {
  const { desired, surge } = view.bounds;
  const isKnown = revision?.desiredReplicas === desired && revision.maxReplicas === desired + surge;
  if (!revision || (wanted === size && (isKnown || size === 0))) return;
  await writeRevision(machine, revision, { replicas: size, desiredReplicas: desired, maxReplicas: desired + surge });
  if (wanted === size) return;
  await machine.recorder.record(view.workload.object, {
    type: 'Normal',
    reason: 'ScalingRevision',
    message: `Scaled ${size > wanted ? 'up' : 'down'} revision ${revision.name} from ${wanted} to ${size}`,
  });
};

const toReport = (view: View, changed: boolean, failure: Error | undefined, now: number): Report => {
  const { spec, bounds, current, members, minReadySeconds, workload } = view;
  const available = members.filter(one => isAvailable(one, minReadySeconds, now)).length;
  const fields = {
    replicas: members.length,
    updatedReplicas: current?.members.length ?? 0,
    readyReplicas: members.filter(({ isReady }) => isReady).length,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, Math.max(bounds.desired, members.length) - available),
    selector: printSelector(spec.selector),
    ...(current?.revision && { revision: current.revision.number, currentRevision: current.revision.name }),
  };
  const isComplete =
    !changed &&
    current !== undefined &&
    fields.updatedReplicas === bounds.desired &&
    workload.members.length === bounds.desired &&
    current.available >= bounds.desired;
  const { condition, at } = toProgress(view, fields, isComplete, now);
  return {
    fields,
    progressedAt: at,
    dropped: failure ? [] : ['ReplicaFailure'],
    conditions: [
      available >= bounds.desired - bounds.unavailable
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'It has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'It does not have minimum availability.',
          },
      condition,
      isComplete
        ? {
            type: 'Ready',
            status: 'True',
            reason: 'Complete',
            message: 'All Applications are up to date and available.',
          }
        : {
            type: 'Ready',
            status: 'False',
            reason: spec.paused ? 'Paused' : 'Incomplete',
            message: `${current?.available ?? 0} of ${bounds.desired} Applications are up to date and available.`,
          },
      ...(failure
        ? [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure.message } as const]
        : []),
    ],
  };
};

type Progress = { readonly condition: Omit<Condition, 'observedGeneration'>; readonly at: number };

const toProgress = (
  { spec, current, workload: { object } }: View,
  fields: Numbers & { readonly currentRevision?: string },
  isComplete: boolean,
  now: number,
): Progress => {
  const type = 'Progressing';
  const name = current?.revision?.name ?? '';
  const before = findCondition(object.status?.['conditions'], type);
  const last = Date.parse(String(before?.['lastUpdateTime'] ?? '')) || now;
  if (spec.paused) {
    const isNews = before?.['reason'] !== 'DeploymentPaused';
    const condition = { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'It is paused.' } as const;
    return { condition, at: isNews ? now : last };
  }
  const status = object.status ?? {};
  const wasDone = before?.['reason'] === 'NewRevisionAvailable';
  const isSame = status['currentRevision'] === fields.currentRevision;
  // What has rolled out stays so: that Applications are lost, or more are wanted, later is no rollout that does not get on.
  if (isComplete || (wasDone && isSame && fields.updatedReplicas === fields.replicas)) {
    const message = `Revision ${name} has successfully progressed.`;
    const isNews = !wasDone || !isSame;
    return { condition: { type, status: 'True', reason: 'NewRevisionAvailable', message }, at: isNews ? now : last };
  }
  const isNews =
    !before || wasDone || before['reason'] === 'DeploymentPaused' || !isSame || isProgress(toNumbers(status), fields);
  const deadline = spec.progressDeadlineSeconds ?? 600;
  if (!isNews && now - last >= deadline * 1000) {
    const message = `Revision ${name} has timed out progressing.`;
    return { condition: { type, status: 'False', reason: 'ProgressDeadlineExceeded', message }, at: last };
  }
  return {
    condition: { type, status: 'True', reason: 'RevisionUpdated', message: `Revision ${name} is progressing.` },
    at: isNews ? now : last,
  };
};

interface Numbers {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
}

const toNumbers = (status: JsonMap): Numbers => ({
  replicas: Number(status['replicas'] ?? 0),
  updatedReplicas: Number(status['updatedReplicas'] ?? 0),
  readyReplicas: Number(status['readyReplicas'] ?? 0),
  availableReplicas: Number(status['availableReplicas'] ?? 0),
});

/** More of the current template, fewer of old ones, or more that serve. That some are lost is none. */
const isProgress = (before: Numbers, now: Numbers): boolean =>
  now.updatedReplicas > before.updatedReplicas ||
  now.replicas - now.updatedReplicas < before.replicas - before.updatedReplicas ||
  now.readyReplicas > before.readyReplicas ||
  now.availableReplicas > before.availableReplicas;

/** When a rollout that does not get on has to be called late. */
const deadlineMs = (
  spec: DeploymentSpec,
  { conditions, progressedAt = 0 }: Report,
  now: number,
): number | undefined => {
  const progress = conditions.find(({ type }) => type === 'Progressing');
  if (progress?.reason !== 'RevisionUpdated') return undefined;
  return Math.min(maxTimerMs, Math.max(1, progressedAt + (spec.progressDeadlineSeconds ?? 600) * 1000 - now + 1_000));
};

const maxTimerMs = 86_400_000;

const earliest = (delays: readonly (number | undefined)[]): number | undefined => {
  const known = delays.filter(one => one !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
