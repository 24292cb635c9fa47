import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const programs = findPrograms();

it('finds a kubectl', () => {
  expect(programs.length, 'there is no kubectl on PATH').toBeGreaterThan(0);
});

const device = (name: string, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'Device',
    metadata: { name, namespace: 'shop', labels: { row: name.slice(-1) } },
    spec: { serial: name.toUpperCase() },
    ...more,
  });

describe.each(programs)('kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
    await kubectl('create', 'namespace', 'shop');
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });

  const shop = (...args: string[]) => kubectl('-n', 'shop', ...args);
  const feed = async (verb: string[], input: string) => {
    const { code, out, err } = await kubectl.run(['-n', 'shop', ...verb, '-f', '-'], { input });
    if (code !== 0) throw new Error(err);
    return out;
  };
  const fails = async (...args: string[]): Promise<string> => {
    const { code, err } = await kubectl.run(['-n', 'shop', ...args]);
    expect(code).not.toBe(0);
    return err;
  };
  const read = async (...what: string[]) =>
    JSON.parse(await shop('get', ...what, '-o', 'json')) as Record<string, never>;

  it('lists what there is', async () => {
    const out = await kubectl('api-resources', '--api-group=eve.lfedge.org');
    expect(out).toMatch(/^devices +dev +eve\.lfedge\.org\/v1beta1 +true +Device$/m);
    expect(await kubectl('api-versions')).toContain('eve.lfedge.org/v1beta1\n');
    expect(await kubectl('api-resources', '--verbs=list', '--categories=eve', '-o', 'name')).toContain(
      'networkconfigs.eve.lfedge.org',
    );
    expect(await kubectl('version')).toMatch(/Server Version: .*v1\.36/);
  });

  it.each([
    ['device', 'An edge device'],
    ['device.spec.onboard', 'Onboarding certificate'],
    ['device.metadata.labels', '<map[string]string>'],
    ['application.spec.containers.image', 'Name of an Image'],
    ['configmap.data', '<map[string]string>'],
  ])('explains %s', async (what, text) => {
    expect((await kubectl('explain', what)).replaceAll(/\s+/g, ' ')).toContain(text);
  });

  it('creates from protobuf: namespaces, config maps, secrets', async () => {
    await shop('create', 'configmap', 'settings', '--from-literal=a=1', '--from-literal=b=two');
    await shop('create', 'secret', 'generic', 'creds', '--from-literal=password=pa55');
    await shop('create', 'serviceaccount', 'robot');
    await shop('create', 'role', 'reader', '--verb=get,list', '--resource=devices.eve.lfedge.org');
    await shop('create', 'rolebinding', 'robot-reads', '--role=reader', '--serviceaccount=shop:robot');
    expect((await read('configmap', 'settings')).data).toEqual({ a: '1', b: 'two' });
    expect((await read('secret', 'creds')).data).toEqual({ password: 'cGE1NQ==' });
    expect(await fails('create', 'configmap', 'settings')).toContain('configmaps "settings" already exists');
  });

  it('creates, gets and lists devices', async () => {
    for (const name of ['cam-1', 'cam-2', 'cam-3'])
      expect(await feed(['create'], device(name))).toBe(`device.eve.lfedge.org/${name} created\n`);
    const table = await shop('get', 'devices');
    expect(table.split('\n')[0]).toMatch(/^NAME +READY +STATE +EVE +ADDRESS +APPLIED +AGE$/);
    expect(table.split('\n')).toHaveLength(5);
    expect(await shop('get', 'dev', 'cam-1', '-o', 'wide')).toMatch(/SERIAL +UUID/);
    expect(await shop('get', 'device/cam-1', '-o', 'name')).toBe('device.eve.lfedge.org/cam-1\n');
    expect(await shop('get', 'dev', 'cam-1', '-o', 'yaml')).toContain('serial: CAM-1\n');
    expect(await shop('get', 'dev', '-o', 'jsonpath={.items[*].metadata.name}')).toBe('cam-1 cam-2 cam-3');
    expect(await shop('get', 'dev', '-o', 'custom-columns=S:.spec.serial', '--no-headers')).toBe(
      'CAM-1\nCAM-2\nCAM-3\n',
    );
    expect(await kubectl('get', 'devices', '-A')).toMatch(/^shop +cam-1 /m);
    expect(await shop('get', 'dev', '-l', 'row in (1,3)', '-o', 'name')).toBe(
      'device.eve.lfedge.org/cam-1\ndevice.eve.lfedge.org/cam-3\n',
    );
    expect(await shop('get', 'dev', '--field-selector=spec.serial=CAM-2', '-o', 'name')).toBe(
      'device.eve.lfedge.org/cam-2\n',
    );
    expect(await shop('get', 'dev', '--chunk-size=2', '-o', 'name')).toBe(await shop('get', 'dev', '-o', 'name'));
    expect(await fails('get', 'device', 'none')).toBe(
      'Error from server (NotFound): devices.eve.lfedge.org "none" not found\n',
    );
    expect(await fails('get', 'gadgets')).toContain(`the server doesn't have a resource type "gadgets"`);
  });

  it('shows categories', async () => {
    expect(await shop('get', 'eve')).toContain('device.eve.lfedge.org/cam-1');
    expect(await shop('get', 'all')).not.toContain('device.eve.lfedge.org');
    const eve = await shop('get', 'eve');
    expect(eve).toContain('device.eve.lfedge.org/cam-1');
    expect(eve).toContain('deviceconfig.eve.lfedge.org/cam-1');
  });

  it('applies, and applies again', async () => {
    const wanted = (ip: string) =>
      JSON.stringify({
        apiVersion: 'eve.lfedge.org/v1beta1',
        kind: 'NetworkConfig',
        metadata: { name: 'net' },
        spec: { ip, proxies: ['http://proxy:80'] },
      });
    expect(await feed(['apply'], wanted('dhcp'))).toContain('created');
    expect(await feed(['apply'], wanted('dhcp'))).toContain('unchanged');
    expect(await feed(['apply'], wanted('none'))).toContain('configured');
    const bare = JSON.stringify({
      apiVersion: 'eve.lfedge.org/v1beta1',
      kind: 'NetworkConfig',
      metadata: { name: 'net' },
      spec: { ip: 'dhcp' },
    });
    await feed(['apply'], bare);
    expect((await read('netcfg', 'net')).spec).toEqual({ ip: 'dhcp' });
    expect(await feed(['diff'], bare)).toBe('');
    const map = (data: object) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data });
    await feed(['apply'], map({ a: '1', b: '2' }));
    expect(await feed(['apply'], map({ b: '3' }))).toContain('configured');
    expect((await read('cm', 'applied')).data).toEqual({ b: '3' });
    expect(await feed(['apply', '--dry-run=server'], map({ b: '4' }))).toContain('(server dry run)');
    expect((await read('cm', 'applied')).data).toEqual({ b: '3' });
  });

  it('refuses what is wrong, by field', async () => {
    const bad = (spec: object) => kubectl.run(['-n', 'shop', 'create', '-f', '-'], { input: device('bad', { spec }) });
    expect((await bad({ serail: 'x' })).err).toContain('strict decoding error: unknown field "spec.serail"');
    expect((await bad({ certificate: 'nonsense' })).err).toContain('spec.certificate: Invalid value');
    expect((await bad({ adapters: 'eth0' })).err).toMatch(/spec\.adapters/);
    const named = await kubectl.run(['-n', 'shop', 'create', '-f', '-'], { input: device('Not_A_Name') });
    expect(named.err).toContain('metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain');
    expect(await fails('apply', '--validate=strict', '-f', join(server.data, 'missing.yaml'))).toContain(
      'does not exist',
    );
  });

  it('replaces, and refuses a stale replacement', async () => {
    const file = join(server.data, 'cam-1.json');
    const now = await shop('get', 'device', 'cam-1', '-o', 'json');
    const changed = (text: string, to: string) => {
      const object = JSON.parse(text) as { spec: { location?: string } };
      object.spec.location = to;
      return JSON.stringify(object);
    };
    writeFileSync(file, changed(now, 'hall'));
    expect(await shop('replace', '-f', file)).toContain('replaced');
    writeFileSync(file, changed(now, 'yard'));
    expect(await fails('replace', '-f', file)).toContain('Error from server (Conflict)');
    expect(await shop('get', 'device', 'cam-1', '-o', 'jsonpath={.spec.location}')).toBe('hall');
  });

  it('edits', async () => {
    const editor = 'sed -i s/hall/attic/';
    const { code, err } = await kubectl.run(['-n', 'shop', 'edit', 'device', 'cam-1'], {
      env: { KUBE_EDITOR: editor },
    });
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(await shop('get', 'device', 'cam-1', '-o', 'jsonpath={.spec.location}')).toBe('attic');
  });

  it('patches', async () => {
    await shop('patch', 'device', 'cam-2', '--type=merge', '-p', '{"spec":{"location":"door"}}');
    await shop(
      'patch',
      'device',
      'cam-2',
      '--type=json',
      '-p',
      '[{"op":"test","path":"/spec/location","value":"door"},{"op":"replace","path":"/spec/location","value":"gate"}]',
    );
    expect(await shop('get', 'device', 'cam-2', '-o', 'jsonpath={.spec.location}')).toBe('gate');
    expect(await fails('patch', 'device', 'cam-2', '-p', '{"spec":{"location":"x"}}')).toContain(
      'application/strategic-merge-patch+json is not supported by eve.lfedge.org/v1beta1, Kind=Device',
    );
    await shop('patch', 'configmap', 'settings', '-p', '{"data":{"b":null,"c":"3"}}');
    expect((await read('configmap', 'settings')).data).toEqual({ a: '1', c: '3' });
    await shop(
      'patch',
      'device',
      'cam-2',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"serial":"reported"}}',
    );
    expect(await shop('get', 'device', 'cam-2', '-o', 'jsonpath={.status.serial}')).toBe('reported');
  });

  it('labels and annotates', async () => {
    await shop('label', 'device', 'cam-3', 'site=north');
    expect(await fails('label', 'device', 'cam-3', 'site=south')).toContain('already has a value');
    await shop('label', 'device', 'cam-3', 'site=south', '--overwrite');
    await shop('annotate', 'device', 'cam-3', 'eve.lfedge.org/activate=false');
    expect(await fails('annotate', '--overwrite', 'device', 'cam-3', 'eve.lfedge.org/activate=maybe')).toContain(
      'Unsupported value: "maybe"',
    );
    expect(await shop('get', 'dev', '-l', 'site=south', '-o', 'name')).toBe('device.eve.lfedge.org/cam-3\n');
    await shop('label', 'device', 'cam-3', 'site-');
    expect(await shop('get', 'dev', '-l', 'site', '-o', 'name')).toBe('');
  });

  it('watches', async () => {
    const child = kubectl.start(['-n', 'shop', 'get', 'devices', '-w', '-o', 'name']);
    let seen = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      seen += part;
    });
    await until(() => expect(seen).toContain('cam-3'));
    await feed(['create'], device('cam-4'));
    await until(() => expect(seen).toContain('device.eve.lfedge.org/cam-4\n'));
    child.kill();
  });

  it('waits for conditions, values and ends', async () => {
    await shop('wait', 'device/cam-4', '--for=condition=ConfigComposed', '--timeout=120s');
    await shop('wait', 'device/cam-4', '--for=jsonpath={.spec.serial}=CAM-4', '--timeout=120s');
    const gone = shop('wait', 'device/cam-4', '--for=delete', '--timeout=120s');
    await shop('delete', 'device', 'cam-4');
    await gone;
    expect(await fails('wait', 'device/cam-1', '--for=condition=Ready', '--timeout=1s')).toContain(
      'timed out waiting for the condition',
    );
  });

  it('deletes, and waits for finalizers', async () => {
    await feed(['create'], device('held', { metadata: { name: 'held', finalizers: ['example.org/hold'] } }));
    const rest = shop('delete', 'device', 'held', '--timeout=120s');
    const ending = () => shop('get', 'device', 'held', '-o', 'jsonpath={.metadata.deletionTimestamp}');
    await until(async () => expect(await ending()).not.toBe(''));
    await shop('patch', 'device', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    expect(await rest).toContain('deleted');
    expect(await fails('delete', 'device', 'held')).toContain('NotFound');
    expect(await shop('delete', 'device', 'held', '--ignore-not-found')).toBe('');
    await feed(['create'], device('row-9'));
    expect(await shop('delete', 'devices', '-l', 'row=9')).toContain('"row-9" deleted');
  });

  it('describes with events', async () => {
    await shop('create', '-f', join(import.meta.dirname, 'lonely.yaml'));
    await until(async () =>
      expect(await shop('describe', 'application', 'lonely')).toMatch(/Events:\n.*\n.*\n.*Warning/),
    );
    expect(await shop('describe', 'device', 'cam-1')).toMatch(/Serial: +CAM-1/);
    expect(await kubectl('describe', 'namespace', 'shop')).toMatch(/Status: +Active/);
    expect(await shop('get', 'events')).toContain('application/lonely');
    expect(await shop('events', '--for=application/lonely')).toContain('Warning');
  });

  it('scales', async () => {
    await shop('create', '-f', join(import.meta.dirname, 'deployment.yaml'));
    expect(await shop('scale', 'applicationdeployment', 'many', '--replicas=3')).toContain('scaled');
    expect(await shop('get', 'appdeploy', 'many', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
  });

  it('asks what it may', async () => {
    expect(await kubectl('auth', 'can-i', 'delete', 'devices.eve.lfedge.org')).toBe('yes\n');
    expect(
      await kubectl(
        'auth',
        'can-i',
        'list',
        'devices.eve.lfedge.org',
        '-n',
        'shop',
        '--as=system:serviceaccount:shop:robot',
      ),
    ).toBe('yes\n');
    expect(await fails('delete', 'device', 'cam-1', '--as=system:serviceaccount:shop:robot')).toContain(
      'devices.eve.lfedge.org "cam-1" is forbidden: User "system:serviceaccount:shop:robot" cannot delete resource "devices" in API group "eve.lfedge.org" in the namespace "shop"',
    );
    expect(await kubectl('auth', 'can-i', '--list')).toContain('*.*');
  });

  it('removes a namespace with all that is in it', async () => {
    expect(await kubectl('delete', 'namespace', 'shop', '--timeout=120s')).toContain('deleted');
    expect(await kubectl('get', 'devices', '-A')).toBe('');
    expect(readFileSync(server.kubeconfig, 'utf8')).toContain(server.url);
  });
});
