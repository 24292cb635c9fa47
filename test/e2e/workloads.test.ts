import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readOnboard, readPartition } from '../../cli/partition.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const quickstart = new URL('../../examples/quickstart/', import.meta.url).pathname;
const program = findPrograms().at(-1);

/** Workloads from kubectl to what runs on a (simulated) device, and back into their status. */
describe.skipIf(!program)(`workloads with kubectl ${program?.version}`, () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let device: SimulatedDevice;
  let life: Promise<void>;
  const stop = new AbortController();
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(program?.path ?? '', server.kubeconfig);
    for (const file of ['1-namespace', '2-network', '3-storage', '4-device'])
      await kubectl('apply', '-f', join(quickstart, `${file}.yaml`));
    const { server: address, rootPem } = readPartition(server.partition);
    device = new SimulatedDevice({
      server: address,
      rootPem,
      onboard: readOnboard(join(quickstart, 'config')),
      serial: 'QUICKSTART-1',
      pace: { configMs: 200, metricsMs: 1000, logsMs: 1000, stepMs: 40, retryMs: 200 },
      say: () => {},
    });
    life = device.run(stop.signal);
    await here('wait', 'device/lab1', '--for=condition=Onboarded', '--timeout=120s');
  });
  afterAll(async () => {
    stop.abort();
    await life;
    kubectl?.close();
    await server?.close();
  });

  const here = (...args: string[]) => kubectl('-n', 'quickstart', ...args);
  const apply = async (object: object) => {
    const { code, err } = await kubectl.run(['-n', 'quickstart', 'apply', '-f', '-'], {
      input: JSON.stringify(object),
    });
    if (code !== 0) throw new Error(err);
  };
  const workload = (kind: string, name: string, greeting: string, spec: object = {}) => ({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind,
    metadata: { name, namespace: 'quickstart' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations: { 'k8s.v1.cni.cncf.io/networks': 'default-ipv4' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'nginx',
              env: [{ name: 'GREETING', value: greeting }],
              resources: { requests: { cpu: 1, memory: '64Mi' } },
            },
          ],
        },
      },
      ...spec,
    },
  });
  const wait = (what: string, until = 'condition=Ready') => here('wait', what, `--for=${until}`, '--timeout=120s');
  const onDevice = (count: number) => until(() => expect(device.world.apps.size).toBe(count));
  const greetings = async (app: string) =>
    (await here('get', 'app', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].spec.containers[0].env[0].value}')).split(
      ' ',
    );

  it('rolls a deployment out, scales it, changes it and goes back', async () => {
    await apply(workload('ApplicationDeployment', 'web', 'hello', { replicas: 2 }));
    await wait('appdeploy/web', 'condition=Available');
    await wait('appdeploy/web');
    await onDevice(2);
    expect(await here('get', 'appdeploy', 'web')).toMatch(/^web +2\/2 +2 +2 /m);
    const { code, err } = await kubectl.run(['-n', 'quickstart', 'rollout', 'status', 'appdeploy/web']);
    expect([code, err]).toEqual([1, expect.stringContaining('no kind "ApplicationDeployment" is registered')]);
    await here('scale', 'appdeploy/web', '--replicas=3');
    await wait('appdeploy/web');
    await onDevice(3);
    await apply(workload('ApplicationDeployment', 'web', 'hallo', { replicas: 3 }));
    await wait('appdeploy/web');
    expect(await greetings('web')).toEqual(['hallo', 'hallo', 'hallo']);
    expect(await here('get', 'apprev', '-l', 'app=web')).toMatch(/applicationdeployment\/web +2 +3 /);
    await here('annotate', 'appdeploy/web', 'kubeve.io/rollback-to=1');
    await wait('appdeploy/web', 'jsonpath={.status.revision}=3');
    await wait('appdeploy/web');
    expect(await greetings('web')).toEqual(['hello', 'hello', 'hello']);
    await here('delete', 'appdeploy/web', '--cascade=foreground');
    await onDevice(0);
  });

  it('keeps a daemon set on the device, and a stateful set with claims of its own', async () => {
    await apply(workload('ApplicationDaemonSet', 'agent', 'hello'));
    await wait('appds/agent');
    const storage = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } };
    await apply(
      workload('ApplicationStatefulSet', 'store', 'hello', {
        replicas: 2,
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { ...storage, storageClassName: 'eve-blank' } }],
      }),
    );
    await wait('appsts/store');
    await onDevice(3);
    expect((await here('get', 'app', '-o', 'name')).split('\n').sort().slice(2)).toEqual([
      'application.eve.lfedge.org/store-0',
      'application.eve.lfedge.org/store-1',
    ]);
    expect(await here('get', 'pvc', '-o', 'name')).toContain('persistentvolumeclaim/data-store-1');
    await here('scale', 'appsts/store', '--replicas=1');
    await wait('appsts/store');
    await onDevice(2);
    await here('delete', 'appds/agent', 'appsts/store', '--cascade=foreground');
    await onDevice(0);
    expect(device.complaints).toEqual([]);
  });
});
