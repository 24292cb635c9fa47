import { once } from '../../shared/base/once.ts';
import { answerFault } from '../../shared/device/answer.ts';
import type { toAdamDevice } from '../adamdevice.ts';
import { openDeviceAlone } from '../devicealone.ts';
import type { Fetch } from '../fetch.ts';
import { recallIdentity } from '../identity/identity.ts';
import { reach } from '../node/reach.ts';
import { type Opened, portsOf } from './open.ts';
import { served } from './served.ts';
import { whole } from './whole.ts';

const ports = portsOf(process.env);

const make = async (opened: Opened): Promise<Fetch> => {
  const { store, telemetry, vault, settings } = opened;
  const registry = once(() => openRegistry(opened));
  const adam = settings.adam && (await openAdamDevice({ store, telemetry, ports, registry: await registry() }));
  return openDeviceAlone({
    store,
    telemetry,
    identity: recallIdentity(vault),
    ports,
    outbound: { reach },
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

/** The API that devices call, for a function URL or an HTTP or REST API. */
export const handler = whole(
  served({
    env: process.env,
    ports,
    make,
    refuse: (_, error) => answerFault(unavailable(error), ports.log, 'open'),
    // Devices know host names alone.
    nobody: () => () => new Response(null, { status: 404 }),
    maxAgeMs: ({ url }) => (asksForCertificates.test(url) ? freshMs : undefined),
  }),
  ports.log,
);

/** A device that asks for certificates may have met one that it does not know: what is answered has to be as new. */
const asksForCertificates = /\/certs$/;
const freshMs = 10_000;

/** Whatever is wrong here is none of the device's doing. */
const unavailable = (cause: unknown): Error => new Error('the function cannot be opened', { cause });
