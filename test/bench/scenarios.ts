import { decode } from '../../shared/base/protobuf.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { type BenchDevice, configRequest, devicePost, namespace } from './fleet.ts';
import type { Kube } from './kube.ts';
import { load, percentile } from './load.ts';
import { info, metrics, newlogs } from './payloads.ts';
import { Connection, post, type Target } from './wire.ts';

const group = '/apis/eve.lfedge.org/v1beta1';
const inNamespace = (plural: string) => `${group}/namespaces/${namespace}/${plural}`;

/** What every bench device shares: one network, one image, and an application for each of the first `apps` devices. */
export const furnish = async (kube: Kube): Promise<void> => {
  await kube.create('/api/v1/namespaces', { metadata: { name: namespace } });
  await kube.create('/apis/storage.k8s.io/v1/storageclasses', {
    metadata: { name: 'bench-registry' },
    provisioner: 'eve',
    parameters: { type: 'container', URL: 'https://registry.example.com' },
  });
  await kube.create(inNamespace('networkconfigs'), object('NetworkConfig', 'dhcp', { ip: 'dhcp' }));
  await kube.create(inNamespace('devicenetworks'), object('DeviceNetwork', 'uplink', { networkConfig: 'dhcp' }));
  await kube.create(
    inNamespace('images'),
    object('Image', 'web', { ref: 'web:1', storageClass: 'bench-registry', type: 'user', format: 'CONTAINER' }),
  );
};

export const object = (kind: string, name: string, spec: unknown) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind,
  metadata: { name, namespace },
  spec,
});

