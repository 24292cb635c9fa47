import { findCondition } from '../../base/condition.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';

/** An Application as the workload that owns it sees it. */
export interface Member {
  readonly name: string;
  readonly uid: string;
  /** Hash of the template that it was made from; '' when it was not made by a workload. */
  readonly hash: string;
  readonly isLeaving: boolean;
  readonly isReady: boolean;
  /** Milliseconds since 1970; 0 when it is not ready. */
  readonly readyAt: number;
  readonly createdAt: number;
  /** The Device that it is bound to. */
  readonly device: string | undefined;
  /** The only Device that it may be bound to, if its affinity names one. */
  readonly pin: string | undefined;
}

/** Carries the hash of the template, so that two templates never share Applications. */
export const hashLabel = 'pod-template-hash';

export const toMember = ({ metadata, spec, status }: ApiObject): Member => {
  const ready = findCondition(status?.['conditions'], 'Ready');
  // What was said of an older spec says nothing of this one.
  const isReady = ready?.['status'] === 'True' && !isBehind(metadata.generation, status?.['observedGeneration']);
  const device = status?.['device'];
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    hash: metadata.labels?.[hashLabel] ?? '',
    isLeaving: metadata.deletionTimestamp !== undefined,
    isReady,
    readyAt: isReady ? toMs(ready?.['lastTransitionTime']) : 0,
    createdAt: toMs(metadata.creationTimestamp),
    device: typeof device === 'string' && device !== '' ? device : undefined,
    pin: pinOf(spec),
  };
};

const isBehind = (generation: number | undefined, observed: unknown): boolean =>
  generation !== undefined && typeof observed === 'number' && observed < generation;

/** Ready for long enough. */
export const isAvailable = ({ isReady, readyAt }: Member, minReadySeconds: number, now: number): boolean =>
  isReady && readyAt + minReadySeconds * 1000 <= now;

/** Milliseconds until the next of them becomes available by itself; undefined when none will. */
export const nextAvailableMs = (
  members: readonly Member[],
  minReadySeconds: number,
  now: number,
): number | undefined => {
  const waits = members
    .filter(one => one.isReady && !isAvailable(one, minReadySeconds, now))
    .map(one => one.readyAt + minReadySeconds * 1000 - now);
  return waits.length > 0 ? Math.max(1, Math.min(...waits)) : undefined;
};

/** Which of two goes first when one must: what serves least and was there for the shortest time. */
export const byWorth = (a: Member, b: Member): number =>
  Number(a.device !== undefined) - Number(b.device !== undefined) ||
  Number(a.isReady) - Number(b.isReady) ||
  b.readyAt - a.readyAt ||
  b.createdAt - a.createdAt ||
  (a.name < b.name ? 1 : -1);

const toMs = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) || 0 : 0);

/** Required node affinity as a workload writes it: one term, with one requirement on the name alone. */
const pinOf = (spec: ApiObject['spec']): string | undefined => {
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'].reduce<unknown>(
    (value, field) => (isMap(value) ? value[field] : undefined),
    spec,
  );
  const terms: unknown = isMap(required) ? required['nodeSelectorTerms'] : undefined;
  const term: unknown = Array.isArray(terms) && terms.length === 1 ? terms[0] : undefined;
  const fields: unknown = isMap(term) ? term['matchFields'] : undefined;
  const field: unknown = Array.isArray(fields) && fields.length === 1 ? fields[0] : undefined;
  const values: unknown = isMap(field) && field['key'] === 'metadata.name' ? field['values'] : undefined;
  const name: unknown = Array.isArray(values) && values.length === 1 ? values[0] : undefined;
  return typeof name === 'string' ? name : undefined;
};
