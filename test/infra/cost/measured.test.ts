import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { SimulatedDevice } from '../../../cli/device/device.ts';
import { toMetrics } from '../../../cli/device/metrics.ts';
import { readOnboard } from '../../../cli/partition.ts';
import { openBehind } from '../../../functions/behind.ts';
import { bind } from '../../../functions/bind.ts';
import { openBundle } from '../../../functions/identity/bundle.ts';
import { openIdentity } from '../../../functions/identity/identity.ts';
import { openTokenKeys } from '../../../functions/identity/tokenkeys.ts';
import { openDoor } from '../../../functions/node/door.ts';
import { outbound } from '../../../functions/node/outbound.ts';
import { systemPorts } from '../../../functions/node/ports.ts';
import { retentionMs } from '../../../functions/retention.ts';
import { type Asking, type Measured, measured, type Use } from '../../../infra/cost/measured.ts';
import type { ApiObject } from '../../../shared/base/object.ts';
import { encode } from '../../../shared/base/protobuf.ts';
import type { Blobs } from '../../../shared/blob/blobs.ts';
import { createMemoryBlobs } from '../../../shared/blob/drivers/memory.ts';
import { eve } from '../../../shared/eve/generated/table.ts';
import { createAwsTable } from '../../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Meter, Table } from '../../../shared/store/drivers/dynamo/table.ts';
import type { Marks } from '../../../shared/store/marks.ts';
import { sparing } from '../../../shared/store/sparing.ts';
import type { Store } from '../../../shared/store/store.ts';
import { createCloudTelemetry } from '../../../shared/telemetry/drivers/cloud/cloud.ts';
import { findDynoxide, startDynoxide } from '../../support/dynoxide.ts';

const program = findDynoxide();

// The emulator is there on Linux x64 only.
describe.skipIf(program === undefined)('what requests use', () => {
  it('is what the cost is made of', async () => {
    const found = await measure(program ?? '');
    const near = (use: Use, expected: Use, tolerance: number): void => {
      for (const name of ['readUnits', 'writeUnits', 'puts', 'gets'] as const) {
        const margin = Math.max(expected[name] * tolerance, 0.3);
        expect(Math.abs(use[name] - expected[name]), `${name}: ${use[name]}, not ${expected[name]}`).toBeLessThan(
          margin,
        );
      }
    };
    for (const shape of ['front', 'alone'] as const) {
      for (const request of ['poll', 'metrics', 'log'] as const) {
        const [is, was] = [found[shape][request], measured[shape][request]];
        near(is, was, 0.1);
        expect(Math.abs(is.heads - was.heads), `${shape}: ${is.heads} ends of logs, not ${was.heads}`).toBeLessThan(
          0.6,
        );
      }
    }
    near(found.metricsBehind, measured.metricsBehind, 0.1);
    // What goes on by the clock depends on how busy the machine is.
    near(found.sweep, measured.sweep, 0.3);
    near(found.idle, measured.idle, 0.3);
  });
});

const quickstart = new URL('../../../examples/quickstart', import.meta.url).pathname;

/**
 * What the requests of a device use, measured: the quickstart with its application on a simulated device, over a table of
 * DynamoDB's (an emulator, which reports units as DynamoDB does) and counted blobs.
 */
