import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const programs = findPrograms();

it('finds a kubectl', () => {
  expect(programs.length, 'there is no kubectl on PATH').toBeGreaterThan(0);
});

const device = (name: string, spec: object, labels: object = { row: '1' }) =>
  JSON.stringify({
    apiVersion: 'eve.lfedge.org/v1beta1',
    kind: 'Device',
    metadata: { name, labels },
    spec,
  });

const settings = (data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });

interface Shown {
  metadata: {
    annotations?: Record<string, string>;
    resourceVersion: string;
    managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: object }[];
  };
  spec: Record<string, unknown>;
  data: Record<string, string>;
}

describe.each(programs)('kubectl $version apply --server-side', ({ path }) => {
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

  const feed = (args: string[], input: string) => kubectl.run(['-n', 'shop', ...args, '-f', '-'], { input });
  const apply = (input: string, ...args: string[]) => feed(['apply', '--server-side', ...args], input);
  const show = async (...what: string[]) =>
    JSON.parse(await kubectl('-n', 'shop', 'get', ...what, '--show-managed-fields', '-o', 'json')) as Shown;
  const owners = ({ metadata }: Shown) =>
    Object.fromEntries(
      (metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => [
        `${manager} ${operation}`,
        JSON.stringify(fieldsV1),
      ]),
    );

  it('creates and changes nothing the second time', async () => {
    const first = await apply(device('a', { serial: 'A1' }));
    expect(first).toMatchObject({ code: 0, out: 'device.eve.lfedge.org/a serverside-applied\n' });
    const made = await show('device', 'a');
    expect(owners(made)['kubectl Apply']).toBe('{"f:metadata":{"f:labels":{"f:row":{}}},"f:spec":{"f:serial":{}}}');
    await apply(device('a', { serial: 'A1' }));
    expect(owners(await show('device', 'a'))['kubectl Apply']).toBe(owners(made)['kubectl Apply']);
  });

  it('conflicts, names who, and takes by force', async () => {
    await apply(device('b', { serial: 'B1', productName: 'x' }));
    const refused = await apply(device('b', { serial: 'B2' }), '--field-manager=other');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('Apply failed with 1 conflict: conflict with "kubectl": .spec.serial');
    const forced = await apply(device('b', { serial: 'B2' }), '--field-manager=other', '--force-conflicts');
    expect(forced.code).toBe(0);
    const shown = await show('device', 'b');
    expect(shown.spec.serial).toBe('B2');
    expect(owners(shown)['other Apply']).toContain('"f:serial":{}');
    expect(owners(shown)['kubectl Apply']).not.toContain('"f:serial"');
  });

  it('conflicts with an edit', async () => {
    await apply(settings({ a: '1', b: '1' }));
    await kubectl('-n', 'shop', 'patch', 'configmap', 'settings', '-p', '{"data":{"a":"2"}}');
    const refused = await apply(settings({ a: '3', b: '1' }));
    expect(refused.err).toContain('conflict with "kubectl-patch" using v1: .data.a');
    expect((await apply(settings({ a: '3', b: '1' }), '--force-conflicts')).code).toBe(0);
  });

  it('removes what is left out', async () => {
    await apply(settings({ a: '3', b: '1' }), '--force-conflicts');
    await apply(settings({ b: '1' }));
    const shown = await show('configmap', 'settings');
    expect(shown.data).toEqual({ b: '1' });
    expect(owners(shown)).toEqual({ 'kubectl Apply': '{"f:data":{"f:b":{}}}' });
  });

  it('refuses unknown fields', async () => {
    const { code, err } = await apply(device('c', { nonsense: 1 }));
    expect(code).not.toBe(0);
    expect(err).toContain('.spec.nonsense: field not declared in schema');
  });

  it('shows what it would do', async () => {
    await apply(settings({ b: '1' }), '--force-conflicts');
    const dry = await apply(settings({ b: '5' }), '--dry-run=server', '-o', 'jsonpath={.data.b}');
    expect(dry).toMatchObject({ code: 0, out: '5' });
    const diff = await feed(['diff', '--server-side'], settings({ b: '5' }));
    expect(diff.code).toBe(1);
    expect(diff.out).toMatch(/-\s+b: "1"\n\+\s+b: "5"/);
    expect((await show('configmap', 'settings')).data).toEqual({ b: '1' });
  });

  it('hides managed fields unless asked, and keeps them over an edit of the whole object', async () => {
    await apply(settings({ b: '1' }), '--force-conflicts');
    expect(await kubectl('-n', 'shop', 'get', 'configmap', 'settings', '-o', 'yaml')).not.toContain('managedFields');
    const shown = await show('configmap', 'settings');
    const { managedFields: _, ...metadata } = shown.metadata;
    await feed(['replace'], JSON.stringify({ ...shown, metadata, data: { b: '1', c: '2' } }));
    expect(owners(await show('configmap', 'settings'))).toEqual({
      'kubectl Apply': '{"f:data":{"f:b":{}}}',
      'kubectl-replace Update': '{"f:data":{"f:c":{}}}',
    });
  });

  it('takes over from client-side apply', async () => {
    const file = join(server.data, 'legacy.json');
    writeFileSync(file, device('legacy', { serial: 'L1', productName: 'x' }));
    await kubectl('-n', 'shop', 'apply', '-f', file);
    expect(owners(await show('device', 'legacy'))).toHaveProperty('kubectl-client-side-apply Update');
    writeFileSync(file, device('legacy', { serial: 'L2' }));
    const { code, err } = await kubectl.run(['-n', 'shop', 'apply', '--server-side', '-f', file]);
    expect([code, err]).toEqual([0, expect.not.stringContaining('conflict')]);
    const shown = await show('device', 'legacy');
    expect(shown.spec.serial).toBe('L2');
    expect(shown.spec).not.toHaveProperty('productName');
    expect(owners(shown)).not.toHaveProperty('kubectl-client-side-apply Update');
    const annotation = shown.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '{}';
    expect(JSON.parse(annotation)).toMatchObject({ spec: { serial: 'L2' } });
    writeFileSync(file, device('legacy', { serial: 'L3' }));
    await kubectl('-n', 'shop', 'apply', '-f', file);
    expect((await show('device', 'legacy')).spec.serial).toBe('L3');
  });

  it('applies to the status', async () => {
    await kubectl('-n', 'shop', 'apply', '--server-side', '-f', await write('status', device('s', { serial: 'S1' })));
    const status = JSON.stringify({ ...JSON.parse(device('s', {})), status: { 'eve-os-version': '1.2' } });
    const args = ['-n', 'shop', 'apply', '--server-side', '--subresource=status', '--field-manager=agent', '-f'];
    const { code, err } = await kubectl.run([...args, await write('status', status)]);
    if (code !== 0) return void expect(err).toContain('unknown flag: --subresource');
    const managers = (await show('device', 's')).metadata.managedFields ?? [];
    expect(managers.find(({ manager }) => manager === 'agent')).toMatchObject({
      subresource: 'status',
      operation: 'Apply',
    });
  });

  const write = async (name: string, text: string): Promise<string> => {
    const file = join(server.data, `${name}.json`);
    writeFileSync(file, text);
    return file;
  };
});
