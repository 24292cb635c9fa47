import { Fault } from '../../../base/fault.ts';
import { isMap } from '../../../base/own.ts';
import { type Expression, toCondition, toTexts } from './expression.ts';

/** One issuer of tokens, and what its tokens mean. */
export interface Issuer {
  /** As it stands in `iss`. */
  readonly url: string;
  readonly discoveryUrl: string;
  readonly caPem?: string;
  readonly audiences: readonly string[];
  readonly claimRules: readonly ClaimRule[];
  readonly userRules: readonly UserRule[];
  readonly username: Mapping;
  readonly groups?: Mapping;
  readonly uid?: Mapping;
  readonly extra: readonly { readonly key: string; readonly value: Expression<readonly string[]> }[];
}

/** From a claim, with a prefix before every value, or from an expression. */
export type Mapping =
  | { readonly claim: string; readonly prefix: string }
  | { readonly expression: Expression<readonly string[]> };

export type ClaimRule =
  | { readonly claim: string; readonly requiredValue: string }
  | { readonly expression: Expression<boolean>; readonly message: string };

export interface UserRule {
  readonly expression: Expression<boolean>;
  readonly message: string;
}

export interface AuthenticationConfig {
  readonly issuers: readonly Issuer[];
  /** Whether those without a credential are let in, or at which paths; absent: it is not said. */
  readonly anonymous?: boolean | readonly string[];
}

/**
 * An `AuthenticationConfiguration` of apiserver.config.k8s.io (kubernetes-api reference §3.2). `reserved` are issuers that
 * nobody else may be. Throws BadRequest, naming the field, for what is wrong with it.
 */
export const toAuthenticationConfig = (value: unknown, reserved: readonly string[] = []): AuthenticationConfig => {
  const root = toMap(value, '');
  only(root, '', ['apiVersion', 'kind', 'jwt', 'anonymous']);
  const isKnown = /^apiserver\.config\.k8s\.io\/(v1|v1beta1)$/.test(String(root.apiVersion));
  if (!isKnown || root.kind !== 'AuthenticationConfiguration')
    throw bad('', 'must be of kind AuthenticationConfiguration, apiVersion apiserver.config.k8s.io/v1');
  const issuers = toList(root.jwt, 'jwt').map((item, index) => toIssuer(item, `jwt[${index}]`, reserved));
  issuers.forEach(({ url, discoveryUrl }, index) => {
    const before = issuers.slice(0, index);
    if (before.some(other => other.url === url)) throw bad(`jwt[${index}].issuer.url`, 'must be unique');
    if (before.some(other => other.discoveryUrl === discoveryUrl))
      throw bad(`jwt[${index}].issuer.discoveryURL`, 'must be unique');
  });
  return { issuers, ...toAnonymous(root.anonymous) };
};

const toAnonymous = (value: unknown): Pick<AuthenticationConfig, 'anonymous'> => {
  if (value === undefined) return {};
  const map = toMap(value, 'anonymous');
  only(map, 'anonymous', ['enabled', 'conditions']);
  if (typeof map.enabled !== 'boolean') throw bad('anonymous.enabled', 'must be true or false');
  const paths = toList(map.conditions, 'anonymous.conditions').map((item, index) => {
    const path = `anonymous.conditions[${index}]`;
    const condition = toMap(item, path);
    only(condition, path, ['path']);
    return toText(condition, 'path', path);
  });
  if (!map.enabled && paths.length > 0) throw bad('anonymous.conditions', 'must not be set when enabled is false');
  return { anonymous: paths.length > 0 ? paths : map.enabled };
};

