import { type ApiObject, fromKey } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import type { ResourceType } from '../kube/resource.ts';
import { fromLabelSelector, type LabelSelector, matchesLabels } from '../kube/select/labels.ts';
import { type Add, type Controller, type ControllerParts, createController, following } from './controller.ts';
import { createRecorder } from './events.ts';
import type { Change } from './follow.ts';
import { type Candidate, toCandidate } from './scheduling/candidate.ts';
import { reconcileDaemonSet } from './workloads/daemonset.ts';
import { reconcileDeployment } from './workloads/deployment.ts';
import { controllerOf, gather } from './workloads/gather.ts';
import { type Machine, type Orphan, specOf, type Workload } from './workloads/machine.ts';
import { toMember } from './workloads/member.ts';
import { rollBack } from './workloads/rollback.ts';
import { ordinalOf, reconcileStatefulSet } from './workloads/statefulset.ts';

/**
 * ApplicationDeployments, -DaemonSets and -StatefulSets: they make, replace and remove Applications as their namesakes of
 * Kubernetes do with Pods. Their history is kept in ApplicationRevisions. Every step is decided from what the store holds then,
 * never from the change that led to it.
 */
export const createWorkloads = (parts: ControllerParts & { readonly clock: Clock }): Controller => {
  const { catalog } = parts.registry;
  const memory = createMemory();
  const machine: Machine = {
    ...parts,
    recorder: createRecorder({ ...parts, component: 'kubeve-workloads' }),
    applications: catalog.get(group, 'applications'),
    revisions: catalog.get('kubeve.io', 'applicationrevisions'),
    claims: catalog.get('', 'persistentvolumeclaims'),
    orphansIn: namespace => memory.orphans.get(namespace)?.values() ?? [],
    orphanRevisionsIn: namespace => memory.orphanRevisions.get(namespace)?.values() ?? [],
    devicesIn: namespace => memory.devices.get(namespace)?.values() ?? [],
  };
  const types = kinds.map(({ plural }) => catalog.get(group, plural));
  return createController(parts, {
    name: 'workloads',
    follows: [
      ...types.map(type => following(type, toInterest, (change, add) => onWorkload(memory, type, change, add))),
      following(machine.applications, toTrace, (change, add) => onApplication(memory, change, add)),
      following(machine.revisions, toRevisionTrace, (change, add) => onRevision(memory, change, add)),
      following(catalog.get(group, 'devices'), toCandidate, (change, add) => onDevice(memory, change, add)),
    ],
    work: key => tend(machine, types, key),
  });
};

const group = 'eve.lfedge.org';

const kinds = [
  { kind: 'ApplicationDeployment', plural: 'applicationdeployments', reconcile: reconcileDeployment },
  { kind: 'ApplicationDaemonSet', plural: 'applicationdaemonsets', reconcile: reconcileDaemonSet },
  { kind: 'ApplicationStatefulSet', plural: 'applicationstatefulsets', reconcile: reconcileStatefulSet },
] as const;

/** What is remembered of a namespace, beside what the store tells when it is asked. */
interface Memory {
  readonly orphans: Map<string, Map<string, Orphan>>;
  readonly orphanRevisions: Map<string, Map<string, Orphan>>;
  readonly devices: Map<string, Map<string, Candidate>>;
  /** Workloads by their queue keys. */
  readonly workloads: Map<string, Map<string, Interest>>;
}

const createMemory = (): Memory => ({
  orphans: new Map(),
  orphanRevisions: new Map(),
  devices: new Map(),
  workloads: new Map(),
});

interface Interest {
  readonly uid: string;
  readonly version: string;
  readonly selector: LabelSelector;
  readonly plural: string;
}

const toInterest = (object: ApiObject): Omit<Interest, 'plural'> => ({
  uid: object.metadata.uid ?? '',
  // Its own status is no news to it.
  version: JSON.stringify([object.metadata.generation, object.metadata.annotations, object.metadata.deletionTimestamp]),
  selector: fromLabelSelector(specOf(object).selector),
});

/** Of an Application: whose it is, and all that its workload decides by. */
interface Trace {
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly digest: string;
}

const toTrace = (object: ApiObject): Trace => {
  const { uid, hash, isLeaving, isReady, readyAt, device } = toMember(object);
  const { labels = {} } = object.metadata;
  return {
    owner: ownerKeyOf(object),
    labels,
    digest: JSON.stringify([uid, hash, isLeaving, isReady, readyAt, device, labels]),
  };
};

