import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { SimulatedDevice } from '../../cli/device/device.ts';
import { readKey } from '../../cli/device/keys.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { administratorToken, ensureIdentities } from '../../infra/deploy/identities.ts';
import { connect, eve } from '../support/client.ts';
import { createTestCloud } from '../support/cloud.ts';
import type { DeployedSite } from '../support/site.ts';
import { say, type Wish } from '../support/tenants.ts';
import { until } from '../support/until.ts';

/** Two tenants beside the installation itself, each with an identity as a deployment makes it. */
export const makeTenants = async () => {
  const ports = systemPorts('error');
  const made = await Promise.all(
    ['acme', 'globex'].map(async name => {
      const { authority, serving } = await ensureIdentities(createTestCloud(), name, ports);
      const host = `${name}.test`;
      const bundle = openBundle(authority.text);
      // Whoever ends TLS has a certificate for the tenant's name.
      const identity = openIdentity(bundle, [host], ports);
      return { name, host, identity, secret: `kubeve/${name}`, serving, token: administratorToken(bundle) ?? '' };
    }),
  );
  const declared = made.map(({ name, host, secret }) => ({ name, hosts: [host], identity: secret }));
  return {
    made,
    declared,
    secrets: Object.fromEntries(made.map(({ secret, serving }) => [secret, serving.text])),
    guests: made.map(({ name, host, identity }) => ({ name, hosts: [host], path: true, identity })),
    environment: { KUBEVE_TENANTS: JSON.stringify(declared) },
  };
};

/** The same on every runtime: two tenants with things and devices of the same names, which never meet. */
export const tenants = async (site: DeployedSite, { made }: Awaited<ReturnType<typeof makeTenants>>): Promise<void> => {
  const own = connect(site.url, site.data);
  const rootPem = readFileSync(site.rootFile, 'utf8');
  const ask = (path: string, wish: Partial<Wish>) => say(site.url, path, { ca: rootPem, ...wish });
  const identityOf = (name: string) => {
    const found = made.find(one => one.name === name);
    if (!found) throw new Error(`${name} is no tenant`);
    return found.identity;
  };
  const clientOf = (name: string): Pick<Wish, 'client'> => {
    const { keyPem, certificatePem } = identityOf(name).admin;
    return { client: { key: keyPem, cert: certificatePem } };
  };
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const lives: (() => Promise<void>)[] = [];
  try {
    for (const { name, host } of made) {
      const body = { metadata: { name: 'same' }, data: { whose: name } };
      const path = `/clusters/${name}${configMaps}`;
      const answer = await ask(path, { ...clientOf(name), method: 'POST', body });
      expect(answer.status, answer.text).toBe(201);
      const ca = identityOf(name).root.certificatePem;
      const found = await ask(`${configMaps}/same`, { ...clientOf(name), host, ca });
      expect(JSON.parse(found.text)).toMatchObject({ data: { whose: name } });
    }
    expect((await own.ask('GET', `${configMaps}/same`)).status).toBe(404);
    const paths = ['/api', '/healthz', configMaps, '/edgenode/x/log', '/api/v2/edgedevice/certs'];
    for (const path of paths)
      for (const wish of [{}, { token: 'wrong' }, clientOf('globex')]) {
        const [there, absent] = await Promise.all(
          ['acme', 'nobody'].map(async name => {
            const { status, text, headers } = await ask(`/clusters/${name}${path}`, wish);
            return { status, text, type: headers['content-type'] };
          }),
        );
        expect(there?.status, path).toBe(401);
        expect(absent, path).toEqual(there);
      }

    const { port } = new URL(site.url);
    const devices = new Map<string, SimulatedDevice>();
    for (const { name, host, identity } of made) {
      const { onboard, root } = identity;
      const spec = { serial: 'SAME-1', onboard: Buffer.from(onboard.certificatePem).toString('base64') };
      const body = { metadata: { name: 'same' }, spec };
      const answer = await ask(`/clusters/${name}${eve('devices')}`, { ...clientOf(name), method: 'POST', body });
      expect(answer.status, answer.text).toBe(201);
      const device = new SimulatedDevice({
        server: `${host}:${port}`,
        rootPem: root.certificatePem,
        hosts: new Map([[host, '127.0.0.1']]),
        onboard: readKey(onboard.certificatePem, onboard.keyPem),
        serial: 'SAME-1',
        pace: { configMs: 300, metricsMs: 1000, logsMs: 500, stepMs: 50, retryMs: 300 },
        say: () => undefined,
      });
      const stop = new AbortController();
      const life = device.run(stop.signal);
      lives.push(async () => {
        stop.abort();
        await life;
      });
      devices.set(name, device);
    }
    for (const [name, device] of devices) {
      await until(async () => {
        const { text } = await ask(`/clusters/${name}${eve('devices', 'default', 'same')}`, clientOf(name));
        expect(JSON.parse(text).status).toMatchObject({ uuid: device.uuid, state: 'ONLINE' });
      });
      expect(device.complaints).toEqual([]);
    }
    expect(new Set([...devices.values()].map(({ uuid }) => uuid)).size).toBe(2);
  } finally {
    for (const end of lives) await end();
    own.close();
  }
};
