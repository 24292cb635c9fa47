import { bootstrapOnce } from '../../shared/resources/bootstrap.ts';
import type { Fetch } from '../fetch.ts';
import { createGuards } from '../guards.ts';
import { recallIdentity } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { openKube } from '../kube.ts';
import { outbound } from '../node/outbound.ts';
import { openObjects } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { route } from '../route.ts';
import { openNobody } from '../tenants/nobody.ts';
import { accessOf, type Opened, portsOf } from './open.ts';
import { served } from './served.ts';
import { type Runtime, streamed } from './stream.ts';

declare const awslambda: Runtime;

const ports = portsOf(process.env);

/** Ends what requests left to be done, by tenant. */
const drains = new Map<string, () => Promise<void>>();
const settle = async (): Promise<void> => void (await Promise.all([...drains.values()].map(drain => drain())));

const make = async (opened: Opened): Promise<Fetch> => {
  const { store, telemetry, vault, settings } = opened;
  const identity = recallIdentity(vault);
  const objects = openObjects({
    ports,
    store,
    identity,
    keys: openTokenKeys(vault),
    access: await accessOf(opened),
    outbound,
  });
  await bootstrapOnce({ registry: objects.registry, store, clock: ports.clock });
  // The process is never told to close: the platform ends it between two requests.
  const { signal: closing } = new AbortController();
  // What few want is loaded when it is wanted.
  const auditor =
    settings.auditPolicy === undefined
      ? undefined
      : await (await import('./audit.ts')).openAudit(settings.auditPolicy, ports);
  if (auditor) drains.set(settings.tenant, auditor.drain);
  const guards = createGuards(objects, auditor);
  const parts = { registry: objects.registry, store, telemetry, guards, closing, ports };
  const adam = settings.adam && (await import('./adam.ts')).openAdamAlone(settings.adam, parts);
  const people = openKube({
    ports,
    store,
    telemetry,
    objects,
    controller: async () => (await import('../../shared/eve/controller.ts')).createController(identity),
    movable: store,
    closing,
    guards,
  });
  return route({ ...people, ...(adam && { adam }) });
};

/** The Kubernetes API and what devices sent, for a function URL that streams or a REST API. */
export const handler = streamed(
  awslambda,
  served({ env: process.env, ports, make, refuse, nobody: () => openNobody(ports, outbound) }),
  ports.log,
  settle,
);
