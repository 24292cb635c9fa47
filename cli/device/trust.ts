import { type KeyObject, X509Certificate } from 'node:crypto';
import { type ZCert, ZCertType, type ZControllerCert } from '../../shared/eve/generated/certs.ts';
import { Complaint } from './complaint.ts';

/** What a device knows of its controller after it has read `/certs`. */
export interface Trust {
  /** Exactly as sent: its hash names the controller in every envelope. */
  readonly signingPem: Uint8Array;
  readonly signingKey: KeyObject;
  /** ECDH keys by `certHash` in hex. */
  readonly ecdh: ReadonlyMap<string, KeyObject>;
}

/** Applies EVE's rules (eve-device-api §2.4). Throws a Complaint for the whole list when one is broken. */
export const toTrust = ({ certs = [] }: ZControllerCert, rootPem: string, now: number): Trust => {
  const of = (type: number) => certs.filter(cert => cert.type === type);
  const signing = of(ZCertType.CERT_TYPE_CONTROLLER_SIGNING);
  const intermediate = of(ZCertType.CERT_TYPE_CONTROLLER_INTERMEDIATE);
  const ecdh = of(ZCertType.CERT_TYPE_CONTROLLER_ECDH_EXCHANGE);
  const [signer] = signing;
  if (!signer || signing.length > 1) throw new Complaint(`/certs has ${signing.length} signing certificates, not one`);
  if (ecdh.length === 0) throw new Complaint('/certs has no ECDH certificate');
  if (signing.length + intermediate.length + ecdh.length !== certs.length)
    throw new Complaint('/certs has a certificate of another type');
  const hashes = certs.map(hashOf);
  if (new Set(hashes).size !== hashes.length) throw new Complaint('two certificates have one certHash');
  const roots = (rootPem.match(block) ?? [rootPem]).map(pem => new X509Certificate(pem));
  const chain = intermediate.map(read);
  for (const cert of [signer, ...ecdh]) checkChain(read(cert), chain, roots, now);
  return {
    signingPem: signer.cert ?? new Uint8Array(),
    signingKey: read(signer).publicKey,
    ecdh: new Map(ecdh.map(cert => [hashOf(cert), read(cert).publicKey])),
  };
};

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const hashOf = (cert: ZCert): string => {
  if (!cert.certHash?.length) throw new Complaint('/certs has a certificate without certHash');
  return Buffer.from(cert.certHash).toString('hex');
};

const read = (cert: ZCert): X509Certificate => {
  try {
    return new X509Certificate(Buffer.from(cert.cert ?? []));
  } catch (cause) {
    throw new Complaint('/certs has a certificate that cannot be read', { cause });
  }
};

const serverAuth = '1.3.6.1.5.5.7.3.1';
const anyUsage = '2.5.29.37.0';

const checkChain = (
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): void => {
  const usage: readonly string[] | undefined = leaf.keyUsage;
  if (usage && !usage.includes(serverAuth) && !usage.includes(anyUsage))
    throw new Complaint(`${leaf.subject} may not be used for serverAuth`);
  let at = leaf;
  for (let depth = 0; depth <= chain.length; depth++) {
    if (now < Date.parse(at.validFrom) || now > Date.parse(at.validTo))
      throw new Complaint(`${at.subject} is not valid now`);
    const current = at;
    if (roots.some(root => current.checkIssued(root) && current.verify(root.publicKey))) return;
    const next = chain.find(one => one.ca && current.checkIssued(one) && current.verify(one.publicKey));
    if (!next) break;
    at = next;
  }
  throw new Complaint(`${leaf.subject} does not chain to the root certificate`);
};
