import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kit, startComposer } from './setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});
afterEach(() => kit.store.close());

const session = { dispatcher: 'd.example:443', expires: '2026-02-01T00:00:00Z', allowDevice: true };
const device = { apiVersion: 'eve.lfedge.org/v1beta1', kind: 'Device', metadata: { name: 'box', namespace: 'lab' } };
const compose = () => kit.composer.composeDevice({ namespace: 'lab', name: 'box' });
const secret = () => kit.registry.find(kit.catalog.get('', 'secrets'), { namespace: 'lab', name: 'box-edgeview' });

test('the token of a session is in the configuration, and in a Secret for the client, until the session ends', async () => {
  await kit.create({ ...device, spec: { edgeView: session } });
  const { config } = (await compose()) ?? {};
  const found = await secret();
  expect(found).toMatchObject({
    type: 'kubeve.io/edgeview-token',
    metadata: { ownerReferences: [{ kind: 'Device', name: 'box' }] },
    data: { token: Buffer.from(config?.edgeview?.token ?? '').toString('base64') },
  });
  kit.ports.clock.advance(60_000);
  expect((await compose())?.changed).toBe(false);
  expect((await secret())?.metadata.resourceVersion).toBe(found?.metadata.resourceVersion);
  await kit.update('devices', 'box', now => ({ ...now, spec: { edgeView: { ...session, generation: 1 } } }));
  await compose();
  expect((await secret())?.['data']).not.toEqual(found?.['data']);
  await kit.update('devices', 'box', now => ({ ...now, spec: {} }));
  expect((await compose())?.config.edgeview).toBeUndefined();
  expect(await secret()).toBeUndefined();
});

test('a Secret of that name that is somebody else’s is left alone', async () => {
  await kit.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'box-edgeview', namespace: 'lab' },
    stringData: { a: 'b' },
  });
  await kit.create({ ...device, spec: { edgeView: session } });
  await compose();
  expect((await secret())?.['data']).toEqual({ a: 'Yg==' });
});

test('what is shown of a configuration has no token', async () => {
  await kit.create({ ...device, spec: { edgeView: session } });
  await compose();
  expect((await kit.get('deviceconfigs', 'box')).status).toMatchObject({ config: { edgeview: { token: '(hidden)' } } });
});
