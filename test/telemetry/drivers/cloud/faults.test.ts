import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Blobs } from '../../../../shared/blob/blobs.ts';
import { createMemoryBlobs } from '../../../../shared/blob/drivers/memory.ts';
import { createS3Blobs } from '../../../../shared/blob/drivers/s3.ts';
import { TableFault } from '../../../../shared/store/drivers/dynamo/tablefault.ts';
import type { Telemetry } from '../../../../shared/telemetry/telemetry.ts';
import {
  createPorts,
  intercept,
  openCloudTelemetry as openWithRows,
  origin,
  readTexts,
  toRecord,
} from '../../../support/cloudtelemetry.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';
import { bucketName, type Failure, openS3Server, type S3Server } from '../../../support/s3/server.ts';
import { until } from '../../../support/until.ts';

/** Everything goes into blobs. */
const openCloudTelemetry: typeof openWithRows = options => openWithRows({ rowBytes: 0, ...options });

describe('cloud telemetry when S3 fails', () => {
  let server: S3Server;
  let telemetry: Telemetry;
  let hurried: Telemetry;
  let blobs: Blobs;
  let model: ModelTable;
  beforeAll(async () => {
    server = await openS3Server();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    const { endpoint, credentials } = server;
    const { random } = createPorts();
    const place = { bucket: bucketName, region: 'us-east-1', endpoint, credentials, random };
    blobs = createS3Blobs(place);
    model = new ModelTable();
    telemetry = openCloudTelemetry({ table: model.connect(), blobs });
    const impatient = createS3Blobs({ ...place, attemptMs: 1500 });
    hurried = openCloudTelemetry({ table: model.connect(), blobs: impatient });
    closers.push(
      () => telemetry.close(),
      () => hurried.close(),
      () => blobs.close(),
      () => impatient.close(),
    );
  });
  afterEach(async () => {
    server.heal();
    server.bucket.clear();
    for (const close of closers.splice(0)) await close();
  });
  const closers: (() => Promise<void>)[] = [];
  /** Where an answer comes too late, who does not wait for it; else one for whom a busy machine is never too late. */
  const facing = (failure: Failure): Telemetry => ('lateMs' in failure ? hurried : telemetry);

  it.each([
    ['refuses', { status: 503, code: 'SlowDown' }],
    ['breaks off', { reset: 'before' }],
    ['answers too late', { lateMs: 3000 }],
    ['has no valid credentials', { status: 400, code: 'ExpiredToken' }],
  ] as const)('a device hears 503 when it %s, and is kept later', async (_, failure) => {
    await telemetry.append('log', [toRecord('a', 0, 'before')]);
    server.fail(/^PUT/, failure, 99);
    const append = facing(failure).append('log', [toRecord('a', 1, 'refused')]);
    await expect(append).rejects.toMatchObject({ reason: 'ServiceUnavailable', code: 503 });
    server.heal();
    await telemetry.append('log', [toRecord('a', 2, 'after')]);
    expect(await readTexts(telemetry)).toEqual(['before', 'after']);
  });

  it.each([
    ['an answer lost', { reset: 'after' }],
    ['an answer that comes too late', { lateMs: 3000 }],
  ] as const)('a record is kept once in spite of %s', async (_, failure) => {
    server.fail(/^PUT/, failure);
    await facing(failure).append('log', [toRecord('a', 0, 'once')]);
    expect(await readTexts(telemetry)).toEqual(['once']);
    expect(server.bucket.keys).toHaveLength(1);
  });

  it('who reads is told, and reads it all later', async () => {
    await telemetry.append('log', [toRecord('a', 0, 'kept')]);
    const reader = openCloudTelemetry({ table: model.connect(), blobs });
    server.fail(/^GET/, { status: 503, code: 'SlowDown' }, 99);
    await expect(readTexts(reader)).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    server.heal();
    expect(await readTexts(reader)).toEqual(['kept']);
  });

  it('one append is one request', async () => {
    await telemetry.append('log', [toRecord('a', 0, 'the first of the hour looks at the clock too')]);
    const before = server.requests.length;
    await telemetry.append('log', [toRecord('a', 0, '1'), toRecord('b', 0, '2')]);
    expect(server.requests.slice(before)).toHaveLength(1);
  });
});

