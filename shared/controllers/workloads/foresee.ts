import type { ApiObject } from '../../base/object.ts';
import type { Foreseen } from '../../compose/foreseen.ts';
import type { ResourceType } from '../../kube/resource.ts';
import { toCandidate } from '../scheduling/candidate.ts';
import { toClaim } from './claims.ts';
import { borne, type DaemonSetSpec, pinTo, toPlaces } from './daemonset.ts';
import type { DeploymentSpec } from './deployment.ts';
import { specOf, type WorkloadSpec } from './machine.ts';
import { type Member, toMember } from './member.ts';
import { toHash, toName } from './revisions.ts';
import { type Birth, toApplication } from './spawn.ts';
import { ordinalOf, type StatefulSetSpec, toNumberedBirth } from './statefulset.ts';

/** One workload as it is looked at. */
interface View {
  readonly type: ResourceType;
  readonly object: ApiObject;
  readonly device: string;
  /** Whether the Device may have one; whether it may keep one. */
  readonly isFor: boolean;
  readonly mayKeep: boolean;
  readonly hash: string;
  /** Its Applications on the Device. */
  readonly here: readonly Member[];
  /** How many it has anywhere. */
  readonly count: number;
}

interface Plan {
  readonly births: readonly Birth[];
  readonly claims?: readonly ApiObject[];
  readonly leaving: readonly Member[];
  readonly note: string;
}

/**
 * What an ApplicationDeployment, -DaemonSet or -StatefulSet has on one Device once it has rolled out: what a preview shows of
 * it. Where Applications go that have no Device yet is decided when they are made; one of them is taken to come to this one, if
 * it may. Pure. `here`: the workload's Applications on the Device.
 */
export const foresee = (
  type: ResourceType,
  applications: ResourceType,
  object: ApiObject,
  device: ApiObject,
  here: readonly ApiObject[],
): Foreseen => {
  const spec = specOf(object);
  const isDaemon = type.kind === 'ApplicationDaemonSet';
  const [place] = toPlaces([toCandidate(device)], spec, isDaemon ? borne : []);
  const view: View = {
    type,
    object,
    device: device.metadata.name,
    isFor: place?.shouldRun ?? false,
    mayKeep: place?.mayKeep ?? false,
    hash: toHash(spec.template, Number(object.status?.['collisionCount'] ?? 0)),
    here: here.map(toMember).filter(({ isLeaving }) => !isLeaving),
    count: Number(object.status?.['replicas'] ?? 0),
  };
  const {
    births,
    claims = [],
    leaving,
    note,
  } = isDaemon
    ? planDaemon(view, specOf<DaemonSetSpec>(object))
    : type.kind === 'ApplicationStatefulSet'
      ? planNumbered(view, specOf<StatefulSetSpec>(object))
      : planReplicas(view, specOf<DeploymentSpec>(object));
  return {
    claims,
    applications: births.map(birth => toApplication(applications, { type, object }, birth)),
    leaving: leaving.map(({ name }) => name),
    note: `${type.kind} "${object.metadata.name}" ${note}`,
  };
};

/** Its name is chosen when it is made. */
const toBirth = ({ object, hash }: View, { template }: WorkloadSpec, at: number): Birth => ({
  name: `${toName(object.metadata.name, hash)}-preview${at === 0 ? '' : `-${at + 1}`}`,
  hash,
  template,
});

const planDaemon = (view: View, spec: DaemonSetSpec): Plan => {
  const { here, isFor, mayKeep, hash, device } = view;
  if (!mayKeep) return { births: [], leaving: here, note: 'makes no Application on this Device' };
  const isRolling = spec.updateStrategy?.type !== 'OnDelete';
  const leaving = isRolling ? here.filter(one => one.hash !== hash) : [];
  const isMissing = isFor && here.length - leaving.length === 0;
  const births = isMissing ? [{ ...toBirth(view, spec, 0), change: pinTo(device) }] : [];
  return { births, leaving, note: 'has one Application on this Device' };
};

const planReplicas = (view: View, spec: DeploymentSpec): Plan => {
  const { here, isFor, hash, count } = view;
  const desired = spec.replicas ?? 1;
  if (spec.paused) return { births: [], leaving: [], note: 'is paused' };
  const isNew = here.length === 0 && isFor && count < desired;
  const size = Math.min(desired, isNew ? 1 : here.length);
  const current = here.filter(one => one.hash === hash).slice(0, size);
  return {
    births: Array.from({ length: size - current.length }, (_, at) => toBirth(view, spec, at)),
    leaving: here.filter(one => !current.includes(one)),
    note: toNote(size, desired, isNew),
  };
};

const planNumbered = (view: View, spec: StatefulSetSpec): Plan => {
  const { here, isFor, hash, count, object } = view;
  const { name } = object.metadata;
  const { replicas = 1, volumeClaimTemplates: templates = [], updateStrategy } = spec;
  const start = spec.ordinals?.start ?? 0;
  const isRolling = updateStrategy?.type !== 'OnDelete';
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const numberOf = (one: Member): number => ordinalOf(name, one.name) ?? -1;
  const isWanted = (at: number): boolean => at >= start && at < start + replicas;
  const isOld = (one: Member): boolean => isRolling && one.hash !== hash && numberOf(one) >= start + partition;
  const leaving = here.filter(one => !isWanted(numberOf(one)) || isOld(one));
  const isNew = here.length === 0 && isFor && count < replicas;
  const ordinals = isNew ? [start + count] : leaving.map(numberOf).filter(isWanted);
  return {
    births: ordinals.map(at => toNumberedBirth(name, at, { hash, template: spec.template }, templates)),
    claims: ordinals.flatMap(at => templates.map(template => toClaim({ object, spec }, template, at))),
    leaving,
    note: toNote(here.length - leaving.length + ordinals.length, replicas, isNew),
  };
};

const toNote = (size: number, desired: number, isNew: boolean): string =>
  isNew
    ? `makes ${desired} Application${desired === 1 ? '' : 's'}, one of which is taken to be placed on this Device`
    : `has ${size} of its ${desired} Applications on this Device`;
