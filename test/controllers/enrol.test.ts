import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApiObject, ObjectRef } from '../../shared/base/object.ts';
import { createFleet } from '../../shared/controllers/enrol.ts';
import type { Fleet, Registration } from '../../shared/device/fleet.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry, type Registry } from '../../shared/kube/registry/registry.ts';
import { namespace } from '../../shared/resources/core/namespace.ts';
import { eveKinds } from '../../shared/resources/eve/kinds.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { makePair, type Pair } from '../device/kit.ts';
import { createTestPorts } from '../support/ports.ts';

const onboard = makePair('onboard');
const otherOnboard = makePair('other');
const authority = makePair('authority', undefined, { authority: true });
const issuedOnboard = makePair('issued', authority);
const issuedDevice = makePair('Board 7', authority);
const [a, b, c] = [makePair('EVE'), makePair('EVE'), makePair('EVE')];
const user = { user: controllerUser };
const base64 = (pair: Pair) => Buffer.from(pair.certificatePem).toString('base64');

let registry: Registry;
let fleet: Fleet;
let store: ReturnType<typeof createMemoryStore>;

const type = (plural: string) => registry.catalog.get(plural === 'namespaces' ? '' : 'eve.lfedge.org', plural);

const create = (
  plural: string,
  name: string,
  spec: object,
  where = 'one',
  metadata: object = {},
): Promise<ApiObject> => {
  const { group, version, kind, scope } = type(plural);
  const apiVersion = group ? `${group}/${version}` : version;
  const place = scope === 'Cluster' ? {} : { namespace: where };
  return registry.create(
    type(plural),
    { apiVersion, kind, metadata: { name, ...place, ...metadata }, spec: spec as ApiObject['spec'] & object },
    user,
  );
};

const edit = (name: string, spec: object) =>
  registry.update(
    type('devices'),
    { namespace: 'one', name },
    now => ({ ...now, spec: spec as ApiObject['spec'] & object }),
    user,
  );

const register = (device: Pair, serial = 'S1', by = onboard, softSerial = ''): Promise<Registration> =>
  fleet.register({ onboard: by.der, device: device.der, serial, softSerial });

const devices = async () => (await registry.list(type('devices'))).items;
const named = async () => (await devices()).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
const member = (pair: Pair) => fleet.byCertificate(pair.hash);
const uidOf = async (name: string, where = 'one') =>
  (await registry.get(type('devices'), { namespace: where, name })).metadata.uid;

beforeEach(async () => {
  const ports = createTestPorts();
  store = createMemoryStore({ clock: ports.clock });
  registry = createRegistry({ store, catalog: createCatalog([namespace, ...eveKinds(store.marks)]), ...ports });
  fleet = createFleet({ registry: async () => registry, store, ...ports });
  for (const name of ['one', 'two']) await create('namespaces', name, {});
});

describe('a Device that names the device certificate', () => {
  test('is that device, registered or not', async () => {
    await create('devices', 'd', { certificate: base64(a) });
    expect(await member(a)).toMatchObject({ uuid: await uidOf('d'), certificateHash: a.hash });
    expect(await register(a)).toBe('created');
    expect(await register(a)).toBe('known');
    expect(await member(b)).toBeUndefined();
    const [device] = await devices();
    expect(device?.status?.registration).toMatchObject({ via: 'Certificate', certificateHash: a.hash });
    expect(device?.status?.registration).not.toHaveProperty('serial');
    expect(device?.spec).toEqual({ certificate: base64(a) });
  });

  test('an edit counts on the next request', async () => {
    await create('devices', 'd', { certificate: base64(a) });
    await register(a);
    await edit('d', { certificate: base64(b) });
    expect([await member(a), (await member(b))?.uuid]).toEqual([undefined, await uidOf('d')]);
    await edit('d', {});
    expect([await member(a), await member(b)]).toEqual([undefined, undefined]);
    expect(await register(a)).toBe('unknown');
  });

  test('deletion counts on the next request', async () => {
    await create('devices', 'd', { certificate: base64(a) });
    await registry.delete(type('devices'), { namespace: 'one', name: 'd' }, user);
    expect([await member(a), await register(a)]).toEqual([undefined, 'unknown']);
  });

  test('a copy of the certificate in another namespace takes nothing over', async () => {
    await create('devices', 'd', { certificate: base64(a) });
    await register(a);
    await create('devices', 'thief', { certificate: base64(a) }, 'two');
    expect((await member(a))?.uuid).toBe(await uidOf('d'));
  });
});

