import { type Condition, setCondition } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import { isFault } from '../base/fault.ts';
import { type ApiObject, fromKey } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { ResourceType } from '../kube/resource.ts';
import { matchesNodeAffinity } from '../kube/select/affinity.ts';
import { type Add, type Controller, type ControllerParts, createController, following } from './controller.ts';
import { createRecorder, type Recorder } from './events.ts';
import { type Candidate, toCandidate } from './scheduling/candidate.ts';
import { choose, fits } from './scheduling/choose.ts';
import { type Demand, toDemand } from './scheduling/demand.ts';
import { unstarted } from './scheduling/unstarted.ts';
import { createWorld, type Holder, isInCluster, type World } from './scheduling/world.ts';

/**
 * Binds Applications to Devices (`status.device`, `status.deviceUID`, condition `Scheduled`). A binding stays whatever happens to
 * the Device's labels, taints or load, and lapses when the Device goes; when the Application's own node selector or required
 * node affinity is edited so that its Device no longer matches, it is placed anew; as when its Device leaves the DeviceCluster
 * that it must be on.
 */
export const createScheduler = (parts: ControllerParts & { readonly clock: Clock }): Controller => {
  const { registry, clock } = parts;
  const machine: Machine = {
    ...parts,
    world: createWorld(),
    begun: { yet: false },
    devices: registry.catalog.get(group, 'devices'),
    applications: registry.catalog.get(group, 'applications'),
    recorder: createRecorder({ ...parts, component: 'kubeve-scheduler' }),
    now: () => clock.now(),
  };
  return createController(parts, {
    name: 'scheduler',
    concurrency: 8,
    follows: [
      following(machine.devices, toCandidate, ({ key, now, before }, add) =>
        onDevice(machine, key, now?.kept, before, add),
      ),
      following(registry.catalog.get('', 'persistentvolumeclaims'), toHolder, ({ key, now, before }, add) => {
        if (now?.kept.device !== before?.device || now?.kept.isForOne !== before?.isForOne)
          onVolume(machine, key, now?.kept, add);
      }),
      following(registry.catalog.get('kubeve.io', 'deviceclusters'), startersOf, ({ key, now }, add) =>
        onCluster(machine, key, now?.kept, add),
      ),
      following(machine.applications, toDemand, ({ key, now }, add) => onApplication(machine, key, now?.kept, add)),
    ],
    work(key) {
      machine.begun.yet = true;
      return place(machine, key);
    },
  });
};

interface Machine extends ControllerParts {
  readonly world: World;
  /** Until work begins, whatever waits is in the queue anyway. */
  readonly begun: { yet: boolean };
  readonly devices: ResourceType;
  readonly applications: ResourceType;
  readonly recorder: Recorder;
  readonly now: () => number;
}

const group = 'eve.lfedge.org';

/** With more Applications waiting than this, those that a change does not help are not told why anew. */
const maxRefreshed = 100;
const refreshMs = 1_000;

const onDevice = (
  { world, begun }: Machine,
  key: string,
  now: Candidate | undefined,
  before: Candidate | undefined,
  add: Add,
): void => {
  const { namespace = '', name } = fromKey(key);
  world.setDevice(namespace, name, now);
  const here = world.in(namespace);
  if (now?.uid !== before?.uid) for (const resident of here.residents.get(name) ?? []) add(`${namespace}/${resident}`);
  if (!begun.yet || (now && now.digest === before?.digest && now.uid === before.uid)) return;
  for (const waiting of here.pending) {
    const demand = here.applications.get(waiting);
    if (now && demand && fits(here, demand, now)) add(`${namespace}/${waiting}`);
    else if (here.pending.size <= maxRefreshed) add(`${namespace}/${waiting}`, refreshMs);
  }
};

/** Where the annotations that a claim gets with its volume say that this is; '' before. */
const toHolder = ({ metadata: { annotations }, spec }: ApiObject): Holder => ({
  device: annotations?.['volume.kubernetes.io/selected-node'] ?? '',
  isForOne: Array.isArray(spec?.['accessModes']) && spec['accessModes'].includes('ReadWriteOncePod'),
  isShared: annotations?.['kubeve.io/device-cluster'] !== undefined,
});

const onVolume = ({ world }: Machine, key: string, holder: Holder | undefined, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const here = world.in(namespace);
  if (holder && (holder.device !== '' || holder.isForOne)) here.volumes.set(name, holder);
  else here.volumes.delete(name);
  for (const waiting of here.pending)
    if (here.applications.get(waiting)?.claims.includes(name)) add(`${namespace}/${waiting}`);
};

/** Nodes that applications are started on: not the one that only decides between halves. */
const startersOf = ({ spec }: ApiObject): ReadonlySet<string> => {
  // Stored DeviceClusters have passed their schema.
  const { nodes = [], tieBreaker } = (spec ?? {}) as { nodes?: readonly { device: string }[]; tieBreaker?: string };
  return new Set(nodes.flatMap(({ device }) => (device === tieBreaker ? [] : [device])));
};

const onCluster = ({ world }: Machine, key: string, nodes: ReadonlySet<string> | undefined, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const here = world.in(namespace);
  if (nodes) here.clusters.set(name, nodes);
  else here.clusters.delete(name);
  for (const [application, { cluster }] of here.applications) if (cluster === name) add(`${namespace}/${application}`);
};

