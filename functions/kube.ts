import type { Metrics } from '../shared/base/metrics.ts';
import { fromKey, type ObjectRef } from '../shared/base/object.ts';
import type { Ports } from '../shared/base/ports.ts';
import type { Controller } from '../shared/eve/controller.ts';
import { createKubeApp } from '../shared/kube/app.ts';
import { createDescribeApp } from '../shared/kube/describe/app.ts';
import type { Checks } from '../shared/kube/describe/health.ts';
import { createMeter } from '../shared/kube/measure.ts';
import type { ResourceType } from '../shared/kube/resource.ts';
import type { Movable } from '../shared/store/movable.ts';
import type { Store } from '../shared/store/store.ts';
import { createStreamApp } from '../shared/stream/app.ts';
import type { Bootstrap } from '../shared/stream/bootstrap.ts';
import type { Preview } from '../shared/stream/preview.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { createBackupApp } from './backup.ts';
import type { Fetch } from './fetch.ts';
import type { ForetellParts } from './foretell.ts';
import type { Guards } from './guards.ts';
import type { Objects } from './objects.ts';

export interface KubeParts {
  readonly ports: Ports;
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly objects: Objects;
  /** Who the controller is to devices: for previews of what they would be told. Asked for each of them. */
  readonly controller?: () => Controller | Promise<Controller>;
  readonly checks?: Checks;
  /** Where to count, and what `/metrics` tells; absent: nothing is counted. */
  readonly metrics?: Metrics;
  /** Whose backup may be taken. */
  readonly movable?: Movable;
  readonly guards: Guards;
  /** Aborts when what is followed is to end. */
  readonly closing: AbortSignal;
}

/** What is served to people and their clients: the Kubernetes API, and what devices sent. */
export const openKube = (
  parts: KubeParts,
): { readonly kube: Fetch; readonly stream: Fetch; readonly backup?: Fetch } => {
  const { ports, store, telemetry, objects, controller, checks, metrics, movable, guards, closing } = parts;
  const { registry, extensions, accounts } = objects;
  const { catalog } = registry;
  const describe = createDescribeApp({ catalog, accounts, ...(checks && { checks }), ...(metrics && { metrics }) });
  const kube = createKubeApp({
    registry,
    refresh: extensions.catchUp,
    ...guards,
    describe,
    closing,
    ...(metrics && { meter: createMeter({ metrics, catalog, fairness: guards.fairness, clock: ports.clock }) }),
    ...ports,
  });
  const stream = createStreamApp({
    ...guards,
    telemetry,
    findDevice: findDevice(store, catalog.get('eve.lfedge.org', 'devices')),
    // Only who reads what devices sent needs their language.
    decode: async (kind, body) => (await import('./decode.ts')).decodeTelemetry(kind, body),
    ...(controller && foretell({ store, ports, objects }, controller)),
    signal: closing,
    ports,
  });
  return {
    kube: (request, env) => kube.fetch(request, env),
    stream: (request, env) => stream.fetch(request, env),
    ...(movable && { backup: createBackupApp({ store: movable, ports, ...guards }) }),
  };
};

/** What needs the composer is loaded when somebody asks for it. */
const foretell = (
  parts: Omit<ForetellParts, 'controller'>,
  controller: NonNullable<KubeParts['controller']>,
): { readonly preview: Preview; readonly bootstrap: Bootstrap } => {
  const open = async () => (await import('./foretell.ts')).openForetell({ ...parts, controller: await controller() });
  return {
    preview: async request => (await open()).preview(request),
    bootstrap: async (ref, isClear) => (await open()).bootstrap(ref, isClear),
  };
};

/** The Device that has a UUID, by its index term. */
const findDevice =
  (store: Store, devices: ResourceType) =>
  async (uuid: string): Promise<ObjectRef | undefined> => {
    const [key] = await store.find(devices.storage, `uuid=${uuid}`);
    return key === undefined ? undefined : fromKey(key);
  };