describe('a Device that names onboarding certificate and serial', () => {
  test('is bound to the first device that shows them', async () => {
    await create('devices', 'd', { onboard: base64(onboard), serial: 'S1' });
    expect(await member(a)).toBeUndefined();
    expect(await register(a)).toBe('created');
    expect(await register(a)).toBe('known');
    expect(await register(b)).toBe('conflict');
    expect((await member(a))?.uuid).toBe(await uidOf('d'));
    const [device] = await devices();
    expect(device?.status?.registration).toMatchObject({
      onboard: onboard.hash,
      serial: 'S1',
      via: 'OnboardAndSerial',
    });
    expect(device?.status?.conditions).toMatchObject([
      { type: 'Ready', status: 'Unknown', reason: 'NeverSeen' },
      { type: 'Onboarded', status: 'True', reason: 'Registered', observedGeneration: 1 },
    ]);
    expect(device?.spec).toEqual({ onboard: base64(onboard), serial: 'S1' });
  });

  test.each([
    ['another serial', 'S2', onboard],
    ['another onboarding certificate', 'S1', otherOnboard],
    ['no serial', '', onboard],
  ])('%s is unknown', async (_, serial, by) => {
    await create('devices', 'd', { onboard: base64(onboard), serial: 'S1' });
    expect(await register(a, serial, by)).toBe('unknown');
  });

  test('the soft serial will do', async () => {
    await create('devices', 'd', { onboard: base64(onboard), serial: 'soft-1' });
    expect(await register(a, 'To be filled by O.E.M.', onboard, 'soft-1')).toBe('created');
    expect(await register(b, 'S9', onboard, 'soft-1')).toBe('conflict');
  });

  test('a changed serial frees it', async () => {
    await create('devices', 'd', { onboard: base64(onboard), serial: 'S1' });
    await register(a);
    await edit('d', { onboard: base64(onboard), serial: 'S2' });
    expect(await member(a)).toBeUndefined();
    expect(await register(b, 'S2')).toBe('created');
    expect([await member(a), (await member(b))?.uuid]).toEqual([undefined, await uidOf('d')]);
  });

  test('two at once: one', async () => {
    await create('devices', 'd', { onboard: base64(onboard), serial: 'S1' });
    const results = await Promise.all([register(a), register(b), register(c), register(a)]);
    expect(results.filter(each => each === 'created')).toHaveLength(1);
    expect((await Promise.all([a, b, c].map(member))).filter(each => each !== undefined)).toHaveLength(1);
  });
});

test('the serial alone only where the Device says so', async () => {
  await create('devices', 'd', { serial: 'S1' });
  expect(await register(a)).toBe('unknown');
  await edit('d', { serial: 'S1', acceptSerialAlone: true });
  expect(await register(a, 'S1', otherOnboard)).toBe('created');
  expect(await register(b, 'S1', onboard)).toBe('conflict');
  expect((await member(a))?.uuid).toBe(await uidOf('d'));
  await edit('d', { serial: 'S1' });
  expect(await member(a)).toBeUndefined();
});

test('the onboarding certificate alone where the Device names no serial', async () => {
  await create('devices', 'd', { onboard: base64(onboard) });
  expect(await register(a, 'any')).toBe('created');
  expect(await register(a, 'any')).toBe('known');
  expect(await register(b, 'any')).toBe('unknown');
});

