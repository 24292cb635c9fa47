/**
 * `npm run bench`: measures what the project promises about speed, as ratios to the P-256 verify rate V of the same run.
 * The server runs in one process, this client in another. Prints a table and keeps it in docs/performance.md.
 * `BENCH_SCALE` (default 1) scales the fleet and the seconds down for a quick look; `BENCH_PART`
 * (`api`, `devices` or `dynamo`) measures that part alone. What is measured at scale 1 is kept in the page.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureApi } from './api.ts';
import { launch, residentMb, settle, stop } from './child.ts';
import { composeCost } from './compose.ts';
import type { CrowdCosts } from './crowd.ts';
import { commitRates } from './dynamo.ts';
import { type BenchDevice, register } from './fleet.ts';
import { connectKube } from './kube.ts';
import { keep } from './page.ts';
import { verifyRate } from './reference.ts';
import {
  applyToServed,
  type Fleet,
  furnish,
  plainPost,
  polls,
  pollsInTurn,
  reconnecting,
  reports,
  touchAll,
  unchanged,
  walk,
  watchLag,
} from './scenarios.ts';
import { ms, none, ofV, type Row, toMarkdown } from './table.ts';
import type { Target } from './wire.ts';

const aboutDevices = `V is the rate of ECDSA P-256 verifications on one thread in the same run: every request of a device costs one, so it bounds
what a core can serve.

What to know about the rows that are hard to meet:

* Memory is what the kernel counts. With 1,500 devices 59 MB of heap and 20 MB of stored bytes were alive in a
  resident set of 234 MB: the rest is Node itself and heap that V8 has not given back. The history of the last hour takes at most
  16 MB a type.
* The edit of a network makes one configuration per device: gather, compose, check, sign, commit, on one core, on which the
  polls of the same devices are answered too.
* Among 100,000 devices a request is handed to the device API without TLS, and what is made of it (status, marks) counts. 100
  devices call; the others stand in the store.
`;

const aboutDynamo = `On dynoxide, an emulator of DynamoDB in another process, which does one thing at a time; every commit is a read, a ticket and a
transaction. Writers of one process share tickets and transactions. In AWS the waiting is longer, and the table wider.
`;

const aboutApi = `The objects are ConfigMaps of 1 KB; writes are durable when they are answered. A cost is the server's processor time for one
request: the median of five rounds, each the mean of many requests on one connection.
`;

const scale = Number(process.env['BENCH_SCALE'] ?? 1);
const seconds = Math.max(1, 8 * scale);
const data = mkdtempSync(join(tmpdir(), 'kubeve-bench-'));
const rows: Row[] = [];
/** Devices that a fleet is compared with. */
const handful = 8;

const say = (text: string): void => console.error(text);
const note = (row: Row): void => {
  rows.push(row);
  say(`  ${row.isMet ? '✓' : '✗'} ${row.what}: ${row.measured} (${row.target})`);
};

const first = (devices: readonly BenchDevice[], count: number): BenchDevice => {
  const device = devices[count];
  if (device === undefined) throw new Error('the fleet is empty');
  return device;
};

/** A server with a folder of its own. */
const openServer = async (name: string) => {
  const folder = join(data, name);
  mkdirSync(folder);
  const { child, said } = await launch<{ url: string; kubeconfig: string }>('server.ts', [folder]);
  const kube = connectKube(said.kubeconfig);
  const ca = readFileSync(join(folder, 'eve', 'root-certificate.pem'), 'utf8');
  const target: Target = { host: '127.0.0.1', port: Number(new URL(said.url).port), ca };
  const close = async (): Promise<void> => {
    kube.close();
    await stop(child);
  };
  return { folder, kube, target, pid: child.pid ?? 0, close };
};

