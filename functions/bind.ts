import type { Metrics } from '../shared/base/metrics.ts';
import type { Ports } from '../shared/base/ports.ts';
import { createFleet } from '../shared/controllers/enrol.ts';
import { createLeadership } from '../shared/controllers/leadership.ts';
import { createController } from '../shared/eve/controller.ts';
import type { Auditor } from '../shared/kube/audit/auditor.ts';
import type { Check, Checks } from '../shared/kube/describe/health.ts';
import { bootstrap } from '../shared/resources/bootstrap.ts';
import { mustBeWhole } from '../shared/store/backup/restore.ts';
import { measured } from '../shared/store/measured.ts';
import type { Movable } from '../shared/store/movable.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import type { Access } from './access.ts';
import { type AdamSettings, openAdam } from './adam.ts';
import { standing } from './behind.ts';
import { replaceable } from './controller.ts';
import { openDevice } from './device.ts';
import type { Fetch } from './fetch.ts';
import { createGuards } from './guards.ts';
import type { Serving } from './identity/identity.ts';
import { toSigner } from './identity/signer.ts';
import { openKube } from './kube.ts';
import { createLoops, type Loops } from './loops.ts';
import { type ObjectsParts, openObjects } from './objects.ts';
import type { Outbound } from './outbound.ts';
import { route } from './route.ts';

export interface BindOptions extends Ports, Omit<ObjectsParts, 'ports'> {
  readonly identity: Serving;
  readonly telemetry: Telemetry;
  readonly outbound: Outbound;
  /** The same store, for what devices ask again and again and for what follows from their reports; default: `store`. */
  readonly recalled?: BindOptions['store'];
  /** Whose backup may be taken over HTTPS. */
  readonly movable?: Movable;
  /** Serves devices that speak version 1 of their API too. */
  readonly deviceApiV1?: boolean;
  /** Serves Adam's API too. */
  readonly adam?: AdamSettings;
  /** Records requests. */
  readonly auditor?: Auditor;
  /** Where to count; absent: nothing is counted, and `/metrics` is nothing. */
  readonly metrics?: Metrics;
  /** Further checks of readiness. */
  readonly readyz?: readonly Check[];
  /** Aborts when the process is about to end: what is followed ends first. */
  readonly closing: AbortSignal;
}

export interface Bound {
  readonly fetch: Fetch;
  readonly loops: Loops;
  /** Runs the loops whenever this process leads those that share its store, until `signal` aborts. */
  lead(signal: AbortSignal): Promise<void>;
  /** Signs and encrypts with other certificates from now on, for every device. */
  replace(identity: Pick<Serving, 'signing' | 'ecdh' | 'formerEcdh' | 'intermediates'>): Promise<void>;
  /** Knows callers by other credentials from now on; see `Access`. */
  readonly renew: Access['renew'];
}

/** Puts the rooms together for one process: everything that is served, and everything that runs behind it. */
export const bind = async (options: BindOptions): Promise<Bound> => {
  const { telemetry, identity, closing, auditor, metrics, deviceApiV1, outbound, movable, clock, random, log } =
    options;
  const ports = { clock, random, log };
  const store = metrics ? measured(options.store, metrics, clock) : options.store;
  const recalled = options.recalled ?? store;
  const objects = openObjects({ ...options, store, ports });
  const { registry, extensions } = objects;
  await mustBeWhole(store);
  await bootstrap(registry);
  await extensions.catchUp();
  const { controller, replace } = replaceable(createController(identity));
  const sign = toSigner(identity, ports);
  const rootPem = identity.root.certificatePem;
  const loops = createLoops({
    objects,
    store,
    recalled,
    telemetry,
    controller,
    sign,
    ports,
    rootPem,
    ...(metrics && { metrics }),
  });
  const fleet = createFleet({ registry: async () => registry, store: recalled, ...ports });
  const guards = createGuards(objects, auditor);
  const adam = options.adam && openAdam(options.adam, { registry, store, telemetry, fleet, guards, closing, ports });
  const device = openDevice({
    fleet,
    store: recalled,
    telemetry,
    controller,
    identity,
    ports,
    outbound,
    deviceApiV1,
    ...(metrics && { onAnswer: countAnswers(metrics) }),
    ...adam?.device,
  });
  const checks: Checks = { ...loops.checks, readyz: [...(loops.checks.readyz ?? []), ...(options.readyz ?? [])] };
  const people = openKube({
    ports,
    store,
    telemetry,
    objects,
    controller: () => controller,
    checks,
    closing,
    guards,
    ...(movable && { movable }),
    ...(metrics && { metrics }),
  });
  const name = standing + random.uuid();
  return {
    loops,
    renew: objects.renew,
    lead: signal => createLeadership({ registry, log, clock, identity: name }).lead(loops.run, signal),
    replace: async next => {
      replace(createController(next));
      await loops.recompose();
    },
    fetch: route({
      ...people,
      ...(adam && { adam: adam.fetch }),
      device,
    }),
  };
};

const countAnswers = (metrics: Metrics): ((endpoint: string, status: number) => void) => {
  const answers = metrics.counter({
    name: 'kubeve_device_requests_total',
    help: 'Requests of devices, by endpoint and the code of the answer.',
    labels: ['endpoint', 'code'],
  });
  return (endpoint, status) => answers.add({ endpoint, code: String(status) });
};