describe('cloud telemetry when other things fail', () => {
  const connect = () => new ModelTable().connect();

  it('a device hears 503 when the table is throttled, and nothing acknowledged is lost', async () => {
    let isBusy = false;
    const blobs = createMemoryBlobs({ clock: Date });
    const parts = intercept(connect(), blobs, async name => {
      if (isBusy && name.startsWith('table'))
        throw new TableFault('throttled', 'The table takes no more requests now.');
    });
    const telemetry = openCloudTelemetry(parts);
    await telemetry.append('log', [toRecord('a', 0, 'before')]);
    isBusy = true;
    const append = telemetry.append('log', [toRecord('a', 1, 'refused')]);
    await expect(append).rejects.toMatchObject({ reason: 'ServiceUnavailable', details: { retryAfterSeconds: 5 } });
    await expect(readTexts(telemetry)).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
    isBusy = false;
    await telemetry.append('log', [toRecord('a', 2, 'after')]);
    expect(await readTexts(telemetry)).toEqual(['before', 'after']);
  });

  it('a tail outlives a table that is away for a while', async () => {
    let isAway = false;
    const parts = intercept(connect(), createMemoryBlobs({ clock: Date }), async name => {
      if (isAway && name === 'table.get') throw new TableFault('unreachable', 'The table cannot be reached.');
    });
    const { complaints, ...ports } = createTestPorts();
    const telemetry = openCloudTelemetry({ ...parts, ports: { ...createPorts(), log: ports.log } });
    const other = openCloudTelemetry(parts);
    const seen: string[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { body } of telemetry.tail('log', { since: 0 }, stop.signal)) {
        seen.push(new TextDecoder().decode(body));
        if (seen.length === 2) stop.abort();
      }
    })();
    await other.append('log', [toRecord('a', 0, '1')]);
    await until(() => expect(seen).toEqual(['1']));
    isAway = true;
    await until(() => expect(complaints).not.toEqual([]));
    isAway = false;
    await other.append('log', [toRecord('a', 0, '2')]);
    await following;
    expect(seen).toEqual(['1', '2']);
    expect(complaints[0]).toMatchObject({ message: 'telemetry cannot be followed now' });
  });

  it('what is damaged is said and does not hide the rest', async () => {
    const blobs = createMemoryBlobs({ clock: Date });
    const table = connect();
    const telemetry = openCloudTelemetry({ table, blobs });
    for (const text of ['1', '2', '3']) await telemetry.append('log', [toRecord('a', 0, text)]);
    const keys: string[] = [];
    for await (const { key } of blobs.list('')) keys.push(key);
    const second = keys.find(key => key.endsWith('-1')) ?? '';
    const bytes = (await blobs.get(second)) ?? new Uint8Array();
    bytes[20] = (bytes[20] ?? 0) ^ 0xff;
    await blobs.put(second, bytes);
    const { log, complaints } = createTestPorts();
    const reader = openCloudTelemetry({ table, blobs, ports: { ...createPorts(), log } });
    expect(await readTexts(reader)).toEqual(['1', '3']);
    expect(await readTexts(reader, { device: 'a' })).toEqual(['1', '3']);
    expect(complaints[0]).toMatchObject({ level: 'error', message: 'a telemetry segment is damaged' });
  });

  it('an index of a later version is refused by name', async () => {
    const table = connect();
    const telemetry = openCloudTelemetry({ table, blobs: createMemoryBlobs({ clock: Date }) });
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    await table.update({ PK: 'T#log#0', SK: '0000000000000001' }, { set: { v: 3 } });
    const reader = openCloudTelemetry({ table, blobs: createMemoryBlobs({ clock: Date }) });
    await expect(readTexts(reader)).rejects.toThrow(/format 3.*update it/);
    await table.update({ PK: 'T#log', SK: 'c' }, { set: { v: 4 } });
    await expect(telemetry.append('log', [toRecord('a', 0, '2')])).rejects.toMatchObject({
      cause: { reason: 'InternalError', message: expect.stringContaining('format 4') },
    });
  });

  it('who sends more than can be kept hears so, before memory is full', async () => {
    const parts = intercept(connect(), createMemoryBlobs({ clock: Date }), async name => {
      if (name === 'blobs.put') await sleep(300);
    });
    const telemetry = openCloudTelemetry(parts);
    const large = { device: 'a', at: 1, body: new Uint8Array(8 << 20) };
    const appends = Array.from({ length: 12 }, () => telemetry.append('log', [large]));
    const results = await Promise.allSettled(appends);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(8);
    expect(results.at(-1)).toMatchObject({ reason: { reason: 'ServiceUnavailable', code: 503 } });
  });

  it.each([
    [{ device: '', at: 1, body: new Uint8Array() }],
    [{ device: 'a', at: -1, body: new Uint8Array() }],
    [{ device: 'a', at: 0.5, body: new Uint8Array() }],
    [{ device: 'a', at: 1, part: 'x'.repeat(256), body: new Uint8Array() }],
  ])('a record that is none is a BadRequest: %j', async record => {
    const telemetry = openCloudTelemetry({ table: connect(), blobs: createMemoryBlobs({ clock: Date }) });
    await expect(telemetry.append('log', [record])).rejects.toMatchObject({ reason: 'BadRequest' });
    await expect(telemetry.append('../log', [toRecord('a', 0, '')])).rejects.toMatchObject({ reason: 'BadRequest' });
  });

  it('a clock that leads begins no hour', async () => {
    const blobs = createMemoryBlobs({ clock: { now: () => origin + 50 * 60_000 } });
    const telemetry = openCloudTelemetry({ table: connect(), blobs });
    await telemetry.append('log', [toRecord('a', 0, 'now')]);
    await telemetry.append('log', [toRecord('a', 61, 'a little early')]);
    await expect(telemetry.append('log', [toRecord('a', 125, 'wrong')])).rejects.toMatchObject({
      reason: 'ServiceUnavailable',
      cause: { message: expect.stringContaining('set the clock') },
    });
    await telemetry.append('log', [toRecord('a', 62, 'right')]);
    expect(await readTexts(telemetry)).toEqual(['now', 'a little early', 'right']);
  });

  it('a clock that is behind costs nothing more once the hour is known', async () => {
    const asked: string[] = [];
    const blobs = createMemoryBlobs({ clock: Date });
    const parts = intercept(connect(), blobs, async name => void asked.push(name));
    const [ahead, behind] = [openCloudTelemetry(parts), openCloudTelemetry(parts)];
    await ahead.append('log', [toRecord('a', 61, '1')]);
    await behind.append('log', [toRecord('a', 59, '2')]);
    asked.length = 0;
    await behind.append('log', [toRecord('a', 59, '3')]);
    expect(asked).toEqual(['blobs.put', 'table.update', 'table.put']);
    expect(await readTexts(ahead)).toEqual(['1', '2', '3']);
    for await (const { key } of blobs.list('t/log/2026010122/')) expect(key).toMatch(/-0$/);
  });
});

