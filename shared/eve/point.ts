import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { fromBase64 } from '../base/bytes.ts';

/**
 * The point that two P-256 keys share, as X ‖ Y, 32 bytes each. (Node's own key agreement gives X alone.) Undefined when the
 * keys are not a private and a public one of P-256.
 */
export const sharedPoint = (privateKey: KeyObject, publicKey: KeyObject): Uint8Array | undefined => {
  const own = privateKey.export({ format: 'jwk' });
  const { crv, x, y } = publicKey.export({ format: 'jwk' });
  if (own.crv !== 'P-256' || crv !== 'P-256' || !own.d || !x || !y) return undefined;
  const point = Uint8Array.from([4, ...fromBase64(x), ...fromBase64(y)]);
  return p256.getSharedSecret(fromBase64(own.d), point, false).subarray(1);
};
