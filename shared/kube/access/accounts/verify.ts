import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { getOwn, isMap } from '../../../base/own.ts';
import { unauthorized } from '../../faults.ts';
import type { TokenMethod, TokenUser } from '../bearer.ts';
import type { AccountParts } from './accounts.ts';
import { type Bound, legacyIssuer, legacyPrefix, toSubject } from './issue.ts';

/**
 * Knows whose a ServiceAccount token is. The signature and the times are one thing; beyond them the account, and what the
 * token is bound to, must exist now and be the very objects that it was issued for.
 */
export const createVerifier = (parts: AccountParts): TokenMethod => {
  const signed = createSignatures(parts);
  return async (token, audiences = parts.audiences) => {
    const issuer = issuerOf(token);
    if (issuer === undefined || (issuer !== legacyIssuer && !parts.issuers.includes(issuer))) return undefined;
    const payload = await signed(token);
    return issuer === legacyIssuer
      ? verifyLegacy(parts, payload, token, audiences)
      : verifyBound(parts, payload, audiences);
  };
};

/** What a token claims of its issuer, believed by nobody: it only says who is to look at it. */
export const issuerOf = (token: string): string | undefined => {
  if (!isToken.test(token)) return undefined;
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
};

const isToken = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const maxKept = 4096;
/** Servers behind one name may not agree on the time to the second. */
const leewaySeconds = 5;

/** The claims of a token whose signature and times hold. A signature is verified once, not with every request. */
const createSignatures = ({ keys, clock }: AccountParts) => {
  const kept = new Map<string, JWTPayload>();
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = keys.all.find(candidate => candidate.id === kid);
    if (!key) throw unauthorized('token was signed with a key that is not known');
    return key;
  };
  return async (token: string): Promise<JWTPayload> => {
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = kept.get(hash);
    const now = clock.now();
    if (known) {
      if (known.exp !== undefined && known.exp * 1000 <= now) throw unauthorized('token has expired');
      return known;
    }
    try {
      const { payload } = await jwtVerify(token, header => keyOf(header).publicKey, {
        algorithms: [...new Set(keys.all.map(key => key.algorithm))],
        currentDate: new Date(now),
        clockTolerance: leewaySeconds,
      });
      if (payload.exp !== undefined && payload.exp * 1000 <= now) throw unauthorized('token has expired');
      if (kept.size >= maxKept) kept.clear();
      kept.set(hash, payload);
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw unauthorized(error.message);
      throw error;
    }
  };
};

const verifyBound = async (
  { clock, find }: AccountParts,
  payload: JWTPayload,
  audiences: readonly string[],
): Promise<TokenUser> => {
  const claims = payload['kubernetes.io'];
  if (!isMap(claims) || typeof claims.namespace !== 'string') throw unauthorized('token is of no ServiceAccount');
  const { namespace } = claims;
  const account = toBound(claims, 'serviceaccount');
  if (!account || payload.sub !== toSubject(namespace, account.name)) throw unauthorized('token claims differ');
  if (payload.exp === undefined) throw unauthorized('token never expires');
  const meant = [payload.aud ?? []].flat();
  const common = audiences.filter(audience => meant.includes(audience));
  if (common.length === 0) throw unauthorized('token is meant for others');
  const stands = async (plural: 'serviceaccounts' | 'secrets', { name, uid }: Bound): Promise<void> => {
    const found = await find(plural, { namespace, name });
    const ends = found?.metadata.deletionTimestamp;
    if (found?.metadata.uid === uid && (ends === undefined || Date.parse(ends) > clock.now())) return;
    throw unauthorized(`what the token is bound to is gone: ${plural} ${name}`);
  };
  await stands('serviceaccounts', account);
  if (claims.pod !== undefined || claims.node !== undefined)
    throw unauthorized('token is bound to what does not exist');
  const secret = toBound(claims, 'secret');
  if (secret) await stands('secrets', secret);
  return { ...toUser(namespace, account), ...credential(payload), audiences: common };
};

const verifyLegacy = async (
  { find, audiences: own }: AccountParts,
  payload: JWTPayload,
  token: string,
  audiences: readonly string[],
): Promise<TokenUser> => {
  const text = (name: string): string => {
    const value = payload[legacyPrefix + name];
    if (typeof value !== 'string' || value === '') throw unauthorized(`token does not say its ${name}`);
    return value;
  };
  const namespace = text('namespace');
  const account = { name: text('service-account.name'), uid: text('service-account.uid') };
  if (payload.sub !== toSubject(namespace, account.name)) throw unauthorized('token claims differ');
  const common = audiences.filter(audience => own.includes(audience));
  if (common.length === 0) throw unauthorized('token is meant for others');
  const secret = await find('secrets', { namespace, name: text('secret.name') });
  // What is being deleted may stay for as long as something holds it: the token ends at once.
  if (!secret || secret.metadata.deletionTimestamp || !holds(secret.data, token))
    throw unauthorized('token was taken back');
  const found = await find('serviceaccounts', { namespace, name: account.name });
  if (found?.metadata.uid !== account.uid || found.metadata.deletionTimestamp)
    throw unauthorized('ServiceAccount of the token is gone');
  return { ...toUser(namespace, account), audiences: common };
};

const holds = (data: unknown, token: string): boolean => {
  const kept = isMap(data) ? data.token : undefined;
  if (typeof kept !== 'string') return false;
  const bytes = Buffer.from(kept, 'base64');
  const asked = Buffer.from(token);
  return bytes.length === asked.length && timingSafeEqual(bytes, asked);
};

const toBound = (claims: Record<string, unknown>, name: string): Bound | undefined => {
  const value = getOwn(claims, name);
  if (value === undefined) return undefined;
  if (!isMap(value) || typeof value.name !== 'string' || typeof value.uid !== 'string')
    throw unauthorized(`token is bound to a ${name} without name or uid`);
  return { name: value.name, uid: value.uid };
};

const toUser = (namespace: string, { name, uid }: Bound) => ({
  name: toSubject(namespace, name),
  uid,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
});

const credential = ({ jti }: JWTPayload) =>
  jti === undefined ? {} : { extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] } };
