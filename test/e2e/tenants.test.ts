import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';

const programs = findPrograms();
/** The oldest and the newest: what is between them asks the same. */
const chosen = [programs[0], programs.at(-1)].flatMap((one, i, all) => (one && all.indexOf(one) === i ? [one] : []));

it('finds a kubectl', () => {
  expect(chosen.length, 'there is no kubectl on PATH').toBeGreaterThan(0);
});

describe.each(chosen)('kubectl $version below the paths of two tenants', ({ path }) => {
  let folder: string;
  let server: TestServer;
  const kubectls = new Map<string, Kubectl>();
  const names = ['acme', 'globex'];
  const of = (name: string): Kubectl => {
    const kubectl = kubectls.get(name);
    if (!kubectl) throw new Error(`${name} is no tenant`);
    return kubectl;
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubeve-tenants-'));
    const tenants = join(folder, 'tenants.yaml');
    writeFileSync(tenants, names.map(name => `- name: ${name}\n`).join(''));
    server = await startServer({ tenants });
    for (const name of names) {
      const { url, kubeconfig } = server.tenants[name] ?? { url: '', kubeconfig: '' };
      expect(url).toMatch(new RegExp(`/clusters/${name}$`));
      kubectls.set(name, openKubectl(path, kubeconfig));
    }
  });
  afterAll(async () => {
    for (const kubectl of kubectls.values()) kubectl.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const manifest = (whose: string) => `apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: {name: edge, labels: {whose: ${whose}}}
spec: {serial: SAME-1, acceptSerialAlone: true}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: same}
data: {whose: ${whose}}
`;

  it('finds its way: discovery, OpenAPI, server-side apply, diff, watch, streams', async () => {
    for (const name of names) {
      const kubectl = of(name);
      expect(await kubectl('api-resources', '--api-group=eve.lfedge.org', '-o', 'name')).toContain('devices');
      expect(await kubectl('explain', 'device.spec.serial')).toContain('serial');
      const applied = await kubectl.run(['apply', '-f', '-'], { input: manifest(name) });
      expect(applied.err).toBe('');
      const again = await kubectl.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
        input: manifest(name),
      });
      expect(again.code, again.err).toBe(0);
      expect((await kubectl.run(['diff', '-f', '-'], { input: manifest(name) })).code).toBe(0);
      expect(await kubectl('get', 'devices', '-l', `whose=${name}`, '-o', 'name')).toContain('edge');
      const watched = await kubectl('get', 'configmaps', '--watch', '--request-timeout=2s').catch(String);
      expect(watched).toContain('same');
      expect(await kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe('kubeve-admin');
    }
    for (const name of names)
      expect(await of(name)('get', 'configmap', 'same', '-o', 'jsonpath={.data.whose}')).toBe(name);
  });

  it('says that who has no account there must log in', async () => {
    const elsewhere = of('acme');
    const { url } = server.tenants['globex'] ?? { url: '' };
    for (const at of [url, url.replace('globex', 'nobody')]) {
      const { code, err } = await elsewhere.run(['get', 'devices', '--server', at]);
      expect(code).toBe(1);
      expect(err).toMatch(/must be logged in|Unauthorized|provide credentials/);
    }
  });
});
