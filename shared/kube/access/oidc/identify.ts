import type { JWTPayload } from 'jose';
import { getOwn } from '../../../base/own.ts';
import { CelError } from '../../cel/value.ts';
import { unauthorized } from '../../faults.ts';
import type { User } from '../user.ts';
import type { ClaimRule, Issuer, Mapping } from './config.ts';

/** Who a token's claims say it is, by the issuer's rules. Throws Unauthorized when they say nobody. */
export const identify = (issuer: Issuer, claims: JWTPayload): User => {
  try {
    for (const rule of issuer.claimRules) checkClaim(rule, claims);
    const user = toUser(issuer, claims);
    const shown = { username: user.name, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} };
    const broken = issuer.userRules.find(rule => !rule.expression(shown));
    if (broken) throw unauthorized(`user validation failed: ${broken.message}`);
    return user;
  } catch (error) {
    if (error instanceof CelError) throw unauthorized(`an expression failed: ${error.message}`);
    throw error;
  }
};

const checkClaim = (rule: ClaimRule, claims: JWTPayload): void => {
  if ('expression' in rule) {
    if (!rule.expression(claims)) throw unauthorized(`claim validation failed: ${rule.message}`);
  } else if (getOwn(claims, rule.claim) !== rule.requiredValue) {
    throw unauthorized(`the claim ${rule.claim} is not what is required`);
  }
};

const toUser = (issuer: Issuer, claims: JWTPayload): User => {
  const name = toName(issuer.username, claims);
  const groups = issuer.groups ? toGroups(issuer.groups, claims) : [];
  const uid = issuer.uid && toText(issuer.uid, claims);
  const extra = issuer.extra
    .map(({ key, value }) => [key, value(claims).filter(text => text !== '')] as const)
    .filter(([, values]) => values.length > 0);
  const credential: [string, string[]][] =
    typeof claims.jti === 'string' && claims.jti !== '' ? [[credentialId, [`JTI=${claims.jti}`]]] : [];
  const all = Object.fromEntries([...credential, ...extra]);
  return { name, ...(uid && { uid }), groups, ...(Object.keys(all).length > 0 && { extra: all }) };
};

const credentialId = 'authentication.kubernetes.io/credential-id';

const toName = (mapping: Mapping, claims: JWTPayload): string => {
  if ('claim' in mapping && mapping.claim === 'email' && Object.hasOwn(claims, 'email_verified')) {
    if (claims.email_verified !== true) throw unauthorized('the email address is not verified');
  }
  const name = toText(mapping, claims);
  if (name === '') throw unauthorized('the user name is empty');
  return 'claim' in mapping ? mapping.prefix + name : name;
};

/** One text, without a prefix. */
const toText = (mapping: Mapping, claims: JWTPayload): string => {
  if ('expression' in mapping) return mapping.expression(claims)[0] ?? '';
  const value = getOwn(claims, mapping.claim);
  if (typeof value !== 'string') throw unauthorized(`the claim ${mapping.claim} is no text`);
  return value;
};

const toGroups = (mapping: Mapping, claims: JWTPayload): string[] => {
  if ('expression' in mapping) return mapping.expression(claims).filter(group => group !== '');
  const value = getOwn(claims, mapping.claim);
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map(group => {
    if (typeof group !== 'string') throw unauthorized(`the claim ${mapping.claim} holds other things than texts`);
    return mapping.prefix + group;
  });
};