const toIssuer = (value: unknown, path: string, reserved: readonly string[]): Issuer => {
  const jwt = toMap(value, path);
  only(jwt, path, ['issuer', 'claimValidationRules', 'claimMappings', 'userValidationRules']);
  const issuer = toMap(jwt.issuer, `${path}.issuer`);
  const at = `${path}.issuer`;
  only(issuer, at, ['url', 'discoveryURL', 'certificateAuthority', 'audiences', 'audienceMatchPolicy']);
  const url = toUrl(issuer, 'url', at);
  if (reserved.includes(url)) throw bad(`${at}.url`, 'must not be an issuer of ServiceAccount tokens');
  const discoveryUrl = issuer.discoveryURL ? toUrl(issuer, 'discoveryURL', at) : undefined;
  if (discoveryUrl === url) throw bad(`${at}.discoveryURL`, 'must be different from url');
  const mappings = toMap(jwt.claimMappings, `${path}.claimMappings`);
  const claimRules = toList(jwt.claimValidationRules, `${path}.claimValidationRules`);
  checkEmail(mappings, claimRules, `${path}.claimMappings.username.expression`);
  return {
    url,
    discoveryUrl: discoveryUrl ?? `${url.replace(/\/$/, '')}/.well-known/openid-configuration`,
    ...toAuthority(issuer, at),
    audiences: toAudiences(issuer, at),
    ...toMappings(mappings, `${path}.claimMappings`),
    claimRules: claimRules.map((rule, index) => toClaimRule(rule, `${path}.claimValidationRules[${index}]`)),
    userRules: toList(jwt.userValidationRules, `${path}.userValidationRules`).map((rule, index) =>
      toUserRule(rule, `${path}.userValidationRules[${index}]`),
    ),
  };
};

