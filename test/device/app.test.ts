import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../shared/base/bytes.ts';
import { Fault } from '../../shared/base/fault.ts';
import { decode, encode } from '../../shared/base/protobuf.ts';
import { checkCerts } from '../../shared/eve/certs.ts';
import type { Controller } from '../../shared/eve/controller.ts';
import { isHashOf, openEnvelope, verifyEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { readNewlogs } from '../../shared/eve/newlogs.ts';
import { encodeServed } from '../../shared/eve/served.ts';
import { makeController, makePair, makeRoom, registration, seal, signed, uuidA, uuidB } from './kit.ts';

const device = makePair('EVE');
const other = makePair('EVE');
const stranger = makePair('EVE');
const onboard = makePair('onboard');

const makeFleet = () => {
  const kit = makeRoom();
  kit.join(device, uuidA);
  kit.join(other, uuidB);
  return kit;
};

/** The payload of an enveloped answer, verified with the controller's certificate as a device does. */
const opened = async (kit: ReturnType<typeof makeRoom>, response: Response) => {
  const envelope = openEnvelope(new Uint8Array(await response.arrayBuffer()));
  expect(await verifyEnvelope(envelope, kit.signing.publicKey)).toBe(true);
  return envelope.payload;
};

const serve = async (
  kit: ReturnType<typeof makeRoom>,
  uuid: string,
  configHash: string,
  controller: Pick<Controller, 'seal'> = kit.controller,
) => {
  const payload = encode(eve, 'config.ConfigResponse', { config: { id: { uuid } }, configHash });
  const served = {
    configHash,
    configTimestampMs: 1,
    version: 1,
    answer: controller.seal(payload),
    notes: new Uint8Array(),
  };
  const entry = await kit.store.get('configs', uuid);
  await kit.store.commit('configs', { key: uuid, value: encodeServed(served), expected: entry?.revision ?? 0 });
};

describe('what needs no signature', () => {
  test.each(['/ping', '/ping/'])('GET %s', async path => {
    const { app } = makeRoom();
    for (const prefix of ['/api/v2/edgedevice', '/api/v2/edgeDevice']) {
      const response = await app.request(prefix + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/x-proto-binary');
      expect(response.headers.get('content-length')).toBe('0');
    }
  });

  test('certs, also by POST, is what a device accepts', async () => {
    const kit = makeRoom();
    for (const method of ['GET', 'POST']) {
      const response = await kit.app.request('/api/v2/edgedevice/certs', { method });
      expect(response.status).toBe(200);
      const { certs = [] } = decode(eve, 'certs.ZControllerCert', await opened(kit, response));
      expect(checkCerts(certs, kit.root.certificate, kit.ports.clock.now())).toEqual([]);
      expect(certs.map(cert => cert.type)).toEqual([1, 3]);
    }
  });

  test.each([
    ['GET', '/nosuch'],
    ['GET', `/id/${uuidA}/connection/tunnel`],
    ['GET', `/id/${uuidA}/config`],
    ['POST', ''],
  ])('%s %s is not found', async (method, path) => {
    const { app } = makeRoom();
    const response = await app.request(`/api/v2/edgedevice${path}`, { method });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/x-proto-binary']);
  });
});

describe('register', () => {
  test.each([
    ['created', 201],
    ['known', 200],
    ['conflict', 409],
    ['unknown', 401],
    ['forbidden', 403],
  ] as const)('%s is %i', async (decision, status) => {
    const { post, decisions, newcomers } = makeRoom();
    decisions.push(decision);
    const response = await post('/register', registration(onboard, device, 'S 1', 'soft_1'));
    expect([response.status, await response.text()]).toEqual([status, '']);
    expect(newcomers).toHaveLength(1);
    expect(newcomers[0]).toMatchObject({ serial: 'S 1', softSerial: 'soft_1' });
    expect(Buffer.from(newcomers[0]?.device ?? []).equals(device.der)).toBe(true);
    expect(Buffer.from(newcomers[0]?.onboard ?? []).equals(onboard.der)).toBe(true);
  });

  const rebuilt = (change: (container: Record<string, unknown>) => Record<string, unknown>) =>
    encode(eve, 'auth.AuthContainer', change({ ...decode(eve, 'auth.AuthContainer', registration(onboard, device)) }));
  const message = (fields: object) => {
    const { senderCert } = decode(eve, 'auth.AuthContainer', registration(onboard, device));
    const sealed = decode(eve, 'auth.AuthContainer', signed(onboard, 'register.ZRegisterMsg', fields));
    return encode(eve, 'auth.AuthContainer', { ...sealed, senderCert });
  };
  const pemCert = Buffer.from(Buffer.from(device.certificatePem).toString('base64'));
  /** A certificate over a key of an algorithm that nobody knows. */
  const oddKey = Buffer.from(
    Buffer.from(device.der).toString('hex').replaceAll('2a8648ce3d0201', '2a8648ce3d0209'),
    'hex',
  );
  const p521 = makePair('EVE', undefined, { curve: 'P-521' });

  test.each<[string, number, Uint8Array]>([
    ['nothing', 422, new Uint8Array()],
    ['rubbish', 422, Buffer.from('rubbish')],
    ['no certificate of the sender', 422, rebuilt(({ senderCert: _, ...rest }) => rest)],
    ['a certificate that is none', 422, rebuilt(rest => ({ ...rest, senderCert: Buffer.from('x') }))],
    [
      'another certificate than the hashed one',
      401,
      rebuilt(rest => ({ ...rest, senderCert: Buffer.from(other.certificatePem) })),
    ],
    ['a wrong signature', 401, rebuilt(rest => ({ ...rest, signatureHash: new Uint8Array(64) }))],
    ['no signature', 401, rebuilt(({ signatureHash: _, ...rest }) => rest)],
    ['another payload', 401, rebuilt(rest => ({ ...rest, protectedPayload: { payload: Buffer.from([1]) } }))],
    [
      'a payload that is no message',
      422,
      rebuilt(() => decode(eve, 'auth.AuthContainer', seal(onboard, Buffer.from('ffff', 'hex'))) as never),
    ],
    ['no device certificate', 422, message({ serial: 'S' })],
    ['a device certificate that is none', 422, message({ pemCert: Buffer.alloc(200, 65) })],
    [
      'a device key that cannot sign here',
      422,
      message({ pemCert: Buffer.from(Buffer.from(p521.certificatePem).toString('base64')) }),
    ],
    ['a device key of an unknown sort', 422, message({ pemCert: oddKey })],
    [
      'an onboarding key of an unknown sort',
      422,
      rebuilt(rest => ({ ...rest, senderCert: oddKey, senderCertHash: sha256(oddKey) })),
    ],
    ['a long serial', 422, message({ pemCert, serial: 'x'.repeat(257) })],
    ['a malformed soft serial', 422, message({ pemCert, softSerial: 'a b' })],
    ['a long device certificate', 422, message({ pemCert: Buffer.alloc(10_241, 65) })],
    ['too much', 413, new Uint8Array(64 * 1024 + 1)],
  ])('%s is %i', async (_, status, body) => {
    const { post, newcomers } = makeRoom();
    expect((await post('/register', body)).status).toBe(status);
    expect(newcomers).toHaveLength(0);
  });

  test('certificates as PEM and DER too', async () => {
    for (const senderCert of [Buffer.from(onboard.certificatePem), onboard.der]) {
      const { post } = makeRoom();
      expect(
        (
          await post(
            '/register',
            rebuilt(rest => ({ ...rest, senderCert })),
          )
        ).status,
      ).toBe(201);
    }
  });
});

describe('uuid', () => {
  test('is told by certificate, with the model', async () => {
    const kit = makeRoom();
    kit.join(device, uuidA, { manufacturer: 'Acme', productName: 'Box' });
    const response = await kit.post('/uuid', signed(device, 'uuid.UuidRequest', {}));
    expect(response.status).toBe(200);
    const answer = decode(eve, 'uuid.UuidResponse', await opened(kit, response));
    expect(answer).toEqual({ uuid: uuidA, manufacturer: 'Acme', product_name: 'Box' });
  });

  test.each<[string, number, Uint8Array]>([
    ['an unknown device', 400, signed(stranger, 'uuid.UuidRequest', {})],
    ['rubbish', 422, Buffer.from('x')],
    ['a wrong signature', 401, tampered(signed(device, 'uuid.UuidRequest', {}))],
  ])('%s is %i', async (_, status, body) => {
    expect((await makeFleet().post('/uuid', body)).status).toBe(status);
  });
});

describe('config', () => {
  const ask = (configHash = '') => signed(device, 'config.ConfigRequest', { configHash });

  test('the stored bytes, or 304', async () => {
    const kit = makeFleet();
    await serve(kit, uuidA, 'h1');
    for (const path of [`/id/${uuidA}/config`, `/id/${uuidA.toUpperCase()}/config/`, '/config']) {
      for (const hash of ['', 'h0']) {
        const response = await kit.post(path, ask(hash));
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('application/x-proto-binary');
        const answer = decode(eve, 'config.ConfigResponse', await opened(kit, response));
        expect(answer).toEqual({ config: { id: { uuid: uuidA } }, configHash: 'h1' });
      }
      const same = await kit.post(path, ask('h1'));
      expect([same.status, await same.text()]).toEqual([304, '']);
    }
  });

  test('signed by whom devices are told of, also when somebody else composed it', async () => {
    const kit = makeFleet();
    await serve(kit, uuidA, 'h1', makeController().controller);
    const response = await kit.post(`/id/${uuidA}/config`, ask());
    const bytes = new Uint8Array(await response.clone().arrayBuffer());
    expect(isHashOf(openEnvelope(bytes).certHash, Buffer.from(kit.signing.certificatePem))).toBe(true);
    expect(decode(eve, 'config.ConfigResponse', await opened(kit, response)).configHash).toBe('h1');
  });

  test('marks say when the device was heard and what it fetched', async () => {
    const kit = makeFleet();
    await serve(kit, uuidA, 'h1');
    const mark = async (space: string) =>
      JSON.parse(Buffer.from((await kit.store.marks.get(space, uuidA)) ?? []).toString() || 'null');
    const start = kit.ports.clock.now();
    await kit.post(`/id/${uuidA}/config`, ask());
    expect([await mark('seen'), await mark('fetched')]).toEqual([{ at: start }, { hash: 'h1', at: start }]);
    kit.ports.clock.advance(60_000);
    await kit.post(`/id/${uuidA}/config`, ask('h1'));
    expect([await mark('seen'), await mark('fetched')]).toEqual([{ at: start + 60_000 }, { hash: 'h1', at: start }]);
    await serve(kit, uuidA, 'h2');
    await kit.post(`/id/${uuidA}/config`, ask('h1'));
    expect(await mark('fetched')).toEqual({ hash: 'h2', at: start + 60_000 });
  });

  test('a known device without a config is told to come back, never an empty config', async () => {
    const { post, ports } = makeFleet();
    const response = await post(`/id/${uuidA}/config`, ask());
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    // Every device comes by so once.
    expect(ports.complaints).toEqual([]);
  });

  test('a short certificate hash goes with the UUID in the URL', async () => {
    const kit = makeFleet();
    await serve(kit, uuidA, 'h1');
    const container = decode(eve, 'auth.AuthContainer', ask());
    const short = encode(eve, 'auth.AuthContainer', {
      ...container,
      algo: 1,
      senderCertHash: container.senderCertHash?.subarray(0, 16),
    });
    expect((await kit.post(`/id/${uuidA}/config`, short)).status).toBe(200);
    expect((await kit.post(`/id/${uuidB}/config`, short)).status).toBe(404);
    expect((await kit.post('/config', short)).status).toBe(404);
  });

  test('nobody gets the config of another device', async () => {
    const kit = makeFleet();
    await serve(kit, uuidA, 'h1');
    await serve(kit, uuidB, 'h2');
    expect((await kit.post(`/id/${uuidB}/config`, ask())).status).toBe(400);
  });
});

function tampered(body: Uint8Array): Uint8Array {
  const container = decode(eve, 'auth.AuthContainer', body);
  const signatureHash = Uint8Array.from(container.signatureHash ?? [], (byte, i) => (i === 20 ? byte ^ 1 : byte));
  return encode(eve, 'auth.AuthContainer', { ...container, signatureHash });
}

const log = gzipSync('{"content":"hello"}\n');
const reports: [path: string, kind: string, payload: Uint8Array][] = [
  ['info', 'info', encode(eve, 'info.ZInfoMsg', { devId: uuidA, ztype: 1, dinfo: { machineArch: 'x86_64' } })],
  ['metrics', 'metrics', encode(eve, 'metrics.ZMetricMsg', { devID: uuidA })],
  ['flowlog', 'flowlog', encode(eve, 'flowlog.FlowMessage', { devId: uuidA })],
  ['hardwarehealth', 'hardwarehealth', encode(eve, 'hardwarehealth.ZHardwareHealth', { dev_id: uuidA })],
  ['newlogs', 'log', log],
];

describe('reports', () => {
  test.each(reports)('%s is kept as it came', async (path, kind, payload) => {
    const kit = makeFleet();
    const response = await kit.post(`/id/${uuidA}/${path}`, seal(device, payload));
    expect([response.status, await response.text()]).toEqual([201, '']);
    expect(response.headers.get('content-type')).toBe('application/x-proto-binary');
    const [record, ...rest] = await kit.kept(kind);
    expect(rest).toEqual([]);
    expect(record).toMatchObject({ device: uuidA, at: kit.ports.clock.now() });
    expect(Buffer.from(record?.body ?? []).equals(payload)).toBe(true);
  });

  test.each([`/id/${uuidA}/apps/instanceid/App-1/newlogs`, '/apps/instanceid/App-1/newlogs'])('%s', async path => {
    const kit = makeFleet();
    expect((await kit.post(path, seal(device, log))).status).toBe(201);
    expect(await kit.kept('applog')).toMatchObject([{ device: uuidA, part: 'app-1' }]);
  });

  test('logs of old devices become those of new ones', async () => {
    const kit = makeFleet();
    const entry = {
      severity: 'info',
      source: 's',
      iid: '1',
      content: 'c',
      msgid: 7,
      tags: { k: 'v' },
      timestamp: { seconds: 1, nanos: 5 },
    };
    const bundle = { devID: uuidA, image: 'IMGB', eveVersion: '5.0', log: [entry] };
    expect((await kit.post(`/id/${uuidA}/logs`, signed(device, 'logs.LogBundle', bundle))).status).toBe(201);
    for (const path of [`/id/${uuidA}/apps/instances/id/a1/logs`, `/id/${uuidA}/apps/instanceid/a1/logs`]) {
      expect((await kit.post(path, signed(device, 'logs.AppInstanceLogBundle', { log: [entry] }))).status).toBe(201);
    }
    const line = { ...entry, timestamp: '1970-01-01T00:00:01.000000005Z' };
    const [record] = await kit.kept('log');
    expect(await readNewlogs(record?.body ?? new Uint8Array())).toEqual({
      image: 'IMGB',
      eveVersion: '5.0',
      entries: [line],
    });
    const apps = await kit.kept('applog');
    expect(apps.map(each => each.part)).toEqual(['a1', 'a1']);
    expect((await readNewlogs(apps[0]?.body ?? new Uint8Array())).entries).toEqual([line]);
  });

  test('unknown kinds and fields of newer devices are kept', async () => {
    const kit = makeFleet();
    const payload = Buffer.from('084d' + 'fa3e03616263', 'hex');
    expect((await kit.post(`/id/${uuidA}/info`, seal(device, payload))).status).toBe(201);
    expect(await kit.kept('info')).toHaveLength(1);
  });

  const bad: [string, number, (payload: Uint8Array) => Uint8Array][] = [
    ['an unknown device', 404, payload => seal(stranger, payload)],
    ['another device', 400, payload => seal(other, payload)],
    ['a wrong signature', 401, payload => tampered(seal(device, payload))],
    [
      'no signature',
      401,
      payload =>
        encode(eve, 'auth.AuthContainer', {
          ...decode(eve, 'auth.AuthContainer', seal(device, payload)),
          signatureHash: undefined,
        }),
    ],
    ['no envelope', 422, payload => payload],
    ['an empty payload', 422, () => seal(device, new Uint8Array())],
    ['a payload that is cut short', 422, () => seal(device, Buffer.from('0a05', 'hex'))],
    ['too much', 413, () => new Uint8Array(10 * 1024 * 1024 + 1)],
  ];
  test.each(reports.flatMap(report => bad.map(each => [report[0], ...each, report[2]] as const)))(
    '%s: %s is %i',
    async (path, _, status, make, payload) => {
      const kit = makeFleet();
      const response = await kit.post(`/id/${uuidA}/${path}`, make(payload));
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/x-proto-binary']);
      for (const kind of ['info', 'metrics', 'flowlog', 'hardwarehealth', 'log', 'applog'])
        expect(await kit.kept(kind)).toEqual([]);
      expect(await kit.store.marks.get('seen', uuidA)).toBeUndefined();
    },
  );

  test('an application that cannot be one', async () => {
    expect((await makeFleet().post(`/id/${uuidA}/apps/instanceid/%2e%2e%2fx/newlogs`, seal(device, log))).status).toBe(
      400,
    );
  });

  test('bodies of no declared length are bounded as well', async () => {
    const { app } = makeFleet();
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit; // `duplex` is missing from the type
    const response = await app.request(`/api/v2/edgedevice/id/${uuidA}/info`, init);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test('a length that is none', async () => {
    const { post } = makeFleet();
    expect((await post(`/id/${uuidA}/info`, new Uint8Array(), { 'content-length': '-1' })).status).toBe(400);
  });
});

describe('trouble of the controller', () => {
  const failing = [
    new Fault('ServiceUnavailable', 'down'),
    new Fault('Timeout', 'slow'),
    new Error('a bug'),
    new TypeError('x'),
  ];
  test.each(failing)('%s is 503 for every report', async error => {
    const fail = async () => {
      throw error;
    };
    const kit = makeRoom({ telemetry: { ...makeRoom().telemetry, append: fail } });
    kit.join(device, uuidA);
    for (const [path, , payload] of reports) {
      const response = await kit.post(`/id/${uuidA}/${path}`, seal(device, payload));
      expect([response.status, await response.text()]).toEqual([503, '']);
    }
    expect(kit.ports.complaints).toHaveLength(reports.length);
  });

  test('a lost mark hinders nobody', async () => {
    const kit = makeRoom();
    const marks = { ...kit.store.marks, set: () => Promise.reject(new Error('full')) };
    const broken = makeRoom({ marks });
    broken.join(device, uuidA);
    expect((await broken.post(`/id/${uuidA}/info`, seal(device, reports[0]?.[2] ?? log))).status).toBe(201);
  });

  test('a damaged config is 503', async () => {
    const kit = makeFleet();
    await kit.store.commit('configs', { key: uuidA, value: new Uint8Array(5), expected: 0 });
    expect((await kit.post(`/id/${uuidA}/config`, signed(device, 'config.ConfigRequest', {}))).status).toBe(503);
  });
});
