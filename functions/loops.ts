import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../shared/base/metrics.ts';
import type { Ports } from '../shared/base/ports.ts';
import type { Changed } from '../shared/compose/changed.ts';
import { createReports } from '../shared/compose/reports.ts';
import { type Composer, createComposer } from '../shared/compose/run.ts';
import { createAggregation } from '../shared/controllers/aggregation.ts';
import { createCertificates, type SignClient } from '../shared/controllers/certificates.ts';
import { createClaims } from '../shared/controllers/claims.ts';
import { createClusters } from '../shared/controllers/clusters.ts';
import type { Controller } from '../shared/controllers/controller.ts';
import { createDefinitions } from '../shared/controllers/definitions.ts';
import { createRecorder } from '../shared/controllers/events.ts';
import { createGarbage } from '../shared/controllers/garbage.ts';
import { createLiveness, type Liveness } from '../shared/controllers/liveness.ts';
import { createNamespaces } from '../shared/controllers/namespaces.ts';
import { createQuotas } from '../shared/controllers/quotas.ts';
import { createScheduler } from '../shared/controllers/scheduler.ts';
import { type Failing, settle } from '../shared/controllers/settle.ts';
import { createTokens } from '../shared/controllers/tokens.ts';
import { createWorkloads } from '../shared/controllers/workloads.ts';
import type { Controller as EveController } from '../shared/eve/controller.ts';
import { controllerUser } from '../shared/kube/access/user.ts';
import type { Checks } from '../shared/kube/describe/health.ts';
import type { Marks } from '../shared/store/marks.ts';
import type { Store } from '../shared/store/store.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import type { Objects } from './objects.ts';
import { retentionMs } from './retention.ts';

export interface LoopParts {
  readonly objects: Pick<Objects, 'registry' | 'extensions' | 'accounts'>;
  readonly store: Store & { readonly marks: Marks };
  /** Where configurations are read that reports are held against; default: `store`. */
  readonly recalled?: Store;
  readonly telemetry: Telemetry;
  readonly controller: EveController;
  /** Issues certificates for users. */
  readonly sign: SignClient;
  readonly ports: Ports;
  /** PEM of the root that the server's certificate chains to. */
  readonly rootPem: string;
  /** Since when devices could be heard, in milliseconds since 1970; default: now. */
  readonly startedAt?: number;
  /** Where to count. */
  readonly metrics?: Metrics;
}

/** What runs behind the requests: either all the time, or for a moment whenever there is something to do. */
export interface Loops {
  readonly checks: Checks;
  /** Runs everything until `signal` aborts; resolves when all of it has ended. */
  run(signal: AbortSignal): Promise<void>;
  /** Has every device composed anew. */
  recompose(): Promise<void>;
  /** See `Settling.settle`. */
  compose(changes: readonly Changed[], signal: AbortSignal): Promise<ReadonlyMap<Changed, unknown>>;
  /** Brings every device up to date now. */
  composeAll(signal: AbortSignal): Promise<void>;
  /** See `Settling.resume`. */
  resume(signal: AbortSignal): Promise<Failing>;
  /** Has the controllers settle; see `settle`. `written` tells of the store that the objects are written to. */
  settle(written: () => ReadonlySet<string>, types?: ReadonlySet<string>): Promise<Failing>;
  /** Takes up what devices reported. */
  reflect(): Promise<void>;
  /** Clears away what is over. */
  sweep(): Promise<void>;
}

