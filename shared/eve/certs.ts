import { Buffer } from 'node:buffer';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { sha256, toUtf8 } from '../base/bytes.ts';
import { type Certificate, parseCertificate } from '../base/certificate.ts';
import { isIssuedBy } from '../base/issued.ts';
import { type ZCert, ZCertType } from './generated/certs.ts';
import { HashAlgorithm } from './generated/common.ts';
import { isUsableKey } from './signature.ts';

/**
 * A certificate as `/certs` and the attest messages carry it. `certHash` is a name rather than a check: the first 16 bytes
 * of SHA-256 over the PEM bytes as sent. Cipher contexts repeat it byte for byte.
 */
export const toZCert = (pem: Uint8Array, type: number): ZCert => ({
  hashAlgo: HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES,
  certHash: certHash(pem),
  type,
  cert: pem,
});

export const certHash = (pem: Uint8Array): Uint8Array => sha256(pem).subarray(0, 16);

/** Reads what a device sends: base64 of PEM, PEM, or DER. Undefined when it is none. */
export const readCertificate = (bytes: Uint8Array): Certificate | undefined =>
  parseCertificate(bytes[0] === 0x30 ? Buffer.from(bytes).toString('base64') : toUtf8(bytes));

/** The key in a certificate; undefined when it is of a sort that signatures here cannot be made with. */
export const publicKeyOf = (der: Uint8Array): KeyObject | undefined => {
  try {
    const { publicKey } = new X509Certificate(der);
    return isUsableKey(publicKey) ? publicKey : undefined;
  } catch {
    return undefined;
  }
};

/** All certificates of a bundle, in order: PEM, base64 of PEM, or base64 of one DER. */
export const readBundle = (text: string): X509Certificate[] => {
  const decoded = /-----BEGIN/.test(text) ? text : Buffer.from(text, 'base64').toString('latin1');
  const found = decoded.match(/-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g);
  const parts: (string | Uint8Array)[] = found ?? [Buffer.from(text, 'base64')];
  return parts.slice(0, maxBundle).flatMap(part => {
    try {
      return [new X509Certificate(part)];
    } catch {
      return [];
    }
  });
};

/**
 * What EVE asks of the list from `/certs` (Go's `x509.Verify` with usage serverAuth against the device's root alone), as
 * texts of what is wrong: one signing certificate, at least one for key exchange, no type beyond the three, every leaf within
 * its dates, of a chain to the root, and not for other usages only.
 */
export const checkCerts = (certs: readonly ZCert[], root: X509Certificate, now: number): string[] => {
  const problems: string[] = [];
  const ofType = (type: number) => certs.filter(cert => (cert.type ?? 0) === type);
  const signing = ofType(ZCertType.CERT_TYPE_CONTROLLER_SIGNING);
  const exchange = ofType(ZCertType.CERT_TYPE_CONTROLLER_ECDH_EXCHANGE);
  const intermediates = ofType(ZCertType.CERT_TYPE_CONTROLLER_INTERMEDIATE);
  if (signing.length !== 1) problems.push(`${signing.length} signing certificates instead of one`);
  if (exchange.length === 0) problems.push('no key exchange certificate');
  if (signing.length + exchange.length + intermediates.length !== certs.length)
    problems.push('a certificate of another type');
  const names = new Set(certs.map(cert => Buffer.from(cert.certHash ?? []).toString('hex')));
  if (names.size !== certs.length) problems.push('two certificates with one hash');
  const middle = intermediates.flatMap(cert => readBundle(toUtf8(cert.cert ?? new Uint8Array())));
  for (const cert of [...signing, ...exchange]) {
    const [leaf] = readBundle(toUtf8(cert.cert ?? new Uint8Array()));
    problems.push(...(leaf ? checkLeaf(leaf, middle, root, now) : ['a certificate that cannot be read']));
  }
  return problems;
};

const maxBundle = 16;
const maxChain = 5;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const anyUsage = '2.5.29.37.0';

const checkLeaf = (leaf: X509Certificate, middle: X509Certificate[], root: X509Certificate, now: number): string[] => {
  const problems: string[] = [];
  if (now < Date.parse(leaf.validFrom) || now > Date.parse(leaf.validTo))
    problems.push(`${leaf.subject} is out of date`);
  if (!chains(leaf, middle, root, now, maxChain)) problems.push(`${leaf.subject} does not chain to the root`);
  // Node calls the extended usages keyUsage; undefined means any.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  if (usages && !usages.includes(serverAuth) && !usages.includes(anyUsage))
    problems.push(`${leaf.subject} is for other usages`);
  return problems;
};

const chains = (
  leaf: X509Certificate,
  middle: readonly X509Certificate[],
  root: X509Certificate,
  now: number,
  depth: number,
): boolean => {
  if (depth === 0 || now < Date.parse(leaf.validFrom) || now > Date.parse(leaf.validTo)) return false;
  if (leaf.raw.equals(root.raw) || isIssuedBy(leaf, [root])) return true;
  return middle.some(issuer => isIssuedBy(leaf, [issuer]) && chains(issuer, middle, root, now, depth - 1));
};
