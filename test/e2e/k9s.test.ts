import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { hasTmux, openScreen, type Screen } from '../support/screen.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const k9s = findClient('k9s');
const kubectlPath = findPrograms().at(-1)?.path;

const device = (name: string) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Device',
  metadata: { name, namespace: 'shop', labels: { site: 'lab' } },
  spec: { serial: name },
});

const application = {
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: 1 } } }] },
};

/** k9s in a terminal, by what a person sees there. */
describe.skipIf(!k9s || !kubectlPath || !hasTmux())('k9s', () => {
  let server: TestServer;
  let kubectl: Kubectl;
  let home: string;
  let screen: Screen;
  const apply = async (object: unknown) =>
    expect(await kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(object) })).toMatchObject({ code: 0 });
  const state = () => join(home, '.local/state/k9s');
  const visit = (view: string) => screen.press(':', view, 'Enter');

  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-k9s-'));
    mkdirSync(join(home, '.config/k9s'), { recursive: true });
    writeFileSync(join(home, '.config/k9s/config.yaml'), 'k9s: { skipLatestRevCheck: true, refreshRate: 2 }\n');
    const editor = '#!/bin/sh\nsed -i "s/site: lab/site: roof/" "$1"\n';
    writeFileSync(join(home, 'editor'), editor, { mode: 0o755 });
    await kubectl('create', 'namespace', 'shop');
    await apply(device('till'));
    await apply(application);
    screen = await openScreen([k9s ?? '', '-c', 'devices', '-A'], {
      kubeconfig: server.kubeconfig,
      home,
      env: { EDITOR: join(home, 'editor'), K9S_EDITOR: join(home, 'editor') },
    });
  });
  afterAll(async () => {
    await screen?.close();
    kubectl?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  it('lists devices, and sees another come', async () => {
    await screen.see('devices(all)[1]', /NAME +READY +STATE/, /shop +till +Unknown/);
    await apply(device('shelf'));
    await screen.see('devices(all)[2]', /shop +shelf +Unknown/);
  });

  it('describes', async () => {
    await screen.press('G', 'd');
    await screen.see('Describe(shop/till)', /API Version: +eve\.lfedge\.org\/v1beta1/, /Serial: +till/);
    await screen.press('Escape');
  });

  it('shows YAML', async () => {
    await screen.see('devices(all)[2]');
    await screen.press('y');
    await screen.see('YAML(shop/till)', 'kind: Device', 'serial: till');
    await screen.press('Escape');
  });

  it('edits', async () => {
    await screen.see('devices(all)[2]');
    await screen.press('e');
    await until(async () =>
      expect(await kubectl('-n', 'shop', 'get', 'device', 'till', '-o', 'jsonpath={.metadata.labels.site}')).toBe(
        'roof',
      ),
    );
  });

  it('deletes', async () => {
    await screen.see('devices(all)[2]');
    await screen.press('C-d');
    await screen.see(/Delete device.*shop\/till/i);
    // The dialog begins on its way out.
    await screen.press('Tab', 'Enter');
    await screen.see('devices(all)[1]');
    expect(await kubectl('-n', 'shop', 'get', 'devices', '-o', 'name')).toBe('device.eve.lfedge.org/shelf\n');
  });

  it.each([
    ['namespaces', /namespaces\(all\)\[\d+\]/, /shop +Active/],
    ['applications', /applications\(all\)\[1\]/, /shop +web +shelf/],
    ['events', /events\(all\)\[\d+\]/, /shop/],
    ['customresourcedefinitions', /customresourcedefinitions\(all\)\[0\]/, /GROUP/],
  ])('shows %s', async (view, ...what) => {
    await visit(view);
    await screen.see(...what);
  });

  it('never complains of the server', () => {
    const log = readFileSync(join(state(), 'k9s.log'), 'utf8');
    expect(log).toContain('K9s');
    const complaints = log.split('\n').filter(line => line.includes('ERR'));
    expect(complaints).toEqual([]);
  });
});
