import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../shared/base/bytes.ts';
import { isFault } from '../../shared/base/fault.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { isHashOf, openEnvelope, sealEnvelope, verifyEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { signPayload, verifyPayload } from '../../shared/eve/signature.ts';

const pairs = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const certificate = randomBytes(300);

describe('what is sealed opens and verifies', () => {
  test.each(Object.entries(pairs))('%s', async (_, { privateKey, publicKey }) => {
    for (const payload of [new Uint8Array(), randomBytes(10), randomBytes(70_000)]) {
      const envelope = openEnvelope(sealEnvelope(payload, { key: privateKey, certificate }));
      expect(Buffer.from(envelope.payload).equals(payload)).toBe(true);
      expect(isHashOf(envelope.certHash, certificate)).toBe(true);
      expect(await verifyEnvelope(envelope, publicKey)).toBe(true);
    }
  });
});

test('signatures have the length of the curve, whatever the numbers', async () => {
  const { privateKey, publicKey } = pairs['P-256'];
  // One in 128 signatures has a number that begins with a zero byte.
  for (let i = 0; i < 1000; i++) {
    const payload = Buffer.from(String(i));
    const signature = signPayload(payload, privateKey);
    expect(signature).toHaveLength(64);
    if (i % 10 === 0 || signature[0] === 0 || signature[32] === 0) {
      expect(await verifyPayload(payload, signature, publicKey)).toBe(true);
    }
  }
});

test('agrees with the native encoding', async () => {
  const { privateKey, publicKey } = pairs['P-256'];
  const payload = randomBytes(20);
  const native = sign('sha256', payload, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  expect(await verifyPayload(payload, native, publicKey)).toBe(true);
  expect(await verifyPayload(payload, sign('sha256', payload, privateKey), publicKey)).toBe(true);
});

test('nothing else verifies', async () => {
  const { privateKey, publicKey } = pairs['P-256'];
  const payload = randomBytes(20);
  const good = signPayload(payload, privateKey);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const ed = generateKeyPairSync('ed25519').publicKey;
  const cases = [
    verifyPayload(payload, good, other),
    verifyPayload(payload, good, ed),
    verifyPayload(randomBytes(20), good, publicKey),
    verifyPayload(payload, new Uint8Array(), publicKey),
    verifyPayload(payload, new Uint8Array(64), publicKey),
    verifyPayload(payload, good.subarray(0, 63), publicKey),
    verifyPayload(payload, randomBytes(600), publicKey),
    verifyPayload(
      payload,
      Uint8Array.from(good, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
      publicKey,
    ),
  ];
  expect(await Promise.all(cases)).toEqual(cases.map(() => false));
});

describe('opening', () => {
  const hash = sha256(certificate);
  test('a short hash goes with algo 1', () => {
    const bytes = encode(eve, 'auth.AuthContainer', { algo: 1, senderCertHash: hash.subarray(0, 16) });
    expect(isHashOf(openEnvelope(bytes).certHash, certificate)).toBe(true);
  });
  test.each([
    ['no algo', { senderCertHash: hash }],
    ['unknown algo', { algo: 3, senderCertHash: hash }],
    ['no hash', { algo: 2 }],
    ['hash of the other length', { algo: 2, senderCertHash: hash.subarray(0, 16) }],
  ])('%s is refused', (_, container) => {
    expect(() => openEnvelope(encode(eve, 'auth.AuthContainer', container))).toThrow(
      expect.objectContaining({ reason: 'Invalid' }),
    );
  });
  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        try {
          openEnvelope(bytes);
        } catch (error) {
          expect(isFault(error, 'Invalid')).toBe(true);
        }
      }),
    );
  });
});
