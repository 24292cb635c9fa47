import { createHash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../shared/base/protobuf.ts';
import type { Policy } from '../../shared/device/room.ts';
import { certHash, toZCert } from '../../shared/eve/certs.ts';
import { openEnvelope, verifyEnvelope } from '../../shared/eve/envelope.ts';
import type { ZAttestQuote, ZAttestReq } from '../../shared/eve/generated/attest.ts';
import type { ZCert } from '../../shared/eve/generated/certs.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { decodeKnown, exchangeCertificate, nothingKnown } from '../../shared/eve/known.ts';
import { encodeServed } from '../../shared/eve/served.ts';
import { makePair, makeRoom, type Pair, seal, signed, uuidA, uuidB } from './kit.ts';

const device = makePair('EVE');
const attestation = makePair('EVE attestation', device);
const exchange = makePair('EVE ecdh', device);
const exchange2 = makePair('EVE ecdh', device);

const zcert = (pair: Pair, type: number): ZCert => toZCert(Buffer.from(pair.certificatePem), type);
const tpmCerts = [zcert(exchange, 13), zcert(attestation, 11)];

const makeDevice = (policy?: Policy) => {
  const kit = makeRoom(policy ? { policy } : {});
  kit.join(device, uuidA);
  const attest = async (request: ZAttestReq) => {
    const response = await kit.post(`/id/${uuidA}/attest`, signed(device, 'attest.ZAttestReq', request));
    expect(response.status).toBe(201);
    const envelope = openEnvelope(new Uint8Array(await response.arrayBuffer()));
    expect(await verifyEnvelope(envelope, kit.signing.publicKey)).toBe(true);
    return decode(eve, 'attest.ZAttestResponse', envelope.payload);
  };
  const tell = (certs: ZCert[]) => attest({ reqType: 1, certs });
  const nonce = async () => (await attest({ reqType: 2 })).nonce?.nonce ?? new Uint8Array();
  const quote = async (message: ZAttestQuote) => (await attest({ reqType: 3, quote: message })).quoteResp ?? {};
  const store = async (token: Uint8Array | undefined, keys: object[]) =>
    (await attest({ reqType: 4, storage_keys: { integrity_token: token, keys } })).storage_keys_resp?.response;
  const known = async () => {
    const entry = await kit.store.get('devices', uuidA);
    return entry ? decodeKnown(entry.value) : undefined;
  };
  return { ...kit, attest, tell, nonce, quote, escrow: store, known };
};

const u16 = (n: number) => [n >> 8, n & 255];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n & 0xffff)];
const sized = (bytes: Uint8Array) => [...u16(bytes.length), ...bytes];

const values = Array.from({ length: 24 }, (_, index) => ({
  index,
  hash_algo: 2,
  value: createHash('sha256').update(`${index}`).digest(),
}));

/** What a TPM would sign: PCRs 0 to 15 of the SHA-256 bank. */
const attestData = (
  nonce: Uint8Array,
  { algorithm = 0x000b, bitmap = [255, 255, 0], magic = 0xff544347, pcrs = values } = {},
) => {
  const chosen = pcrs.filter(({ index }) => ((bitmap[index >> 3] ?? 0) >> (index & 7)) & 1);
  const digest = createHash('sha256')
    .update(Buffer.concat(chosen.map(({ value }) => value)))
    .digest();
  return Uint8Array.from([
    ...u32(magic),
    ...u16(0x8018),
    ...sized(Buffer.from('signer')),
    ...sized(nonce),
    ...Array<number>(8 + 4 + 4 + 1 + 8).fill(0),
    ...u32(1),
    ...u16(algorithm),
    bitmap.length,
    ...bitmap,
    ...sized(digest),
  ]);
};

const quoted = (data: Uint8Array, key = attestation.key): ZAttestQuote => ({
  attestData: data,
  signature: sign('sha256', data, key),
  pcr_values: values,
  versions: [{ version_type: 1, version: '13.4.0' }],
});

