import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeys } from '../../cli/device/keys.ts';
import { type Boot, quote } from '../../cli/device/tpm.ts';
import { findCondition } from '../../shared/base/condition.ts';
import { decode } from '../../shared/base/protobuf.ts';
import { createAttestation } from '../../shared/controllers/attestation.ts';
import { createFleet } from '../../shared/controllers/enrol.ts';
import { createDeviceApp } from '../../shared/device/app.ts';
import { createEscrow } from '../../shared/device/escrow.ts';
import { toZCert } from '../../shared/eve/certs.ts';
import { openEnvelope } from '../../shared/eve/envelope.ts';
import type { ZAttestQuote, ZAttestReq } from '../../shared/eve/generated/attest.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { decodeKnown } from '../../shared/eve/known.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import { type Kit, startComposer } from '../compose/setup.ts';
import { type Pair, seal, signed } from '../device/kit.ts';

let kit: Kit;
let app: ReturnType<typeof createDeviceApp>;

beforeEach(async () => {
  kit = await startComposer();
  const { registry, store, ports, controller } = kit;
  app = createDeviceApp({
    fleet: createFleet({ registry: async () => registry, store, ...ports }),
    store,
    marks: store.marks,
    telemetry: createMemoryTelemetry(),
    controller,
    ports,
    escrow: createEscrow(new Uint8Array(32).fill(7), ports.random),
    policy: createAttestation(store),
    hasV1: true,
  });
  kit.run();
});

afterEach(() => kit.stop());

const good: Boot = { software: '16.0.0' };

/** A Device with a TPM, as an object and as what speaks for it. */
const join = async (name: string, labels = '{}') => {
  const keys = openKeys();
  const spec = `{certificate: ${Buffer.from(keys.device.pem).toString('base64')}}`;
  await kit.apply(
    `apiVersion: eve.lfedge.org/v1beta1\nkind: Device\nmetadata: {name: ${name}, labels: ${labels}}\nspec: ${spec}\n`,
  );
  const uuid = String((await kit.get('devices', name)).status?.['uuid']);
  const { key, certificate, pem } = keys.device;
  const der = new Uint8Array(certificate.raw);
  const hash = createHash('sha256').update(der).digest('hex');
  const pair: Pair = { key, publicKey: certificate.publicKey, certificatePem: pem, certificate, der, hash };
  const post = (path: string, body: Uint8Array) =>
    app.request(`/api/v2/edgedevice/id/${uuid}/${path}`, { method: 'POST', body: Buffer.from(body) });
  const attest = async (request: ZAttestReq) => {
    const response = await post('attest', signed(pair, 'attest.ZAttestReq', request));
    if (response.status !== 201) return { status: response.status };
    const { payload } = openEnvelope(new Uint8Array(await response.arrayBuffer()));
    return { status: 201, ...decode(eve, 'attest.ZAttestResponse', payload) };
  };
  const certs = (attestation = keys.attestation) => [
    toZCert(Buffer.from(keys.ecdh.pem), 13),
    toZCert(Buffer.from(attestation.pem), 11),
  ];
  await attest({ reqType: 1, certs: certs() });
  return {
    uuid,
    attest,
    certs,
    tell: (list: ReturnType<typeof certs>) => attest({ reqType: 1, certs: list }),
    /** A quote of that boot, or whatever else is sent in its place. */
    quote: async (boot: Boot, change: (quote: ZAttestQuote) => ZAttestQuote = same) => {
      const nonce = (await attest({ reqType: 2 })).nonce?.nonce ?? new Uint8Array();
      const message = change(quote(nonce, keys.attestation, boot));
      const versions = [{ version_type: 1, version: boot.software }];
      return (await attest({ reqType: 3, quote: { versions, ...message } })).quoteResp ?? {};
    },
    store: async (token: Uint8Array | undefined, key: string) =>
      (await attest({ reqType: 4, storage_keys: { integrity_token: token, keys: [{ key: Buffer.from(key) }] } }))
        .storage_keys_resp?.response,
    config: async (token?: Uint8Array) =>
      (await post('config', signed(pair, 'config.ConfigRequest', { integrity_token: token }))).status,
    /** Version 1, over a client certificate. */
    bareConfig: async () =>
      (
        await app.request('/api/v1/edgedevice/config', { method: 'POST', body: '' }, {
          peer: { certificate: der },
        } as never)
      ).status,
    report: async (payload: Uint8Array) => (await post('info', seal(pair, payload))).status,
    scep: async () => (await post('proxy/scep', signed(pair, 'proxy.SCEPProxyRequest', { operation: 1 }))).status,
    known: async () => {
      const entry = await kit.store.get('devices', uuid);
      if (!entry) throw new Error('nothing is known');
      return decodeKnown(entry.value);
    },
    status: async () => {
      await kit.composer.idle();
      return (await kit.get('devices', name)).status ?? {};
    },
  };
};

const same = (quote: ZAttestQuote): ZAttestQuote => quote;

