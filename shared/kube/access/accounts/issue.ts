import { type JWTPayload, SignJWT } from 'jose';
import type { AccountParts, Issued } from './accounts.ts';

/** One object by name, and by UID so that no later namesake is meant. */
export interface Bound {
  readonly name: string;
  readonly uid: string;
}

export interface Issue {
  readonly namespace: string;
  readonly account: Bound;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** A Secret that the token lives no longer than. */
  readonly secret?: Bound;
}

export interface LegacyIssue {
  readonly namespace: string;
  readonly account: Bound;
  readonly secretName: string;
}

export const legacyIssuer = 'kubernetes/serviceaccount';
export const legacyPrefix = 'kubernetes.io/serviceaccount/';

type Parts = Pick<AccountParts, 'keys' | 'issuers' | 'clock' | 'random'>;

export const issueToken = async (parts: Parts, request: Issue): Promise<Issued> => {
  const { namespace, account, secret, audiences, expirationSeconds } = request;
  const now = Math.floor(parts.clock.now() / 1000);
  const exp = now + expirationSeconds;
  const token = await sign(parts, {
    aud: [...audiences],
    exp,
    iat: now,
    iss: parts.issuers[0],
    jti: parts.random.uuid(),
    'kubernetes.io': {
      namespace,
      ...(secret && { secret: { name: secret.name, uid: secret.uid } }),
      serviceaccount: { name: account.name, uid: account.uid },
    },
    nbf: now,
    sub: toSubject(namespace, account.name),
  });
  return { token, expiresAt: exp * 1000 };
};

export const issueLegacyToken = (parts: Parts, { namespace, account, secretName }: LegacyIssue): Promise<string> =>
  sign(parts, {
    iss: legacyIssuer,
    [`${legacyPrefix}namespace`]: namespace,
    [`${legacyPrefix}secret.name`]: secretName,
    [`${legacyPrefix}service-account.name`]: account.name,
    [`${legacyPrefix}service-account.uid`]: account.uid,
    sub: toSubject(namespace, account.name),
  });

/** The name that a ServiceAccount acts under. */
export const toSubject = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

const sign = ({ keys: { signing } }: Parts, claims: JWTPayload): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: signing.algorithm, kid: signing.id }).sign(signing.privateKey);