describe('certificates', () => {
  test('are kept, and the one for key exchange is found', async () => {
    const kit = makeDevice();
    expect(
      await kit.tell([
        ...tpmCerts,
        {
          type: 12,
          cert: Buffer.from(device.certificatePem),
          meta_data_items: [{ type: 1, meta_data: Buffer.from('pub') }],
        },
      ]),
    ).toEqual({ respType: 1 });
    const known = await kit.known();
    expect(known?.certificates.map(each => each.type)).toEqual([13, 11, 12]);
    expect(known?.certificates[2]?.tpmPublic).toBe(Buffer.from('pub').toString('base64'));
    expect(known && exchangeCertificate(known)).toMatchObject({
      hash: Buffer.from(certHash(Buffer.from(exchange.certificatePem))).toString('base64'),
      pem: Buffer.from(exchange.certificatePem).toString('base64'),
    });
  });

  test('told again, nothing is written; changed ones are accepted, noted and the former kept', async () => {
    const kit = makeDevice();
    await kit.tell(tpmCerts);
    const before = await kit.store.head('devices');
    await kit.tell(tpmCerts);
    await kit.tell([]);
    expect(await kit.store.head('devices')).toBe(before);
    kit.ports.clock.advance(1000);
    await kit.tell([zcert(exchange2, 13)]);
    const known = await kit.known();
    expect(known?.certificates.map(each => each.type)).toEqual([13]);
    expect(known?.formerCertificates.map(each => [each.type, each.at])).toEqual(
      [13, 11].map(type => [type, kit.ports.clock.now()]),
    );
    expect(known?.replaced).toEqual({ count: 1, at: kit.ports.clock.now(), types: [13, 11] });
    expect(kit.ports.complaints).toMatchObject([{ message: 'device replaces certificates' }]);
  });

  test('replaced again and again are all counted, and the last 32 kept', async () => {
    const kit = makeDevice();
    const pairs = Array.from({ length: 34 }, () => makePair('EVE ecdh', device));
    for (const pair of pairs) await kit.tell([zcert(pair, 13)]);
    const known = await kit.known();
    expect(known?.replaced?.count).toBe(33);
    const pem = (pair: Pair) => Buffer.from(pair.certificatePem).toString('base64');
    expect(known?.formerCertificates.map(each => each.pem)).toEqual(pairs.slice(1, 33).reverse().map(pem));
    expect(known?.certificates.map(each => each.pem)).toEqual(pairs.slice(33).map(pem));
  });

  test('of a TPM are not forgotten, however many others come after', async () => {
    const kit = makeDevice();
    await kit.tell(tpmCerts);
    for (let n = 0; n < 40; n++) await kit.tell([zcert(makePair('EVE ecdh', device), 13)]);
    expect(await kit.quote({ versions: [{ version_type: 1, version: '13.4.0' }] })).toEqual({ response: 4 });
    expect((await kit.known())?.formerCertificates).toHaveLength(32);
  });

  test('of a name that is no hash are left out', async () => {
    const kit = makeDevice();
    await kit.tell([{ ...zcert(exchange, 13), certHash: new Uint8Array(65) }, zcert(attestation, 11)]);
    expect((await kit.known())?.certificates.map(each => each.type)).toEqual([11]);
  });

  test('what cannot be read is left out, not refused', async () => {
    const kit = makeDevice();
    await kit.tell([{ type: 13, cert: Buffer.from('x') }, zcert(attestation, 11)]);
    expect((await kit.known())?.certificates.map(each => each.type)).toEqual([11]);
  });
});

