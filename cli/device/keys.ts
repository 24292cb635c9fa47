import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueCertificate } from '../../shared/pki/issue.ts';

export interface DeviceKey {
  readonly key: KeyObject;
  readonly pem: string;
  readonly certificate: X509Certificate;
  /** SHA-256 of the certificate's DER: how a device names itself in an envelope. */
  readonly hash: Uint8Array;
}

export interface DeviceKeys {
  /** Who the device is; self-signed, as EVE makes it. */
  readonly device: DeviceKey;
  /** Secrets are encrypted to this one; signed by `device`. */
  readonly ecdh: DeviceKey;
  /** Signs quotes; only with a TPM. */
  readonly attestation: DeviceKey;
}

/** The keys of a device; made when `dir` has none, kept in memory only when `dir` is absent. */
export const openKeys = (dir?: string): DeviceKeys => {
  const device = open(dir, 'device', 'EVE');
  return {
    device,
    ecdh: open(dir, 'ecdh', 'device ecdh certificate', device),
    attestation: open(dir, 'attest', 'device attestation certificate', device),
  };
};

/** A key and its certificate from PEM texts, as an onboarding pair comes in a config partition. */
export const readKey = (certificatePem: string, keyPem: string): DeviceKey =>
  toKey(createPrivateKey(keyPem), certificatePem);

const open = (dir: string | undefined, name: string, subject: string, issuer?: DeviceKey): DeviceKey => {
  const path = dir === undefined ? undefined : join(dir, `${name}.pem`);
  if (path !== undefined && existsSync(path)) {
    const text = readFileSync(path, 'utf8');
    return readKey(text.slice(text.indexOf('-----BEGIN CERTIFICATE')), text);
  }
  const { key, pem } = make(subject, issuer);
  if (dir !== undefined && path !== undefined) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${key.export({ type: 'pkcs8', format: 'pem' })}${pem}`, { mode: 0o600 });
  }
  return toKey(key, pem);
};

const make = (subject: string, issuer?: DeviceKey): { key: KeyObject; pem: string } => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const start = Date.now() - 86_400_000;
  const pem = issueCertificate(
    {
      subject: [['CN', subject]],
      publicKey: key,
      serial: randomBytes(16),
      notBefore: start,
      notAfter: start + 20 * 365 * 86_400_000,
      ...(issuer ? {} : { authority: {} }),
    },
    issuer ?? { key },
  );
  return { key, pem };
};

const toKey = (key: KeyObject, pem: string): DeviceKey => {
  const certificate = new X509Certificate(pem);
  return { key, pem, certificate, hash: createHash('sha256').update(certificate.raw).digest() };
};
