import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withoutKubectl } from '../../../cli/demo/client.ts';
import { SimulatedDevice } from '../../../cli/device/device.ts';
import { readOnboard, readPartition } from '../../../cli/partition.ts';
import { type Client, connect, eve } from '../../support/client.ts';
import { type CloudServers, openCloudServers } from '../../support/cloudservers.ts';
import { findDynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { type FaultyTable, openFaultyTable } from '../../support/faultytable.ts';
import { type LambdaSite, openLambdaStack } from '../../support/lambdastack.ts';
import { type Failure, openS3Server, type S3Server } from '../../support/s3/server.ts';
import { until } from '../../support/until.ts';

const dynoxide = findDynoxide();
const examples = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url));
const namespace = 'quickstart';

describe.skipIf(dynoxide === undefined)('the functions when something they need is away (needs dynoxide)', () => {
  let servers: CloudServers;
  let table: FaultyTable;
  let s3: S3Server;
  let site: LambdaSite;
  let client: Client;
  let device: SimulatedDevice;
  const stop = new AbortController();
  let life: Promise<void> | undefined;
  /** As long as a busy machine needs, but while something is away. */
  let kubeMs = 300_000;
  beforeAll(async () => {
    const dynamo = await startDynoxide(dynoxide ?? '');
    table = await openFaultyTable(dynamo.endpoint);
    s3 = await openS3Server();
    servers = await openCloudServers({ dynamo, s3: Promise.resolve(s3), tableEndpoint: table.endpoint });
    site = await openLambdaStack({ servers, gateway: 'REST API', kubeMs: () => kubeMs, deviceMs: 12_000 });
    client = connect(site.url, site.data);
    const kube = withoutKubectl({ kubeconfig: site.kubeconfig, namespace, print: () => undefined });
    await kube.apply(examples);
    device = new SimulatedDevice({
      ...readPartition(site.partition),
      onboard: readOnboard(join(examples, 'config')),
      serial: 'QUICKSTART-1',
      pace: { configMs: 300, metricsMs: 700, logsMs: 700, stepMs: 50, retryMs: 300 },
    });
    life = device.run(stop.signal);
    const isRunning = async () => expect(await kube.value('application/web', '.status.state')).toBe('RUNNING');
    await until(isRunning);
  });
  afterEach(() => {
    table.fault = () => undefined;
    kubeMs = 300_000;
    s3.heal();
  });
  afterAll(async () => {
    stop.abort();
    client?.close();
    await life;
    await site?.close();
    table?.close();
  });

  /** What devices are answered that ask from now on, once there are some answers. */
  const answersTo = async (what: RegExp, count: number) => {
    const from = performance.now();
    const found = () => site.deviceAnswers.filter(one => one.askedAt >= from && what.test(one.what));
    await until(() => expect(found().length).toBeGreaterThanOrEqual(count));
    return found();
  };
  const goesOn = async () => {
    await until(() => expect(site.deviceAnswers.at(-1)?.status).toBeLessThan(400));
    await until(async () => expect((await client.ask('GET', eve('devices', namespace, 'lab1'))).status).toBe(200));
    expect(device.complaints).toEqual([]);
    expect([device.facts.boots, device.world.apps.size]).toEqual([1, 1]);
  };

  const faults: readonly [string, Failure, number, string, RegExp][] = [
    ['cannot be reached', { reset: 'before' }, 504, 'Timeout', /did not complete within the allotted timeout/],
    ['is throttled', { status: 400, code: 'ThrottlingException' }, 504, 'Timeout', /did not complete/],
    ['is broken', { status: 500, code: 'InternalServerError' }, 504, 'Timeout', /did not complete/],
    ['does not answer', { lateMs: 20_000 }, 504, 'Timeout', /did not complete/],
    [
      'refuses credentials that have expired',
      { status: 400, code: 'ExpiredTokenException' },
      503,
      'ServiceUnavailable',
      /have expired\. Renew them/,
    ],
  ];

  it.each(faults)('say so while the table %s, and go on afterwards', async (...row) => {
    const [, failure, status, reason, message] = row;
    await until(() => expect(site.deviceAnswers.at(-1)?.status).toBeLessThan(400));
    table.fault = () => failure;
    kubeMs = 9_000;
    const [read, written, watched, answers] = await Promise.all([
      client.ask('GET', eve('devices', namespace)),
      client.ask('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'lost' } }),
      client.ask('GET', `${eve('devices', namespace)}?watch=1`),
      answersTo(/config|info|log|metrics/, 3),
    ]);
    for (const one of [read, written]) {
      expect(one.status).toBe(status);
      expect(one.json).toMatchObject({ kind: 'Status', status: 'Failure', reason });
      expect(one.json.message).toMatch(message);
    }
    expect([200, 503]).toContain(watched.status);
    for (const { status: code, retryAfter } of answers) expect([code, retryAfter]).toEqual([503, '10']);
    table.fault = () => undefined;
    kubeMs = 300_000;
    await goesOn();
  });

  it('acknowledge nothing while the bucket refuses, and go on afterwards', async () => {
    s3.fail(/./, { status: 403, code: 'AccessDenied' }, 100_000);
    // What is small lies in the table.
    const content = randomBytes(20_000).toString('base64');
    device.log({ severity: 'info', source: 'test', content });
    const answers = await answersTo(/^newlogs$/, 2);
    for (const { status, retryAfter } of answers) expect([status, retryAfter]).toEqual([503, '10']);
    const read = await client.ask('GET', `/edgenode/${device.uuid}/log?tailLines=1000`);
    expect(read.status).toBe(503);
    expect(read.json).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
    expect(read.json.message).toMatch(/AccessDenied.*see the role/);
    expect(read.headers['retry-after']).toBe('5');
    expect((await client.ask('GET', eve('devices', namespace, 'lab1'))).status).toBe(200);
    s3.heal();
    await goesOn();
    await until(async () => {
      const { text } = await client.ask('GET', `/edgenode/${device.uuid}/log?tailLines=50`);
      expect(text).toContain(content);
    });
  });

  it('lose nothing that they acknowledged, in any weather', async () => {
    const failures: readonly Failure[] = [
      { reset: 'before' },
      { reset: 'after' },
      { status: 400, code: 'ThrottlingException' },
      { status: 500, code: 'InternalServerError' },
    ];
    let count = 0;
    table.fault = () => {
      count += 1;
      return count % 7 === 0 ? failures[(count / 7) % failures.length] : undefined;
    };
    const from = site.deviceAnswers.length;
    const acknowledged: string[] = [];
    // More of them where the machine is so busy that few come through.
    for (let at = 0; at < 25 || acknowledged.length <= 5; at += 1) {
      const name = `weather-${at}`;
      const path = '/api/v1/namespaces/default/configmaps';
      const { status } = await client.ask('POST', path, { metadata: { name } });
      expect([201, 409, 500, 503, 504]).toContain(status);
      if (status === 201) acknowledged.push(name);
    }
    table.fault = () => undefined;
    const { json } = await client.ask('GET', '/api/v1/namespaces/default/configmaps');
    const there = (json.items ?? []).map(({ metadata }) => metadata.name);
    expect(there).toEqual(expect.arrayContaining(acknowledged));
    const statuses = new Set(site.deviceAnswers.slice(from).map(({ status }) => status));
    for (const status of statuses) expect([200, 201, 202, 304, 503]).toContain(status);
    await goesOn();
  });
});