describe('what cloud telemetry asks for', () => {
  const count = (open = openCloudTelemetry) => {
    const asked: string[] = [];
    const parts = intercept(new ModelTable().connect(), createMemoryBlobs({ clock: Date }), async name => {
      asked.push(name);
    });
    return { asked, telemetry: open(parts), other: open(parts) };
  };

  it('is one read of the counter for each look of any number of idle followers', async () => {
    const { asked, telemetry } = count();
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    const stop = new AbortController();
    const tails = Array.from({ length: 50 }, async () => {
      for await (const _ of telemetry.tail('log', {}, stop.signal));
    });
    const looks = (count: number) => until(() => expect(asked.slice(-count)).toEqual(Array(count).fill('table.get')));
    await looks(3);
    asked.length = 0;
    await looks(5);
    stop.abort();
    await Promise.all(tails);
    expect(new Set(asked)).toEqual(new Set(['table.get']));
    expect(asked.length).toBeLessThan(25);
  });

  it('is two reads more for the first append of an hour, and one for the first of a process', async () => {
    const { asked, telemetry, other } = count();
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    expect(asked).toEqual([
      'table.get',
      'blobs.put',
      'blobs.head',
      'table.get',
      'table.update',
      'table.update',
      'table.put',
    ]);
    asked.length = 0;
    await other.append('log', [toRecord('a', 1, '2')]);
    expect(asked).toEqual(['table.get', 'blobs.put', 'table.update', 'table.put']);
  });

  it('is one put and two writes for all that arrives at once', async () => {
    const { asked, telemetry } = count(options => openCloudTelemetry({ ...options, flushMs: 20 }));
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    asked.length = 0;
    await Promise.all(Array.from({ length: 200 }, (_, i) => telemetry.append('log', [toRecord(`d${i}`, 0, `${i}`)])));
    expect(asked).toEqual(['blobs.put', 'table.update', 'table.put']);
  });

  it('is no segment that cannot hold the device, and only what is asked for', async () => {
    const { asked, telemetry, other } = count();
    for (let i = 0; i < 40; i++) await telemetry.append('log', [toRecord(`d${i % 20}`, i, `${i}`)]);
    asked.length = 0;
    expect(await readTexts(other, { device: 'd7' })).toEqual(['7', '27']);
    expect(asked).toEqual(['table.get', 'table.query', 'blobs.get', 'blobs.get']);
    asked.length = 0;
    expect(await readTexts(other, { limit: 1, reverse: true })).toEqual(['39']);
    expect(asked.filter(name => name === 'blobs.get')).toHaveLength(1);
  });
});

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