/** The configuration as the device is served it now. Waits until there is one. */
export const fetchConfig = async (target: Target, device: BenchDevice) => {
  const connection = await Connection.open(target);
  try {
    for (;;) {
      const { status, body } = await connection.send(configRequest(target, device, ''));
      if (status === 200) return openConfig(body);
      if (status !== 503) throw new Error(`config of ${device.name}: ${status}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  } finally {
    connection.close();
  }
};

const openConfig = (body: Uint8Array) => {
  const payload = decode(eve, 'auth.AuthContainer', body).protectedPayload?.payload ?? new Uint8Array();
  return decode(eve, 'config.ConfigResponse', payload);
};

/** Polls made by `unchanged`, over keep-alive connections, requests per second. */
export const polls = (
  target: Target,
  requests: readonly Buffer[],
  connections: number,
  seconds: number,
): Promise<number> =>
  load({
    target,
    connections,
    seconds,
    status: 304,
    request: (connection, count) => requests[(connection + count * connections) % requests.length] ?? Buffer.alloc(0),
  });

/**
 * The same of two servers, a second of the one and a second of the other in turn, so that whatever else the machine does meets
 * both. Every second begins with other devices than the one before.
 */
export const pollsInTurn = async (
  fleets: readonly [Fleet, Fleet],
  connections: number,
  seconds: number,
): Promise<[number, number]> => {
  const rounds = Math.ceil(seconds);
  const rates: [number, number] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    for (const [at, { target, requests }] of fleets.entries()) {
      const from = Math.floor((round * requests.length) / rounds);
      const turned = [...requests.slice(from), ...requests.slice(0, from)];
      rates[at === 0 ? 0 : 1] += (await polls(target, turned, connections, 1)) / rounds;
    }
  }
  return rates;
};

/** A server, and the polls of its devices, made by `unchanged`. */
export interface Fleet {
  readonly target: Target;
  readonly requests: readonly Buffer[];
}

/** The poll that each device repeats while nothing changes. Each connects anew for it, which leaves the server something to clear away. */
export const unchanged = async (target: Target, devices: readonly BenchDevice[]): Promise<Buffer[]> => {
  const requests: Buffer[] = [];
  for (const device of devices) {
    const { configHash = '' } = await fetchConfig(target, device);
    requests.push(configRequest(target, device, configHash));
  }
  return requests;
};

/** The same poll as EVE sends it: a new TLS connection each time, resuming the session. Connections per second. */
export const reconnecting = async (target: Target, request: Buffer, seconds: number): Promise<number> => {
  let done = 0;
  let resumed = 0;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    let session: Buffer | undefined;
    while (performance.now() - start < seconds * 1000) {
      const connection = await Connection.open(target, session);
      const fresh = session === undefined ? connection.session : undefined;
      const { status } = await connection.send(request);
      if (status !== 304) throw new Error(`expected 304, got ${status}`);
      if (connection.isResumed) resumed++;
      session ??= await fresh;
      connection.close();
      done++;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  // The first of each worker has nothing to resume.
  if (resumed < (done - workers) * 0.95)
    throw new Error(`only ${resumed} of ${done} connections resumed their session`);
  return done / ((performance.now() - start) / 1000);
};

const workers = 8;

/** Posts of one kind, each a different signed message per device, requests per second. */
export const reports = (
  target: Target,
  devices: readonly BenchDevice[],
  kind: 'info' | 'metrics' | 'newlogs',
  seconds: number,
): Promise<number> => {
  const make = { info, metrics, newlogs };
  const requests = devices.map(device => devicePost(target, device, kind, make[kind](device.uuid)));
  return load({
    target,
    connections: 32,
    seconds,
    status: 201,
    request: (connection, count) => requests[(connection + count) % requests.length] ?? Buffer.alloc(0),
  });
};

/** From the answer of a PATCH of an Application to the first poll that serves the new configuration, in milliseconds. */
export const applyToServed = async (target: Target, kube: Kube, devices: readonly BenchDevice[], rounds: number) => {
  const samples: number[] = [];
  const connection = await Connection.open(target);
  for (let round = 0; round < rounds; round++) {
    const device = devices[round % devices.length];
    if (device === undefined) throw new Error('no devices');
    const name = `app-${device.name}`;
    if (round < devices.length) await deploy(target, kube, device, name);
    const { configHash = '' } = await fetchConfig(target, device);
    const poll = configRequest(target, device, configHash);
    const start = performance.now();
    await kube.merge(`${inNamespace('applications')}/${name}`, {
      spec: { containers: [{ name: 'main', image: 'web', resources: { requests: { memory: `${200 + round}Mi` } } }] },
    });
    while ((await connection.send(poll)).status !== 200) await new Promise(resolve => setTimeout(resolve, 1));
    samples.push(performance.now() - start);
  }
  connection.close();
  return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
};

const deploy = async (target: Target, kube: Kube, device: BenchDevice, name: string): Promise<void> => {
  await kube.create(
    inNamespace('applications'),
    object('Application', name, {
      nodeSelector: { name: device.name },
      containers: [{ name: 'main', image: 'web', resources: { requests: { cpu: 1, memory: '128Mi' } } }],
    }),
  );
  while (((await fetchConfig(target, device)).config?.apps ?? []).length === 0) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
};

/**
 * An edit of the network that all devices use, until every one is served its new configuration; their polls, made by `unchanged`,
 * go on meanwhile.
 */
export const touchAll = async (target: Target, kube: Kube, requests: readonly Buffer[]) => {
  const stale = new Set(requests.keys());
  const start = performance.now();
  await kube.merge(`${inNamespace('networkconfigs')}/dhcp`, { spec: { mtu: 1400 } });
  let done = 0;
  const order = [...stale];
  const worker = async (offset: number): Promise<void> => {
    const connection = await Connection.open(target);
    for (let at = offset; stale.size > 0; at += 8) {
      const index = order[at % order.length];
      const request = index === undefined ? undefined : requests[index];
      if (index === undefined || request === undefined) throw new Error('no devices');
      const { status } = await connection.send(request);
      if (status !== 304 && status !== 200) throw new Error(`expected 304 or 200, got ${status}`);
      if (status === 200) stale.delete(index);
      done++;
      if (performance.now() - start > 120_000)
        throw new Error(`${stale.size} devices still have the old configuration`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: 8 }, (_, offset) => worker(offset)));
  const seconds = (performance.now() - start) / 1000;
  return { seconds, pollsPerSecond: done / seconds };
};

/** A walk over all devices in pages of 500, in milliseconds. */
export const walk = async (kube: Kube, expected: number): Promise<number> => {
  const start = performance.now();
  let seen = 0;
  let token = '';
  do {
    const page = await kube.get<{ items: unknown[]; metadata: { continue?: string } }>(
      `${inNamespace('devices')}?limit=500${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`,
    );
    seen += page.items.length;
    token = page.metadata.continue ?? '';
  } while (token !== '');
  if (seen !== expected) throw new Error(`walked over ${seen} devices, not ${expected}`);
  return performance.now() - start;
};

/** From the moment a write is sent to the moment a watcher has its event, over all watchers, in milliseconds. */
export const watchLag = async (kube: Kube, watchers: number, writesPerSecond: number, seconds: number) => {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  for (let index = 0; index < tickers; index++) {
    await kube.create(path, { metadata: { name: `ticker-${index}` }, data: { at: '' } });
  }
  const samples: number[] = [];
  const open = await Promise.all(
    Array.from({ length: watchers }, () =>
      kube.watch(`${path}?watch=true`, line => {
        const sent = sentAt(line);
        if (sent > 0) samples.push(performance.now() - sent);
      }),
    ),
  );
  const warmUp = 3 * writesPerSecond;
  const total = warmUp + writesPerSecond * seconds;
  const start = performance.now();
  const writer = async (offset: number): Promise<void> => {
    for (let count = offset; count < total; count += tickers) {
      const wait = start + (count * 1000) / writesPerSecond - performance.now();
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
      await kube.merge(`${path}/ticker-${offset}`, { data: { at: String(performance.now()) } });
    }
  };
  await Promise.all(Array.from({ length: tickers }, (_, offset) => writer(offset)));
  const took = (performance.now() - start) / 1000;
  if (took > (total / writesPerSecond) * 1.2)
    throw new Error(`${total} writes took ${took.toFixed(1)} s, not ${total / writesPerSecond}`);
  await new Promise(resolve => setTimeout(resolve, 1000));
  for (const { stop } of open) stop();
  if (samples.length < total * watchers) throw new Error(`${samples.length} of ${total * watchers} events came`);
  const warm = samples.slice(warmUp * watchers);
  return { p50: percentile(warm, 0.5), p99: percentile(warm, 0.99) };
};

/** Objects that are written in turn, so that writers do not wait for each other. */
const tickers = 40;

const sentAt = (line: string): number => {
  const start = line.indexOf('"at":"') + 6;
  return start < 6 ? 0 : Number(line.slice(start, line.indexOf('"', start)));
};

/** Any POST, for servers that answer everything alike. */
export const plainPost = (target: Target): Buffer => post(target, '/', Buffer.alloc(200, 1));
