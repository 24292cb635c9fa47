import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, getCiphers, type KeyObject } from 'node:crypto';
import { cfb } from '@noble/ciphers/aes.js';
import { equal, sha256, toHex } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { encode } from '../base/protobuf.ts';
import {
  type CipherBlock,
  type CipherContext,
  type EncryptionBlock,
  EncryptionScheme,
  HashAlgorithm,
  KeyExchangeScheme,
} from './generated/common.ts';
import { eve } from './generated/table.ts';
import { sharedPoint } from './point.ts';

/**
 * What encrypts between one key pair of the controller and one of a device: AES-256 in CFB mode under SHA-256 of the shared
 * point. Costs about a millisecond; keep it as long as both certificates stay. Throws `Fault('Invalid')` when the keys are
 * not on P-256.
 */
export const cipherKey = (privateKey: KeyObject, publicKey: KeyObject): Uint8Array => {
  const point = sharedPoint(privateKey, publicKey);
  if (!point) throw new Fault('Invalid', 'the key exchange certificate is not on curve P-256');
  return sha256(point);
};

/**
 * The context that blocks refer to. Both hashes are the `certHash` that each side told the other; they alone make the id,
 * so it changes exactly when one of the certificates does.
 */
export const cipherContext = (deviceCertHash: Uint8Array, controllerCertHash: Uint8Array): CipherContext => ({
  contextId: toUuid(sha256(Buffer.concat([deviceCertHash, controllerCertHash]))),
  hashScheme: HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES,
  keyExchangeScheme: KeyExchangeScheme.KEA_ECDH,
  encryptionScheme: EncryptionScheme.SA_AES_256_CFB,
  deviceCertHash,
  controllerCertHash,
});

/** Encrypts. `iv`: 16 bytes that are never used with this key for another plaintext. */
export const encryptBlock = (key: Uint8Array, contextId: string, plain: Uint8Array, iv: Uint8Array): CipherBlock => {
  if (iv.length !== 16) throw new TypeError('the initial value must have 16 bytes');
  if (plain.length === 0) throw new TypeError('nothing to encrypt');
  return {
    cipherContextId: contextId,
    initialValue: iv,
    cipherData: native ? finish(createCipheriv(mode, key, iv), plain) : cfb(key, iv).encrypt(plain),
    clearTextSha256: sha256(plain),
  };
};

/** Throws `Fault('Invalid')` when the block is damaged or was made for somebody else. */
export const decryptBlock = (key: Uint8Array, block: CipherBlock): Uint8Array => {
  const { initialValue: iv, cipherData: data, clearTextSha256: hash } = block;
  if (iv?.length !== 16 || !data || !hash) throw new Fault('Invalid', 'the cipher block is incomplete');
  const plain = native ? finish(createDecipheriv(mode, key, iv), data) : cfb(key, iv).decrypt(data);
  if (!equal(sha256(plain), hash)) throw new Fault('Invalid', 'the cipher block does not decrypt');
  return plain;
};

export const toPlaintext = (secrets: EncryptionBlock): Uint8Array => encode(eve, 'common.EncryptionBlock', secrets);

const mode = 'aes-256-cfb';
/** Missing in workerd, where the other implementation gives the same bytes. */
const native = getCiphers().includes(mode);

const finish = (cipher: { update(data: Uint8Array): Buffer; final(): Buffer }, data: Uint8Array): Uint8Array =>
  Buffer.concat([cipher.update(data), cipher.final()]);

const toUuid = (hash: Uint8Array): string => {
  const hex = toHex(hash);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};
