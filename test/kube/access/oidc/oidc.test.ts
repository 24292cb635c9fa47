import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Get } from '../../../../shared/kube/access/get.ts';
import { toAuthenticationConfig } from '../../../../shared/kube/access/oidc/config.ts';
import { openIdTokens } from '../../../../shared/kube/access/oidc/oidc.ts';
import { createTestPorts } from '../../../support/ports.ts';

const url = 'https://idp.example';
const makeKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const key = makeKey();

type Changes = Record<string, unknown>;
const jwt = (more: Changes = {}, issuer: Changes = {}) => ({
  issuer: { url, audiences: ['kubeve'], ...issuer },
  claimMappings: { username: { claim: 'sub', prefix: 'oidc:' } },
  ...more,
});
const configOf = (...issuers: unknown[]) =>
  toAuthenticationConfig(
    { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', jwt: issuers },
    ['https://own.example'],
  );

/** An issuer in memory; `asked` says what it was asked, `shown` are the keys that it shows. */
const start = (config = configOf(jwt()), algorithms?: string[]) => {
  const ports = createTestPorts();
  const asked: string[] = [];
  const shown = new Map<string, KeyObject>([['one', key]]);
  let isUp = true;
  const answers: Record<string, () => unknown> = {
    [`${url}/.well-known/openid-configuration`]: () => ({ issuer: url, jwks_uri: `${url}/keys` }),
    [`${url}/keys`]: () => ({
      keys: [...shown].map(([kid, one]) => ({
        kid,
        use: 'sig',
        ...createPublicKey(one as never).export({ format: 'jwk' }),
      })),
    }),
  };
  const get: Get = async address => {
    asked.push(address);
    if (!isUp) throw new Error('connection refused');
    const answer = answers[address];
    return { status: answer ? 200 : 404, body: Buffer.from(JSON.stringify(answer?.() ?? {})) };
  };
  const verify = openIdTokens(config.issuers, { ...ports, get, ...(algorithms && { algorithms }) });
  const now = Math.floor(ports.clock.now() / 1000);
  const make = (claims: Changes = {}, { with: signer = key, kid = 'one', alg = 'RS256' } = {}) =>
    new SignJWT({ iss: url, aud: 'kubeve', sub: 'ann', iat: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg, kid })
      .sign(signer);
  const setUp = (up: boolean) => {
    isUp = up;
  };
  return { ...ports, verify, make, asked, shown, answers, setUp };
};

describe('a token', () => {
  it('is known by the claims that the issuer is configured for', async () => {
    const { verify, make } = start();
    expect(await verify(await make({ jti: '7' }))).toEqual({
      name: 'oidc:ann',
      groups: [],
      extra: { 'authentication.kubernetes.io/credential-id': ['JTI=7'] },
    });
  });

  it.each<[string, Changes, Changes, object | 401]>([
    ['groups, with a prefix', { groups: { claim: 'g', prefix: 'x:' } }, { g: ['a', 'b'] }, { groups: ['x:a', 'x:b'] }],
    ['one group', { groups: { claim: 'g', prefix: '' } }, { g: 'a' }, { groups: ['a'] }],
    ['no groups', { groups: { claim: 'g', prefix: '' } }, {}, { groups: [] }],
    ['groups that are none', { groups: { claim: 'g', prefix: '' } }, { g: [1] }, 401],
    [
      'groups by expression',
      { groups: { expression: 'claims.roles.split(",")' } },
      { roles: 'a,b' },
      { groups: ['a', 'b'] },
    ],
    ['groups by an expression that fails', { groups: { expression: 'claims.roles' } }, {}, 401],
    ['a uid', { uid: { claim: 'oid' } }, { oid: '7' }, { uid: '7' }],
    ['no uid', { uid: { claim: 'oid' } }, {}, 401],
    ['a name by expression', { username: { expression: '"u:" + claims.sub' } }, {}, { name: 'u:ann' }],
    ['an empty name', { username: { expression: 'claims.nick' } }, { nick: '' }, 401],
    ['a name that is a number', { username: { claim: 'n', prefix: '' } }, { n: 7 }, 401],
    ['an address', { username: { claim: 'email', prefix: '' } }, { email: 'a@b' }, { name: 'a@b' }],
    [
      'a verified address',
      { username: { claim: 'email', prefix: '' } },
      { email: 'a@b', email_verified: true },
      { name: 'a@b' },
    ],
    ['another address', { username: { claim: 'email', prefix: '' } }, { email: 'a@b', email_verified: false }, 401],
    [
      'extra',
      {
        extra: [
          { key: 'example.com/t', valueExpression: 'claims.t' },
          { key: 'example.com/none', valueExpression: '"none" in claims ? claims.none : ""' },
        ],
      },
      { t: ['x', 'y'] },
      { extra: { 'example.com/t': ['x', 'y'] } },
    ],
  ])('gives %s', async (_case, mappings, claims, expected) => {
    const claimMappings = { username: { claim: 'sub', prefix: 'oidc:' }, ...mappings };
    const { verify, make } = start(configOf(jwt({ claimMappings })));
    const verified = verify(await make(claims));
    if (expected === 401) await expect(verified).rejects.toMatchObject({ reason: 'Unauthorized' });
    else expect(await verified).toMatchObject(expected);
  });

  it.each<[string, Changes, Changes, boolean]>([
    ['a claim', { claimValidationRules: [{ claim: 'hd', requiredValue: 'x' }] }, { hd: 'x' }, true],
    ['another claim', { claimValidationRules: [{ claim: 'hd', requiredValue: 'x' }] }, { hd: 'y' }, false],
    ['a missing claim', { claimValidationRules: [{ claim: 'hd', requiredValue: '' }] }, {}, false],
    ['a short life', { claimValidationRules: [{ expression: 'claims.exp - claims.iat <= 600' }] }, {}, true],
    ['too long a life', { claimValidationRules: [{ expression: 'claims.exp - claims.iat <= 599' }] }, {}, false],
    ['a user', { userValidationRules: [{ expression: "!user.username.startsWith('system:')" }] }, {}, true],
    ['another user', { userValidationRules: [{ expression: "user.groups.exists(g, g == 'dev')" }] }, {}, false],
  ])('is checked for %s', async (_case, rules, claims, holds) => {
    const { verify, make } = start(configOf(jwt(rules)));
    const verified = verify(await make(claims));
    if (holds) expect(await verified).toMatchObject({ name: 'oidc:ann' });
    else await expect(verified).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  const past = 1_700_000_000;
  it.each<[string, Changes, object]>([
    ['that has expired', { exp: past }, {}],
    ['that never expires', { exp: undefined }, {}],
    ['that is not valid yet', { nbf: 4_000_000_000 }, {}],
    ['for somebody else', { aud: 'other' }, {}],
    ['for nobody', { aud: undefined }, {}],
    ['signed with another key', {}, { with: makeKey() }],
    ['signed with an unknown key', {}, { with: makeKey(), kid: 'two' }],
    ['signed in another way', {}, { alg: 'RS512' }],
    ['signed with the public key', {}, { alg: 'HS256', with: Buffer.from('public') }],
  ])('%s is refused', async (_case, claims, how) => {
    const { verify, make } = start();
    await expect(verify(await make(claims, how))).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  it.each(['', 'x', 'a.b.c'])('that is none is left to others: %s', async token => {
    expect(await start().verify(token)).toBeUndefined();
  });

  it('of an issuer that is not configured is left to others, who is asked for nothing', async () => {
    const { verify, make, asked } = start();
    expect(await verify(await make({ iss: 'https://other.example' }))).toBeUndefined();
    expect(await verify(await make({ iss: `${url}/` }))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('may be for one of several audiences, and signed as the operator allows', async () => {
    const config = configOf(jwt({}, { audiences: ['a', 'b'], audienceMatchPolicy: 'MatchAny' }));
    const { verify, make } = start(config, ['RS512']);
    expect(await verify(await make({ aud: ['z', 'b'] }, { alg: 'RS512' }))).toBeDefined();
    await expect(verify(await make({ aud: 'a' }))).rejects.toMatchObject({ reason: 'Unauthorized' });
  });
});

describe('keys', () => {
  it('are asked for once, and again for one that is new, but not all the time', async () => {
    const { verify, make, asked, shown, clock } = start();
    for (let n = 0; n < 3; n += 1) await verify(await make());
    expect(asked).toHaveLength(2);
    const two = makeKey();
    const forged = await make({}, { with: makeKey(), kid: 'forged' });
    clock.advance(10_000);
    for (let n = 0; n < 5; n += 1) await expect(verify(forged)).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(asked).toHaveLength(4);
    shown.set('two', two);
    const token = await make({}, { with: two, kid: 'two' });
    await expect(verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    clock.advance(10_000);
    expect(await verify(token)).toBeDefined();
    expect(asked).toHaveLength(6);
  });

  it('outlive an issuer that is down', async () => {
    const { verify, make, setUp, clock, complaints } = start();
    setUp(false);
    const token = await make();
    await expect(verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(complaints).toHaveLength(1);
    setUp(true);
    clock.advance(10_000);
    expect(await verify(token)).toBeDefined();
    setUp(false);
    expect(await verify(await make({ sub: 'bob' }))).toBeDefined();
  });

  it.each<[string, () => unknown]>([
    ['another issuer', () => ({ issuer: 'https://evil.example', jwks_uri: `${url}/keys` })],
    ['keys in the clear', () => ({ issuer: url, jwks_uri: 'http://idp.example/keys' })],
    ['no keys', () => ({ issuer: url })],
  ])('are not taken from a document that names %s', async (_case, document) => {
    const { verify, make, answers } = start();
    answers[`${url}/.well-known/openid-configuration`] = document;
    await expect(verify(await make())).rejects.toMatchObject({ reason: 'Unauthorized' });
  });
});

it.each<[string, unknown[], string]>([
  ['no issuer', [{}], 'jwt[0].issuer: is required'],
  ['no https', [jwt({}, { url: 'http://a' })], 'jwt[0].issuer.url: must be an https URL'],
  ['a password', [jwt({}, { url: 'https://a:b@c' })], 'jwt[0].issuer.url: must not contain a user or password'],
  ['a query', [jwt({}, { url: 'https://a?b' })], 'jwt[0].issuer.url: must not contain a query or fragment'],
  ['the own issuer', [jwt({}, { url: 'https://own.example' })], 'must not be an issuer of ServiceAccount tokens'],
  ['an issuer twice', [jwt(), jwt()], 'jwt[1].issuer.url: must be unique'],
  ['no audience', [jwt({}, { audiences: [] })], 'jwt[0].issuer.audiences: at least one is required'],
  ['two audiences', [jwt({}, { audiences: ['a', 'b'] })], 'must be MatchAny for multiple audiences'],
  ['no authority', [jwt({}, { certificateAuthority: 'x' })], 'must be certificates in PEM'],
  ['no name', [jwt({ claimMappings: {} })], 'jwt[0].claimMappings.username: claim or expression is required'],
  [
    'no prefix',
    [jwt({ claimMappings: { username: { claim: 'a' } } })],
    'username.prefix: is required when claim is set',
  ],
  [
    'a prefix before an expression',
    [jwt({ claimMappings: { username: { expression: 'claims.a', prefix: '' } } })],
    'username.prefix: must not be set when expression is set',
  ],
  [
    'an expression that is none',
    [jwt({ claimMappings: { username: { expression: 'claims.' } } })],
    'jwt[0].claimMappings.username.expression: compilation failed',
  ],
  [
    'a number for a name',
    [jwt({ claimMappings: { username: { expression: '1' } } })],
    'jwt[0].claimMappings.username.expression: compilation failed',
  ],
  [
    'an address that nobody verified',
    [jwt({ claimMappings: { username: { expression: 'claims.email' } } })],
    'claims.email_verified must be used',
  ],
  [
    'a reserved key',
    [
      jwt({
        claimMappings: { username: { claim: 'a', prefix: '' }, extra: [{ key: 'k8s.io/a', valueExpression: '"a"' }] },
      }),
    ],
    'k8s.io and kubernetes.io are reserved',
  ],
  [
    'a rule about nothing',
    [jwt({ claimValidationRules: [{}] })],
    'jwt[0].claimValidationRules[0]: claim or expression is required',
  ],
  [
    'a user rule that says no truth',
    [jwt({ userValidationRules: [{ expression: 'user.username' }] })],
    'compilation failed',
  ],
  ['an unknown user field', [jwt({ userValidationRules: [{ expression: 'user.name == ""' }] })], 'compilation failed'],
  ['an unknown field', [{ ...jwt(), issuers: [] }], 'jwt[0].issuers: is not known'],
])('a configuration with %s is refused', (_case, issuers, message) => {
  expect(() => configOf(...issuers)).toThrow(message);
});

it('says whether strangers are let in', () => {
  const of = (anonymous: unknown) =>
    toAuthenticationConfig({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      ...(anonymous === undefined ? {} : { anonymous }),
    }).anonymous;
  expect(of(undefined)).toBeUndefined();
  expect(of({ enabled: true })).toBe(true);
  expect(of({ enabled: false })).toBe(false);
  expect(of({ enabled: true, conditions: [{ path: '/livez' }] })).toEqual(['/livez']);
  expect(() => of({ enabled: false, conditions: [{ path: '/a' }] })).toThrow('anonymous.conditions');
});