const measureDevices = async (): Promise<void> => {
  await measureCompose();
  await measureCrowd();
  const v = verifyRate();
  say(`V = ${Math.round(v)} P-256 verifications per second and thread`);
  const { kube, target, pid, folder, close } = await openServer('fleet');
  try {
    await furnish(kube);
    const fleet = Math.round(10_000 * scale);
    const small = await measureSmall(target, v, kube, folder);
    const thousand = await grow(kube, small, Math.round(1000 * scale));
    const applied = await applyToServed(target, kube, thousand.slice(0, 50), 200);
    note({
      what: `Application change → served, ${thousand.length} devices`,
      measured: `p50 ${ms(applied.p50)}, p99 ${ms(applied.p99)}`,
      target: 'p99 ≤ 100 ms',
      isMet: applied.p99 <= 100,
    });
    const lag = await watchLag(kube, 200, 200, seconds);
    note({
      what: '200 watchers, 200 writes/s: lag',
      measured: `p50 ${ms(lag.p50)}, p99 ${ms(lag.p99)}`,
      target: 'p99 ≤ 100 ms',
      isMet: lag.p99 <= 100,
    });
    const all = await grow(kube, thousand, fleet);
    await measureLarge(target, kube, all, pid);
  } finally {
    await close();
  }
};

/** In this process, before there is a server that competes with it. */
const measureCompose = async (): Promise<void> => {
  const rounds = Math.max(50, Math.round(500 * scale));
  const twenty = await composeCost(20, rounds);
  note({
    what: 'a changed configuration with 20 applications: composed, checked, signed, stored',
    measured: `${ms(twenty)} of CPU`,
    target: '≤ 3 ms',
    isMet: twenty <= 3,
  });
  const forty = await composeCost(40, rounds);
  note({
    what: 'the same with 40 applications',
    measured: `${(forty / twenty).toFixed(2)} times that`,
    target: '≤ 2.2 times',
    isMet: forty <= 2.2 * twenty,
  });
};

/** Each crowd in a process of its own, one after the other. */
const measureCrowd = async (): Promise<void> => {
  const few = await crowd(100);
  const many = await crowd(Math.max(200, Math.round(100_000 * scale)));
  const what = {
    config: 'an unchanged config poll',
    info: 'an info report',
    metrics: 'a metrics report',
    newlogs: '100 log lines',
  };
  for (const kind of ['config', 'info', 'metrics', 'newlogs'] as const) {
    const ratio = many[kind] / few[kind];
    note({
      what: `${what[kind]} among ${many.devices.toLocaleString('en')} registered devices`,
      measured: `${many[kind].toFixed(2)} ms of CPU = ${ratio.toFixed(2)} of the cost among 100`,
      target: '≤ 1.3 of it',
      isMet: ratio <= 1.3,
    });
  }
  note({
    what: `memory with ${many.devices.toLocaleString('en')} registered devices, of which 100 call`,
    measured: `${Math.round(many.residentMb)} MB; ${Math.round(few.residentMb)} MB with 100`,
    target: none,
    isMet: true,
  });
};

const crowd = async (devices: number): Promise<CrowdCosts & { devices: number }> => {
  say(`filling a store with ${devices} devices …`);
  const { child, said } = await launch<CrowdCosts>('crowd.ts', [join(data, `crowd-${devices}`), String(devices)]);
  await stop(child);
  return { ...said, devices };
};

const measureSmall = async (
  target: Target,
  v: number,
  kube: ReturnType<typeof connectKube>,
  folder: string,
): Promise<BenchDevice[]> => {
  const devices = await grow(kube, [], handful);
  const rate = await polls(target, await unchanged(target, devices), 8, seconds);
  note({
    what: 'unchanged config poll, 8 devices, keep-alive',
    measured: ofV(rate, v),
    target: '≥ 0.45 V',
    isMet: rate >= 0.45 * v,
  });
  const [request = Buffer.alloc(0)] = await unchanged(target, [first(devices, 0)]);
  const own = await reconnecting(target, request, seconds);
  const bare = await bareReconnecting(target.ca, folder);
  note({
    what: 'poll on a new TLS connection each, session resumed',
    measured: `${Math.round(own)}/s = ${(own / bare).toFixed(2)} of a bare Node server's ${Math.round(bare)}/s`,
    target: '≥ 0.6 of it',
    isMet: own >= 0.6 * bare,
  });
  for (const kind of ['info', 'metrics', 'newlogs'] as const) {
    const rate = await reports(target, devices, kind, seconds);
    note({ what: `${kind} post, durable`, measured: ofV(rate, v), target: '≥ 0.35 V', isMet: rate >= 0.35 * v });
  }
  return devices;
};

