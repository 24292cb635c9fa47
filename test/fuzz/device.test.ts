import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../shared/base/protobuf.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { makePair, makeRoom, registration, seal, signed, uuidA, uuidB } from '../device/kit.ts';
import { anyMessage } from './message.ts';

const device = makePair('EVE');
const other = makePair('EVE');
const onboard = makePair('onboard');

const paths = [
  '/register',
  '/uuid',
  '/config',
  ...[
    'config',
    'attest',
    'info',
    'metrics',
    'flowlog',
    'hardwarehealth',
    'newlogs',
    'logs',
    'proxy/scep',
    'apps/instanceid/a/newlogs',
  ].map(each => `/id/${uuidA}/${each}`),
  '/apps/instanceid/a/newlogs',
];
const kinds = ['info', 'metrics', 'flowlog', 'hardwarehealth', 'log', 'applog'];

const makeFleet = () => {
  const kit = makeRoom();
  kit.join(device, uuidA);
  kit.join(other, uuidB);
  const state = async () => ({
    heads: await Promise.all(['configs', 'devices'].map(type => kit.store.head(type))),
    records: (await Promise.all(kinds.map(kit.kept))).flat().length,
    seen: await kit.store.marks.get('seen', uuidA),
    newcomers: kit.newcomers.length,
  });
  return { ...kit, state };
};

const path = fc.constantFrom(...paths);
const bytes = fc.uint8Array({ maxLength: 400 });

/** A good message with some of its bytes changed, cut off, or added. */
const damaged = (good: Uint8Array) =>
  fc
    .record({
      at: fc.nat(good.length - 1),
      byte: fc.integer({ min: 1, max: 255 }),
      cut: fc.nat(good.length - 1),
      tail: fc.uint8Array({ minLength: 1, maxLength: 5 }),
      how: fc.nat(2),
    })
    .map(({ at, byte, cut, tail, how }) =>
      how === 0
        ? Uint8Array.from(good, (old, i) => (i === at ? old ^ byte : old))
        : how === 1
          ? good.subarray(0, cut)
          : Uint8Array.from([...good, ...tail]),
    );

describe('whatever is sent without the key of a member', () => {
  const refused = [400, 401, 404, 413, 422];

  test('arbitrary bytes', async () => {
    const kit = makeFleet();
    const before = await kit.state();
    await fc.assert(
      fc.asyncProperty(path, bytes, async (at, body) => {
        expect(refused).toContain((await kit.post(at, body)).status);
      }),
      { numRuns: 500 },
    );
    expect(await kit.state()).toEqual(before);
    expect(kit.ports.complaints).toEqual([]);
  });

  test('envelopes of arbitrary parts', async () => {
    const kit = makeFleet();
    const before = await kit.state();
    const hash = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constant(Buffer.from(device.hash, 'hex')),
      bytes,
    );
    const container = fc.record({
      payload: bytes,
      algo: fc.nat(4),
      hash,
      signature: fc.oneof(bytes, fc.uint8Array({ minLength: 64, maxLength: 64 })),
      cert: fc.oneof(bytes, fc.constant(Buffer.from(onboard.certificatePem))),
    });
    await fc.assert(
      fc.asyncProperty(path, container, async (at, { payload, algo, hash: senderCertHash, signature, cert }) => {
        const body = encode(eve, 'auth.AuthContainer', {
          protectedPayload: { payload },
          algo,
          senderCertHash,
          signatureHash: signature,
          senderCert: cert,
        });
        expect(refused).toContain((await kit.post(at, body)).status);
      }),
      { numRuns: 500 },
    );
    expect(await kit.state()).toEqual(before);
    expect(kit.ports.complaints).toEqual([]);
  });

  test('the good envelope of another member', async () => {
    const kit = makeFleet();
    const before = await kit.state();
    for (const at of paths.filter(each => each.startsWith('/id/'))) {
      expect((await kit.post(at, signed(other, 'info.ZInfoMsg', { ztype: 1 }))).status).toBe(400);
    }
    expect(await kit.state()).toEqual(before);
  });

  test('a registration with a damaged part decides nothing but what is signed', async () => {
    const kit = makeFleet();
    await fc.assert(
      fc.asyncProperty(damaged(registration(onboard, device, 'S1')), async body => {
        const { status } = await kit.post('/register', body);
        expect([201, ...refused]).toContain(status);
      }),
      { numRuns: 300 },
    );
    for (const newcomer of kit.newcomers) {
      expect(newcomer.serial).toBe('S1');
      expect(Buffer.from(newcomer.device).equals(device.der)).toBe(true);
    }
  });
});

