import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { withoutKubectl } from '../../cli/demo/client.ts';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readOnboard, readPartition } from '../../cli/partition.ts';
import { type Client, connect, eve, merge } from '../support/client.ts';
import type { TestSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const namespace = 'quickstart';
const examples = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

/**
 * The way from nothing to a running application, the same on every runtime: the quickstart is applied, a device boots knowing
 * only its config partition, registers, applies what it is told and reports; a watch sees it happen; what it sent can be read.
 * All the while a namespace that is to go is held by a finalizer, which stands in nobody's way.
 */
export const scenario = async (site: TestSite): Promise<void> => {
  const client = connect(site.url, site.data);
  const held = await holdNamespace(client);
  const kube = withoutKubectl({ kubeconfig: site.kubeconfig, namespace, print: () => undefined });
  await kube.apply(examples);
  const { resourceVersion } = (await client.ask('GET', eve('devices', namespace))).json.metadata;
  const devices = `${eve('devices', namespace)}?watch=1&allowWatchBookmarks=true`;
  let seen = '';
  const watched = client.follow(`${devices}&resourceVersion=${resourceVersion}`, text => {
    seen = text;
  });

  const { server, rootPem } = readPartition(site.partition);
  const device = new SimulatedDevice({
    server,
    rootPem,
    onboard: readOnboard(join(examples, 'config')),
    serial: 'QUICKSTART-1',
    pace: { configMs: 500, metricsMs: 1000, logsMs: 700, stepMs: 120, retryMs: 300 },
    say: () => undefined,
  });
  const stop = new AbortController();
  const life = device.run(stop.signal);
  try {
    await kube.wait('device/lab1', 'condition=Onboarded');
    await kube.wait('application/web', 'condition=Ready');
    await kube.wait('device/lab1', 'condition=Ready');
    await kube.wait('device/lab1', 'condition=ConfigApplied');
    expect(await kube.value('device/lab1', '.status.uuid')).toBe(device.uuid);
    expect([...device.userData.values()].some(text => text.includes('not-a-real-one-either'))).toBe(true);

    await kube.patch('application/web', { spec: { eve: { activate: false } } });
    await kube.wait('application/web', 'jsonpath={.status.state}=HALTED');

    await device.sendLogs();
    expect(await kube.raw(`/edgenode/${device.uuid}/log?tailLines=5`)).toMatch(/"source":"zed/);
    await device.sendMetrics();
    expect(await kube.raw(`/edgenode/${device.uuid}/metrics?tailLines=1`)).toContain('deviceMemory');

    await kube.remove('application/web');
    await until(() => expect(device.world.apps.size).toBe(0));
    expect(device.complaints).toEqual([]);

    await until(() => expect(typesIn(seen)).toContain('MODIFIED'));
    await held.release();
    // One that ends by itself: on a busy machine its time may be up before it begins.
    await until(async () => {
      const brief = await client.follow(`${devices}&timeoutSeconds=3`, () => undefined);
      expect(typesIn(brief.text)).toEqual(expect.arrayContaining(['ADDED', 'BOOKMARK']));
    });
  } finally {
    stop.abort();
    await life;
    client.close();
    await watched.catch(() => undefined);
  }
};

/** A namespace that cannot go until it is released. */
const holdNamespace = async (client: Client): Promise<{ release(): Promise<void> }> => {
  const [namespace, content] = ['/api/v1/namespaces/held', '/api/v1/namespaces/held/configmaps'];
  expect((await client.ask('POST', '/api/v1/namespaces', { metadata: { name: 'held' } })).status).toBe(201);
  const metadata = { name: 'holds', finalizers: ['example.com/hold'] };
  expect((await client.ask('POST', content, { metadata })).status).toBe(201);
  expect((await client.ask('DELETE', namespace)).status).toBe(200);
  return {
    async release() {
      expect((await client.ask('GET', namespace)).json.status).toMatchObject({ phase: 'Terminating' });
      const change = { metadata: { finalizers: null } };
      expect((await client.ask('PATCH', `${content}/holds`, change, merge)).status).toBe(200);
      await until(async () => expect((await client.ask('GET', namespace)).status).toBe(404));
    },
  };
};

/** Types of the events that came whole. */
const typesIn = (text: string): string[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(line => line !== '')
    .map(line => (JSON.parse(line) as { type: string }).type);