export const createLoops = (parts: LoopParts): Loops => {
  const { store, telemetry, controller, sign, ports, rootPem, startedAt, metrics } = parts;
  const { registry, extensions, accounts } = parts.objects;
  const { marks } = store;
  const { clock, log } = ports;
  const liveness = createLiveness({ registry, log, clock, marks, ...(startedAt !== undefined && { startedAt }) });
  const controllers: Controller[] = [
    createNamespaces({ registry, log, clock, rootCertificate: rootPem }),
    createDefinitions({ registry, extensions, log, clock }),
    createCertificates({ registry, log, clock, sign }),
    createTokens({ registry, log, accounts, rootCertificate: rootPem }),
    createAggregation({ registry, log }),
    createClaims({ registry, log }),
    createClusters({ registry, log, clock }),
    createGarbage({ registry, log, clock }),
    createQuotas({ registry, log }),
    createScheduler({ registry, log, clock }),
    createWorkloads({ registry, log, clock }),
    liveness,
  ];
  const recorder = createRecorder({ registry, log, clock, component: 'kubeve-composer' });
  const composer = createComposer({
    store,
    registry,
    controller,
    ports,
    user: controllerUser,
    recorder,
    ...(metrics && { onComposed: countComposed(metrics) }),
  });
  const reports = createReports({
    store,
    served: parts.recalled ?? store,
    marks,
    telemetry,
    registry,
    ports,
    user: controllerUser,
    recorder,
  });
  let isRunning = false;
  if (metrics) measure(metrics, { controllers, liveness, composer }, () => isRunning);
  // Where another process leads, they do not run here.
  const isSynced = { name: 'controllers', run: () => requireSynced(isRunning ? controllers : []) };
  return {
    checks: { readyz: [isSynced] },
    recompose: () => composer.recompose(),
    compose: (changes, signal) => composer.settle(changes, signal),
    composeAll: signal => composer.settleAll(signal),
    resume: signal => composer.resume(signal),
    async settle(written, types) {
      await extensions.catchUp();
      return settle(controllers, written, types);
    },
    reflect: () => reports.settle(),
    async sweep() {
      await store.sweep();
      await retain(telemetry, clock.now());
    },
    run: async signal => {
      isRunning = true;
      // Every loop listens.
      setMaxListeners(0, signal);
      try {
        await Promise.all([
          ...controllers.map(controller => controller.run(signal)),
          composer.run(signal),
          reports.run(signal),
          every(sweepMs, signal, () => store.sweep(), ports),
          every(retainMs, signal, () => retain(telemetry, clock.now()), ports),
        ]);
      } finally {
        isRunning = false;
      }
    },
  };
};

const countComposed = (metrics: Metrics): ((changed: boolean) => void) => {
  const composed = metrics.counter({
    name: 'kubeve_compositions_total',
    help: 'Devices that were composed, by whether what they are served changed.',
    labels: ['changed'],
  });
  return changed => composed.add({ changed: String(changed) });
};

interface Measured {
  readonly controllers: readonly Controller[];
  readonly liveness: Liveness;
  readonly composer: Composer;
}

/** Where another process leads, its numbers are the true ones: here are none. */
const measure = (metrics: Metrics, { controllers, liveness, composer }: Measured, isRunning: () => boolean): void => {
  metrics.gauge(
    { name: 'kubeve_devices', help: 'Devices, by whether they check in.', labels: ['ready'] },
    function* () {
      if (!isRunning()) return;
      const { ready, silent } = liveness.count();
      yield { labels: { ready: 'true' }, value: ready };
      yield { labels: { ready: 'false' }, value: silent };
    },
  );
  metrics.gauge(
    {
      name: 'kubeve_compose_waiting_devices',
      help: 'Devices that wait to be composed, or to be told of.',
      labels: ['for'],
    },
    function* () {
      if (!isRunning()) return;
      for (const [what, value] of Object.entries(composer.waiting())) yield { labels: { for: what }, value };
    },
  );
  metrics.gauge(
    { name: 'kubeve_controller_waiting_keys', help: 'What waits to be looked at by a controller.', labels: ['name'] },
    function* () {
      if (!isRunning()) return;
      for (const one of controllers) yield { labels: { name: one.name }, value: one.health().waiting };
    },
  );
  metrics.gauge(
    { name: 'kubeve_controller_failing_keys', help: 'What a controller could not do so far.', labels: ['name'] },
    function* () {
      if (!isRunning()) return;
      for (const one of controllers) yield { labels: { name: one.name }, value: one.health().failing.size };
    },
  );
};

const requireSynced = (controllers: readonly Controller[]): void => {
  const late = controllers.find(controller => !controller.health().synced);
  if (late) throw new Error(`${late.name} has not seen everything yet`);
};

const sweepMs = 60_000;
const retainMs = 600_000;

const retain = async (telemetry: Telemetry, now: number): Promise<void> => {
  for (const [kind, ms] of Object.entries(retentionMs)) await telemetry.retain(kind, now - ms);
};

/** Does it again and again, also after a failure. */
const every = async (ms: number, signal: AbortSignal, act: () => Promise<void>, { log }: Ports): Promise<void> => {
  while (!signal.aborted) {
    await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await act().catch((error: unknown) => log.error('sweep failed', { error }));
  }
};
