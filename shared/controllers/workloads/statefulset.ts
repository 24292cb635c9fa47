import { type ClaimTemplate, claimName, ensureClaims, setClaimOwner, withClaims } from './claims.ts';
import { progressConditions } from './daemonset.ts';
import { tryEach } from './each.ts';
import { toOwner } from './gather.ts';
import type { Machine, Workload, WorkloadSpec } from './machine.ts';
import { isAvailable, type Member, nextAvailableMs } from './member.ts';
import { type Numbered, type OrdinalBounds, planOrdinals } from './ordinals.ts';
import { pruneHistory, type Revision, readHistory } from './revisions.ts';
import { toCount } from './share.ts';
import { type Birth, retire, spawn } from './spawn.ts';
import { printSelector, type Report, writeReport } from './status.ts';

export interface StatefulSetSpec extends WorkloadSpec {
  readonly replicas?: number;
  readonly volumeClaimTemplates?: readonly ClaimTemplate[];
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: unknown };
  };
  readonly ordinals?: { readonly start?: number };
  readonly persistentVolumeClaimRetentionPolicy?: {
    readonly whenDeleted?: 'Retain' | 'Delete';
    readonly whenScaled?: 'Retain' | 'Delete';
  };
}

/** Brings an ApplicationStatefulSet one step nearer to what it asks for. Answers when to look again, in milliseconds. */
export const reconcileStatefulSet = async (machine: Machine, workload: Workload): Promise<number | undefined> => {
  const now = machine.clock.now();
  // The workload is an ApplicationStatefulSet that has passed its schema.
  const spec = workload.spec as StatefulSetSpec;
  const { current: update, old } = await readHistory(machine, workload, true);
  if (!update) return undefined;
  const before = old.find(({ name }) => name === workload.object.status?.['currentRevision']) ?? update;
  const minReadySeconds = spec.minReadySeconds ?? 0;
  const members = workload.members.flatMap(one => toNumbered(workload, one, minReadySeconds, now));
  const bounds = toBounds(spec, before.hash, update.hash);
  const { create, remove } = planOrdinals(bounds, members);
  await keepClaims(machine, workload, spec, bounds, members);
  const leaving = new Set(remove);
  const going = members.filter(({ name }) => leaving.has(name));
  const failure =
    (await tryEach(going, ({ member }) => retire(machine, workload, member))) ??
    (await tryEach(create.slice(0, maxAtOnce), birth =>
      spawnNumber(machine, workload, spec, [update, before, ...old], birth),
    ));
  await pruneHistory(machine, workload, old, one => one === before);
  await writeReport(
    machine,
    workload,
    toReport(spec, bounds, members, { before, update }, create.length + remove.length),
  );
  if (failure) throw failure;
  return create.length > maxAtOnce ? 1 : nextAvailableMs(workload.members, minReadySeconds, now);
};

const maxAtOnce = 500;

/** The number of an Application of a stateful set; undefined when its name is no such name. */
export const ordinalOf = (workload: string, name: string): number | undefined => {
  const digits = name.startsWith(`${workload}-`) ? name.slice(workload.length + 1) : '';
  return /^(0|[1-9]\d{0,9})$/.test(digits) ? Number(digits) : undefined;
};

interface Known extends Numbered {
  readonly member: Member;
  readonly isReady: boolean;
}

const toNumbered = ({ object }: Workload, member: Member, minReadySeconds: number, now: number): Known[] => {
  const ordinal = ordinalOf(object.metadata.name, member.name);
  if (ordinal === undefined) return [];
  const { name, hash, isLeaving, isReady } = member;
  return [{ ordinal, name, hash, isLeaving, isReady, member, isHealthy: isAvailable(member, minReadySeconds, now) }];
};

