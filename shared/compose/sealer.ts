import { createHmac } from 'node:crypto';
import { sha256, toHex } from '../base/bytes.ts';
import { cipherContext, cipherKey, encryptBlock, toPlaintext } from '../eve/cipher.ts';
import type { Controller, Exchange } from '../eve/controller.ts';
import type { CipherBlock, CipherContext, EncryptionBlock } from '../eve/generated/common.ts';
import type { DeviceKeys } from './devicekeys.ts';

/** Encrypts secrets to one device. */
export interface Sealer {
  /**
   * The secrets as a block for the device; undefined when there are none, or while the device has sent no certificate.
   * `place` says where in the configuration the block stands.
   */
  seal(place: string, secrets: EncryptionBlock): CipherBlock | undefined;
  /** The same for bytes that are no EncryptionBlock. */
  sealBytes(place: string, plain: Uint8Array): CipherBlock | undefined;
  /** Whether the device has sent a certificate to encrypt to. */
  readonly ready: boolean;
  /** The contexts of the blocks made so far. */
  contexts(): CipherContext[];
}

/**
 * Encrypting the same secret for the same place gives the same block, so that a configuration is a change only when the
 * secret or a certificate is. The initial value is HMAC-SHA-256 of place and plaintext under a key that only controller and
 * device can derive: to everybody else it is random, and it repeats only together with the whole plaintext. What is encrypted
 * blindly, before the device can know the certificate, comes out another way: told again, it is tried again.
 */
export const createSealer = (
  { ecdh }: Pick<Controller, 'ecdh'>,
  keys: DeviceKeys | undefined,
  isBlind = false,
): Sealer => {
  let pair: Pair | undefined;
  const sealBytes = (place: string, plain: Uint8Array): CipherBlock | undefined => {
    if (!keys || plain.length === 0) return undefined;
    pair ??= pairOf(ecdh, keys);
    const { context, key, ivKey } = pair;
    const iv = createHmac('sha256', ivKey)
      .update(`${isBlind ? 'blind\0' : ''}${place}\0`)
      .update(plain)
      .digest()
      .subarray(0, 16);
    return encryptBlock(key, context.contextId ?? '', plain, iv);
  };
  return {
    ready: keys !== undefined,
    seal: (place, secrets) => sealBytes(place, toPlaintext(secrets)),
    sealBytes,
    contexts: () => (pair ? [pair.context] : []),
  };
};

/** All that blocks between the two have in common. */
interface Pair extends Derived {
  readonly context: CipherContext;
}

const pairOf = (ecdh: Exchange, keys: DeviceKeys): Pair => ({
  context: cipherContext(keys.certHash, ecdh.certHash),
  ...keysFor(ecdh, keys),
});

interface Derived {
  readonly key: Uint8Array;
  readonly ivKey: Uint8Array;
}

const cacheSize = 20_000;
const caches = new WeakMap<Exchange, Map<string, Derived>>();

/** Keys between controller and device; deriving them costs a millisecond, so they are kept. */
const keysFor = (exchange: Exchange, keys: DeviceKeys): Derived => {
  const cache = caches.get(exchange) ?? new Map<string, Derived>();
  caches.set(exchange, cache);
  const id = toHex(sha256(keys.certificate));
  const known = cache.get(id);
  if (known) return known;
  const key = cipherKey(exchange.key, keys.publicKey());
  const derived = { key, ivKey: createHmac('sha256', key).update('initial value').digest() };
  if (cache.size >= cacheSize) cache.clear();
  cache.set(id, derived);
  return derived;
};
