import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../shared/base/fault.ts';
import { createAuthenticator, type Method } from '../../../shared/kube/access/authenticate.ts';
import { anyToken, bearer } from '../../../shared/kube/access/bearer.ts';
import { clientCertificates } from '../../../shared/kube/access/certificate.ts';
import { commonName, organization, readSubject } from '../../../shared/kube/access/subject.ts';
import { staticTokens } from '../../../shared/kube/access/token.ts';
import { type CertificatePlan, type Issuer, issueCertificate } from '../../../shared/pki/issue.ts';
import { createTestPorts } from '../../support/ports.ts';

const hour = 3_600_000;
const clock = createTestPorts().clock;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
let serial = 0;
const issue = (plan: Partial<CertificatePlan>, publicKey: KeyObject, issuer: Issuer) =>
  new X509Certificate(
    issueCertificate(
      {
        subject: [['CN', 'x']],
        serial: Uint8Array.of(++serial),
        notBefore: clock.now() - hour,
        notAfter: clock.now() + hour,
        ...plan,
        publicKey,
      },
      issuer,
    ),
  );

const newAuthority = (name: string) => {
  const { publicKey, privateKey } = newKey();
  const certificate = issue({ subject: [['CN', name]], authority: {}, notAfter: clock.now() + 10 * hour }, publicKey, {
    key: privateKey,
  });
  return { certificate, key: privateKey };
};

const ca = newAuthority('client CA');
const leafKey = newKey();
const leaf = (plan: Partial<CertificatePlan>, issuer: Issuer = ca) =>
  issue({ usages: ['clientAuth'], ...plan }, leafKey.publicKey, issuer);
const request = (headers: Record<string, string> = {}) => new Request('http://x/', { headers });

