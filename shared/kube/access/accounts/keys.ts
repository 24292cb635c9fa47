import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

/** A key of ServiceAccount tokens, as a JSON Web Key: what every runtime's crypto takes. */
export interface TokenKey {
  /** base64url(sha256(DER SPKI)): the `kid` of tokens. */
  readonly id: string;
  readonly algorithm: 'RS256' | 'ES256';
  readonly publicKey: JWK;
}

export interface TokenKeys {
  readonly signing: TokenKey & { readonly privateKey: JWK };
  /** Whose tokens are accepted: the signing key first. */
  readonly all: readonly TokenKey[];
}

/**
 * The keys that ServiceAccount tokens are signed and verified with, from PEM. `signing` is a private key, RSA or EC on
 * P-256; `former` are private or public keys whose tokens still hold: a key is rotated by making it a former one. Throws a
 * plain Error for a key of another sort.
 */
export const toTokenKeys = (signing: string, former: readonly string[] = []): TokenKeys => {
  const privateKey = createPrivateKey(signing);
  const own = { ...toTokenKey(createPublicKey(privateKey)), privateKey: toJwk(privateKey) };
  const others = former.map(pem => toTokenKey(createPublicKey(pem))).filter(key => key.id !== own.id);
  return { signing: own, all: [own, ...others] };
};

/** The public halves as a JSON Web Key Set (RFC 7517). */
export const toKeySet = (keys: TokenKeys): { readonly keys: readonly JWK[] } => ({
  keys: keys.all.map(({ id, algorithm, publicKey }) => ({
    use: 'sig',
    kid: id,
    alg: algorithm,
    ...publicKey,
  })),
});

const toTokenKey = (publicKey: KeyObject): TokenKey => {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    id: createHash('sha256').update(spki).digest('base64url'),
    algorithm: toAlgorithm(publicKey),
    publicKey: toJwk(publicKey),
  };
};

/** What is exported always says of which type it is. */
const toJwk = (key: KeyObject): JWK => key.export({ format: 'jwk' }) as JWK;

const toAlgorithm = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): TokenKey['algorithm'] => {
  if (asymmetricKeyType === 'rsa') return 'RS256';
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new Error(`ServiceAccount tokens need a key that is RSA or EC on P-256, not ${asymmetricKeyType}`);
};
