import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Ports } from '../../../shared/base/ports.ts';
import { type CertificatePlan, issueCertificate } from '../../../shared/pki/issue.ts';
import { readFile, writeFile } from '../files.ts';

/** A key and the certificate over it, as they lie in the keyring's folder. */
export interface Pair {
  readonly key: KeyObject;
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  /** The bytes of the file, which is what others hash. */
  readonly certificatePem: string;
}

export interface PairPlan extends Pick<CertificatePlan, 'subject' | 'authority' | 'usages' | 'names'> {
  readonly days: number;
  /** Absent: it signs itself. */
  readonly issuer?: Pair;
}

/**
 * Keys and certificates in a folder: `<name>.key.pem`, `<name>.pem`. A pair is made when it is missing. A key, once
 * made, stays; its certificate is made anew when it nears its end, says other names, or belongs to another issuer.
 */
export const createKeyring = (dir: string, ports: Pick<Ports, 'clock' | 'random'>) => {
  const pair = (name: string, plan: PairPlan): Pair => {
    const keyPem = keyOf(join(dir, `${name}.key.pem`));
    const key = createPrivateKey(keyPem);
    const path = join(dir, `${name}.pem`);
    const found = readFile(path);
    const certificatePem = found && isGood(found, key, plan, ports.clock.now()) ? found : issue(key, plan);
    if (certificatePem !== found) writeFile(path, certificatePem);
    return { key, keyPem, certificate: new X509Certificate(certificatePem), certificatePem };
  };

  const issue = (key: KeyObject, plan: PairPlan): string => {
    const now = ports.clock.now();
    const { days, issuer, ...what } = plan;
    const dates = { notBefore: now - day, notAfter: now + days * day };
    const serial = ports.random.bytes(16);
    return issueCertificate({ ...what, ...dates, serial, publicKey: key }, issuer ?? { key });
  };

  return { pair };
};

const day = 86_400_000;
/** A certificate with less left than this is made anew at the next start. */
const renewalDays = 30;

const keyOf = (path: string): string => {
  const found = readFile(path);
  if (found) return found;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFile(path, pem);
  return pem;
};

const isGood = (pem: string, key: KeyObject, plan: PairPlan, now: number): boolean => {
  const certificate = new X509Certificate(pem);
  const issuerKey = plan.issuer?.certificate.publicKey ?? certificate.publicKey;
  return (
    certificate.checkPrivateKey(key) &&
    certificate.verify(issuerKey) &&
    Date.parse(certificate.validTo) - now > renewalDays * day &&
    sameNames(certificate, plan.names ?? [])
  );
};

const sameNames = (certificate: X509Certificate, names: readonly string[]): boolean => {
  const count = certificate.subjectAltName?.split(', ').length ?? 0;
  return count === names.length && names.every(name => certificate.checkHost(name) ?? certificate.checkIP(name));
};
