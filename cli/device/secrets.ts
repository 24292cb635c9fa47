import { createDecipheriv, createHash, type KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { decode } from '../../shared/base/protobuf.ts';
import type { CipherBlock, CipherContext, EncryptionBlock } from '../../shared/eve/generated/common.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { Complaint } from './complaint.ts';
import type { DeviceKey } from './keys.ts';
import type { Trust } from './trust.ts';

/**
 * Decrypts what the controller encrypted to this device (eve-device-api §5.1). The context must be in the same config.
 * Throws a Complaint that says which rule is broken.
 */
export const decrypt = (
  block: CipherBlock,
  contexts: readonly CipherContext[],
  ecdh: DeviceKey,
  trust: Trust,
): EncryptionBlock => {
  const context = contexts.find(one => one.contextId === block.cipherContextId);
  if (!context) throw new Complaint(`cipher context ${block.cipherContextId} is not in the config`);
  const { initialValue, cipherData, clearTextSha256 } = block;
  if (initialValue?.length !== 16) throw new Complaint('initialValue is not 16 bytes long: the agent would crash');
  const key = agree(ecdh, controllerKey(context, ecdh, trust));
  const decipher = createDecipheriv('aes-256-cfb', key, initialValue);
  const plain = Buffer.concat([decipher.update(cipherData ?? new Uint8Array()), decipher.final()]);
  if (
    !createHash('sha256')
      .update(plain)
      .digest()
      .equals(clearTextSha256 ?? new Uint8Array())
  )
    throw new Complaint('clearTextSha256 does not fit: DECRYPT_FAILED');
  if (plain.length === 0) throw new Complaint('an empty secret');
  return decode(eve, 'common.EncryptionBlock', plain);
};

/** The first 16 bytes of the SHA-256 of the PEM: how EVE names its own certificates. */
export const certHashOf = (pem: string): Uint8Array => createHash('sha256').update(pem).digest().subarray(0, 16);

const controllerKey = (context: CipherContext, ecdh: DeviceKey, trust: Trust): KeyObject => {
  if (context.hashScheme !== 1 || context.keyExchangeScheme !== 1 || context.encryptionScheme !== 1)
    throw new Complaint('a cipher context of an unknown scheme');
  if (!Buffer.from(context.deviceCertHash ?? []).equals(certHashOf(ecdh.pem)))
    throw new Complaint('the cipher context is for another device certificate');
  const hash = Buffer.from(context.controllerCertHash ?? []).toString('hex');
  const key = trust.ecdh.get(hash);
  if (!key) throw new Complaint(`controller certificate ${hash} is not in /certs: NOT_READY`);
  return key;
};

/** SHA-256 over X ‖ Y of the shared point. */
const agree = (mine: DeviceKey, theirs: KeyObject): Uint8Array => {
  const { x = '', y = '' } = theirs.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const secret = Buffer.from(mine.key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const shared = p256.getSharedSecret(secret, point, false).subarray(1);
  return createHash('sha256').update(shared).digest();
};