const toUrl = (map: Fields, field: string, path: string): string => {
  const text = toText(map, field, path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') throw bad(`${path}.${field}`, 'must be an https URL');
  if (url.username !== '' || url.password !== '') throw bad(`${path}.${field}`, 'must not contain a user or password');
  if (/[?#]/.test(text)) throw bad(`${path}.${field}`, 'must not contain a query or fragment');
  return text;
};

const toAuthority = ({ certificateAuthority }: Fields, path: string): Pick<Issuer, 'caPem'> => {
  if (certificateAuthority === undefined || certificateAuthority === '') return {};
  if (typeof certificateAuthority !== 'string' || !certificateAuthority.includes('-----BEGIN CERTIFICATE-----'))
    throw bad(`${path}.certificateAuthority`, 'must be certificates in PEM');
  return { caPem: certificateAuthority };
};

const toAudiences = (issuer: Fields, path: string): string[] => {
  const audiences = toList(issuer.audiences, `${path}.audiences`).map((item, index) => {
    if (typeof item !== 'string' || item === '') throw bad(`${path}.audiences[${index}]`, 'must be a text');
    return item;
  });
  const policy = issuer.audienceMatchPolicy || undefined;
  if (audiences.length === 0) throw bad(`${path}.audiences`, 'at least one is required');
  if (new Set(audiences).size < audiences.length) throw bad(`${path}.audiences`, 'must be unique');
  if (policy !== undefined && policy !== 'MatchAny') throw bad(`${path}.audienceMatchPolicy`, 'must be MatchAny');
  if (audiences.length > 1 && policy === undefined)
    throw bad(`${path}.audienceMatchPolicy`, 'must be MatchAny for multiple audiences');
  return audiences;
};

const toMappings = (mappings: Fields, path: string): Pick<Issuer, 'username' | 'groups' | 'uid' | 'extra'> => {
  only(mappings, path, ['username', 'groups', 'uid', 'extra']);
  const username = toMapping(mappings.username, `${path}.username`, { prefix: true, lists: false });
  if (!username) throw bad(`${path}.username`, 'claim or expression is required');
  const groups = toMapping(mappings.groups, `${path}.groups`, { prefix: true, lists: true });
  const uid = toMapping(mappings.uid, `${path}.uid`, { prefix: false, lists: false });
  const extra = toList(mappings.extra, `${path}.extra`).map((item, index) => toExtra(item, `${path}.extra[${index}]`));
  const twice = extra.find(({ key }, index) => extra.findIndex(other => other.key === key) < index);
  if (twice) throw bad(`${path}.extra`, `the key ${twice.key} stands twice`);
  return { username, ...(groups && { groups }), ...(uid && { uid }), extra };
};

const toMapping = (
  value: unknown,
  path: string,
  { prefix: hasPrefix, lists }: { prefix: boolean; lists: boolean },
): Mapping | undefined => {
  if (value === undefined || value === null) return undefined;
  const map = toMap(value, path);
  only(map, path, hasPrefix ? ['claim', 'prefix', 'expression'] : ['claim', 'expression']);
  const { claim = '', prefix, expression = '' } = map;
  if (typeof claim !== 'string' || typeof expression !== 'string') throw bad(path, 'claim and expression are texts');
  if (claim === '' && expression === '') return undefined;
  if (claim !== '' && expression !== '') throw bad(path, 'claim and expression exclude each other');
  if (expression !== '') {
    if (prefix !== undefined) throw bad(`${path}.prefix`, 'must not be set when expression is set');
    return { expression: toTexts(expression, `${path}.expression`, lists) };
  }
  if (hasPrefix && typeof prefix !== 'string')
    throw bad(`${path}.prefix`, 'is required when claim is set, it can be set to "" to disable prefixing');
  return { claim, prefix: typeof prefix === 'string' ? prefix : '' };
};

const toExtra = (value: unknown, path: string): Issuer['extra'][number] => {
  const map = toMap(value, path);
  only(map, path, ['key', 'valueExpression']);
  const key = toText(map, 'key', path);
  if (!isExtraKey.test(key))
    throw bad(`${path}.key`, 'must be a domain-prefixed path in lower case (such as example.org/foo)');
  const domain = key.slice(0, key.indexOf('/'));
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(domain)) throw bad(`${path}.key`, 'k8s.io and kubernetes.io are reserved');
  return { key, value: toTexts(toText(map, 'valueExpression', path), `${path}.valueExpression`, true) };
};

const isExtraKey = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\/[-a-z0-9._~/%]+$/;

const toClaimRule = (value: unknown, path: string): ClaimRule => {
  const map = toMap(value, path);
  only(map, path, ['claim', 'requiredValue', 'expression', 'message']);
  const { claim, requiredValue = '', expression, message = '' } = map;
  if (claim && expression) throw bad(path, 'claim and expression exclude each other');
  if (expression) {
    if (requiredValue !== '') throw bad(`${path}.requiredValue`, 'must not be set when expression is set');
    return {
      expression: toCondition(toText(map, 'expression', path), 'claims', `${path}.expression`),
      message: `${message}`,
    };
  }
  if (!claim) throw bad(path, 'claim or expression is required');
  if (message !== '') throw bad(`${path}.message`, 'must not be set when claim is set');
  if (typeof requiredValue !== 'string') throw bad(`${path}.requiredValue`, 'must be a text');
  return { claim: toText(map, 'claim', path), requiredValue };
};

const toUserRule = (value: unknown, path: string): UserRule => {
  const map = toMap(value, path);
  only(map, path, ['expression', 'message']);
  const { message = '' } = map;
  return {
    expression: toCondition(toText(map, 'expression', path), 'user', `${path}.expression`),
    message: `${message}`,
  };
};

/** An address that nobody verified is no name: whoever goes by it must look at `email_verified` too. */
const checkEmail = (mappings: Fields, claimRules: readonly unknown[], path: string): void => {
  const textOf = (value: unknown, field: string): string => (isMap(value) ? String(value[field] ?? '') : '');
  const username = textOf(mappings.username, 'expression');
  if (!/claims\s*(\.\s*email\b(?!_)|\[\s*["']email["']\s*\])/.test(username)) return;
  const extras = toList(mappings.extra, 'extra').map(item => textOf(item, 'valueExpression'));
  const rules = claimRules.map(rule => textOf(rule, 'expression'));
  if ([username, ...extras, ...rules].some(text => text.includes('email_verified'))) return;
  throw bad(
    path,
    'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression',
  );
};

type Fields = { readonly [field: string]: unknown };

const toMap = (value: unknown, path: string): Fields => {
  if (isMap(value)) return value;
  throw bad(path, 'is required');
};

const toList = (value: unknown, path: string): unknown[] => {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw bad(path, 'must be a list');
};

const toText = (map: Fields, field: string, path: string): string => {
  const value = map[field];
  if (typeof value !== 'string' || value === '') throw bad(`${path}.${field}`, 'is required');
  return value;
};

const only = (map: Fields, path: string, fields: readonly string[]): void => {
  const unknown = Object.keys(map).find(field => !fields.includes(field));
  if (unknown !== undefined) throw bad(`${path}.${unknown}`.replace(/^\./, ''), 'is not known');
};

const bad = (path: string, detail: string): Fault =>
  new Fault('BadRequest', `authentication configuration: ${path === '' ? '' : `${path}: `}${detail}`);
