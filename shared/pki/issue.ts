import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, type KeyObject, sign, type X509Certificate } from 'node:crypto';
import { children, der } from './der.ts';

/** A name: attributes in the order given, the first one leftmost. */
type Attributes = readonly (readonly [attribute: 'CN' | 'O' | 'OU' | 'serialNumber', value: string])[];

/** What a certificate says. The subject may be a whole name in DER. */
export interface CertificatePlan {
  readonly subject: Attributes | Uint8Array;
  readonly publicKey: KeyObject;
  /** Up to 20 bytes; the highest bit is cleared. Must be unpredictable and different for each certificate. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Makes it a certificate authority, with so many further authorities below it at most. */
  readonly authority?: { readonly pathLength?: number };
  /** Extended key usages; no such extension when absent. */
  readonly usages?: readonly ('serverAuth' | 'clientAuth')[];
  /** Subject alternative names: DNS names and IP addresses. */
  readonly names?: readonly string[];
}

/** Who signs: an authority's certificate and its key. Absent: the certificate signs itself with `key`. */
export interface Issuer {
  readonly certificate?: X509Certificate;
  /** An EC key on P-256. */
  readonly key: KeyObject;
}

/** A version 3 certificate (RFC 5280), signed with ECDSA and SHA-256, as PEM with a final newline. */
export const issueCertificate = (plan: CertificatePlan, issuer: Issuer): string => {
  const subject = nameOf(plan.subject);
  const body = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(Uint8Array.from(plan.serial, (byte, i) => (i === 0 ? byte & 0x7f : byte))),
    ecdsaWithSha256,
    issuer.certificate ? subjectOf(issuer.certificate) : subject,
    der.sequence(der.time(plan.notBefore), der.time(plan.notAfter)),
    subject,
    spki(plan.publicKey),
    der.explicit(3, der.sequence(...extensions(plan, issuer))),
  );
  const signature = sign('sha256', body, issuer.key);
  return toPem('CERTIFICATE', der.sequence(body, ecdsaWithSha256, der.bits(signature)));
};

/** PEM as every tool writes it: 64 characters a line, final newline. */
export const toPem = (label: string, bytes: Uint8Array): string => {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

const ecdsaWithSha256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));

const attributes = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11', serialNumber: '2.5.4.5' };
const purposes = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' };

const nameOf = (subject: CertificatePlan['subject']): Uint8Array =>
  subject instanceof Uint8Array
    ? subject
    : der.sequence(
        ...subject.map(([attribute, value]) => der.set(der.sequence(der.oid(attributes[attribute]), der.utf8(value)))),
      );

const spki = (key: KeyObject): Uint8Array =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

/** The subject as it stands in the certificate: issuer and subject are compared byte for byte. */
const subjectOf = (certificate: X509Certificate): Uint8Array => {
  const subject = children(children(certificate.raw)[0] ?? certificate.raw)[5];
  if (!subject) throw new Error('certificate without a subject');
  return subject;
};

const extensions = (plan: CertificatePlan, issuer: Issuer): Uint8Array[] => {
  const { authority, usages, names } = plan;
  const out = [
    extension('2.5.29.14', false, der.octets(keyId(plan.publicKey))),
    extension('2.5.29.15', true, authority ? der.bits(Uint8Array.of(0x06), 1) : leafUse(plan.publicKey)),
    extension('2.5.29.19', true, basicConstraints(authority)),
  ];
  if (issuer.certificate)
    out.push(extension('2.5.29.35', false, der.sequence(der.implicit(0, keyId(issuer.certificate.publicKey)))));
  if (usages) out.push(extension('2.5.29.37', false, der.sequence(...usages.map(usage => der.oid(purposes[usage])))));
  if (names?.length) out.push(extension('2.5.29.17', false, der.sequence(...names.map(alternativeName))));
  return out;
};

/** Signatures, and beside them what the sort of key is good for: RSA keys encipher keys, others agree on them. */
const leafUse = (key: KeyObject): Uint8Array =>
  key.asymmetricKeyType === 'rsa' ? der.bits(Uint8Array.of(0xa0), 5) : der.bits(Uint8Array.of(0x88), 3);

const extension = (oid: string, critical: boolean, value: Uint8Array): Uint8Array =>
  der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octets(value));

const basicConstraints = (authority: CertificatePlan['authority']): Uint8Array => {
  if (!authority) return der.sequence();
  const { pathLength } = authority;
  return der.sequence(der.boolean(true), ...(pathLength === undefined ? [] : [der.integer(Uint8Array.of(pathLength))]));
};

/** SHA-1 over the key's bits (RFC 5280 §4.2.1.2, method 1). */
const keyId = (key: KeyObject): Uint8Array => {
  const bits = children(spki(key))[1];
  if (!bits) throw new Error('key without bits');
  const headerLength = (bits[1] ?? 0) < 0x80 ? 2 : 2 + ((bits[1] ?? 0) & 0x7f);
  return createHash('sha1')
    .update(bits.subarray(headerLength + 1))
    .digest();
};

const alternativeName = (name: string): Uint8Array => {
  const address = addressBytes(name);
  return address ? der.implicit(7, address) : der.implicit(2, Buffer.from(name));
};

/** The bytes of an IPv4 or IPv6 address in text; undefined when it is none. */
const addressBytes = (text: string): Uint8Array | undefined => {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return Uint8Array.from(text.split('.').map(Number));
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return undefined;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = !tail ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return Uint8Array.from(
    [...left, ...middle, ...right].flatMap(group => [
      Number.parseInt(group, 16) >> 8,
      Number.parseInt(group, 16) & 0xff,
    ]),
  );
};
