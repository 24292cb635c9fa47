import { type Condition, findCondition, setCondition } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import { type ApiObject, fromKey } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Clock } from '../base/ports.ts';
import { unlessGone } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import { clusterUuid } from '../resources/eve/roles.ts';
import type { DeviceCluster } from '../resources/kubeve/devicecluster.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

/** The status of DeviceClusters: which nodes are there, and how they say that they stand. */
export const createClusters = (parts: ControllerParts & { readonly clock: Clock }): Controller => {
  const { registry, clock } = parts;
  const clusters = registry.catalog.get('kubeve.io', 'deviceclusters');
  const devices = registry.catalog.get('eve.lfedge.org', 'devices');
  /** Keys of the clusters that name a Device, by its key. */
  const naming = new Map<string, Set<string>>();
  return createController(parts, {
    name: 'clusters',
    follows: [
      following(clusters, nodesOf, ({ key, now, before = [] }, add) => {
        for (const node of before) naming.get(node)?.delete(key);
        for (const node of now?.kept ?? []) naming.set(node, (naming.get(node) ?? new Set()).add(key));
        if (now) add(key);
      }),
      following(devices, toStand, ({ key, now, before }, add) => {
        if (!isEqual(now?.kept, before)) for (const cluster of naming.get(key) ?? []) add(cluster);
      }),
    ],
    async work(key) {
      const ref = fromKey(key);
      // The registry validates DeviceClusters against the schemas that the type is inferred from.
      const cluster = (await registry.find(clusters, ref)) as unknown as DeviceCluster | undefined;
      if (!cluster) return;
      const names = (cluster.spec?.nodes ?? []).map(({ device }) => device);
      const found = await Promise.all(names.map(name => registry.find(devices, { ...ref, name })));
      const nodes = names.map((device, at) => ({ device, ...(found[at] && toStand(found[at])) }));
      await unlessGone(
        registry.update(clusters, ref, current => withNodes(current, cluster.metadata.generation, nodes, clock.now()), {
          user: controllerUser,
          subresource: 'status',
        }),
      );
    },
  });
};

const nodesOf = ({ metadata, spec }: ApiObject): string[] => {
  const nodes = spec?.['nodes'];
  // Stored DeviceClusters have passed their schema.
  return Array.isArray(nodes)
    ? (nodes as { device: string }[]).map(({ device }) => `${metadata.namespace}/${device}`)
    : [];
};

/** A node in the status. */
type Node = { device: string } & Partial<Stand>;

type Stand = { uuid: string; online: boolean; state?: string };

const toStand = (device: ApiObject): Stand => {
  const cluster = device.status?.['cluster'];
  const state = isMap(cluster) ? cluster['node'] : undefined;
  return {
    uuid: uuidOf(device),
    online: findCondition(device.status?.['conditions'], 'Ready')?.['status'] === 'True',
    ...(typeof state === 'string' && { state }),
  };
};

/** `observedGeneration`: of the spec that the nodes are from. */
const withNodes = (
  cluster: ApiObject,
  observedGeneration: number | undefined,
  nodes: Node[],
  now: number,
): ApiObject => {
  const waiting = nodes.filter(({ state, online }) => state !== 'READY' || online !== true);
  const conditions = setCondition(
    cluster.status?.['conditions'],
    { ...readyCondition(waiting), observedGeneration },
    now,
  );
  const ready = nodes.length - waiting.length;
  const id = clusterUuid(cluster.metadata.uid ?? '');
  const observed = observedGeneration !== undefined && { observedGeneration };
  const status = { ...cluster.status, ...observed, id, nodes, ready, conditions };
  return isEqual(status, cluster.status) ? cluster : { ...cluster, status };
};

const readyCondition = (waiting: readonly Node[]): Condition =>
  waiting.length === 0
    ? { type: 'Ready', status: 'True', reason: 'AllReady', message: 'Every node is ready.' }
    : { type: 'Ready', status: 'False', reason: 'NodesMissing', message: `${waiting.map(describe).join('; ')}.` };

const describe = ({ device, uuid, online, state }: Node): string => {
  if (uuid === undefined) return `Device "${device}" does not exist`;
  if (online !== true) return `Device "${device}" does not check in`;
  return state === undefined ? `Device "${device}" has not joined yet` : `Device "${device}" is ${state}`;
};
