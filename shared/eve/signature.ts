import { type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Signatures as EVE writes them: ECDSA over SHA-256 of the payload, r ‖ s, each as long as the curve's numbers (P-256: 64
 * bytes in all, P-384: 96). RSA keys sign with PKCS#1 v1.5. Goes through DER, which every runtime's crypto speaks.
 */
export const signPayload = (payload: Uint8Array, key: KeyObject): Uint8Array => {
  const half = halfOf(key);
  const der = sign('sha256', payload, key);
  return half === undefined ? der : fromDer(der, half);
};

/** False for anything but a signature by that key; also takes DER, as reference controllers do. Runs off the main thread. */
export const verifyPayload = async (payload: Uint8Array, signature: Uint8Array, key: KeyObject): Promise<boolean> => {
  const half = halfOf(key);
  if (signature.length === 0 || signature.length > 512) return false;
  if (!isUsableKey(key)) return false;
  const der = half !== undefined && signature.length === 2 * half ? toDer(signature, half) : signature;
  try {
    return await verifyAsync('sha256', payload, key, der);
  } catch {
    return false;
  }
};

/** Whether signatures by such a key can be verified: ECDSA on P-256 or P-384, or RSA. */
export const isUsableKey = (key: KeyObject): boolean => halfOf(key) !== undefined || key.asymmetricKeyType === 'rsa';

const verifyAsync = promisify<string, Uint8Array, KeyObject, Uint8Array, boolean>(verify);

/** Bytes of one number; undefined for keys that are not on a curve that EVE can use. */
const halfOf = (key: KeyObject): number | undefined =>
  key.asymmetricKeyType === 'ec' ? halves[key.asymmetricKeyDetails?.namedCurve ?? ''] : undefined;

const halves: Record<string, number> = { prime256v1: 32, 'P-256': 32, secp384r1: 48, 'P-384': 48 };

const toDer = (raw: Uint8Array, half: number): Uint8Array => {
  // Each number with a tag, a length and, where its first bit is set, a zero before it.
  const der = new Uint8Array(2 + 2 * (half + 3));
  let at = writeInteger(der, 2, raw.subarray(0, half));
  at = writeInteger(der, at, raw.subarray(half));
  der[0] = 0x30;
  der[1] = at - 2;
  return der.subarray(0, at);
};

/** Answers where the number ends. */
const writeInteger = (der: Uint8Array, at: number, number: Uint8Array): number => {
  let start = 0;
  while (start < number.length - 1 && number[start] === 0) start += 1;
  const padding = (number[start] ?? 0) >= 0x80 ? 1 : 0;
  const length = number.length - start + padding;
  der[at] = 0x02;
  der[at + 1] = length;
  der.set(number.subarray(start), at + 2 + padding);
  return at + 2 + length;
};

const fromDer = (der: Uint8Array, half: number): Uint8Array => {
  const raw = new Uint8Array(2 * half);
  let at = (der[1] ?? 0) >= 0x80 ? 3 : 2;
  for (const end of [half, 2 * half]) {
    const length = der[at + 1] ?? 0;
    let digits = der.subarray(at + 2, at + 2 + length);
    if (digits.length > half) digits = digits.subarray(digits.length - half);
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return raw;
};