const onApplication = ({ world }: Machine, key: string, now: Demand | undefined, add: Add): void => {
  const { namespace = '', name } = fromKey(key);
  const here = world.in(namespace);
  const before = here.applications.get(name);
  // News that are older than what a decision was made on must not undo its note.
  if (now && before?.uid === now.uid && now.version <= before.version) return;
  world.setApplication(namespace, name, now);
  if (now && !now.isLeaving && (now.device === undefined || now.placedGeneration !== now.generation)) add(key);
  if (before?.device === undefined || (now?.device === before.device && takesTheSame(now, before))) return;
  // Room was made: somebody who waits may have it.
  for (const waiting of here.pending) if (waiting !== name) add(`${namespace}/${waiting}`);
};

/** Whether others find the room that they found before: an edit may have made some. */
const takesTheSame = (now: Demand, before: Demand): boolean =>
  now.generation === before.generation && isEqual(now.labels, before.labels);

const place = async (machine: Machine, key: string): Promise<undefined> => {
  const { registry, world, applications } = machine;
  const ref = fromKey(key);
  const object = await registry.find(applications, ref);
  if (!object || object.metadata.deletionTimestamp !== undefined) return;
  const demand = toDemand(object);
  const bound = demand.device === undefined ? undefined : await findDevice(machine, demand, demand.device);
  // What is on a cluster that is gone stays where it is.
  const { clusters } = world.in(demand.namespace);
  const belongs =
    bound !== undefined &&
    (demand.cluster === undefined ||
      !clusters.has(demand.cluster) ||
      isInCluster(world.in(demand.namespace), demand, bound.metadata.name));
  if (bound && belongs && demand.placedGeneration === demand.generation) return;
  if (bound && belongs && matchesNodeAffinity(demand.nodeAffinity, demand.nodeSelector, bound))
    return settle(machine, object, bound);
  if (demand.device !== undefined)
    await machine.recorder.record(object, {
      type: 'Normal',
      reason: 'Unbound',
      message:
        !belongs && bound
          ? `Device "${demand.device}" is no node of DeviceCluster "${demand.cluster}" that starts applications.`
          : bound
            ? `Device "${demand.device}" no longer matches the node selector or node affinity.`
            : `Device "${demand.device}" is gone.`,
    });
  // From the choice to its note in `world` nothing else runs, so that no two choices count on the same room.
  const here = world.in(demand.namespace);
  const choice = choose(here, demand);
  if (choice.device) return settle(machine, object, choice.device);
  world.setApplication(demand.namespace, demand.name, { ...demand, device: undefined, deviceUid: undefined });
  await write(machine, object, undefined, {
    type: 'Scheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: choice.why,
    observedGeneration: demand.generation,
  });
  await machine.recorder.record(object, { type: 'Warning', reason: 'FailedScheduling', message: choice.why });
};

/** The Device of a binding, if it is still the same one. */
const findDevice = async (
  { registry, devices }: Machine,
  { namespace, deviceUid }: Demand,
  name: string,
): Promise<Candidate | undefined> => {
  const found = await registry.find(devices, { namespace, name });
  return found && (deviceUid === undefined || found.metadata.uid === deviceUid) ? toCandidate(found) : undefined;
};

const settle = async (machine: Machine, object: ApiObject, device: Candidate): Promise<undefined> => {
  const { world, recorder } = machine;
  const demand = toDemand(object);
  const { name } = device.metadata;
  world.setApplication(demand.namespace, demand.name, { ...demand, device: name, deviceUid: device.uid });
  const message = `Bound to Device "${name}".`;
  await write(machine, object, device, {
    type: 'Scheduled',
    status: 'True',
    reason: 'Scheduled',
    message,
    observedGeneration: demand.generation,
  });
  if (demand.device !== name) await recorder.record(object, { type: 'Normal', reason: 'Scheduled', message });
};

/** Writes a decision, unless the Application was edited since: then the decision is made anew. */
const write = async (
  { registry, world, applications, now }: Machine,
  object: ApiObject,
  device: Candidate | undefined,
  condition: Condition,
): Promise<void> => {
  const { metadata } = object;
  try {
    const { object: written } = await registry.update(
      applications,
      metadata,
      current => {
        const { uid, generation } = current.metadata;
        if (uid !== metadata.uid || generation !== metadata.generation) return current;
        const { device: former, deviceUID: formerUid, node, nodeSeen, ...said } = current.status ?? {};
        const isOther = former !== device?.metadata.name || (formerUid !== undefined && formerUid !== device?.uid);
        // On a cluster another node may have it.
        const isGone = former !== undefined && isOther && toDemand(current).cluster === undefined;
        const status = isGone ? unstarted(said, now()) : said;
        // Who has it on the cluster is known anew once it is started elsewhere.
        const told = former === device?.metadata.name ? { ...(node && { node }), ...(nodeSeen && { nodeSeen }) } : {};
        return {
          ...current,
          status: {
            ...status,
            ...told,
            ...(device && { device: device.metadata.name, deviceUID: device.uid }),
            conditions: setCondition(status['conditions'], condition, now()),
          },
        };
      },
      { user: controllerUser, subresource: 'status' },
    );
    world.setApplication(metadata.namespace ?? '', metadata.name, toDemand(written));
  } catch (error) {
    const found = await registry.find(applications, metadata);
    world.setApplication(metadata.namespace ?? '', metadata.name, found && toDemand(found));
    if (!isFault(error, 'NotFound')) throw error;
  }
};
