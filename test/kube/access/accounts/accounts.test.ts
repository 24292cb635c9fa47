import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../../shared/base/object.ts';
import { createAccounts } from '../../../../shared/kube/access/accounts/accounts.ts';
import { toTokenKeys } from '../../../../shared/kube/access/accounts/keys.ts';
import { createTestPorts } from '../../../support/ports.ts';

const pemOf = (kind: 'rsa' | 'ec', curve = 'P-256'): string => {
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: curve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

const rsa = pemOf('rsa');
const ec = pemOf('ec');
const issuer = 'https://kubeve.example';

const object = (kind: string, name: string, uid: string, more: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind,
  ...more,
  metadata: { namespace: 'shop', name, uid },
});

const start = (pem = rsa, former: string[] = []) => {
  const ports = createTestPorts();
  const objects = new Map<string, ApiObject>([
    ['serviceaccounts/robot', object('ServiceAccount', 'robot', 'u-1')],
    ['secrets/key', object('Secret', 'key', 's-1')],
  ]);
  const keys = toTokenKeys(pem, former);
  const accounts = createAccounts({
    ...ports,
    keys,
    issuers: [issuer],
    audiences: ['api'],
    find: async (plural, ref) => objects.get(`${plural}/${ref.name}`),
  });
  const issue = (more: object = {}) =>
    accounts.issue({
      namespace: 'shop',
      account: { name: 'robot', uid: 'u-1' },
      audiences: ['api'],
      expirationSeconds: 600,
      ...more,
    });
  return { ...ports, objects, keys, accounts, issue };
};

