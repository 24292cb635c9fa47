import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cfb } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../shared/base/bytes.ts';
import { cipherContext, cipherKey, decryptBlock, encryptBlock, toPlaintext } from '../../shared/eve/cipher.ts';
import { sharedPoint } from '../../shared/eve/point.ts';

const vector = {
  private: '1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020101',
  public:
    '0497cecc7f5f1a64d5c47303a6b22504d9e28628cf61b22d0a7fe60f4d5a394173f38523b3938248324cbcdfce9bc60f795107dac28142a89a95269833b67d546f',
  device:
    '040d0918a04198474605615b6df90fdcb34791fb3ecb822f4b26eb6e4fc4511b9d19b90c1b83c0c35cfbbb31ead32bb52ae33622f57e3cc1638097ce97f430baba',
  x: 'b5c02e64ce48f2ad7d06b6a40f16333f637e940728031478d5d4a3d5fc54a20f',
  y: '80087eefa79c25955fc6079dd6f16f309bdface20baac8616a7f00670ca3f6cf',
  key: '8dc6357f062c2c4f7b67351b65524278ac8e978394b221aaa3a023eab9249656',
  iv: '000102030405060708090a0b0c0d0e0f',
  plain: '0a0575736572311206733363726574',
  cipher: 'bb21e117440b50dc6f93b0a8ab612f',
  hash: '999fd6eff8464ef340967d6ac4a71cf6d4e13125e79c487aea8762f5aca4b01d',
};

const coordinates = (point: string) => ({
  kty: 'EC',
  crv: 'P-256',
  x: Buffer.from(point.slice(2, 66), 'hex').toString('base64url'),
  y: Buffer.from(point.slice(66), 'hex').toString('base64url'),
});
const publicKey = (point: string): KeyObject => createPublicKey({ key: coordinates(point), format: 'jwk' });
const privateKey = (d: string, point: string): KeyObject =>
  createPrivateKey({ key: { ...coordinates(point), d: Buffer.from(d, 'hex').toString('base64url') }, format: 'jwk' });

describe('the vector that was checked against Go', () => {
  const own = privateKey(vector.private, vector.public);
  test('shared point and key', () => {
    expect(toHex(sharedPoint(own, publicKey(vector.device)) ?? new Uint8Array())).toBe(vector.x + vector.y);
    expect(toHex(cipherKey(own, publicKey(vector.device)))).toBe(vector.key);
  });
  test('block', () => {
    const plain = toPlaintext({ dsAPIKey: 'user1', dsPassword: 's3cret' });
    expect(toHex(plain)).toBe(vector.plain);
    const block = encryptBlock(fromHex(vector.key), 'ctx', plain, fromHex(vector.iv));
    expect(toHex(block.cipherData ?? new Uint8Array())).toBe(vector.cipher);
    expect(toHex(block.clearTextSha256 ?? new Uint8Array())).toBe(vector.hash);
    expect(toHex(decryptBlock(fromHex(vector.key), block))).toBe(vector.plain);
  });
});

test('the shared point has the X that Node agrees on, and is the same from both sides', () => {
  for (let i = 0; i < 20; i++) {
    const [a, b] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    if (!a || !b) throw new Error('no keys');
    const point = toHex(sharedPoint(a.privateKey, b.publicKey) ?? new Uint8Array());
    expect(point.slice(0, 64)).toBe(toHex(diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey })));
    expect(toHex(sharedPoint(b.privateKey, a.publicKey) ?? new Uint8Array())).toBe(point);
  }
});

test('both sides have one key; another curve is refused', () => {
  const [a, b] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const c = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  if (!a || !b) throw new Error('no keys');
  expect(toHex(cipherKey(a.privateKey, b.publicKey))).toBe(toHex(cipherKey(b.privateKey, a.publicKey)));
  expect(() => cipherKey(a.privateKey, c.publicKey)).toThrow('P-256');
});

test('encrypting and decrypting, natively and in plain JavaScript', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (plain, iv) => {
        const key = fromHex(vector.key);
        const block = encryptBlock(key, 'ctx', plain, iv);
        expect(toHex(cfb(key, iv).encrypt(plain))).toBe(toHex(block.cipherData ?? new Uint8Array()));
        expect(toHex(decryptBlock(key, block))).toBe(toHex(plain));
        const damaged = { ...block, clearTextSha256: new Uint8Array(32) };
        expect(() => decryptBlock(key, damaged)).toThrow('does not decrypt');
      },
    ),
  );
});

test('the context changes with either certificate and only then', () => {
  const a = new Uint8Array(16).fill(1);
  const b = new Uint8Array(16).fill(2);
  expect(cipherContext(a, b)).toEqual(cipherContext(a, b));
  expect(cipherContext(a, b).contextId).not.toBe(cipherContext(b, a).contextId);
  expect(cipherContext(a, b).contextId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});