describe('an OnboardCertificate', () => {
  test('makes Devices, named from their serials', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    expect(await register(a, 'SN_0042/X')).toBe('created');
    expect(await register(a, 'SN_0042/X')).toBe('known');
    expect(await register(b, 'S2')).toBe('created');
    expect(await named()).toEqual(['one/s2', 'one/sn-0042-x']);
    const device = await registry.get(type('devices'), { namespace: 'one', name: 's2' });
    expect(device.spec).toEqual({ serial: 'S2' });
    expect(device.status?.registration).toMatchObject({
      via: 'OnboardCertificate one/o',
      certificateHash: b.hash,
      serial: 'S2',
    });
    expect((await member(b))?.uuid).toBe(device.metadata.uid);
  });

  test('same serial, another device: conflict; the first keeps it', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    expect([await register(a), await register(b)]).toEqual(['created', 'conflict']);
    expect(await named()).toEqual(['one/s1']);
    expect((await member(a))?.uuid).toBe(await uidOf('s1'));
    expect(await member(b)).toBeUndefined();
  });

  test('placeholder serials are nobody’s', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    for (const serial of ['To be filled by O.E.M.', '', 'Default string', '0000000']) {
      const [first, second] = [makePair('EVE'), makePair('EVE')];
      expect([await register(first, serial), await register(second, serial), await register(first, serial)]).toEqual([
        'created',
        'created',
        'known',
      ]);
      expect((await member(first))?.uuid).not.toBe((await member(second))?.uuid);
    }
    for (const { metadata, spec } of await devices()) {
      expect(metadata.name).toMatch(/^device-[0-9a-f]{8}$/);
      expect(spec).toEqual({});
    }
  });

  test('a name that is taken gets a suffix', async () => {
    await create('devices', 's1', { certificate: base64(c) });
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    expect(await register(a)).toBe('created');
    expect(await named()).toEqual(['one/s1', `one/s1-${a.hash.slice(0, 8)}`]);
    expect((await member(c))?.uuid).toBe(await uidOf('s1'));
  });

  test('a list of serials', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard), serials: ['S1'] });
    expect([await register(b, 'S2'), await register(a, 'S1')]).toEqual(['forbidden', 'created']);
    await create('onboardcertificates', 'p', { certificate: base64(onboard), serials: ['S2'] }, 'two');
    expect(await register(b, 'S2')).toBe('created');
    expect(await named()).toEqual(['one/s1', 'two/s2']);
  });

  test('its deletion keeps newcomers out and members in', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    await register(a);
    await registry.delete(type('onboardcertificates'), { namespace: 'one', name: 'o' }, user);
    expect([await register(b, 'S2'), await register(a)]).toEqual(['unknown', 'known']);
    expect(await member(a)).toBeDefined();
  });

  test('many at once: one Device each', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    const results = await Promise.all([register(a), register(a), register(a), register(b, 'S2'), register(b, 'S2')]);
    expect(results.filter(each => each === 'created')).toHaveLength(2);
    expect(results.filter(each => each === 'known')).toHaveLength(3);
    expect(await named()).toEqual(['one/s1', 'one/s2']);
  });

  test('what an interrupted attempt left is taken up', async () => {
    await create('onboardcertificates', 'o', { certificate: base64(onboard) });
    await create('devices', 's1', { serial: 'S1' }, 'one', { annotations: { 'kubeve.io/device-certificate': a.hash } });
    expect(await register(a)).toBe('created');
    expect(await named()).toEqual(['one/s1']);
    expect((await member(a))?.uuid).toBe(await uidOf('s1'));
  });
});

describe('authorities', () => {
  test('of onboarding certificates', async () => {
    await create('onboardcertificateauthorities', 'ca', { certificate: base64(authority) });
    expect(await register(a, 'S1', onboard)).toBe('unknown');
    expect(await register(a, 'S1', issuedOnboard)).toBe('created');
    expect(await named()).toEqual(['one/s1']);
  });

  test('of device certificates vouch for no serial', async () => {
    await create('devicecertificateauthorities', 'ca', { certificate: base64(authority) });
    expect(await register(a, 'S1')).toBe('unknown');
    expect(await register(issuedDevice, 'forged')).toBe('created');
    expect(await register(issuedDevice, 'forged')).toBe('known');
    expect(await named()).toEqual(['one/board-7']);
    const [device] = await devices();
    expect([device?.spec, device?.status?.registration]).toMatchObject([{}, { certificateHash: issuedDevice.hash }]);
    expect(device?.status?.registration).not.toHaveProperty('serial');
  });

  test('a certificate that is no authority issues nothing', async () => {
    const leaf = makePair('leaf');
    await create('onboardcertificateauthorities', 'ca', { certificate: base64(leaf) });
    expect(await register(a, 'S1', makePair('x', leaf))).toBe('unknown');
  });

  test('one of the same name but another key issued nothing', async () => {
    const twin = makePair('authority', undefined, { authority: true });
    await create('onboardcertificateauthorities', 'ca', { certificate: base64(authority) });
    expect(await register(a, 'S1', makePair('x', twin))).toBe('unknown');
  });
});