describe('a bound token', () => {
  it.each([
    ['RS256', rsa],
    ['ES256', ec],
  ])('says what Kubernetes says, signed with %s', async (alg, pem) => {
    const { issue, clock } = start(pem);
    const { token, expiresAt } = await issue({ secret: { name: 'key', uid: 's-1' } });
    const now = clock.now() / 1000;
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    expect(decodeProtectedHeader(token)).toEqual({ alg, kid: createHash('sha256').update(spki).digest('base64url') });
    expect(decodeJwt(token)).toEqual({
      aud: ['api'],
      exp: now + 600,
      iat: now,
      iss: issuer,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'kubernetes.io': {
        namespace: 'shop',
        secret: { name: 'key', uid: 's-1' },
        serviceaccount: { name: 'robot', uid: 'u-1' },
      },
      nbf: now,
      sub: 'system:serviceaccount:shop:robot',
    });
    expect(expiresAt).toBe((now + 600) * 1000);
  });

  it('is known as its ServiceAccount', async () => {
    const { issue, accounts } = start();
    const { token } = await issue();
    expect(await accounts.verify(token)).toEqual({
      name: 'system:serviceaccount:shop:robot',
      uid: 'u-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${decodeJwt(token).jti}`] },
      audiences: ['api'],
    });
  });

  it('holds until it expires and not a second longer', async () => {
    const { issue, accounts, clock } = start();
    const { token } = await issue();
    clock.advance(599_000);
    expect(await accounts.verify(token)).toBeDefined();
    clock.advance(1_000);
    await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  const gone: [string, (objects: Map<string, ApiObject>) => void][] = [
    ['its account is deleted', objects => objects.delete('serviceaccounts/robot')],
    [
      'its account was made anew',
      objects => objects.set('serviceaccounts/robot', object('ServiceAccount', 'robot', 'u-2')),
    ],
    ['its secret is deleted', objects => objects.delete('secrets/key')],
    ['its secret was made anew', objects => objects.set('secrets/key', object('Secret', 'key', 's-2'))],
  ];
  it.each(gone)('ceases to hold when %s, at once', async (_case, change) => {
    const { issue, accounts, objects } = start();
    const { token } = await issue({ secret: { name: 'key', uid: 's-1' } });
    expect(await accounts.verify(token)).toBeDefined();
    change(objects);
    await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  it('is for its audiences only', async () => {
    const { issue, accounts } = start();
    const { token } = await issue({ audiences: ['vault', 'other'] });
    await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(await accounts.verify(token, ['vault', 'third'])).toMatchObject({ audiences: ['vault'] });
  });
});

describe('a forged token', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = (more: object = {}) => ({
    iss: issuer,
    aud: ['api'],
    sub: 'system:serviceaccount:shop:robot',
    exp: 4_000_000_000,
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'robot', uid: 'u-1' } },
    ...more,
  });
  const sign = async (key: string, alg: string, more: object = {}, kid?: string) => {
    const { createPrivateKey } = await import('node:crypto');
    return new SignJWT(claims(more)).setProtectedHeader({ alg, ...(kid ? { kid } : {}) }).sign(createPrivateKey(key));
  };
  const { keys } = start();
  const publicKey = createPublicKey({ key: { ...keys.signing.publicKey }, format: 'jwk' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it.each<[string, () => Promise<string>]>([
    ['without a signature', async () => `${encode({ alg: 'none', kid: keys.signing.id })}.${encode(claims())}.AA`],
    [
      'signed with the public key as a secret',
      () =>
        new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: keys.signing.id }).sign(Buffer.from(publicPem)),
    ],
    ['signed with another key of the same name', () => sign(pemOf('rsa'), 'RS256', {}, keys.signing.id)],
    ['signed with a key that is not known', () => sign(pemOf('rsa'), 'RS256', {}, 'other')],
    ['without a key', () => sign(rsa, 'RS256')],
    ['of another algorithm', () => sign(ec, 'ES256', {}, keys.signing.id)],
    ['for nobody', () => sign(rsa, 'RS256', { 'kubernetes.io': undefined }, keys.signing.id)],
    ['for another subject', () => sign(rsa, 'RS256', { sub: 'system:admin' }, keys.signing.id)],
    ['that never ends', () => sign(rsa, 'RS256', { exp: undefined }, keys.signing.id)],
    ['that is not valid yet', () => sign(rsa, 'RS256', { nbf: 3_999_999_999 }, keys.signing.id)],
    [
      'bound to a pod',
      () =>
        sign(
          rsa,
          'RS256',
          {
            'kubernetes.io': {
              namespace: 'shop',
              serviceaccount: { name: 'robot', uid: 'u-1' },
              pod: { name: 'p', uid: 'p' },
            },
          },
          keys.signing.id,
        ),
    ],
  ])('%s is refused', async (_case, make) => {
    const { accounts } = start();
    await expect(accounts.verify(await make())).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  it.each(['', 'x', 'a.b.c', 'a.b', `${encode({})}.${encode({ iss: 'https://other' })}.AA`])(
    'that is none of its sort is left to others: %s',
    async token => expect(await start().accounts.verify(token)).toBeUndefined(),
  );
});

it('goes on accepting tokens of a former key', async () => {
  const before = start(rsa);
  const { token } = await before.issue();
  const after = start(ec, [rsa]);
  expect(await after.accounts.verify(token)).toMatchObject({ name: 'system:serviceaccount:shop:robot' });
  expect(decodeProtectedHeader((await after.issue()).token).alg).toBe('ES256');
  expect(after.accounts.keySet.keys.map(key => key.kid)).toEqual([after.keys.signing.id, before.keys.signing.id]);
  await expect(start(ec).accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
});

it('publishes public keys only', () => {
  const { keySet, configuration } = start(rsa, [ec]).accounts;
  expect(keySet.keys).toEqual([
    { use: 'sig', alg: 'RS256', kid: expect.any(String), kty: 'RSA', n: expect.any(String), e: 'AQAB' },
    {
      use: 'sig',
      alg: 'ES256',
      kid: expect.any(String),
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
    },
  ]);
  expect(configuration).toEqual({
    issuer,
    jwks_uri: `${issuer}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  });
});

it.each([pemOf('ec', 'P-384')])('refuses keys of other sorts', pem => {
  expect(() => toTokenKeys(pem)).toThrow(/RSA or EC on P-256/);
});

describe('a token in a Secret', () => {
  it('holds while the Secret keeps it', async () => {
    const { accounts, objects } = start();
    const token = await accounts.issueLegacy({
      namespace: 'shop',
      account: { name: 'robot', uid: 'u-1' },
      secretName: 'key',
    });
    await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    const data = { token: Buffer.from(token).toString('base64') };
    objects.set('secrets/key', object('Secret', 'key', 's-1', { data }));
    expect(await accounts.verify(token)).toEqual({
      name: 'system:serviceaccount:shop:robot',
      uid: 'u-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
      audiences: ['api'],
    });
    objects.delete('secrets/key');
    await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
  });

  it.each(['secrets/key', 'serviceaccounts/robot'])(
    'ends when %s is asked to go, whatever still holds that',
    async key => {
      const { accounts, objects } = start();
      const of = { namespace: 'shop', account: { name: 'robot', uid: 'u-1' }, secretName: 'key' };
      const token = await accounts.issueLegacy(of);
      const data = { token: Buffer.from(token).toString('base64') };
      objects.set('secrets/key', object('Secret', 'key', 's-1', { data }));
      expect((await accounts.verify(token))?.name).toBe('system:serviceaccount:shop:robot');
      const one = objects.get(key) ?? object('Secret', '', '');
      objects.set(key, { ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
      await expect(accounts.verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    },
  );
});
