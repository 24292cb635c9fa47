import { createFleet } from '../../shared/controllers/enrol.ts';
import { answerFault } from '../../shared/device/answer.ts';
import { createController } from '../../shared/eve/controller.ts';
import { openDevice } from '../device.ts';
import type { Fetch } from '../fetch.ts';
import { recallIdentity } from '../identity/identity.ts';
import { lazily } from './lazily.ts';
import { type Opened, openFunction, portsOf } from './open.ts';
import { whole } from './whole.ts';

const ports = portsOf(process.env);

const open = async (): Promise<Fetch> => {
  const opened = await openFunction(process.env, ports);
  const { store, telemetry, vault, settings } = opened;
  const identity = recallIdentity(vault);
  let registry: Promise<Registry> | undefined;
  const fleet = createFleet({
    store,
    ...ports,
    registry: () => {
      registry ??= openRegistry(opened);
      return registry;
    },
  });
  return openDevice({
    fleet,
    store,
    telemetry,
    identity,
    controller: createController(identity),
    ports,
    outbound: { fetch: (input, init) => globalThis.fetch(input, init) },
    deviceApiV1: settings.deviceApiV1,
  });
};

type Registry = Awaited<ReturnType<typeof openRegistry>>;

/** The machinery of objects is loaded when a device registers: most of them have. */
const openRegistry = async ({ store, vault }: Opened) => {
  const { openObjects } = await import('../objects.ts');
  const { openTokenKeys } = await import('../identity/tokenkeys.ts');
  const { outbound } = await import('../node/outbound.ts');
  const identity = recallIdentity(vault);
  return openObjects({ ports, store, identity, keys: openTokenKeys(vault), outbound }).registry;
};

/** The API that devices call, for a function URL or an HTTP or REST API. */
export const handler = whole(
  lazily(open, (_, error) => answerFault(unavailable(error), ports.log, 'open'), ports.log),
  ports.log,
);

/** Whatever is wrong here is none of the device's doing. */
const unavailable = (cause: unknown): Error => new Error('the function cannot be opened', { cause });