describe('a quote', () => {
  const ready = async (policy?: Policy) => {
    const kit = makeDevice(policy);
    await kit.tell(tpmCerts);
    return kit;
  };

  test('that is right gets a token', async () => {
    const kit = await ready();
    const nonce = await kit.nonce();
    expect(nonce).toHaveLength(16);
    const response = await kit.quote(quoted(attestData(nonce)));
    expect(response.response).toBe(1);
    expect(response.integrity_token).toHaveLength(32);
    expect(response.keys).toBeUndefined();
    const attested = (await kit.known())?.attested;
    expect(attested).toMatchObject({ tpm: true, versions: { 1: '13.4.0' }, at: kit.ports.clock.now() });
    expect(Object.keys(attested?.pcrs ?? {})).toHaveLength(16);
  });

  const nonceless = new Uint8Array(16);
  test.each<[string, number, (nonce: Uint8Array) => ZAttestQuote]>([
    ['another key', 4, nonce => quoted(attestData(nonce), device.key)],
    ['a damaged signature', 4, nonce => ({ ...quoted(attestData(nonce)), signature: new Uint8Array(70) })],
    ['no signature', 4, nonce => ({ ...quoted(attestData(nonce)), signature: undefined })],
    ['another nonce', 2, () => quoted(attestData(nonceless))],
    ['another structure', 4, nonce => quoted(attestData(nonce, { magic: 1 }))],
    ['something behind the structure', 4, nonce => quoted(Uint8Array.from([...attestData(nonce), 0]))],
    ['half a structure', 4, nonce => quoted(attestData(nonce).subarray(0, 40))],
    [
      'PCRs that were not quoted',
      4,
      nonce => ({
        ...quoted(attestData(nonce)),
        pcr_values: values.map(pcr => ({ ...pcr, value: new Uint8Array(32) })),
      }),
    ],
    ['a PCR missing', 4, nonce => ({ ...quoted(attestData(nonce)), pcr_values: values.slice(1) })],
    ['another bank', 4, nonce => quoted(attestData(nonce, { algorithm: 4 }))],
    ['no PCR at all', 4, nonce => quoted(attestData(nonce, { bitmap: [0, 0, 0] }))],
    ['nothing, though the device has a TPM', 4, () => ({ versions: [{ version_type: 1, version: '1' }] })],
  ])('with %s is refused with %i', async (_, code, make) => {
    const kit = await ready();
    const response = await kit.quote(make(await kit.nonce()));
    expect(response).toEqual({ response: code });
    expect((await kit.known())?.token).toBeUndefined();
  });

  test('before any certificate is refused with 3', async () => {
    const kit = makeDevice();
    expect(await kit.quote(quoted(attestData(await kit.nonce())))).toEqual({ response: 3 });
  });

  test('uses its nonce up, also when it is refused', async () => {
    const kit = await ready();
    const nonce = await kit.nonce();
    const good = quoted(attestData(nonce));
    const results = await Promise.all([kit.quote(good), kit.quote(good), kit.quote(good)]);
    expect(results.map(each => each.response).sort()).toEqual([1, 2, 2]);
    const next = await kit.nonce();
    await kit.quote(quoted(attestData(next), device.key));
    expect((await kit.quote(quoted(attestData(next)))).response).toBe(2);
  });

  test('must not come late, and only for the last nonce', async () => {
    const kit = await ready();
    const first = await kit.nonce();
    const second = await kit.nonce();
    expect(Buffer.from(first).equals(second)).toBe(false);
    kit.ports.clock.advance(10 * 60_000);
    expect((await kit.quote(quoted(attestData(second)))).response).toBe(2);
  });

  test('must please the operator', async () => {
    const asked: unknown[] = [];
    const kit = await ready({
      judge(member, attested) {
        asked.push([member.uuid, attested.pcrs[0]]);
        return { accepted: false, reason: 'OtherMeasurement', message: 'no' };
      },
    });
    expect((await kit.quote(quoted(attestData(await kit.nonce())))).response).toBe(4);
    expect(asked).toEqual([[uuidA, values[0]?.value.toString('hex')]]);
  });

  test('of a device without a TPM is empty and gets a token, but no keys', async () => {
    const kit = makeDevice();
    await kit.tell([zcert(exchange, 13)]);
    const response = await kit.quote({ versions: [{ version_type: 1, version: '13.4.0' }] });
    expect([response.response, response.integrity_token?.length, response.keys]).toEqual([1, 32, undefined]);
    expect((await kit.known())?.attested).toMatchObject({ tpm: false, versions: { 1: '13.4.0' } });
  });
});

