import { followed } from '../../shared/compose/kinds.ts';
import { answerFault } from '../../shared/device/answer.ts';
import { createController } from '../../shared/eve/controller.ts';
import { bootstrapOnce } from '../../shared/resources/bootstrap.ts';
import { createWitness } from '../../shared/store/witness.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { openDeviceAlone } from '../devicealone.ts';
import type { Fetch } from '../fetch.ts';
import { createGuards } from '../guards.ts';
import { openKube } from '../kube.ts';
import { readSettings } from '../lambda/settings.ts';
import { openObjects } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { route } from '../route.ts';
import { openNobody } from '../tenants/nobody.ts';
import { split } from '../tenants/split.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { reportedNote } from './follow.ts';
import { type Bindings, type Opened, openWorker, partsOf } from './open.ts';
import { outbound } from './outbound.ts';
import { workerPorts } from './ports.ts';

/**
 * Serves the Kubernetes API, what devices sent, and the device API. Every request has a store of its own (see `openWorker`),
 * and opens no more than it needs: a device that fetches its configuration needs none of the objects. How many requests one
 * caller may have at a time is the platform's to say. `notes` gets what the request wrote from which something follows, by
 * tenant: store types, and `reportedNote`.
 */
export const serve = (env: Bindings, notes: Map<Tenant | undefined, Set<string>>): Fetch => {
  const of = (tenant?: Tenant): Fetch => {
    const own = new Set<string>();
    notes.set(tenant, own);
    return route({ device: device(env, tenant, own), ...people(env, tenant, own) });
  };
  const tenants = tenantsOf(env);
  if (tenants.length === 0) return of();
  const nobody: Fetch = (request, peer) => {
    unknown ??= openNobody(workerPorts('error'), outbound);
    return unknown(request, peer);
  };
  return split({ tenants, own: (request, peer) => of()(request, peer), of, nobody });
};

/** It waits for nothing that another event began. */
let unknown: Fetch | undefined;

/** What is wrong with the bindings is said when the installation itself is opened. */
const tenantsOf = (env: Bindings): readonly Tenant[] => {
  try {
    return readSettings(env).tenants;
  } catch {
    return [];
  }
};

const device =
  (env: Bindings, tenant: Tenant | undefined, notes: Set<string>): Fetch =>
  async (request, peer) => {
    try {
      // A device that asks for certificates may have met one that it does not know: what is answered has to be as new.
      const age = /\/certs$/.test(request.url) ? [freshMs] : [];
      const { opened, look } = witnessed(await openWorker(env, tenant, ...age));
      const response = await openDeviceApi({ ...opened, telemetry: noting(opened.telemetry, notes) })(request, peer);
      look(notes);
      return response;
    } catch (error) {
      // Whatever is wrong here is none of the device's doing.
      return answerFault(new Error('the worker cannot be opened', { cause: error }), workerPorts('error').log, 'open');
    }
  };

const freshMs = 10_000;

const openDeviceApi = (opened: Opened): Fetch => {
  const { store, telemetry, identity, ports, settings } = opened;
  return openDeviceAlone({
    store,
    telemetry,
    identity,
    ports,
    outbound,
    deviceApiV1: settings.deviceApiV1,
    registry: async () => (await openPeople(opened)).registry,
  });
};

const openPeople = async (opened: Opened) => {
  const parts = partsOf(opened);
  return openObjects({ ...parts, access: await parts.access(), outbound });
};

/** Types from which nothing follows, and which some clients write all the time. */
const idle: ReadonlySet<string> = new Set(['objects/core/events', 'objects/coordination.k8s.io/leases']);

/** The same over a store that notes what is written. */
const witnessed = (opened: Opened) => {
  const { store, take } = createWitness(opened.store);
  return {
    opened: { ...opened, store: { ...store, snapshot: opened.store.snapshot, fill: opened.store.fill } },
    look(notes: Set<string>): void {
      for (const type of take())
        if ((type.startsWith('objects/') && !idle.has(type)) || followed.includes(type)) notes.add(type);
    },
  };
};

/**
 * Notes that a device said something of itself. What it measures comes from each device all the time, and waits for the next
 * round by time.
 */
const noting = (telemetry: Telemetry, notes: Set<string>): Telemetry => ({
  ...telemetry,
  async append(kind, records) {
    await telemetry.append(kind, records);
    if (kind === 'info') notes.add(reportedNote);
  },
});

const people = (
  env: Bindings,
  tenant: Tenant | undefined,
  notes: Set<string>,
): { readonly kube: Fetch; readonly stream: Fetch; readonly backup: Fetch } => {
  const through =
    (which: 'kube' | 'stream' | 'backup'): Fetch =>
    async (request, peer) => {
      let served: Awaited<ReturnType<typeof openApps>>;
      try {
        served = await openApps(env, tenant);
      } catch (error) {
        workerPorts('error').log.error('this worker could not begin to serve', { error });
        return refuse(request, error);
      }
      const { apps, look } = served;
      const response = await (apps[which] ?? apps.kube)(request, { ...peer, leftMs: longestMs });
      look(notes);
      return response;
    };
  return { kube: through('kube'), stream: through('stream'), backup: through('backup') };
};

/** What is followed asks the table about once a second, and the platform counts what one request asks: clients begin anew. */
const longestMs = 290_000;

const openApps = async (env: Bindings, tenant: Tenant | undefined) => {
  const { opened, look } = witnessed(await openWorker(env, tenant));
  const { store, telemetry, identity, ports, progress } = opened;
  const objects = await openPeople(opened);
  if (!progress.isBegun) await bootstrapOnce({ registry: objects.registry, store, clock: ports.clock });
  progress.isBegun = true;
  // The process is never told to close: the platform ends it between two requests.
  const { signal: closing } = new AbortController();
  const controller = () => createController(identity);
  const guards = createGuards(objects);
  return { apps: openKube({ ports, store, telemetry, objects, guards, controller, movable: store, closing }), look };
};
