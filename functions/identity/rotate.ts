import { createHash, generateKeyPairSync } from 'node:crypto';
import { toExchangeTerm } from '../../shared/compose/device.ts';
import { configs } from '../../shared/compose/kinds.ts';
import type { Store } from '../../shared/store/store.ts';
import { numbers } from './former.ts';
import { type Pair, recallPair } from './keyring.ts';
import type { Vault } from './vault.ts';

/** What devices are told that can be made anew. */
export type Rotated = 'signing' | 'ecdh';

/**
 * Makes a new key; its certificate follows when the identity is opened next. A former key for secrets stays beside it until
 * no device needs it. That for signatures does not: devices know exactly one, and find out about another by themselves.
 */
export const rotate = (vault: Vault, what: Rotated): void => {
  if (what === 'ecdh') keepFormer(vault, recallPair(vault, 'ecdh'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  vault.write(`${what}.key.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
};

/** Puts a key for secrets beside the one that takes its place. */
export const keepFormer = (vault: Vault, { keyPem, certificatePem }: Pick<Pair, 'keyPem' | 'certificatePem'>): void => {
  const name = `ecdh-former-${Math.max(0, ...numbers(vault)) + 1}`;
  vault.write(`${name}.key.pem`, keyPem);
  vault.write(`${name}.pem`, certificatePem);
};

/** Where a key for secrets that is somebody else's is remembered, and (`.since`) from when on it is used. */
export const adopted = 'adopted-ecdh';

/** Drops former keys that no configuration uses any longer, a day after the last change. Returns how many. */
export const retire = async (vault: Vault, store: Pick<Store, 'find'>, now: number): Promise<number> => {
  const found = numbers(vault);
  if (found.length === 0) return 0;
  if (now - lastChange(vault) < day) return 0;
  let count = 0;
  for (const n of found) {
    const name = `ecdh-former-${n}`;
    const { certificatePem } = recallPair(vault, name);
    const users = await store.find(configs, toExchangeTerm(hashOf(certificatePem)));
    if (users.length > 0) continue;
    vault.remove(`${name}.pem`);
    vault.remove(`${name}.key.pem`);
    count += 1;
  }
  return count;
};

const lastChange = (vault: Vault): number => {
  const { certificate } = recallPair(vault, 'ecdh');
  // A certificate begins a day before it was made.
  const made = Date.parse(certificate.validFrom) + day;
  const since = vault.read(`${adopted}.since`);
  return since === undefined ? made : Math.max(made, Date.parse(since));
};

const day = 86_400_000;

/** As cipher contexts name a certificate: the first 16 bytes of SHA-256 over its PEM, in hex. */
const hashOf = (pem: string): string => createHash('sha256').update(pem).digest('hex').slice(0, 32);
