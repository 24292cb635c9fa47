import { createHash, X509Certificate } from 'node:crypto';
import { isIssuedBy } from '../../base/issued.ts';
import type { Clock } from '../../base/ports.ts';
import { unauthorized } from '../faults.ts';
import type { Method } from './authenticate.ts';
import { commonName, organization, readSubject, userUid } from './subject.ts';
import type { User } from './user.ts';
import { readUses } from './uses.ts';

/** A certificate whose chain, use and subject were checked; only its validity still depends on the moment. */
interface Checked {
  readonly user: User;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Checked certificates kept by hash, so that a signature is verified once per certificate and not once per request. */
const maxKept = 1024;

/**
 * Client certificates (kubernetes-api reference §3.1): the user is the subject's CN, the groups its Os. The chain to the
 * client CA, the validity and the use (clientAuth, when the certificate restricts it) are checked here too and not left
 * to TLS alone. `ca` holds the PEM or DER of the certificates that may issue client certificates.
 */
export const clientCertificates = (options: {
  readonly ca: readonly (string | Uint8Array)[];
  readonly clock: Clock;
}): Method => {
  const issuers = options.ca.map(certificate => new X509Certificate(certificate));
  const kept = new Map<string, Checked>();
  return async (_request, peer) => {
    if (!peer?.certificate) return undefined;
    if (!peer.verified) throw unauthorized('client certificate was not verified by TLS');
    const hash = createHash('sha256').update(peer.certificate).digest('hex');
    let checked = kept.get(hash);
    if (!checked) {
      checked = check(peer.certificate, hash, issuers, options.clock.now());
      if (kept.size >= maxKept) kept.clear();
      kept.set(hash, checked);
    }
    const now = options.clock.now();
    if (now < checked.notBefore || now > checked.notAfter) throw unauthorized('client certificate is not valid now');
    return checked.user;
  };
};

const check = (der: Uint8Array, hash: string, issuers: readonly X509Certificate[], now: number): Checked => {
  const certificate = parse(der);
  const issuer = issuers.find(candidate => isIssuedBy(certificate, [candidate]));
  if (!issuer) throw unauthorized('client certificate was not issued by the client CA');
  if (now < time(issuer.validFrom) || now > time(issuer.validTo)) throw unauthorized('client CA is not valid now');
  if (!isForClients(der)) throw unauthorized('client certificate is not meant for client authentication');
  return {
    user: toUser(der, hash),
    notBefore: time(certificate.validFrom),
    notAfter: Math.min(time(certificate.validTo), time(issuer.validTo)),
  };
};

const parse = (der: Uint8Array): X509Certificate => {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw unauthorized(`client certificate cannot be read: ${String(error)}`);
  }
};

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUse = '2.5.29.37.0';

const isForClients = (der: Uint8Array): boolean => {
  const uses = readUses(der);
  return uses === undefined || uses.includes(clientAuth) || uses.includes(anyUse);
};

const toUser = (der: Uint8Array, hash: string): User => {
  const subject = readSubject(der);
  // As in Go, the last common name counts.
  const name = subject?.get(commonName)?.at(-1) ?? '';
  if (name === '') throw unauthorized('client certificate has no common name');
  const uid = subject?.get(userUid)?.at(-1);
  return {
    name,
    ...(uid ? { uid } : {}),
    groups: subject?.get(organization) ?? [],
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hash}`] },
  };
};

const time = (text: string): number => Date.parse(text);
