import { generateKeyPairSync } from 'node:crypto';
import { type TokenKeys, toTokenKeys } from '../../shared/kube/access/accounts/keys.ts';
import type { Vault } from './vault.ts';

/**
 * The keys of ServiceAccount tokens: `service-account.key.pem` signs and is made when it is missing; tokens of every
 * `service-account-<anything>.pem`, private or public, are accepted. To rotate, give the signing key such a name and start
 * anew; take it away when its last token has expired.
 */
export const openTokenKeys = (vault: Vault): TokenKeys => {
  const former = vault.names().filter(name => /^service-account-.+\.pem$/.test(name));
  return toTokenKeys(
    keyOf(vault),
    former.map(name => vault.read(name) ?? ''),
  );
};

const keyOf = (vault: Vault): string => {
  const name = 'service-account.key.pem';
  const found = vault.read(name);
  if (found) return found;
  // RSA, because some verifiers know nothing but RS256.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  vault.write(name, pem);
  return pem;
};
