import type { X509Certificate } from 'node:crypto';
import { recallFormer } from './former.ts';
import type { Identity } from './identity.ts';
import { type Pair, recallPair } from './keyring.ts';
import { adopted, keepFormer } from './rotate.ts';
import type { Vault } from './vault.ts';

/**
 * The same with those keys for secrets that came before a key of somebody else: they are remembered in the vault, so that devices
 * are told of them until none needs them any longer. Devices refuse all certificates when one of them is over or is not from the
 * issuer that they trust: such a former one is left out, and its secrets wait until devices have read the new one.
 */
export const succeed = (vault: Vault, identity: Identity, now: number): Identity => {
  const { ecdh } = identity;
  const before = vault.read(`${adopted}.pem`);
  const isOwn = vault.read('ecdh.pem') === ecdh.certificatePem;
  if (!isOwn && before !== ecdh.certificatePem) {
    if (before !== undefined) keepFormer(vault, recallPair(vault, adopted));
    vault.write(`${adopted}.since`, new Date(now).toISOString());
    vault.write(`${adopted}.key.pem`, ecdh.keyPem);
    vault.write(`${adopted}.pem`, ecdh.certificatePem);
  }
  return { ...identity, formerEcdh: recallFormer(vault).filter(one => mayStay(one, ecdh, now)) };
};

const mayStay = ({ certificate, certificatePem }: Pair, present: Pair, now: number): boolean => {
  const issuer = issuerOf(certificate);
  return (
    certificatePem !== present.certificatePem &&
    Date.parse(certificate.validFrom) <= now &&
    now <= Date.parse(certificate.validTo) &&
    issuer !== undefined &&
    issuer === issuerOf(present.certificate)
  );
};

/** The extension that names the issuer's key (RFC 5280 §4.2.1.1), in hex; undefined when there is none. */
const issuerOf = ({ raw, issuer }: X509Certificate): string | undefined => {
  const bytes = Buffer.from(raw);
  const at = bytes.indexOf(Buffer.from('0603551d2304', 'hex'));
  const length = bytes[at + 6] ?? 0;
  return at < 0 || length > 127 ? undefined : `${issuer} ${bytes.toString('hex', at + 7, at + 7 + length)}`;
};
