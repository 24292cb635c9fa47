import { decodeTelemetry } from '../../functions/decode.ts';
import { createAdamApp } from '../../shared/adam/app.ts';
import { openToAll } from '../../shared/adam/open.ts';
import { createPolicy } from '../../shared/adam/policy.ts';
import { requestRecorder } from '../../shared/adam/requests.ts';
import type { AdamRoom } from '../../shared/adam/room.ts';
import { Fault } from '../../shared/base/fault.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { createFleet } from '../../shared/controllers/enrol.ts';
import { createDeviceApp } from '../../shared/device/app.ts';
import { createEscrow } from '../../shared/device/escrow.ts';
import { type EveMessages, eve } from '../../shared/eve/generated/table.ts';
import type { Attributes } from '../../shared/kube/access/user.ts';
import type { VisitParts } from '../../shared/kube/visit.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import { makeController, makePair, type Pair, signed } from '../device/kit.ts';
import { startKinds } from '../resources/setup.ts';

export const pem = (pair: Pair): string => Buffer.from(pair.certificatePem).toString('base64');

/** Adam's API and the device API over one memory store, with the real kinds. Callers are who `authorization` says. */
export const startAdam = async (
  changes: Partial<AdamRoom> = {},
  way: 'open' | 'guarded' = 'guarded',
  watchers: Pick<VisitParts, 'auditor' | 'fairness'> = {},
) => {
  const kinds = await startKinds();
  const { registry, store, clock, log, random } = kinds;
  const ports = { clock, log, random };
  const telemetry = createMemoryTelemetry();
  const fleet = createFleet({ registry: async () => registry, store, ...ports });
  const asked: Attributes[] = [];
  const guarded: AdamRoom['guards'] = {
    authenticate: async request => {
      const name = request.headers.get('authorization');
      if (name === 'bad') throw new Fault('Unauthorized', 'Unauthorized');
      return name === null ? undefined : { name, groups: [] };
    },
    authorizer: {
      async authorize(attributes) {
        asked.push(attributes);
        return { allowed: attributes.user.name === 'admin', reason: '' };
      },
    },
  };
  const stop = new AbortController();
  const adam = createAdamApp({
    registry,
    store,
    telemetry,
    fleet,
    guards: way === 'guarded' ? { ...guarded, ...watchers } : openToAll(watchers),
    namespace: 'default',
    decode: decodeTelemetry,
    ports,
    signal: stop.signal,
    ...changes,
  });
  const { controller } = makeController();
  const device = createDeviceApp({
    fleet,
    store,
    marks: store.marks,
    telemetry,
    controller,
    ports,
    escrow: createEscrow(new Uint8Array(32), random),
    policy: createPolicy({ registry, store }),
    onRequest: requestRecorder(telemetry, ports),
  });

  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    adam.request(path, {
      method,
      headers: {
        authorization: 'admin',
        ...(body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array || typeof body === 'string' ? Buffer.from(body) : JSON.stringify(body) }),
    });
  const post = async <K extends keyof EveMessages>(
    pair: Pair,
    path: string,
    name: K,
    message: EveMessages[K],
    headers: Record<string, string> = {},
  ) =>
    device.request(
      `/api/v2/edgedevice${path}`,
      { method: 'POST', body: Buffer.from(signed(pair, name, message)), headers },
      { remoteAddress: '192.0.2.7' },
    );
  /** Makes a device and tells its UUID. */
  const add = async (pair: Pair, more: object = {}): Promise<string> => {
    const answer = await ask('POST', '/admin/device', { Cert: pem(pair), ...more });
    if (answer.status !== 201) throw new Error(await answer.text());
    return answer.headers.get('location')?.split('/').pop() ?? '';
  };
  const status = async (answer: Response | Promise<Response>) => (await answer).status;
  const send = (kind: string, uuid: string, body: Uint8Array, part?: string) =>
    telemetry.append(kind, [{ device: uuid, at: clock.now(), body, ...(part === undefined ? {} : { part }) }]);
  return { ...kinds, adam, device, telemetry, fleet, asked, stop, ask, post, add, status, send };
};

export type Adam = Awaited<ReturnType<typeof startAdam>>;
export { encode, eve, makePair };
