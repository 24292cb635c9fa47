import { errors, jwtVerify } from 'jose';
import { unauthorized } from '../../faults.ts';
import { issuerOf } from '../accounts/verify.ts';
import type { TokenMethod } from '../bearer.ts';
import type { Issuer } from './config.ts';
import { identify } from './identify.ts';
import { createIssuerKeys, type KeyParts } from './keys.ts';

/** What issuers may sign with when nothing else is said. */
export const usualAlgorithms: readonly string[] = ['RS256'];
/** Clocks of issuers may be a little ahead. */
const leewaySeconds = 10;

/**
 * ID tokens of OpenID Connect issuers (kubernetes-api reference §3.2): a token of an issuer that is not configured is left
 * to others; one that is, must be signed with a key that the issuer shows, be meant for one of its audiences, and be valid
 * now.
 */
export const openIdTokens = (
  issuers: readonly Issuer[],
  parts: KeyParts & { readonly algorithms?: readonly string[] },
): TokenMethod => {
  const known = new Map(issuers.map(issuer => [issuer.url, { issuer, keys: createIssuerKeys(issuer, parts) }]));
  return async token => {
    const found = known.get(issuerOf(token) ?? '');
    if (!found) return undefined;
    const { issuer, keys } = found;
    const now = parts.clock.now();
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [...(parts.algorithms ?? usualAlgorithms)],
        issuer: issuer.url,
        audience: [...issuer.audiences],
        requiredClaims: ['exp'],
        currentDate: new Date(now),
        clockTolerance: leewaySeconds,
      });
      if ((payload.exp ?? 0) * 1000 <= now) throw unauthorized('token has expired');
      return identify(issuer, payload);
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw unauthorized(error.message);
      throw error;
    }
  };
};
