import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readPartition } from '../../cli/partition.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const examples = fileURLToPath(new URL('../../examples/spec/', import.meta.url));
const program = findPrograms().at(-1);

/** The specification's examples do what their paragraphs say. */
describe.runIf(program)('the examples of the specification', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  const ours = (...args: string[]) => kubectl('-n', 'enterprise1', ...args);
  const value = (what: string, path: string) => ours('get', what, '-o', `jsonpath={${path}}`);
  const soon = (check: () => Promise<void>) => until(check);

  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(program?.path ?? '', server.kubeconfig);
    await kubectl('apply', '-f', join(examples, '0-namespace.yaml'));
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });

  const apply = (name: string) => kubectl('apply', '-f', join(examples, name));

  it.each(readdirSync(examples).filter(name => name.endsWith('.yaml')))('%s is accepted', async name => {
    expect(await apply(name)).toMatch(/(created|configured|unchanged)/);
  });

  it('keeps annotations of others byte for byte', async () => {
    await apply('devicenetwork-annotated.yaml');
    expect(
      await value('devicenetwork/default-ipv4', '.metadata.annotations.ctrl\\.edgsmart\\.tv/network-control'),
    ).toBe('42');
  });

  it('refuses an annotation that is no string, as kube-apiserver does', async () => {
    const text = readFileSync(join(examples, 'device.yaml'), 'utf8').replace('activate: "true"', 'activate: true');
    const { code, err } = await kubectl.run(['create', '--validate=false', '-f', '-'], { input: text });
    expect(code).not.toBe(0);
    expect(err).toMatch(/annotations/);
    expect(err).toMatch(/string/);
  });

  it('drops the namespace of a StorageClass', async () => {
    expect(await kubectl('get', 'sc', 'eve-quay', '-o', 'jsonpath={.metadata.namespace}')).toBe('');
    expect(await kubectl('get', 'sc', 'eve-quay', '-o', 'jsonpath={.parameters.type}')).toBe('container');
  });

  const composed = '.status.conditions[?(@.type=="ConfigComposed")].message';

  it('asks for the EVE version that the Device wants, and says that its image is missing', async () => {
    await soon(async () => expect(await value('device/eve-device.lab1', composed)).toContain('8.10.0-kvm-amd64'));
    await kubectl('apply', '-f', join(examples, 'additions/baseos.yaml'));
    // The image is found now; what is missing next are the credentials of its registry.
    await soon(async () =>
      expect(await value('device/eve-device.lab1', composed)).toContain('Secret "enterprise1/quay-creds"'),
    );
  });

  it('refuses the inconsistent application, by the field', async () => {
    const { code, err } = await kubectl.run(['apply', '-f', join(examples, 'inconsistent')]);
    expect(code).not.toBe(0);
    expect(err).toContain(
      'The Application "app-ubuntu" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "mypd"',
    );
  });

  it('runs the complete example on the device that it names', async () => {
    await kubectl('apply', '-f', join(examples, 'additions'));
    await soon(async () => expect(await value('application/app-ubuntu', '.status.device')).toBe('edge-node-01'));
    const device = new SimulatedDevice({
      ...readPartition(server.partition),
      serial: 'EDGE-NODE-01',
      pace: { configMs: 100, metricsMs: 500, logsMs: 500, stepMs: 20, retryMs: 200 },
    });
    const stop = new AbortController();
    const life = device.run(stop.signal);
    try {
      await ours('wait', 'application/app-ubuntu', '--for=condition=Ready', '--timeout=120s');
      expect(await value('application/app-ubuntu', '.status.state')).toBe('RUNNING');
      expect(await value('application/app-ubuntu', '.status.statuses[*].state')).toMatch(/INITIAL.*BOOTING.*RUNNING/);
      const [app] = [...device.world.apps.values()];
      expect(app?.applied.volumeRefList).toHaveLength(4);
      expect(app?.applied.interfaces).toHaveLength(2);
      expect(app?.applied.fixedresources?.memory).toBe(250_000);
      expect(await value('pvc/fsclaim', '.status.phase')).toBe('Bound');
      expect(device.complaints).toEqual([]);
    } finally {
      stop.abort();
      await life;
    }
  });
});