/** Queue key of the workload that controls an object; '' when none does. `*`: somebody else does. */
const ownerKeyOf = (object: ApiObject): string => {
  const owner = controllerOf(object);
  if (!owner) return '';
  const known = kinds.find(({ kind }) => kind === owner.kind && owner.apiVersion.startsWith(`${group}/`));
  return known ? `${known.plural}|${object.metadata.namespace}/${owner.name}` : '*';
};

const slot = <T>(map: Map<string, Map<string, T>>, namespace: string): Map<string, T> => {
  const known = map.get(namespace);
  if (known) return known;
  const made = new Map<string, T>();
  map.set(namespace, made);
  return made;
};

const onWorkload = (
  memory: Memory,
  { plural }: ResourceType,
  { key, now, before }: Change<Omit<Interest, 'plural'>>,
  add: Add,
): void => {
  const here = slot(memory.workloads, fromKey(key).namespace ?? '');
  const queued = `${plural}|${key}`;
  if (!now) {
    here.delete(queued);
    return;
  }
  here.set(queued, { ...now.kept, plural });
  if (now.kept.version !== before?.version || now.kept.uid !== before.uid) add(queued);
};

/** Many Applications often change together: their workload looks at them once. */
const gatherMs = 25;

const onApplication = (memory: Memory, { key, now, before }: Change<Trace>, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const orphans = slot(memory.orphans, namespace);
  if (now?.kept.owner === '') orphans.set(name, { name, labels: now.kept.labels });
  else orphans.delete(name);
  if (now && now.kept.digest === before?.digest && now.kept.owner === before.owner) return;
  for (const owner of new Set([now?.kept.owner, before?.owner])) if (owner?.includes('|')) add(owner, gatherMs);
  if (now?.kept.owner !== '') return;
  for (const [queued, { selector }] of slot(memory.workloads, namespace))
    if (matchesLabels(selector, now.kept.labels)) add(queued, gatherMs);
};

const toRevisionTrace = (object: ApiObject): Omit<Trace, 'digest'> => ({
  owner: ownerKeyOf(object),
  labels: object.metadata.labels ?? {},
});

const onRevision = (memory: Memory, { key, now, before }: Change<Omit<Trace, 'digest'>>, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const orphans = slot(memory.orphanRevisions, namespace);
  if (now?.kept.owner === '') orphans.set(name, { name, labels: now.kept.labels });
  else orphans.delete(name);
  // One that was removed or taken away by hand may be wanted.
  if (before?.owner.includes('|') && now?.kept.owner !== before.owner) add(before.owner, gatherMs);
};

const onDevice = (memory: Memory, { key, now, before }: Change<Candidate>, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const devices = slot(memory.devices, namespace);
  if (now) devices.set(name, now.kept);
  else devices.delete(name);
  if (now && now.kept.digest === before?.digest && now.kept.uid === before.uid) return;
  for (const [queued, { plural }] of slot(memory.workloads, namespace))
    if (plural === 'applicationdaemonsets') add(queued, devices.size > manyDevices ? manyMs : gatherMs);
};

/** From so many Devices on, a set that is on all of them waits longer, so that looking at all stays rare. */
const manyDevices = 500;
const manyMs = 1_000;

const tend = async (machine: Machine, types: readonly ResourceType[], key: string): Promise<number | undefined> => {
  const [plural = '', ref = ''] = key.split('|');
  const at = kinds.findIndex(one => one.plural === plural);
  const [type, kind] = [types[at], kinds[at]];
  const object = type && (await machine.registry.find(type, fromKey(ref)));
  if (!object || !kind) return undefined;
  const spec = specOf(object);
  const isNumbered = plural === 'applicationstatefulsets';
  const mayAdopt = (name: string): boolean => !isNumbered || ordinalOf(object.metadata.name, name) !== undefined;
  const members = await gather(machine, type, object, spec, mayAdopt);
  const workload: Workload = { type, object, spec, members };
  // What it owns goes by garbage collection, as its deletion asks.
  if (object.metadata.deletionTimestamp !== undefined) return undefined;
  if (object.spec?.['paused'] !== true && (await rollBack(machine, workload))) return undefined;
  return kind.reconcile(machine, workload);
};