const toBounds = (spec: StatefulSetSpec, current: string, update: string): OrdinalBounds => {
  const { partition = 0, maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
  const replicas = spec.replicas ?? 1;
  return {
    start: spec.ordinals?.start ?? 0,
    replicas,
    partition,
    isOrdered: spec.podManagementPolicy !== 'Parallel',
    isRolling: spec.updateStrategy?.type !== 'OnDelete',
    unavailable: Math.max(1, toCount(maxUnavailable, replicas, 'down', 1)),
    current,
    update,
  };
};

const spawnNumber = async (
  machine: Machine,
  workload: Workload,
  { volumeClaimTemplates = [] }: StatefulSetSpec,
  revisions: readonly Revision[],
  { ordinal, hash }: { readonly ordinal: number; readonly hash: string },
): Promise<void> => {
  const { name: set } = workload.object.metadata;
  const revision = revisions.find(one => one.hash === hash);
  if (!revision) return;
  await spawn(machine, workload, toNumberedBirth(set, ordinal, revision, volumeClaimTemplates), () =>
    ensureClaims(machine, workload, volumeClaimTemplates, ordinal),
  );
};

/** The Application of an ordinal, with its own claims. */
export const toNumberedBirth = (
  set: string,
  ordinal: number,
  { hash, template }: Pick<Birth, 'hash' | 'template'>,
  claims: readonly ClaimTemplate[],
): Birth => {
  const name = `${set}-${ordinal}`;
  return {
    name,
    hash,
    template,
    labels: {
      'apps.kubernetes.io/pod-index': `${ordinal}`,
      ...(name.length <= maxLabel && { 'statefulset.kubernetes.io/pod-name': name }),
    },
    change: withClaims(claims, set, ordinal),
  };
};

/** Characters in the value of a label. */
const maxLabel = 63;

/**
 * With `whenDeleted: Delete` claims belong to the set, with `whenScaled: Delete` those of a number that is too much belong to
 * its Application, so that they go with it. A policy that is taken back lets go what it had taken.
 */
const keepClaims = async (
  machine: Machine,
  { type, object }: Workload,
  { volumeClaimTemplates = [], persistentVolumeClaimRetentionPolicy: policy }: StatefulSetSpec,
  { start, replicas }: OrdinalBounds,
  members: readonly Known[],
): Promise<void> => {
  if (volumeClaimTemplates.length === 0) return;
  const { namespace = '', name } = object.metadata;
  const set = { ...toOwner(type, object), controller: false, blockOwnerDeletion: false };
  if (policy?.whenDeleted !== 'Delete')
    for (const { metadata } of await machine.registry.findByTerm(machine.claims, `owner=${set.uid}`))
      await setClaimOwner(machine, { namespace, name: metadata.name }, undefined, [set.uid]);
  for (const { ordinal, member } of members) {
    const isSurplus = ordinal < start || ordinal >= start + replicas;
    if (!policy && !isSurplus) continue;
    const application = { ...set, kind: machine.applications.kind, name: member.name, uid: member.uid };
    const owner =
      isSurplus && policy?.whenScaled === 'Delete' ? application : policy?.whenDeleted === 'Delete' ? set : undefined;
    for (const template of volumeClaimTemplates)
      await setClaimOwner(machine, { namespace, name: claimName(template, name, ordinal) }, owner, [
        set.uid,
        member.uid,
      ]);
  }
};

const toReport = (
  spec: StatefulSetSpec,
  bounds: OrdinalBounds,
  members: readonly Known[],
  { before, update }: { readonly before: Revision; readonly update: Revision },
  changes: number,
): Report => {
  const staying = members.filter(({ isLeaving }) => !isLeaving);
  const { replicas, isRolling, partition } = bounds;
  const ready = staying.filter(({ isReady }) => isReady).length;
  const available = staying.filter(({ isHealthy }) => isHealthy).length;
  const updated = staying.filter(({ hash }) => hash === update.hash).length;
  const isIdle = changes === 0 && members.length === replicas && available === replicas;
  const isDone = isIdle && updated === replicas;
  const current = isRolling && isDone ? update : before;
  return {
    fields: {
      replicas: members.length,
      readyReplicas: ready,
      availableReplicas: available,
      currentReplicas: staying.filter(({ hash }) => hash === current.hash).length,
      updatedReplicas: updated,
      currentRevision: current.name,
      updateRevision: update.name,
      revision: update.number,
      selector: printSelector(spec.selector),
    },
    conditions: progressConditions(
      isIdle && updated >= (isRolling ? replicas - Math.min(replicas, partition) : 0),
      available >= replicas,
      `${available} of ${replicas}`,
    ),
  };
};
