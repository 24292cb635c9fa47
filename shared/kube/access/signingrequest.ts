import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import { children, Malformed, type Node, tags, take, toOid } from './der.ts';
import { attributesOf, type SubjectAttributes } from './subject.ts';

/** What somebody wants certified (PKCS #10, RFC 2986). */
export interface SigningRequest {
  /** The name as it stands in the request, DER. */
  readonly name: Uint8Array;
  readonly subject: SubjectAttributes;
  readonly publicKey: KeyObject;
}

/** No name and no key that anybody uses is larger, in bytes of PEM. */
const maxBytes = 32 * 1024;

/**
 * Reads a request in PEM and makes sure that whoever wrote it has the key. Throws BadRequest, which says what is wrong, for
 * anything else.
 */
export const readSigningRequest = (pem: string): SigningRequest => {
  const [, label, base64] = pem.length > maxBytes ? [] : (block.exec(pem) ?? []);
  if (label !== 'CERTIFICATE REQUEST' || base64 === undefined) throw bad('PEM block type must be CERTIFICATE REQUEST');
  try {
    return toRequest(Buffer.from(base64, 'base64'));
  } catch (error) {
    if (error instanceof Malformed) throw bad('the certificate request cannot be parsed');
    throw error;
  }
};

const block = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END \1-----/;

const toRequest = (der: Uint8Array): SigningRequest => {
  const whole = children(der);
  if (whole.length !== 1) throw new Malformed();
  const [info, algorithm, signature] = children(take(whole[0], tags.sequence));
  const [, name, key] = children(take(info, tags.sequence));
  if (!info || !name || !key) throw new Malformed();
  const publicKey = toKey(key);
  const [oid] = children(take(algorithm, tags.sequence));
  const bits = take(signature, tags.bits).subarray(1);
  if (!isSigned(toOid(take(oid, tags.objectId)), info.raw, publicKey, bits))
    throw bad('the signature of the certificate request is not valid');
  return { name: name.raw, subject: attributesOf(take(name, tags.sequence)), publicKey };
};

const toKey = ({ raw }: Node): KeyObject => {
  try {
    return createPublicKey({ key: Buffer.from(raw), format: 'der', type: 'spki' });
  } catch {
    throw bad('the public key of the certificate request cannot be read');
  }
};

/** Hashes by signature algorithm: RSA and ECDSA with SHA-2, Ed25519 (null: it hashes by itself). */
const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

const isSigned = (oid: string, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean => {
  const hash = Object.hasOwn(hashes, oid) ? hashes[oid] : undefined;
  if (hash === undefined) throw bad(`the signature algorithm ${oid} of the certificate request is not supported`);
  try {
    return verify(hash, data, key, signature);
  } catch {
    return false;
  }
};

const bad = (detail: string): Fault => new Fault('BadRequest', detail);
