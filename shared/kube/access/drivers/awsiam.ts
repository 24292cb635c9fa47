import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Fault } from '../../../base/fault.ts';
import { parseJson } from '../../../base/json.ts';
import { isMap } from '../../../base/own.ts';
import type { Clock } from '../../../base/ports.ts';
import { unauthorized } from '../../faults.ts';
import type { TokenMethod } from '../bearer.ts';
import type { Get } from '../get.ts';
import type { User } from '../user.ts';
import { type AwsMapping, toCanonicalArn } from './awsmapping.ts';

export interface AwsParts {
  /** Tokens must have been made for this name (`x-k8s-aws-id`): one for another cluster is worth nothing here. */
  readonly clusterId: string;
  /** Regions whose STS may be asked; empty: all. */
  readonly regions: readonly string[];
  /** Who stands for whom, as it is now. */
  readonly mapping: () => Promise<AwsMapping>;
  readonly get: Get;
  readonly clock: Clock;
}

/** Whom AWS says a caller is. */
export interface AwsIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
}

const prefix = 'k8s-aws-v1.';
const maxLength = 4096;
/** How long a token is good from its date on, whatever its own expiry says; so upstream. */
const lifeMs = 15 * 60_000;
/** How long AWS is not asked again about a token. */
const keptMs = 60_000;
const maxKept = 1024;
const maxAsking = 32;

/**
 * Tokens of `aws eks get-token`: a signed question to AWS STS, who the signer is (kubernetes-api reference §3.3). The
 * question is asked on the caller's behalf, but only when it is exactly that question, to STS itself.
 */
export const awsIamTokens = (parts: AwsParts): TokenMethod => {
  const identities = createIdentities(parts);
  return async token => {
    if (!token.startsWith(prefix)) return undefined;
    const question = toQuestion(token, parts);
    const identity = await identities(token, question);
    const user = toUser(await parts.mapping(), identity);
    if (!user) throw unauthorized(`${identity.arn} is not mapped`);
    return user;
  };
};

/** Asks once for tokens that come again and again, and never too many questions at a time. */
const createIdentities = (parts: AwsParts) => {
  const kept = new Map<string, { readonly until: number; readonly identity: Promise<AwsIdentity> }>();
  let asking = 0;
  return (token: string, question: URL): Promise<AwsIdentity> => {
    const hash = createHash('sha256').update(token).digest('base64url');
    const known = kept.get(hash);
    if (known && known.until > parts.clock.now()) return known.identity;
    if (asking >= maxAsking)
      throw new Fault('TooManyRequests', 'too many identities are being looked up', { retryAfterSeconds: 1 });
    asking += 1;
    const identity = ask(parts, question).finally(() => {
      asking -= 1;
    });
    if (kept.size >= maxKept) kept.clear();
    kept.set(hash, { until: parts.clock.now() + keptMs, identity });
    identity.catch(() => kept.delete(hash));
    return identity;
  };
};

const parameters = [
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
];

/** The question in a token. Throws Unauthorized when it is any other, or to anybody else. */
const toQuestion = (token: string, { regions, clock }: AwsParts): URL => {
  const text = token.slice(prefix.length);
  if (token.length > maxLength || !/^[\w-]+$/.test(text)) throw unauthorized('token is malformed');
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  if (!URL.canParse(decoded)) throw unauthorized('token holds no URL');
  const url = new URL(decoded);
  const isPlain =
    url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && url.hash === '';
  if (!isPlain || url.pathname !== '/' || !isSts(url.hostname, regions)) throw unauthorized('token is not for STS');
  const values = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase();
    if (!parameters.includes(key)) throw unauthorized(`token has the parameter ${JSON.stringify(name)}`);
    if (values.has(key)) throw unauthorized(`token has the parameter ${name} twice`);
    values.set(key, value);
  }
  const headers = (values.get('x-amz-signedheaders') ?? '').toLowerCase().split(';');
  if (values.get('action') !== 'GetCallerIdentity') throw unauthorized('token asks something else');
  if (!headers.includes('host') || !headers.includes('x-k8s-aws-id')) throw unauthorized('token names no cluster');
  checkTime(values, clock.now());
  return url;
};

const isSts = (host: string, regions: readonly string[]): boolean => {
  if (host === 'sts.amazonaws.com') return regions.length === 0 || regions.includes('us-east-1');
  const [, region] = /^sts(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  return region !== undefined && (regions.length === 0 || regions.includes(region));
};

const checkTime = (values: ReadonlyMap<string, string>, now: number): void => {
  const expires = values.get('x-amz-expires') ?? '';
  if (!/^\d{1,4}$/.test(expires) || Number(expires) * 1000 > lifeMs) throw unauthorized('token has no sane expiry');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(values.get('x-amz-date') ?? '') ?? [];
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date)) throw unauthorized('token has no date');
  if (now >= date + lifeMs) throw unauthorized('token has expired');
};

const ask = async ({ clusterId, get }: AwsParts, question: URL): Promise<AwsIdentity> => {
  const headers = { 'x-k8s-aws-id': clusterId, accept: 'application/json' };
  const answer = await get(question.href, { headers, timeoutMs: 10_000, maxBytes: 64 * 1024 }).catch(
    (error: unknown) => {
      throw unauthorized(`STS cannot be asked: ${String(error)}`);
    },
  );
  if (answer.status !== 200) throw unauthorized(`STS answered ${answer.status}`);
  const identity = toIdentity(answer.body);
  if (!identity) throw unauthorized('STS answered no identity');
  const [accessKeyId = ''] = [...question.searchParams]
    .filter(([name]) => name.toLowerCase() === 'x-amz-credential')
    .map(([, value]) => value.split('/', 1)[0] ?? '');
  return { ...identity, accessKeyId };
};

const toIdentity = (body: Uint8Array): Omit<AwsIdentity, 'accessKeyId'> | undefined => {
  const value = parse(body);
  const response = isMap(value) ? value.GetCallerIdentityResponse : undefined;
  const result = isMap(response) ? response.GetCallerIdentityResult : undefined;
  if (!isMap(result)) return undefined;
  const { Account: account, Arn: arn, UserId: userId } = result;
  const isWhole = typeof account === 'string' && typeof arn === 'string' && typeof userId === 'string';
  return isWhole ? { account, arn, userId } : undefined;
};

const parse = (body: Uint8Array): unknown => {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
};

const toUser = (mapping: AwsMapping, { account, arn, userId, accessKeyId }: AwsIdentity): User | undefined => {
  const canonical = toCanonicalArn(arn);
  if (canonical === undefined) throw unauthorized(`${arn} is not understood`);
  const sessionName = canonical.session ?? '';
  const found = mapping.find({ account, arn: canonical.arn, session: sessionName });
  if (!found) return undefined;
  return {
    name: found.username,
    uid: `aws-iam-authenticator:${account}:${userId.split(':', 1)[0]}`,
    groups: found.groups,
    extra: {
      accessKeyId: [accessKeyId],
      arn: [arn],
      canonicalArn: [canonical.arn],
      principalId: [userId.split(':', 1)[0] ?? ''],
      sessionName: [sessionName],
    },
  };
};