const measure = async (program: string): Promise<Measured> => {
  const dynamo = await startDynoxide(program);
  const closers: (() => unknown)[] = [() => dynamo.stop()];
  try {
    await dynamo.createTable('cost');
    const counts: Counted = { readUnits: 0, writeUnits: 0, puts: 0, gets: 0 };
    const looks: Counted = { readUnits: 0, writeUnits: 0, puts: 0, gets: 0 };
    const ports = systemPorts('warn');
    const into =
      (counter: Counted): Meter =>
      (_, units) => {
        counter.readUnits += units.read;
        counter.writeUnits += units.write;
      };
    const direct = createAwsTable({ ...dynamo, table: 'cost', meter: into(counts) });
    // Looks at whether something has come go on by the clock, whatever is asked for.
    const looking = createAwsTable({ ...dynamo, table: 'cost', meter: into(looks) });
    const table: Table = {
      ...direct,
      get: (key, options) => (key.SK === 'c' || key.SK === 'w' ? looking : direct).get(key, options),
      query: query => (query.PK.startsWith('M#') ? looking : direct).query(query),
    };
    const blobs = counted(createMemoryBlobs(ports), counts);
    const store = openDynamoStore({ table, ...ports, spill: blobs });
    const telemetry = createCloudTelemetry({
      table,
      blobs,
      ports,
      flushMs: 0,
      keptMs: kind => retentionMs[kind],
    });
    const vault = openBundle();
    const identity = openIdentity(vault, ['127.0.0.1'], ports);
    const closing = new AbortController();
    const keys = openTokenKeys(vault);
    const parts = { store, telemetry, identity, keys, outbound, closing: closing.signal, ...ports };
    const bound = await bind({ ...parts, recalled: store.recalled });
    // As a function has it: nothing is remembered, also not which heartbeats it wrote.
    const single = openDynamoStore({ table, ...ports, spill: blobs, gatheredMarks: { seen: 0 } });
    const asFunction = { ...parts, store: withMarks(single, forgetful(single.marks, ports.clock)) };
    const alone = await bind(asFunction);
    const behind = openBehind({ ...asFunction, ports, name: 'sweep' });
    let serving = bound;
    let last: () => Request = () => new Request('https://localhost/');
    const fetch = async (request: Request): Promise<Response> => {
      const body = new Uint8Array(await request.arrayBuffer());
      const { url, method, headers } = request;
      last = () => new Request(url, { method, headers, ...(body.length > 0 && { body }) });
      return serving.fetch(last(), {});
    };
    const door = await openDoor({ identity, host: '127.0.0.1', port: 0, fetch, log: ports.log });
    const stop = new AbortController();
    const loops = bound.loops.run(stop.signal);
    closers.push(async () => {
      stop.abort();
      closing.abort();
      await Promise.all([loops, door.close()]);
      await telemetry.close();
      await store.close();
      await single.close();
      direct.close();
      looking.close();
    });
    const admin = { verified: true, certificate: new Uint8Array(identity.admin.certificate.raw) };
    for (const object of readObjects()) await create(request => bound.fetch(request, { peer: admin }), object);
    const device = new SimulatedDevice({
      server: `127.0.0.1:${door.port}`,
      rootPem: identity.root.certificatePem,
      onboard: readOnboard(join(quickstart, 'config')),
      serial: 'QUICKSTART-1',
      keepAlive: true,
    });
    closers.push(() => device.close());
    await device.onboard();
    await device.boot();
    for (let i = 0; i < 200 && ![...device.world.apps.values()].some(({ state }) => state === 7); i++) {
      await device.poll();
      await device.step();
      await sleep(20);
    }
    // A few metrics until the status says all that they say.
    for (let i = 0; i < 8; i++) await Promise.all([device.sendMetrics(), sleep(400)]);
    await sleep(3000);
    /** What goes on while nothing is asked for, a second. */
    const still = async (): Promise<Use> => {
      const before = { ...looks };
      const others = await during(counts, () => sleep(windowMs));
      return combine(combine(looks, before, 1, 1, 1), others, 1, -1, 1000 / windowMs);
    };
    // On a busy machine something that was asked for before may still go on.
    let idle = await still();
    for (let next = await still(); next.readUnits < idle.readUnits; next = await still()) idle = next;
    // Of the device's own making, but without the flow logs that it sends beside.
    const metrics = () =>
      device['session'].post(device.uuid, 'metrics', encode(eve, 'metrics.ZMetricMsg', toMetrics(device['context']())));
    const log = async () => {
      device.log({ severity: 'info', source: 'zedagent', content: 'a line of some words, as devices write them' });
      await device.sendLogs();
    };
    stop.abort();
    await loops;
    /** What a request takes of a processor, without TLS and without the device. */
    const processorOf = async (act: () => Promise<unknown>): Promise<number> => {
      await act();
      const again = last;
      const many = async (rounds: number): Promise<void> => {
        for (let i = 0; i < rounds; i++)
          await Promise.all(Array.from({ length: together }, () => serving.fetch(again(), {})));
      };
      await many(10);
      const cpu = process.cpuUsage();
      await many(20);
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / 1000 / 20 / together;
    };
    /** What a kind of request uses, and how many ends of logs it asks for. */
    const asked = async (act: () => Promise<unknown>): Promise<Asking> => {
      const before = { ...looks };
      const used = await per(counts, act);
      // One more than counts, which warms up.
      return { ...used, heads: round((looks.readUnits - before.readUnits) / (times + 1)) };
    };
    const requests = async () => ({
      poll: await asked(() => device.poll()),
      metrics: await asked(metrics),
      log: await asked(log),
    });
    /** Of all that devices ask, half is polls. */
    const processor = async () => round(((await processorOf(() => device.poll())) + (await processorOf(metrics))) / 2);
    /** What taking up metrics takes of a processor, each, of many that say what is known. */
    const uptakeOf = async (act: () => Promise<unknown>): Promise<number> => {
      await act();
      const idleMs = await processorMs(act);
      await metrics();
      const again = last;
      for (let i = 0; i < many; i += together)
        await Promise.all(Array.from({ length: together }, () => serving.fetch(again(), {})));
      return round(((await processorMs(act)) - idleMs) / many);
    };
    const front = {
      ...(await requests()),
      processorMs: await processor(),
    };
    // What goes on by the clock has ended: it is not among what follows.
    await bound.loops.reflect();
    const reflect = () => bound.loops.reflect();
    const without = await fewest(counts, reflect);
    const metricsBehind = combine(await fewest(counts, reflect, metrics), without, 1, 1, 1);
    serving = alone;
    const tick = () => behind.tick(AbortSignal.timeout(60_000));
    await tick();
    const lookedBefore = { ...looks };
    const swept = await during(counts, async () => {
      for (let i = 0; i < apart; i++) await tick();
    });
    const looked = combine(looks, lookedBefore, 1, 1, 1);
    return {
      idle,
      metricsBehind,
      sweep: combine(swept, looked, 1, -1, 1 / apart),
      front,
      alone: { ...(await requests()), processorMs: await processor() },
      uptakeMs: await uptakeOf(tick),
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

/** Requests that a busy process has under work at a time. */
const together = 25;
const times = 10;
/** As often all heartbeats are read. */
const windowMs = 15_000;
const apart = 2;
const many = 500;
type Counted = { -readonly [name in keyof Use]: number };

/** Milliseconds of a processor. */
const processorMs = async (act: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** As one process after the other has them. */
const forgetful = (marks: Marks, clock: { now(): number }): Marks => ({
  set: (...args) => sparing(marks, 'seen', 120_000, clock).set(...args),
  get: (...args) => marks.get(...args),
  getMany: (...args) => marks.getMany(...args),
  delete: (...args) => marks.delete(...args),
  all: space => marks.all(space),
  lagMs: () => 120_000,
  close: () => marks.close(),
});

const withMarks = (store: Store, marks: Marks): Store & { readonly marks: Marks } => ({
  marks,
  get: (...args) => store.get(...args),
  list: (...args) => store.list(...args),
  find: (...args) => store.find(...args),
  findEntries: (...args) => store.findEntries(...args),
  head: type => store.head(type),
  tail: (...args) => store.tail(...args),
  commit: (...args) => store.commit(...args),
  sweep: () => store.sweep(),
  close: () => store.close(),
});

const nothing: Use = { readUnits: 0, writeUnits: 0, puts: 0, gets: 0 };

const during = async (counts: Use, act: () => Promise<unknown>): Promise<Use> => {
  const before = { ...counts };
  await act();
  return combine(counts, before, 1, 1, 1);
};

/** Of one call of several, each after `before`: what the clock adds to one of them, such as the renewal of what got old, is not among it. */
const fewest = async (counts: Use, act: () => Promise<unknown>, before?: () => Promise<unknown>): Promise<Use> => {
  const found: Use[] = [];
  for (let i = 0; i < times; i++) {
    await before?.();
    found.push(await during(counts, act));
  }
  const of = (name: keyof Use) => Math.min(...found.map(use => use[name]));
  return { readUnits: of('readUnits'), writeUnits: of('writeUnits'), puts: of('puts'), gets: of('gets') };
};

/** Of one call, once everything is warm. */
const per = async (counts: Use, act: () => Promise<unknown>): Promise<Use> => {
  await act();
  const used = await during(counts, async () => {
    for (let i = 0; i < times; i++) await act();
  });
  return combine(used, nothing, 1, 0, 1 / times);
};

/** (`a` × `one` − `b` × `other`) × `scale` */
const combine = (a: Use, b: Use, one: number, other: number, scale: number): Use => {
  const of = (name: keyof Use) => round((a[name] * one - b[name] * other) * scale);
  return { readUnits: of('readUnits'), writeUnits: of('writeUnits'), puts: of('puts'), gets: of('gets') };
};

const round = (value: number): number => Math.round(value * 100) / 100;

const counted = (blobs: Blobs, counts: { puts: number; gets: number }): Blobs => ({
  put: (...args) => {
    counts.puts += 1;
    return blobs.put(...args);
  },
  get: (...args) => {
    counts.gets += 1;
    return blobs.get(...args);
  },
  head: key => blobs.head(key),
  delete: keys => blobs.delete(keys),
  list: (...args) => blobs.list(...args),
  close: () => blobs.close(),
});

const readObjects = (): ApiObject[] =>
  readdirSync(quickstart)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .flatMap(name => parseAllDocuments(readFileSync(join(quickstart, name), 'utf8')))
    .map(document => document.toJS() as ApiObject); // this project's own files

const create = async (fetch: (request: Request) => Response | Promise<Response>, object: ApiObject): Promise<void> => {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  const plural = kind === 'StorageClass' ? 'storageclasses' : `${kind.toLowerCase()}s`;
  const url = `https://localhost${group}${place}/${plural}`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(object) }));
  if (answer.status !== 201) throw new Error(`${kind} ${metadata.name}: ${answer.status} ${await answer.text()}`);
};