const policy = (spec: string) =>
  kit.apply(`apiVersion: kubeve.io/v1alpha1\nkind: AttestationPolicy\nmetadata: {name: boot}\nspec: ${spec}\n`);

/** A policy that has learned the good boot from a Device. */
const learned = async (spec = '') => {
  await policy(`{mode: enforce, learnFrom: teacher${spec}}`);
  const teacher = await join('teacher');
  expect((await teacher.quote(good)).response).toBe(1);
  await teacher.status();
};

const attested = async (device: Awaited<ReturnType<typeof join>>) =>
  findCondition((await device.status())['conditions'], 'Attested');

describe('a policy that learns', () => {
  test('lets those in that measure the same, and nobody else', async () => {
    await learned();
    const { learned: lessons } = (await kit.get('attestationpolicies', 'boot', 'kubeve.io')).status ?? {};
    expect(lessons).toMatchObject([{ device: 'teacher', eveVersion: '16.0.0' }]);
    const one = await join('one');
    const { response, integrity_token: token } = await one.quote(good);
    expect([response, await one.config(token)]).toEqual([1, 200]);
    expect(await attested(one)).toMatchObject({ status: 'True', reason: 'Measured' });
    expect(await one.status()).toMatchObject({
      attestation: { verdict: 'Accepted', policy: 'boot', tpm: true, eveVersion: '16.0.0' },
    });

    const bad = await join('bad');
    expect(await bad.quote({ ...good, extra: 'rootkit' })).toEqual({ response: 4 });
    expect(await bad.config()).toBe(403);
    expect(await attested(bad)).toMatchObject({
      status: 'False',
      reason: 'OtherMeasurement',
      message: 'PCR 4, 8 differ (AttestationPolicy boot); until it attests what it should, it gets no configuration',
    });
    expect(kit.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'AttestationRefused' }));
  });

  test('knows nothing of another version', async () => {
    await learned();
    const one = await join('one');
    expect(await one.quote({ software: '17.0.0' })).toEqual({ response: 4 });
    expect(await attested(one)).toMatchObject({ reason: 'UnknownMeasurement' });
  });

  test('looks at the registers that are named, and at Devices that are selected', async () => {
    await learned(', registers: [0, 1], selector: {matchExpressions: [{key: lax, operator: DoesNotExist}]}');
    const one = await join('one');
    expect((await one.quote({ ...good, extra: 'rootkit' })).response).toBe(1);
    const other = await join('other', '{lax: yes}');
    expect((await other.quote({ software: '17.0.0' })).response).toBe(1);
    expect(await other.config()).toBe(200);
  });
});

test('a policy that accepts tells of what it would refuse', async () => {
  await policy(`{measurements: [{eveVersion: 16.0.0, registers: {'4': '${'AB'.repeat(32)}'}}]}`);
  const one = await join('one');
  expect((await one.quote(good)).response).toBe(1);
  expect(await one.config()).toBe(200);
  expect(await attested(one)).toMatchObject({
    status: 'True',
    reason: 'OtherMeasurement',
    message: 'PCR 4 differs (AttestationPolicy boot)',
  });
});

test('given measurements are compared without regard to case', async () => {
  const one = await join('one');
  await one.quote(good);
  const pcr = (await one.known()).attested?.pcrs[4] ?? '';
  await policy(`{mode: enforce, measurements: [{registers: {'4': '${pcr.toUpperCase()}'}}]}`);
  expect((await one.quote(good)).response).toBe(1);
  expect((await one.quote({ ...good, extra: 'x' })).response).toBe(4);
});

test.each([
  ['no registers', '{measurements: [{registers: {}}]}', 'spec.measurements[0].registers'],
  ['a register that is not quoted', `{measurements: [{registers: {'16': '${'0'.repeat(64)}'}}]}`, '16'],
  ['no digest', "{measurements: [{registers: {'1': abc}}]}", 'SHA-256'],
  ['another mode', '{mode: maybe}', 'spec.mode'],
])('a policy with %s is refused', async (_, spec, text) => {
  await expect(policy(spec)).rejects.toThrow(text);
});

