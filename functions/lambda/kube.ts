import { createController } from '../../shared/eve/controller.ts';
import { bootstrapOnce } from '../../shared/resources/bootstrap.ts';
import type { Fetch } from '../fetch.ts';
import { recallIdentity } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { openKube } from '../kube.ts';
import { outbound } from '../node/outbound.ts';
import { openObjects } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { route } from '../route.ts';
import { lazily } from './lazily.ts';
import { accessOf, openFunction, portsOf } from './open.ts';
import { type Runtime, streamed } from './stream.ts';

declare const awslambda: Runtime;

const ports = portsOf(process.env);

/** Ends what a request left to be done. */
let settle = async (): Promise<void> => undefined;

const open = async (): Promise<Fetch> => {
  const opened = await openFunction(process.env, ports);
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
  const controller = createController(identity);
  // What few want is loaded when it is wanted.
  const auditor =
    settings.auditPolicy === undefined
      ? undefined
      : await (await import('./audit.ts')).openAudit(settings.auditPolicy, ports);
  if (auditor) settle = auditor.drain;
  const { registry, authenticate, rbac: authorizer } = objects;
  const parts = { registry, store, telemetry, authenticate, authorizer, closing, ports };
  const adam = settings.adam && (await import('./adam.ts')).openAdamAlone(settings.adam, parts);
  const people = openKube({
    ports,
    store,
    telemetry,
    objects,
    controller,
    movable: store,
    closing,
    ...(auditor && { auditor }),
  });
  return route({ ...people, ...(adam && { adam }) });
};

/** The Kubernetes API and what devices sent, for a function URL that streams or a REST API. */
export const handler = streamed(awslambda, lazily(open, refuse, ports.log), ports.log, () => settle());
