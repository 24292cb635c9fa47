import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { type Bundle, openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { type Rotated, retire, rotate } from '../../functions/identity/rotate.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import type { Vault } from '../../functions/identity/vault.ts';
import { toBase64Url } from '../../shared/base/bytes.ts';
import type { Ports } from '../../shared/base/ports.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Cloud, Secret } from './cloud.ts';

/** The two secrets of an installation. */
export interface Identities {
  /** Everything, the keys of the root, the administrator and onboarding included. No function may read it. */
  readonly authority: Secret;
  /** What functions need of it. */
  readonly serving: Secret;
  readonly news: 'made' | 'mended' | 'there';
}

/** The name of the secret that holds everything. */
export const authorityName = (stack: string): string => `${stack}/authority`;

/**
 * Brings both secrets to what they should be: makes what is missing, changes nothing else, so that it can be done again at any
 * time. `from` is the identity of an installation that moves here; it is taken over at the first time and must be the same
 * ever after.
 */
export const ensureIdentities = async (
  cloud: Cloud,
  stack: string,
  ports: Pick<Ports, 'clock' | 'random'>,
  from?: Vault,
): Promise<Identities> => {
  const found = await cloud.readSecret(authorityName(stack));
  const bundle = openBundle(found?.text);
  if (from) adopt(bundle, from, found !== undefined);
  complete(bundle, ports);
  return keepBoth(cloud, stack, bundle, found);
};

/**
 * Makes new keys and certificates by which devices know the installation; what runs takes them over by itself. Former keys for
 * secrets stay until `retireIdentities`.
 */
export const rotateIdentities = async (
  cloud: Cloud,
  stack: string,
  what: readonly Rotated[],
  ports: Pick<Ports, 'clock' | 'random'>,
): Promise<Identities> => {
  const found = await readAuthority(cloud, stack);
  const bundle = openBundle(found.text);
  for (const one of what) rotate(bundle, one);
  complete(bundle, ports);
  return keepBoth(cloud, stack, bundle, found);
};

/** Drops former keys for secrets that no configuration in the store uses any longer. Returns how many. */
export const retireIdentities = async (
  cloud: Cloud,
  stack: string,
  store: Pick<Store, 'find'>,
  now: number,
): Promise<number> => {
  const found = await readAuthority(cloud, stack);
  const bundle = openBundle(found.text);
  const count = await retire(bundle, store, now);
  if (count > 0) await keepBoth(cloud, stack, bundle, found);
  return count;
};

/** The secret that holds everything. Throws an Error when there is none. */
export const readAuthority = async (cloud: Cloud, stack: string): Promise<Secret> => {
  const found = await cloud.readSecret(authorityName(stack));
  if (!found)
    throw new Error(`${cloud.region} has no secret ${authorityName(stack)}: deploy, or give another --region`);
  return found;
};

/** Functions get theirs last: what they know is then kept. */
const keepBoth = async (
  cloud: Cloud,
  stack: string,
  bundle: Bundle,
  found: Secret | undefined,
): Promise<Identities> => {
  const authority = await keep(cloud, authorityName(stack), bundle, found, 'kubeve: all keys of this installation');
  const name = `${stack}/identity`;
  const served = await cloud.readSecret(name);
  const serving = await keep(cloud, name, toServing(bundle), served, 'kubeve: the keys that its functions use');
  const isSame = authority === found && serving === served;
  return { authority, serving, news: isSame ? 'there' : found ? 'mended' : 'made' };
};

/** A token of the administrator, as users of function URLs need one. Undefined when the file has none of them. */
export const administratorToken = (vault: Pick<Vault, 'read'>): string | undefined =>
  vault
    .read('tokens.csv')
    ?.split('\n')
    .map(line => line.split(','))
    .find(([, user]) => user === administrator)?.[0];

/** PEM of the roots that the certificates of AWS's own host names, and those of ACM, chain to. */
export const awsRoots = (): string => {
  const found = rootCertificates.filter(pem =>
    /CN=(Amazon Root|Starfield Services)/.test(new X509Certificate(pem).subject),
  );
  if (found.length === 0) throw new Error('this Node knows no root of AWS: use the release that nodejs.org publishes');
  return `${found.join('\n')}\n`;
};

const administrator = 'kubeve-admin';

/** Takes over another installation's files. Throws an Error when keys are there already and are others. */
const adopt = (bundle: Bundle, from: Vault, isThere: boolean): void => {
  const names = from.names().filter(name => name.endsWith('.pem') || name === 'tokens.csv');
  if (!names.includes('root.key.pem'))
    throw new Error('the folder holds no identity: give the pki folder of an installation');
  for (const name of names) {
    const text = from.read(name) ?? '';
    const isKey = name.endsWith('.key.pem');
    if (isKey && isThere && (bundle.read(name) ?? text) !== text)
      throw new Error(
        `this stack has an identity of its own (${name} is another): deploy another stage, or leave --pki and --restore out`,
      );
    if (isKey || !isThere) bundle.write(name, text);
  }
};

const complete = (bundle: Bundle, ports: Pick<Ports, 'clock' | 'random'>): void => {
  // The names are those of the process that serves TLS itself; here the platform does.
  openIdentity(bundle, ['localhost'], ports);
  openTokenKeys(bundle);
  if (bundle.read('tls-root.pem') === undefined) bundle.write('tls-root.pem', awsRoots());
  if (administratorToken(bundle) === undefined) {
    const row = `${toBase64Url(ports.random.bytes(32))},${administrator},${administrator},"system:masters"\n`;
    bundle.write('tokens.csv', row + (bundle.read('tokens.csv') ?? ''));
  }
};

const servingFiles =
  /^(root\.pem|tls-root\.pem|tokens\.csv|(signing|ecdh|ecdh-former-\d+|client-authority)(\.key)?\.pem|escrow\.key\.pem|service-account.*\.pem)$/;

const toServing = (bundle: Bundle): Bundle => {
  const serving = openBundle();
  for (const name of bundle.names().filter(one => servingFiles.test(one))) serving.write(name, bundle.read(name) ?? '');
  return serving;
};

const keep = async (
  cloud: Cloud,
  name: string,
  bundle: Bundle,
  found: Secret | undefined,
  description: string,
): Promise<Secret> => (found?.text === bundle.toText() ? found : cloud.writeSecret(name, bundle.toText(), description));