/** The user's name, `nobody`, or the refusal. */
const outcome = async (method: Method, headers: Record<string, string> = {}, peer?: Parameters<Method>[1]) => {
  try {
    return (await method(request(headers), peer))?.name ?? 'nobody';
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.message}`;
    throw error;
  }
};

describe('client certificates', () => {
  const method = (now = clock) => clientCertificates({ ca: [ca.certificate.toString()], clock: now });
  const admin = leaf({
    subject: [
      ['O', 'system:masters'],
      ['CN', 'kubeve-admin'],
      ['O', 'ops, "the" =team+'],
    ],
  });

  test('name, groups and credential come from the certificate, letter by letter', async () => {
    const user = await method()(request(), { certificate: admin.raw, verified: true });
    expect(user).toEqual({
      name: 'kubeve-admin',
      groups: ['system:masters', 'ops, "the" =team+'],
      extra: {
        'authentication.kubernetes.io/credential-id': [
          `X509SHA256=${admin.fingerprint256.replaceAll(':', '').toLowerCase()}`,
        ],
      },
    });
  });

  test.each<[string, Uint8Array | undefined, boolean, string]>([
    ['none shown', undefined, false, 'nobody'],
    ['one that TLS did not verify', admin.raw, false, '401 Unauthorized'],
    ['one of another CA with the same name', leaf({}, newAuthority('client CA')).raw, true, '401 Unauthorized'],
    ['one that signed itself', leaf({}, { key: leafKey.privateKey }).raw, true, '401 Unauthorized'],
    ['one issued by a leaf', leaf({}, { certificate: admin, key: leafKey.privateKey }).raw, true, '401 Unauthorized'],
    ['one for servers', leaf({ usages: ['serverAuth'] }).raw, true, '401 Unauthorized'],
    ['one for any use', issue({}, leafKey.publicKey, ca).raw, true, 'x'],
    ['one that is over', leaf({ notAfter: clock.now() - 1000 }).raw, true, '401 Unauthorized'],
    ['one that is not valid yet', leaf({ notBefore: clock.now() + 1000 }).raw, true, '401 Unauthorized'],
    ['one without a name', leaf({ subject: [['O', 'system:masters']] }).raw, true, '401 Unauthorized'],
    ['no certificate at all', Uint8Array.of(1, 2, 3), true, '401 Unauthorized'],
  ])('%s', async (_case, certificate, verified, answer) => {
    expect(await outcome(method(), {}, { ...(certificate && { certificate }), verified })).toBe(answer);
  });

  test('one that was good before runs out', async () => {
    const { clock: moving } = createTestPorts();
    const check = method(moving);
    const peer = { certificate: admin.raw, verified: true };
    expect(await outcome(check, {}, peer)).toBe('kubeve-admin');
    moving.advance(2 * hour);
    expect(await outcome(check, {}, peer)).toBe('401 Unauthorized');
  });
});

describe('the subject of a certificate', () => {
  test('is read whatever is in it', () => {
    const subject = readSubject(
      leaf({
        subject: [
          ['CN', 'a/O=system:masters'],
          ['O', 'é\n'],
          ['CN', 'b'],
        ],
      }).raw,
    );
    expect(subject?.get(commonName)).toEqual(['a/O=system:masters', 'b']);
    expect(subject?.get(organization)).toEqual(['é\n']);
  });

  test('is nothing in bytes that are no certificate', () => {
    const good = leaf({}).raw;
    for (let length = 0; length < good.length; length += 7) {
      expect(() => readSubject(good.subarray(0, length))).not.toThrow();
    }
    expect(readSubject(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff))).toBeUndefined();
  });
});

describe('bearer tokens', () => {
  const csv = '# people\n\nt-1,alice,u1,"dev, ops"\nt-2 , "bob ""b""",,\r\nt-3,carol,u3\n';
  const method = bearer([staticTokens(csv)]);
  const socket = (token: string) =>
    `v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

  test.each<[string, Record<string, string>, string]>([
    ['no header', {}, 'nobody'],
    ['another scheme', { authorization: 'Basic dC0x' }, 'nobody'],
    ['nothing behind the scheme', { authorization: 'Bearer ' }, 'nobody'],
    ['two blanks', { authorization: 'Bearer  t-1' }, 'nobody'],
    ['a known token', { authorization: 'Bearer t-1' }, 'alice'],
    ['the scheme in another case', { authorization: 'bEARER t-2' }, 'bob "b"'],
    ['an unknown token', { authorization: 'Bearer t-4' }, '401 Unauthorized'],
    ['a token too long', { authorization: `Bearer ${'x'.repeat(20_000)}` }, '401 Unauthorized'],
    ['a token in a WebSocket subprotocol', { 'sec-websocket-protocol': socket('t-3') }, 'carol'],
    ['an unknown one there', { 'sec-websocket-protocol': socket('t-4') }, '401 Unauthorized'],
  ])('%s', async (_case, headers, answer) => expect(await outcome(method, headers)).toBe(answer));

  test('rows give uid and groups', async () => {
    const tokens = staticTokens(csv);
    expect(await tokens('t-1')).toEqual({ name: 'alice', uid: 'u1', groups: ['dev', 'ops'] });
    expect(await tokens('t-2')).toEqual({ name: 'bob "b"', groups: [] });
  });

  test.each([
    ['too few columns', 'a,b,c\nt-secret,alice\n', 'token file: line 2 needs at least token, user name and uid'],
    ['no token', ',alice,u', 'token file: line 1 has an empty token'],
    ['no name', '\nt-secret,,u', 'token file: line 2 has an empty user name'],
    ['a quote that does not end', 't-secret,"alice,u', 'token file: line 1 has a quoted field that does not end'],
    ['text after a quote', 't,"a\nb"c,u\n', 'token file: line 1 has text after a quoted field'],
  ])('a file with %s is refused without showing it', (_case, text, message) => {
    expect(() => staticTokens(text)).toThrow(new Fault('BadRequest', message));
  });
});

describe('all methods together', () => {
  const fails: Method = async () => {
    throw new Fault('Unauthorized', 'Unauthorized');
  };
  const knows =
    (name: string): Method =>
    async () => ({ name, groups: ['g'] });
  const knowsNobody: Method = async () => undefined;

  test('the first that knows the caller wins; a failure does not stop the others', async () => {
    const user = await createAuthenticator([knowsNobody, fails, knows('ann'), knows('bob')])(request());
    expect(user).toEqual({ name: 'ann', groups: ['g', 'system:authenticated'] });
  });

  test('a bad credential is refused also where strangers are welcome', async () => {
    expect(await outcome(createAuthenticator([fails, knowsNobody], { anonymous: true }))).toBe('401 Unauthorized');
    expect(await outcome(createAuthenticator([knowsNobody], { anonymous: true }))).toBe('system:anonymous');
    expect(await outcome(createAuthenticator([knowsNobody]))).toBe('nobody');
  });

  test('what breaks inside is no refusal', async () => {
    const broken: Method = async () => {
      throw new TypeError('bug');
    };
    await expect(createAuthenticator([broken, knows('ann')])(request())).rejects.toThrow(TypeError);
  });

  test('an unknown sort of token is asked of every sort', async () => {
    const tokens = anyToken([staticTokens('a,ann,u'), staticTokens('b,bob,u')]);
    expect((await tokens('b'))?.name).toBe('bob');
    expect(await tokens('c')).toBeUndefined();
  });
});
