import type { ApiObject, ObjectRef } from '../../../base/object.ts';
import type { Ports } from '../../../base/ports.ts';
import type { TokenMethod } from '../bearer.ts';
import { type Issue, issueLegacyToken, issueToken, type LegacyIssue } from './issue.ts';
import { type TokenKeys, toKeySet } from './keys.ts';
import { createVerifier } from './verify.ts';

/** What ServiceAccount tokens need to know. */
export interface AccountParts extends Pick<Ports, 'clock' | 'random'> {
  readonly keys: TokenKeys;
  /** URLs under which tokens were issued; new ones name the first. */
  readonly issuers: readonly [string, ...string[]];
  /** For whom a token is when it is not said: the audiences of this server. */
  readonly audiences: readonly string[];
  /** A ServiceAccount or Secret as it is now. */
  readonly find: (plural: 'serviceaccounts' | 'secrets', ref: ObjectRef) => Promise<ApiObject | undefined>;
}

/** Tokens of ServiceAccounts (kubernetes-api reference §3.4). */
export interface Accounts {
  readonly audiences: readonly string[];
  /** A bound token; it holds until it expires, or what it is bound to goes. */
  issue(request: Issue): Promise<Issued>;
  /** A token without an end, for a Secret of the type kubernetes.io/service-account-token. */
  issueLegacy(request: LegacyIssue): Promise<string>;
  readonly verify: TokenMethod;
  /** `/.well-known/openid-configuration` */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** `/openid/v1/jwks` */
  readonly keySet: ReturnType<typeof toKeySet>;
}

export interface Issued {
  readonly token: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly expiresAt: number;
}

export const createAccounts = (parts: AccountParts): Accounts => ({
  audiences: parts.audiences,
  issue: request => issueToken(parts, request),
  issueLegacy: request => issueLegacyToken(parts, request),
  verify: createVerifier(parts),
  keySet: toKeySet(parts.keys),
  configuration: {
    issuer: parts.issuers[0],
    jwks_uri: `${parts.issuers[0].replace(/\/$/, '')}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(parts.keys.all.map(key => key.algorithm))].sort(),
  },
});
