import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TokenKeys, toTokenKeys } from '../../../shared/kube/access/accounts/keys.ts';
import { readFile, writeFile } from '../files.ts';

/**
 * The keys of ServiceAccount tokens in `<dir>/pki`: `service-account.key.pem` signs and is made when it is missing; tokens
 * of every `service-account-<anything>.pem`, private or public, are accepted. To rotate, give the signing key such a name
 * and start anew; take it away when its last token has expired.
 */
export const openTokenKeys = (dir: string): TokenKeys => {
  const folder = join(dir, 'pki');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const former = names.filter(name => /^service-account-.+\.pem$/.test(name)).map(name => join(folder, name));
  return toTokenKeys(
    keyOf(join(folder, 'service-account.key.pem')),
    former.map(path => readFile(path) ?? ''),
  );
};

const keyOf = (path: string): string => {
  const found = readFile(path);
  if (found) return found;
  // RSA, because some verifiers know nothing but RS256.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFile(path, pem);
  return pem;
};
