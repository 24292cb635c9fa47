/**
 * `npm run demo`: the whole way on a temporary folder, in less than a minute. Starts a controller, applies
 * examples/quickstart, boots a simulated device that follows it, and shows what a user would type and see.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPorts } from '../functions/node/ports.ts';
import { type Running, start } from '../functions/node/serve.ts';
import { withoutKubectl } from './demo/client.ts';
import type { Kube } from './demo/kube.ts';
import { findKubectl, withKubectl } from './demo/kubectl.ts';
import { SimulatedDevice } from './device/device.ts';
import { readOnboard, readPartition } from './partition.ts';

const namespace = 'quickstart';
const root = fileURLToPath(new URL('..', import.meta.url));
const examples = join(relative(process.cwd(), root), 'examples/quickstart');

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const section = (text: string): void => print(`\n# ${text}`);

const demo = async (): Promise<void> => {
  const data = mkdtempSync(join(tmpdir(), 'kubeve-demo-'));
  const { log } = systemPorts('warn');
  section('A controller, on a folder of its own');
  print('$ npm start');
  const server = await start({ data, port: 0, log });
  print(`kubeve serves ${server.url}`);
  try {
    await walk(server);
  } finally {
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
};

const walk = async (server: Running): Promise<void> => {
  const program = process.env.KUBEVE_DEMO_KUBECTL === 'none' ? undefined : findKubectl(process.env.PATH ?? '');
  const options = { kubeconfig: server.kubeconfig, namespace, print };
  const kube = program === undefined ? withoutKubectl(options) : withKubectl(program, options);
  print(`(requests are made by ${kube.name})`);

  section('A device, its network, an image and an application, declared');
  print(await kube.apply(examples));

  section('The device boots somewhere, knowing only its config partition');
  const device = boot(server);
  const stop = new AbortController();
  const life = device.run(stop.signal);
  try {
    await follow(kube, device);
  } finally {
    stop.abort();
    await life;
  }
};

const boot = (server: Running): SimulatedDevice => {
  const { server: address, rootPem } = readPartition(server.partition);
  print(`$ npx tsx cli/kubeve.ts device --serial QUICKSTART-1 --onboard ${examples}/config`);
  return new SimulatedDevice({
    server: address,
    rootPem,
    onboard: readOnboard(join(examples, 'config')),
    serial: 'QUICKSTART-1',
    pace: { configMs: 500, metricsMs: 1000, logsMs: 700, stepMs: 120, retryMs: 300 },
    say: line => print(`  device ${line}`),
  });
};

const follow = async (kube: Kube, device: SimulatedDevice): Promise<void> => {
  print(await kube.wait('device/lab1', 'condition=Onboarded'));
  print(await kube.wait('application/web', 'condition=Ready'));
  expect(device.complaints.length === 0, `the device complains: ${device.complaints.join('; ')}`);
  expect(
    [...device.userData.values()].some(text => text.includes('not-a-real-one-either')),
    'the secret did not arrive',
  );

  section('What is there now');
  print(await kube.table('devices,applications'));
  print(await kube.table('deviceconfigs,images,persistentvolumeclaims'));
  print(await kube.table('events'));

  section('A change: stop the application, start it again');
  print(await kube.patch('application/web', { spec: { eve: { activate: false } } }));
  print(await kube.wait('application/web', 'jsonpath={.status.state}=HALTED'));
  print(await kube.patch('application/web', { spec: { eve: { activate: true } } }));
  print(await kube.wait('application/web', 'jsonpath={.status.state}=RUNNING'));

  section('What the device says');
  const uuid = await kube.value('device/lab1', '.status.uuid');
  print(uuid);
  expect(uuid === device.uuid, 'the UUID is another');
  await device.sendLogs();
  const log = await kube.raw(`/edgenode/${uuid}/log?tailLines=5`);
  print(log.trimEnd());
  expect(log.includes('zedagent'), 'the log is not there');
  const metrics = await kube.raw(`/edgenode/${uuid}/metrics?tailLines=1`);
  print(`${metrics.slice(0, 240).trimEnd()} …`);
  expect(metrics.includes('deviceMemory'), 'the metrics are not there');

  section('And gone again');
  print(await kube.remove('application/web'));
  for (let left = 100; left > 0 && device.world.apps.size > 0; left--) await new Promise(go => setTimeout(go, 100));
  expect(device.world.apps.size === 0, 'the application is still on the device');
  expect(device.complaints.length === 0, `the device complains: ${device.complaints.join('; ')}`);
};

const expect = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

const started = Date.now();
try {
  await demo();
  print(`\nAll steps went well, in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
} catch (error) {
  print(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
