import { generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { edgeViewToken } from '../../shared/eve/edgeview.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const session = {
  dispatcher: 'dispatcher.example:443',
  deviceUuid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  expires: 1_800_000_000,
  instances: 2,
  encrypt: true,
  authentication: 1,
  generation: 0,
};

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('a device can verify the token with the controller’s certificate', () => {
  const [head = '', body = '', signature = ''] = edgeViewToken(privateKey, session).split('.');
  const bytes = Buffer.from(signature, 'base64url');
  expect(verify('sha256', Buffer.from(`${head}.${body}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(
    true,
  );
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'ES256', typ: 'JWT' });
  expect(claimsOf(`${head}.${body}`)).toEqual({
    dep: 'dispatcher.example:443',
    sub: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    exp: 1_800_000_000,
    key: expect.stringMatching(/^[0-9a-f]{64}$/),
    num: 2,
    enc: true,
    aut: 1,
  });
});

test('the same session gives the same token, another one another nonce', () => {
  expect(edgeViewToken(privateKey, session)).toBe(edgeViewToken(privateKey, session));
  const nonces = [
    session,
    { ...session, generation: 1 },
    { ...session, expires: 1_800_000_001 },
    { ...session, deviceUuid: '6ba7b811-9dad-11d1-80b4-00c04fd430c8' },
  ].map(one => claimsOf(edgeViewToken(privateKey, one)).key);
  expect(new Set(nonces).size).toBe(4);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  expect(claimsOf(edgeViewToken(other, session)).key).not.toBe(nonces[0]);
});