const bareReconnecting = async (ca: string, folder: string): Promise<number> => {
  const { child, said } = await launch<{ port: number }>('bare.ts', [
    join(folder, 'pki', 'server.key.pem'),
    join(folder, 'pki', 'server.pem'),
  ]);
  try {
    const target = { host: '127.0.0.1', port: said.port, ca };
    return await reconnecting(target, plainPost(target), seconds);
  } finally {
    await stop(child);
  }
};

const measureLarge = async (
  target: Target,
  kube: ReturnType<typeof connectKube>,
  devices: readonly BenchDevice[],
  pid: number,
): Promise<void> => {
  const requests = await settledPolls(target, devices, pid);
  const [rate, smallRate] = await besideFew({ target, requests });
  note({
    what: `unchanged config poll, ${devices.length} devices`,
    measured: `${Math.round(rate)}/s = ${(rate / smallRate).toFixed(2)} of the ${Math.round(smallRate)}/s of a server with ${handful} in the same seconds`,
    target: '≥ 0.9 of it',
    isMet: rate >= 0.9 * smallRate,
  });
  const walked = await walk(kube, devices.length);
  note({
    what: `list of ${devices.length} Devices in pages of 500`,
    measured: ms(walked),
    target: '≤ 2 s',
    isMet: walked <= 2000,
  });
  await settle(pid);
  const mb = residentMb(pid);
  note({
    what: `memory with ${devices.length} devices`,
    measured: `${Math.round(mb)} MB`,
    target: '≤ 500 MB',
    isMet: mb <= 500,
  });
  const touched = await touchAll(target, kube, requests);
  note({
    what: `edit of a network that ${devices.length} devices use → all served`,
    measured: `${touched.seconds.toFixed(1)} s, polls at ${(touched.pollsPerSecond / rate).toFixed(2)} of their rate`,
    target: '≤ 20 s, polls ≥ 0.5',
    isMet: touched.seconds <= 20 && touched.pollsPerSecond >= 0.5 * rate,
  });
};

/** The rate of a fleet, and that of the polls of a few devices that a server of their own has. */
const besideFew = async (fleet: Fleet): Promise<[number, number]> => {
  const { kube, target, pid, close } = await openServer('few');
  try {
    await furnish(kube);
    const devices = await grow(kube, [], handful);
    const requests = await settledPolls(target, devices, pid);
    return await pollsInTurn([fleet, { target, requests }], 8, seconds);
  } finally {
    await close();
  }
};

/** Devices that are heard for the first time become Ready, each by a write: that shall be over. */
const settledPolls = async (target: Target, devices: readonly BenchDevice[], pid: number): Promise<Buffer[]> => {
  const requests = await unchanged(target, devices);
  await new Promise(resolve => setTimeout(resolve, 15_000));
  await settle(pid);
  return requests;
};

const grow = async (kube: ReturnType<typeof connectKube>, had: readonly BenchDevice[], count: number) => {
  say(`registering devices up to ${count} …`);
  return register(kube, had, count, done => {
    if (done % 1000 === 0) say(`  ${done}`);
  });
};

const measureDynamo = async (): Promise<void> => {
  const rates = await commitRates([1, 16, 64], seconds);
  if (rates === undefined) return say('  left out: there is no dynoxide for this platform');
  const [one = 0, some = 0, many = 0] = rates;
  for (const [writers, rate, least] of [[16, some, 1] as const, [64, many, 1.5] as const]) {
    note({
      what: `commits of ${writers} writers in one process`,
      measured: `${Math.round(rate)}/s = ${(rate / one).toFixed(1)} × the ${Math.round(one)}/s of one writer`,
      target: `≥ ${least} ×`,
      isMet: rate >= least * one,
    });
  }
};

const part = process.env['BENCH_PART'];
/** Measures, prints, and keeps what was measured when it is the whole of it. */
const measure = async (heading: string, run: () => Promise<void>, notes: string): Promise<void> => {
  rows.length = 0;
  await run();
  console.log(`\n${toMarkdown(rows)}`);
  if (scale === 1) keep(heading, rows, notes);
};
try {
  if (part === 'dynamo' || !part) await measure('The store in DynamoDB', measureDynamo, aboutDynamo);
  if (part === 'api' || !part) await measure('The Kubernetes API', () => measureApi({ note, say, scale }), aboutApi);
  if (part === 'devices' || !part) await measure('Devices', measureDevices, aboutDevices);
} finally {
  rmSync(data, { recursive: true, force: true });
}