test('whatever a member signs: an answer of the protocol, never trouble', async () => {
  const kit = makeFleet();
  await fc.assert(
    fc.asyncProperty(path, bytes, async (at, payload) => {
      const { status } = await kit.post(at, seal(device, payload));
      // No config was composed: 503 is the right answer there.
      expect(at.endsWith('config') ? [422, 503] : [200, 201, 400, 403, 413, 422]).toContain(status);
    }),
    { numRuns: 500 },
  );
  expect(kit.ports.complaints.filter(({ message }) => message !== 'device request failed')).toEqual([]);
});

const messages = [
  ['attest', 'attest.ZAttestReq', [201]],
  ['config', 'config.ConfigRequest', [503]],
  ['compound-config', 'config.CompoundEdgeDevConfigRequest', [503]],
  ['proxy/scep', 'proxy.SCEPProxyRequest', [403]],
  ['logs', 'logs.LogBundle', [201]],
  ['apps/instanceid/a/logs', 'logs.AppInstanceLogBundle', [201]],
  ['info', 'info.ZInfoMsg', [201]],
  ['metrics', 'metrics.ZMetricMsg', [201]],
  ['flowlog', 'flowlog.FlowMessage', [201]],
  ['hardwarehealth', 'hardwarehealth.ZHardwareHealth', [201]],
] as const;

test.each(messages)('%s with whatever a %s can carry, whole or damaged', async (at, name, good) => {
  const kit = makeFleet();
  const before = await kit.state();
  const texts = [uuidA, device.certificatePem, 'eth0'];
  const payload = anyMessage(name, texts).map(message => encode(eve, name, message));
  await fc.assert(
    fc.asyncProperty(
      payload.chain(whole => fc.tuple(fc.constant(whole), whole.length > 0 ? damaged(whole) : fc.constant(whole))),
      async ([whole, broken]) => {
        for (const body of [whole, broken]) {
          const { status } = await kit.post(`/id/${uuidA}/${at}`, seal(device, body));
          expect([...good, 413, 422]).toContain(status);
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(kit.ports.complaints.filter(({ level }) => level === 'error')).toEqual([]);
  // Nothing that was sent stands in the way of what is good.
  const { status } = await kit.post(`/id/${uuidA}/info`, signed(device, 'info.ZInfoMsg', { ztype: 1 }));
  expect(status).toBe(201);
  expect((await kit.state()).records).toBeGreaterThan(before.records);
});

test('whatever is asked for', async () => {
  const kit = makeFleet();
  const segment = fc.oneof(
    fc.constantFrom('api', 'v2', 'edgedevice', 'id', uuidA, 'config', '..', '%2e', '%', '%ff', '__proto__', ''),
    fc.string({ maxLength: 10 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
      fc.array(segment, { maxLength: 8 }),
      async (method, segments) => {
        const url = URL.canParse(`http://x/${segments.join('/')}`) ? `http://x/${segments.join('/')}` : 'http://x/';
        const { status } = await kit.app.request(url, { method });
        expect([200, 400, 404, 422]).toContain(status);
      },
    ),
    { numRuns: 500 },
  );
  expect(kit.ports.complaints).toEqual([]);
});