describe('escrowed keys', () => {
  const key = (text: string) => ({
    key_type: 1,
    key: Buffer.from(text),
    has_policy_pcr_list: true,
    policy_pcr_list: { pcr_indices: [0, 1], policy_id: 3 },
  });
  const attested = async () => {
    const kit = makeDevice();
    await kit.tell(tpmCerts);
    const again = async () => kit.quote(quoted(attestData(await kit.nonce())));
    return { ...kit, again, token: (await again()).integrity_token };
  };

  test('come back as they were, the newest set; former sets stay', async () => {
    const kit = await attested();
    expect(await kit.escrow(kit.token, [key('one')])).toBe(1);
    expect(await kit.escrow(kit.token, [key('one')])).toBe(1);
    expect(await kit.escrow(kit.token, [key('two')])).toBe(1);
    expect((await kit.known())?.keys).toHaveLength(2);
    const { keys } = await kit.again();
    expect(keys?.map(each => Buffer.from(each.key ?? []).toString())).toEqual(['two']);
    expect(keys?.[0]?.policy_pcr_list).toEqual({ pcr_indices: [0, 1], policy_id: 3 });
  });

  test.each([
    ['another token', new Uint8Array(32)],
    ['no token', undefined],
  ])('with %s are refused', async (_, token) => {
    const kit = await attested();
    expect(await kit.escrow(token, [key('one')])).toBe(2);
    expect((await kit.known())?.keys).toEqual([]);
  });

  test('and certificates are not lost when the device gets another UUID', async () => {
    const kit = await attested();
    await kit.escrow(kit.token, [key('one')]);
    const before = await kit.known();
    kit.members.length = 0;
    kit.join(device, uuidB);
    expect((await kit.post('/uuid', signed(device, 'uuid.UuidRequest', {}))).status).toBe(200);
    const entry = await kit.store.get('devices', uuidB);
    const after = entry && decodeKnown(entry.value);
    expect([after?.certificates, after?.keys]).toEqual([before?.certificates, before?.keys]);
    expect([after?.token, after?.attested]).toEqual([undefined, undefined]);
    kit.join(makePair('EVE'), uuidA);
    await kit.post('/uuid', signed(device, 'uuid.UuidRequest', {}));
    expect(await kit.store.head('devices')).toBe(entry?.revision);
  });

  test('are nothing that a device with another certificate inherits', async () => {
    const kit = await attested();
    await kit.escrow(kit.token, [key('one')]);
    const stranger = makePair('EVE');
    kit.members.length = 0;
    kit.join(stranger, uuidB);
    await kit.post('/uuid', signed(stranger, 'uuid.UuidRequest', {}));
    expect(await kit.store.get('devices', uuidB)).toBeUndefined();
  });

  test('are refused before any quote was accepted', async () => {
    const kit = makeDevice();
    expect(await kit.escrow(undefined, [key('one')])).toBe(2);
  });
});

test('with a policy the config needs the token', async () => {
  const kit = makeDevice({ requiresToken: () => true });
  const answer = kit.controller.seal(encode(eve, 'config.ConfigResponse', { configHash: 'h' }));
  const served = { configHash: 'h', configTimestampMs: 1, version: 1, answer, notes: new Uint8Array() };
  await kit.store.commit('configs', { key: uuidA, value: encodeServed(served), expected: 0 });
  const ask = async (token?: Uint8Array) =>
    (await kit.post(`/id/${uuidA}/config`, signed(device, 'config.ConfigRequest', { integrity_token: token }))).status;
  expect(await ask()).toBe(403);
  await kit.tell(tpmCerts);
  const { integrity_token: token } = await kit.quote(quoted(attestData(await kit.nonce())));
  expect([await ask(token), await ask(new Uint8Array(32)), await ask()]).toEqual([200, 403, 403]);
});

describe('what is no attestation', () => {
  test.each<[string, number, Uint8Array]>([
    ['no type', 422, signed(device, 'attest.ZAttestReq', {})],
    ['an unknown type', 422, signed(device, 'attest.ZAttestReq', { reqType: 9 })],
    ['rubbish', 422, seal(device, Buffer.from('ffff', 'hex'))],
    [
      'too many certificates',
      413,
      signed(device, 'attest.ZAttestReq', { reqType: 1, certs: Array.from({ length: 17 }, () => ({})) }),
    ],
    [
      'too many keys',
      413,
      signed(device, 'attest.ZAttestReq', { reqType: 4, storage_keys: { keys: [{ key: new Uint8Array(100_000) }] } }),
    ],
  ])('%s is %i and changes nothing but the count', async (_, status, body) => {
    const kit = makeDevice();
    expect((await kit.post(`/id/${uuidA}/attest`, body)).status).toBe(status);
    expect(await kit.known()).toEqual({ ...nothingKnown, refused: expect.objectContaining({ count: 1 }) });
  });
});