describe('there is no way around a policy that enforces', () => {
  const refused: [string, (device: Awaited<ReturnType<typeof join>>) => Promise<unknown>][] = [
    ['a quote without registers does not count as "no TPM"', device => device.quote(good, () => ({}))],
    [
      'nor does one after the attestation certificate was taken away',
      async device => {
        await device.tell(device.certs().slice(0, 1));
        return device.quote(good, () => ({}));
      },
    ],
    [
      'registers without a quote of them count for nothing',
      device => device.quote(good, made => ({ pcr_values: made.pcr_values })),
    ],
    [
      'good registers told with the quote of bad ones are found out',
      async device => {
        const values = quote(new Uint8Array(16), openKeys().attestation, good).pcr_values;
        return device.quote({ ...good, extra: 'rootkit' }, made => ({ ...made, pcr_values: values }));
      },
    ],
    [
      'another key cannot take the place of the attestation key',
      async device => {
        const other = openKeys().attestation;
        expect((await device.tell(device.certs(other))).status).toBe(403);
        return device.quote(good, () => quote(new Uint8Array(16), other, good));
      },
    ],
  ];
  test.each(refused)('%s', async (_, act) => {
    await learned();
    const one = await join('one');
    expect((await act(one)) as object).toEqual({ response: 4 });
    expect(await one.config()).toBe(403);
  });

  test('version 1 of the API and the SCEP proxy ask for it too', async () => {
    await learned();
    const one = await join('one');
    expect([await one.bareConfig(), await one.scep()]).toEqual([403, 403]);
  });

  test('a quote that is refused takes the token of the last good one away', async () => {
    await learned();
    const one = await join('one');
    const { integrity_token: token } = await one.quote(good);
    expect(await one.config(token)).toBe(200);
    await one.quote({ ...good, extra: 'rootkit' });
    expect([await one.config(token), await one.store(token, 'k')]).toEqual([403, 2]);
  });

  test('tokens are new each time, and only the last one counts', async () => {
    await learned();
    const one = await join('one');
    const first = (await one.quote(good)).integrity_token;
    const second = (await one.quote(good)).integrity_token;
    expect([await one.config(first), await one.config(second)]).toEqual([403, 200]);
    expect(JSON.stringify(await one.known())).not.toContain(Buffer.from(second ?? []).toString('base64'));
  });

  test('a device without a TPM stays outside, unless the policy says otherwise', async () => {
    await learned();
    const one = await join('one', '{}');
    const entry = await kit.store.get('devices', one.uuid);
    const none = { certificates: [], formerCertificates: [], keys: [] };
    const { encodeKnown } = await import('../../shared/eve/known.ts');
    await kit.store.commit('devices', { key: one.uuid, value: encodeKnown(none), expected: entry?.revision ?? 0 });
    expect(await one.quote(good, () => ({}))).toEqual({ response: 4 });
    expect(await attested(one)).toMatchObject({
      status: 'False',
      message: expect.stringMatching(
        /^the device has no TPM: .* spec\.allowWithoutTPM does not let it pass .* no configuration$/,
      ),
    });
    await kit.update('attestationpolicies', 'boot', now => ({ ...now, spec: { ...now.spec, allowWithoutTPM: true } }), {
      group: 'kubeve.io',
    });
    const { response, integrity_token: token } = await one.quote(good, () => ({}));
    expect([response, await one.config(token)]).toEqual([1, 200]);
    expect(await attested(one)).toMatchObject({ status: 'Unknown', reason: 'NoTPM' });
  });

  test('certificates may be replaced once the Device is marked', async () => {
    await learned();
    const one = await join('one');
    const next = openKeys().attestation;
    expect((await one.tell(one.certs(next))).status).toBe(403);
    expect(await attested(one)).toMatchObject({
      status: 'False',
      reason: 'CertificateChanged',
      message:
        'the device tells other certificates for attestation than it told first: the annotation ' +
        'kubeve.io/allow-certificate-change=true of the Device lets it, or spec.allowCertificateChange (AttestationPolicy boot)',
    });
    await kit.update('devices', 'one', now => ({
      ...now,
      metadata: { ...now.metadata, annotations: { 'kubeve.io/allow-certificate-change': 'true' } },
    }));
    expect((await one.tell(one.certs(next))).status).toBe(201);
  });

  test('volume keys come back after a good quote only, and cannot be read in the store', async () => {
    await learned();
    const one = await join('one');
    const { integrity_token: token } = await one.quote(good);
    expect(await one.store(token, 'volume key')).toBe(1);
    expect(await one.quote({ ...good, extra: 'rootkit' })).toEqual({ response: 4 });
    const { keys } = await one.quote(good);
    expect(keys?.map(({ key }) => Buffer.from(key ?? []).toString())).toEqual(['volume key']);
    const stored = (await one.known()).keys[0]?.keys[0] ?? '';
    expect(stored.startsWith('v1.')).toBe(true);
    expect(Buffer.from(stored.slice(3), 'base64').toString('latin1')).not.toContain('volume key');
  });
});

test('certificates that a device replaces are counted where people look', async () => {
  const one = await join('one');
  expect((await one.tell(one.certs(openKeys().attestation))).status).toBe(201);
  expect((await one.status())['attestation']).toMatchObject({ replaced: { count: 1, types: ['ATTESTATION'] } });
  const told = () => kit.events.filter(({ reason }) => reason === 'CertificatesReplaced');
  expect(told()).toMatchObject([
    { type: 'Warning', message: 'The device replaced certificates that it had told before: ATTESTATION' },
  ]);
  expect((await one.tell(one.certs(openKeys().attestation))).status).toBe(201);
  expect((await one.status())['attestation']).toMatchObject({ replaced: { count: 2 } });
  expect(told()).toHaveLength(2);
});

test('reports that were refused are counted where people look', async () => {
  const one = await join('one');
  expect(await one.report(Buffer.from('ff', 'hex'))).toBe(422);
  expect(await one.status()).toMatchObject({ refusedReports: { count: 1, last: 'info: not a report for info' } });
  expect(kit.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'RefusedReport' }));
});
