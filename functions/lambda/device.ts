import { answerFault } from '../../shared/device/answer.ts';
import type { toAdamDevice } from '../adamdevice.ts';
import { openDeviceAlone } from '../devicealone.ts';
import type { Fetch } from '../fetch.ts';
import { recallIdentity } from '../identity/identity.ts';
import { lazily } from './lazily.ts';
import { type Opened, openFunction, portsOf } from './open.ts';
import { whole } from './whole.ts';

const ports = portsOf(process.env);

const open = async (): Promise<Fetch> => {
  const opened = await openFunction(process.env, ports);
  const { store, telemetry, vault, settings } = opened;
  const registry = once(() => openRegistry(opened));
  const adam = settings.adam && (await openAdamDevice({ store, telemetry, ports, registry: await registry() }));
  return openDeviceAlone({
    store,
    telemetry,
    identity: recallIdentity(vault),
    ports,
    outbound: { fetch: (input, init) => globalThis.fetch(input, init) },
    deviceApiV1: settings.deviceApiV1,
    registry,
    ...adam,
  });
};

/** The machinery of objects is loaded when a device registers: most of them have. */
const openRegistry = async ({ store, vault }: Opened) => {
  const { openObjects } = await import('../objects.ts');
  const { openTokenKeys } = await import('../identity/tokenkeys.ts');
  const { outbound } = await import('../node/outbound.ts');
  const identity = recallIdentity(vault);
  return openObjects({ ports, store, identity, keys: openTokenKeys(vault), outbound }).registry;
};

const openAdamDevice = async (parts: Parameters<typeof toAdamDevice>[0]) =>
  (await import('../adamdevice.ts')).toAdamDevice(parts);

const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
};

/** The API that devices call, for a function URL or an HTTP or REST API. */
export const handler = whole(
  lazily(open, (_, error) => answerFault(unavailable(error), ports.log, 'open'), ports.log),
  ports.log,
);

/** Whatever is wrong here is none of the device's doing. */
const unavailable = (cause: unknown): Error => new Error('the function cannot be opened', { cause });
