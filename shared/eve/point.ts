import { createECDH, type KeyObject } from 'node:crypto';
import { fromBase64 } from '../base/bytes.ts';

/**
 * The point that two P-256 keys share, as X ‖ Y, 32 bytes each. Node's own key agreement gives X alone; Y follows from
 * the curve up to its sign, and the sign from a second agreement with the private key plus one: (d + 1)·Q = S + Q.
 * Undefined when the keys are not a private and a public one of P-256.
 */
export const sharedPoint = (privateKey: KeyObject, publicKey: KeyObject): Uint8Array | undefined => {
  const own = privateKey.export({ format: 'jwk' });
  const other = publicKey.export({ format: 'jwk' });
  if (own.crv !== 'P-256' || other.crv !== 'P-256' || !own.d || !other.x || !other.y) return undefined;
  const d = toBig(fromBase64(own.d));
  const qx = toBig(fromBase64(other.x));
  const qy = toBig(fromBase64(other.y));
  const x = agree(d, qx, qy);
  return concat(x, d === 1n ? qy : d === n - 1n ? mod(-qy) : yOf(x, agree(d + 1n, qx, qy), qx, qy));
};

/** Y of the point S with this X, for which the sum of S and Q has `sumX`. */
const yOf = (x: bigint, sumX: bigint, qx: bigint, qy: bigint): bigint => {
  const y = power(mod(x * x * x - 3n * x + b), (p + 1n) / 4n);
  const dx = mod(qx - x);
  const dy = mod(qy - y);
  // x(S + Q) = (dy / dx)² − x − qx, multiplied by dx².
  return mod((sumX + x + qx) * dx * dx) === mod(dy * dy) ? y : mod(-y);
};

const agree = (d: bigint, qx: bigint, qy: bigint): bigint => {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(toBytes(d));
  return toBig(ecdh.computeSecret(Uint8Array.from([4, ...concat(qx, qy)])));
};

const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

const mod = (value: bigint): bigint => ((value % p) + p) % p;

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % p) {
    if (rest & 1n) result = (result * square) % p;
  }
  return result;
};

const toBig = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const toBytes = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn));

const concat = (x: bigint, y: bigint): Uint8Array => Uint8Array.from([...toBytes(x), ...toBytes(y)]);
