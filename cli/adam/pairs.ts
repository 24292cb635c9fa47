import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Identity } from '../../functions/identity/identity.ts';
import type { Pair } from '../../functions/identity/keyring.ts';

/** Paths of a certificate, or a chain of them, and its key, in PEM. */
export interface PairFiles {
  readonly cert: string;
  readonly key: string;
  /** Whether somebody named them: then they must be there. */
  readonly isNamed: boolean;
}

export type PairNames = 'server' | 'signing' | 'ecdh';

/** The pairs that are there as files; own ones stand in for the others. Throws an Error that names the file that is wrong. */
export const adoptPairs =
  (files: Readonly<Record<PairNames, PairFiles>>) =>
  (own: Identity): Identity => {
    const server = readPair(files.server);
    const signing = readPair(files.signing);
    const ecdh = readPair(files.ecdh);
    const intermediates = new Set([...(signing?.issuers ?? []), ...(ecdh?.issuers ?? [])]);
    return {
      ...own,
      // Whoever trusts the certificate of TLS trusts just that one: who issued it is not known here.
      ...(server && { server: { ...server.leaf, certificatePem: server.text }, root: { ...own.root, ...server.leaf } }),
      ...(signing && { signing: signing.leaf }),
      ...(ecdh && { ecdh: ecdh.leaf, formerEcdh: [] }),
      ...(intermediates.size > 0 && { intermediates: [...intermediates] }),
    };
  };

interface Chain {
  readonly text: string;
  readonly leaf: Pair;
  readonly issuers: readonly string[];
}

const readPair = ({ cert, key, isNamed }: PairFiles): Chain | undefined => {
  if (!isNamed && !(existsSync(cert) && existsSync(key))) return undefined;
  const text = read(cert);
  const keyPem = read(key);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = blocks.map(pem => ({ pem, certificate: parse(pem, cert) }));
  // As Adam chooses: the last that is no authority, and an authority only when there is nothing else.
  const last = found.filter(({ certificate }) => !certificate.ca).at(-1) ?? found.at(-1);
  if (!last) throw new Error(`${cert} holds no certificate`);
  const leaf = { key: parseKey(keyPem, key), keyPem, certificate: last.certificate, certificatePem: last.pem };
  if (!leaf.certificate.checkPrivateKey(leaf.key)) throw new Error(`${key} is not the key of ${cert}`);
  return { text, leaf, issuers: found.filter(one => one !== last).map(({ pem }) => pem) };
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`${path} cannot be read`, { cause });
  }
};

const parse = (pem: string, path: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`${path} holds a certificate that cannot be read`, { cause });
  }
};

const parseKey = (pem: string, path: string) => {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`${path} holds no private key`, { cause });
  }
};
