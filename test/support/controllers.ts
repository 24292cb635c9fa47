import { delay } from '../../shared/base/delay.ts';
import type { ApiObject, ObjectRef } from '../../shared/base/object.ts';
import type { Controller } from '../../shared/controllers/controller.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createQuota } from '../../shared/kube/quota/quota.ts';
import { createRegistry, type Registry } from '../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import { configMap } from '../../shared/resources/core/configmap.ts';
import { event } from '../../shared/resources/core/event.ts';
import { namespace } from '../../shared/resources/core/namespace.ts';
import { persistentVolumeClaim } from '../../shared/resources/core/persistentvolumeclaim.ts';
import { resourceQuota } from '../../shared/resources/core/resourcequota.ts';
import { secret } from '../../shared/resources/core/secret.ts';
import { serviceAccount } from '../../shared/resources/core/serviceaccount.ts';
import { eveKinds } from '../../shared/resources/eve/kinds.ts';
import { applicationRevision } from '../../shared/resources/kubeve/applicationrevision.ts';
import { deviceCluster } from '../../shared/resources/kubeve/devicecluster.ts';
import { storageClass } from '../../shared/resources/storage/storageclass.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts } from './ports.ts';
import { planets, widgets } from './widgets.ts';

/** How controllers are made to work: as loops, or by settling again and again. */
export type Mode = 'run' | 'settle';

/** Everything that controllers work on, in memory, with the real kinds. */
export const createBench = async (mode: Mode = 'run') => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const { marks } = store;
  const kinds = [
    namespace,
    configMap,
    secret,
    serviceAccount,
    persistentVolumeClaim,
    resourceQuota,
    event,
    storageClass,
    ...eveKinds(marks),
    applicationRevision,
    deviceCluster,
    widgets,
    planets,
  ];
  const catalog = createCatalog(kinds);
  const registry = createRegistry({ store, catalog, quota: createQuota(store), ...ports });
  const running: { controller: Controller; abort: AbortController; done: Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ done }) => done));
    running.length = 0;
  };
  const bench = {
    ...ports,
    marks,
    registry,
    type: (plural: string): ResourceType => {
      const found = kinds.find(kind => kind.plural === plural);
      if (!found) throw new Error(`there is no kind ${plural}`);
      return found;
    },
    run(controller: Controller): void {
      const abort = new AbortController();
      const done = mode === 'run' ? controller.run(abort.signal) : settleOften(controller, abort.signal);
      running.push({ controller, abort, done });
    },
    stop,
    async create(plural: string, object: Partial<ApiObject> & { metadata: ApiObject['metadata'] }): Promise<ApiObject> {
      const type = bench.type(plural);
      const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
      return registry.create(type, { apiVersion, kind: type.kind, ...object }, user);
    },
    get: (plural: string, ref: ObjectRef) => registry.get(bench.type(plural), ref),
    find: (plural: string, ref: ObjectRef) => registry.find(bench.type(plural), ref),
    list: async (plural: string, namespace?: string) => (await registry.list(bench.type(plural), { namespace })).items,
    delete: (plural: string, ref: ObjectRef, propagationPolicy?: 'Orphan' | 'Background' | 'Foreground') =>
      registry.delete(bench.type(plural), ref, { ...user, ...(propagationPolicy && { propagationPolicy }) }),
    change: async (plural: string, ref: ObjectRef, change: (object: ApiObject) => ApiObject, subresource?: string) =>
      (await registry.update(bench.type(plural), ref, change, { ...user, ...(subresource && { subresource }) })).object,
    /** Waits until an object is as wanted; `undefined` is shown when it is not there. */
    until: (plural: string, ref: ObjectRef, isSo: (object: ApiObject | undefined) => boolean) =>
      until(registry, bench.type(plural), ref, isSo),
    gone: (plural: string, ref: ObjectRef) => until(registry, bench.type(plural), ref, object => object === undefined),
    events: async (about: string, namespace = 'default') =>
      (await bench.list('events', namespace)).filter(one => (one.involvedObject as { name?: string }).name === about),
  };
  await bench.create('namespaces', { metadata: { name: 'default' } });
  return bench;
};

export type Bench = Awaited<ReturnType<typeof createBench>>;

const settleOften = async (controller: Controller, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await controller.settle();
    await delay(5, signal);
  }
};

const user = { user: controllerUser };
/** As long as {@link until} of every other test. */
const patienceMs = 300_000;
const fromNow = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true } as const;

const until = async (
  registry: Registry,
  type: ResourceType,
  ref: ObjectRef,
  isSo: (object: ApiObject | undefined) => boolean,
): Promise<ApiObject | undefined> => {
  const abort = new AbortController();
  let last: ApiObject | undefined;
  const timer = setTimeout(() => abort.abort(), patienceMs);
  try {
    for await (const { type: kind, object } of registry.watch(
      type,
      { namespace: ref.namespace, ...fromNow },
      abort.signal,
    )) {
      if (kind !== 'BOOKMARK') {
        if (object.metadata.name !== ref.name) continue;
        last = kind === 'DELETED' ? undefined : object;
        // What is not there yet may be among the objects that follow.
        if (kind === 'ADDED' && !isSo(last)) continue;
      }
      if (isSo(last)) return last;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  throw new Error(`${type.kind} ${ref.name} did not become as wanted: ${JSON.stringify(last, undefined, 1)}`);
};
