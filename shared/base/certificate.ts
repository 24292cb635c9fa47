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
  const known = cache.get(text);
  if (known) return known;
  if (text.length > maxLength) return undefined;
  const der = toDer(text.trim(), 3);
  if (!der || !isX509(der)) return undefined;
  const certificate = { der, hash: createHash('sha256').update(der).digest('hex') };
  remember(text, certificate);
  return certificate;
};

const maxLength = 64 * 1024;
/** Room for the certificates of some ten thousand devices; strangers can fill it, but not more than it. */
const maxCached = 32 * 1024 * 1024;
const cache = new Map<string, Certificate>();
let cached = 0;

const remember = (text: string, certificate: Certificate): void => {
  const size = text.length + certificate.der.length;
  if (cached + size > maxCached) {
    cache.clear();
    cached = 0;
  }
  cache.set(text, certificate);
  cached += size;
};

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
