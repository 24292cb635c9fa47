import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { fromBase64, toBase64 } from '../../shared/base/bytes.ts';
import { parseIp } from '../../shared/base/ip.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { type CertificatePlan, issueCertificate } from '../../shared/pki/issue.ts';
import type { Vault } from './vault.ts';

/** A key and the certificate over it, as they lie in a vault. */
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
 * Keys and certificates in a vault: `<name>.key.pem`, `<name>.pem`. A pair is made when it is missing. A key, once
 * made, stays; its certificate is made anew when it nears its end, says other names, or belongs to another issuer.
 */
export const createKeyring = (vault: Vault, ports: Pick<Ports, 'clock' | 'random'>) => {
  const pair = (name: string, plan: PairPlan): Pair => {
    const keyPem = keyOf(vault, `${name}.key.pem`);
    const key = createPrivateKey(keyPem);
    const file = `${name}.pem`;
    const found = vault.read(file);
    const certificatePem = found && isGood(found, key, plan, ports.clock.now()) ? found : issue(key, plan);
    if (certificatePem !== found) vault.write(file, certificatePem);
    return toPair(keyPem, certificatePem);
  };

  const issue = (key: KeyObject, plan: PairPlan): string => {
    const now = ports.clock.now();
    const { days, issuer, ...what } = plan;
    const dates = { notBefore: now - day, notAfter: now + days * day };
    const serial = ports.random.bytes(16);
    return issueCertificate({ ...what, ...dates, serial, publicKey: key }, issuer ?? { key });
  };

  /** 32 random bytes in `<name>.key.pem`. */
  const secret = (name: string): Uint8Array => {
    const file = `${name}.key.pem`;
    const found = vault.read(file);
    if (found === undefined) vault.write(file, toArmor(ports.random.bytes(32)));
    return recallSecret(vault, name);
  };

  return { pair, secret };
};

/** A pair as it lies there, whatever may be said about it. Throws an Error that says what is missing. */
export const recallPair = (vault: Vault, name: string): Pair => {
  const [keyPem, certificatePem] = [`${name}.key.pem`, `${name}.pem`].map(file => {
    const found = vault.read(file);
    if (found === undefined) throw new Error(`the identity has no ${file}: deploy again, which makes it`);
    return found;
  });
  return toPair(keyPem ?? '', certificatePem ?? '');
};

/** A secret as it lies there. Throws an Error that says what is missing. */
export const recallSecret = (vault: Vault, name: string): Uint8Array => {
  const found = vault.read(`${name}.key.pem`);
  if (found === undefined) throw new Error(`the identity has no ${name}.key.pem: deploy again, which makes it`);
  return fromBase64(found.replace(/-----[^-]+-----|\s/g, ''));
};

const toArmor = (bytes: Uint8Array): string => `-----BEGIN SECRET-----\n${toBase64(bytes)}\n-----END SECRET-----\n`;

const toPair = (keyPem: string, certificatePem: string): Pair => ({
  key: createPrivateKey(keyPem),
  keyPem,
  certificate: new X509Certificate(certificatePem),
  certificatePem,
});

const day = 86_400_000;
/** A certificate with less left than this is made anew at the next start. */
const renewalDays = 30;

const keyOf = (vault: Vault, file: string): string => {
  const found = vault.read(file);
  if (found) return found;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  vault.write(file, pem);
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
  return (
    count === names.length &&
    names.every(name => (parseIp(name) ? certificate.checkIP(name) : certificate.checkHost(name)))
  );
};
