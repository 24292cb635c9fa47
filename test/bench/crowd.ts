/**
 * What a request of one device costs among `COUNT` registered ones, in a process of its own: `crowd.ts DATA COUNT`. Prints
 * milliseconds of processor time for each kind of request, with all that is made of it, and the memory at the end.
 */
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDevice } from '../../functions/device.ts';
import type { Fetch } from '../../functions/fetch.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { createLoops, type Loops } from '../../functions/loops.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { keepHeapSmall } from '../../functions/node/heap.ts';
import { outbound } from '../../functions/node/outbound.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { openStorage } from '../../functions/node/storage.ts';
import { openObjects } from '../../functions/objects.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { createComposer } from '../../shared/compose/run.ts';
import { createFleet } from '../../shared/controllers/enrol.ts';
import { createRecorder } from '../../shared/controllers/events.ts';
import { createController } from '../../shared/eve/controller.ts';
import { sealEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import type { Kept, Movable } from '../../shared/store/movable.ts';
import { cloneDevice, type Registered } from './clones.ts';
import { percentile } from './load.ts';
import { info, metrics, newlogs } from './payloads.ts';

/** What a request costs, in milliseconds of processor time. */
export interface CrowdCosts {
  readonly config: number;
  readonly info: number;
  readonly metrics: number;
  readonly newlogs: number;
  /** Resident, as the kernel counts it. */
  readonly residentMb: number;
}

const namespace = 'bench';
/** Devices that call. */
const callers = 100;
const rounds = 15;
const ports = systemPorts('warn');
const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const types = {
  device: 'objects/eve.lfedge.org/devices',
  deviceConfig: 'objects/eve.lfedge.org/deviceconfigs',
  config: 'configs',
};

interface Caller {
  readonly uuid: string;
  readonly der: Uint8Array;
  readonly configHash: string;
}

const run = async (data: string, count: number): Promise<CrowdCosts> => {
  const vault = openFolder(join(data, 'pki'));
  const identity = openIdentity(vault, ['localhost'], ports);
  const parts = { identity, keys: openTokenKeys(vault), outbound, ports };
  const controller = createController(identity);
  const small = createMemoryStore({ clock: ports.clock });
  const seen = await settleIn(small, openObjects({ ...parts, store: small }), controller);
  const storage = await openStorage(data, ports);
  const { store, telemetry, movable } = storage;
  if (!movable) throw new Error('nothing can be put into this store');
  const objects = openObjects({ ...parts, store });
  await fill(small, movable, count, {
    like: seen.like,
    device: objects.registry.catalog.get('eve.lfedge.org', 'devices'),
    deviceConfig: objects.registry.catalog.get('eve.lfedge.org', 'deviceconfigs'),
  });
  await small.close();
  const rootPem = identity.root.certificatePem;
  const loops = createLoops({
    objects,
    store,
    telemetry,
    controller,
    ports,
    rootPem,
    sign: () => {
      throw new Error('nobody asks for certificates');
    },
  });
  const fleet = createFleet({ registry: async () => objects.registry, store, ...ports });
  const device = openDevice({ fleet, store, telemetry, controller, identity, ports, outbound });
  const costs = await measure(device, loops, seen.callers);
  await sleep(2_000);
  const residentMb = process.memoryUsage().rss / 2 ** 20;
  await storage.close();
  return { ...costs, residentMb };
};

/** Some devices on an empty store as they are after their registration, with what all of them share. */
const settleIn = async (
  store: ReturnType<typeof createMemoryStore>,
  { registry }: ReturnType<typeof openObjects>,
  controller: ReturnType<typeof createController>,
): Promise<{ readonly callers: readonly Caller[]; readonly like: Registered }> => {
  const recorder = createRecorder({ registry, ...ports, component: 'bench' });
  const composer = createComposer({ store, registry, controller, ports, user: controllerUser, recorder });
  const create = (group: string, plural: string, object: ApiObject) =>
    registry.create(registry.catalog.get(group, plural), object, { user: controllerUser });
  const own = (kind: string, name: string, spec: ApiObject['spec']): ApiObject => ({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind,
    metadata: { name, namespace },
    ...(spec && { spec }),
  });
  await create('', 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await create('eve.lfedge.org', 'networkconfigs', own('NetworkConfig', 'dhcp', { ip: 'dhcp' }));
  await create('eve.lfedge.org', 'devicenetworks', own('DeviceNetwork', 'uplink', { networkConfig: 'dhcp' }));
  const found: Caller[] = [];
  let like: Registered | undefined;
  for (let at = 0; at < callers; at += 1) {
    // The first byte is written as it is: neither negative nor zero.
    const serial = Buffer.concat([Buffer.of(0x41), randomBytes(15)]);
    const name = nameOf(at);
    const pem = certificateWith(serial);
    await create(
      'eve.lfedge.org',
      'devices',
      own('Device', name, { certificate: Buffer.from(pem).toString('base64') }),
    );
    const outcome = await composer.composeDevice({ namespace, name });
    if (!outcome) throw new Error(`${name} was not composed`);
    const { uuid } = outcome.from;
    found.push({ uuid, der: new X509Certificate(pem).raw, configHash: outcome.served.configHash });
    like ??= {
      serial,
      device: await keptIn(store, types.device, `${namespace}/${name}`),
      deviceConfig: await keptIn(store, types.deviceConfig, `${namespace}/${name}`),
      config: await keptIn(store, types.config, uuid),
    };
  }
  if (!like) throw new Error('there are no devices');
  return { callers: found, like };
};

const nameOf = (at: number): string => `device-${String(at).padStart(6, '0')}`;

const certificateWith = (serial: Uint8Array): string => {
  const [notBefore, notAfter] = [Date.now() - 86_400_000, Date.now() + 86_400_000];
  return issueCertificate({ subject: [['CN', 'EVE']], publicKey: key, serial, notBefore, notAfter }, { key });
};

const keptIn = async (store: ReturnType<typeof createMemoryStore>, type: string, key: string): Promise<Kept> => {
  for (const each of (await store.snapshot()).types)
    if (each.type === type) for await (const kept of each.entries()) if (kept.key === key) return kept;
  throw new Error(`there is no ${type} ${key}`);
};

/** All of one store, and so many further devices that there are `count` in all. */
const fill = async (
  from: Movable,
  to: Movable,
  count: number,
  { like, ...resources }: { like: Registered } & Parameters<typeof cloneDevice>[1],
): Promise<void> => {
  const { types: all } = await from.snapshot();
  const head = Math.max(...all.map(({ revision }) => revision));
  const more = Array.from({ length: count - callers }, (_, at) =>
    cloneDevice(like, resources, nameOf(callers + at), head + 1 + at),
  );
  const further: Record<string, Kept[]> = {
    [types.device]: more.map(({ device }) => device),
    [types.deviceConfig]: more.map(({ deviceConfig }) => deviceConfig),
    [types.config]: more.map(({ config }) => config),
  };
  for (const { type, revision, entries } of all) {
    const added = further[type] ?? [];
    const whole = async function* (): AsyncGenerator<Kept> {
      yield* entries();
      yield* added;
    };
    await to.fill(type, Math.max(revision, added.at(-1)?.revision ?? 0), whole());
  }
};

const measure = async (
  device: Fetch,
  loops: Loops,
  from: readonly Caller[],
): Promise<Omit<CrowdCosts, 'residentMb'>> => {
  const samples: Record<Kind, number[]> = { config: [], info: [], metrics: [], newlogs: [] };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const kind of kinds) {
      const requests = from.map(one => requestOf(one, kind));
      const before = process.cpuUsage();
      for (const request of requests) {
        const { status } = await device(request, {});
        if (status !== expected[kind]) throw new Error(`${kind} was answered ${status}, not ${expected[kind]}`);
      }
      if (kind === 'info' || kind === 'metrics') await loops.reflect();
      const { user, system } = process.cpuUsage(before);
      if (round >= warmUp) samples[kind].push((user + system) / 1000 / requests.length);
    }
    // Devices stamp what they send in seconds; two with one stamp are one.
    await sleep(1_000);
  }
  const middle = (kind: Kind): number => percentile(samples[kind], 0.5);
  return { config: middle('config'), info: middle('info'), metrics: middle('metrics'), newlogs: middle('newlogs') };
};

const kinds = ['config', 'info', 'metrics', 'newlogs'] as const;
type Kind = (typeof kinds)[number];
const expected: Record<Kind, number> = { config: 304, info: 201, metrics: 201, newlogs: 201 };
const warmUp = 5;

const requestOf = ({ uuid, der, configHash }: Caller, kind: Kind): Request => {
  const payload = {
    config: () => encode(eve, 'config.ConfigRequest', { configHash }),
    info: () => info(uuid),
    metrics: () => metrics(uuid),
    newlogs: () => newlogs(),
  }[kind]();
  const body = sealEnvelope(payload, { key, certificate: der });
  const url = `https://bench.example.com/api/v2/edgedevice/id/${uuid}/${kind}`;
  return new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/x-proto-binary' } });
};

const [, , data, count] = process.argv;
if (data === undefined || count === undefined) throw new Error('usage: crowd.ts DATA COUNT');
keepHeapSmall();
console.log(JSON.stringify(await run(data, Number(count))));
