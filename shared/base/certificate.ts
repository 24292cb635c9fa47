import { Buffer } from 'node:buffer';
import { createHash, X509Certificate } from 'node:crypto';

/** What an object says about one certificate, read once. */
export interface Certificate {
  readonly der: Uint8Array;
  /** Lower-case hex SHA-256 of `der`. */
  readonly hash: string;
}

/**
 * Reads a certificate as users write it: PEM, base64 of PEM (also twice, as `kubectl create secret` habits make it), or
 * base64 of DER. Undefined when it is none of these or no X.509 certificate. Of several in one text the first counts.
 */
export const parseCertificate = (text: string): Certificate | undefined => {
  if (text.length > maxLength) return undefined;
  const der = toDer(text.trim(), 3);
  if (!der) return undefined;
  const hash = createHash('sha256').update(der).digest('hex');
  if (known.has(hash)) return { der, hash };
  if (!isX509(der)) return undefined;
  if (known.size >= maxKnown) known.clear();
  known.add(hash);
  return { der, hash };
};

const maxLength = 64 * 1024;
/** Hashes of what is a certificate: to find that out costs more than all the rest. Some hundred bytes each. */
const known = new Set<string>();
/** Strangers can fill it, but not more than it. */
const maxKnown = 100_000;

const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

const toDer = (text: string, depth: number): Uint8Array | undefined => {
  const body = pem.exec(text)?.[1];
  if (body !== undefined) return Buffer.from(body.replace(/\s/g, ''), 'base64');
  const packed = text.replace(/\s/g, '');
  if (depth === 0 || packed === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return undefined;
  const bytes = Buffer.from(packed, 'base64');
  // A DER certificate is a SEQUENCE with a two-byte length.
  if (bytes[0] === 0x30 && (bytes[1] === 0x82 || bytes[1] === 0x81)) return bytes;
  return toDer(bytes.toString('latin1').trim(), depth - 1);
};

const isX509 = (der: Uint8Array): boolean => {
  try {
    new X509Certificate(der);
    return true;
  } catch {
    return false;
  }
};