test('open namespaces take anybody, and only they', async () => {
  expect(await register(a)).toBe('unknown');
  await create('namespaces', 'open', {}, '', { labels: { 'kubeve.io/self-registration': 'open' } });
  expect(await register(a)).toBe('created');
  expect(await named()).toEqual(['open/s1']);
});

test('edits of who takes strangers count on the next request, and deletion does', async () => {
  await create('onboardcertificateauthorities', 'ca', { certificate: base64(otherOnboard) });
  await create('namespaces', 'open', {}, '', { labels: { 'kubeve.io/self-registration': 'closed' } });
  expect(await register(a, 'S1', issuedOnboard)).toBe('unknown');
  const update = (plural: string, ref: ObjectRef, change: (now: ApiObject) => ApiObject) =>
    registry.update(type(plural), ref, change, user);
  const [ca, open] = [
    { namespace: 'one', name: 'ca' },
    { namespace: '', name: 'open' },
  ];
  await update('onboardcertificateauthorities', ca, now => ({ ...now, spec: { certificate: base64(authority) } }));
  expect(await register(a, 'S1', issuedOnboard)).toBe('created');
  expect((await devices())[0]?.status?.registration).toMatchObject({ via: 'OnboardCertificateAuthority one/ca' });
  await registry.delete(type('onboardcertificateauthorities'), ca, user);
  expect(await register(b, 'S2', issuedOnboard)).toBe('unknown');
  const label = (mark: string) => (now: ApiObject) => ({
    ...now,
    metadata: { ...now.metadata, labels: { 'kubeve.io/self-registration': mark } },
  });
  await update('namespaces', open, label('open'));
  expect(await register(b, 'S2', issuedOnboard)).toBe('created');
  await update('namespaces', open, label('closed'));
  expect(await register(c, 'S3', issuedOnboard)).toBe('unknown');
  expect(await named()).toEqual(['one/s1', 'open/s2']);
});

test('the first by name takes them, whichever was made first', async () => {
  const labels = { 'kubeve.io/self-registration': 'open' };
  for (const name of ['pool-b', 'pool-a', 'pool-c']) await create('namespaces', name, {}, '', { labels });
  expect(await register(a)).toBe('created');
  expect(await named()).toEqual(['pool-a/s1']);
});

test('strangers who ask again and again have nothing read again', async () => {
  for (let i = 0; i < 20; i++) await create('namespaces', `n${i}`, {});
  await create('devicecertificateauthorities', 'ca', { certificate: base64(authority) });
  expect(await register(a)).toBe('unknown');
  const [list, tail] = [vi.spyOn(store, 'list'), vi.spyOn(store, 'tail')];
  for (const stranger of [a, b, c]) expect(await register(stranger)).toBe('unknown');
  expect([list.mock.calls, tail.mock.calls]).toEqual([[], []]);
});

test('the order: Device before OnboardCertificate before open namespaces', async () => {
  await create('namespaces', 'open', {}, '', { annotations: { 'kubeve.io/self-registration': 'open' } });
  await create('onboardcertificates', 'o', { certificate: base64(onboard) }, 'two');
  await create('devices', 'd', { onboard: base64(onboard), serial: 'S1' });
  await register(a, 'S1');
  await register(b, 'S2');
  await register(c, 'S3', otherOnboard);
  expect(await named()).toEqual(['one/d', 'open/s3', 'two/s2']);
});
