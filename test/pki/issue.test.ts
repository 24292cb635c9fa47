import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { issueCertificate } from '../../shared/pki/issue.ts';

const day = 86_400_000;
const now = Date.now();
const makeKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base = () => ({ serial: randomBytes(16), notBefore: now - day, notAfter: now + day });

const rootKeys = makeKey();
const rootPem = issueCertificate(
  { ...base(), subject: [['CN', 'Test root']], publicKey: rootKeys.publicKey, authority: {} },
  { key: rootKeys.privateKey },
);
const root = new X509Certificate(rootPem);

const issue = (plan: Partial<Parameters<typeof issueCertificate>[0]> = {}) => {
  const keys = makeKey();
  const pem = issueCertificate(
    { ...base(), subject: [['CN', 'leaf']], publicKey: keys.publicKey, ...plan },
    { certificate: root, key: rootKeys.privateKey },
  );
  return { ...keys, pem, certificate: new X509Certificate(pem) };
};

describe('issueCertificate', () => {
  it('makes a root that signs itself', () => {
    expect(root.ca).toBe(true);
    expect(root.checkIssued(root)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.subject).toBe('CN=Test root');
    expect(rootPem).toBe(root.toString());
  });

  it('makes leaves that chain to it', () => {
    const { certificate } = issue({
      subject: [
        ['O', 'system:masters'],
        ['CN', 'kubeve-ädmin'],
      ],
      usages: ['clientAuth'],
    });
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(root)).toBe(true);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:masters\nCN=kubeve-ädmin');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  it.each([
    ['localhost', 'DNS:localhost'],
    ['127.0.0.1', 'IP Address:127.0.0.1'],
    ['::1', 'IP Address:0:0:0:0:0:0:0:1'],
    ['fe80::1:2', 'IP Address:FE80:0:0:0:0:0:1:2'],
    ['2001:db8:1:2:3:4:5:6', 'IP Address:2001:DB8:1:2:3:4:5:6'],
    ['::', 'IP Address:0:0:0:0:0:0:0:0'],
  ])('names %s', (name, printed) => {
    expect(issue({ names: [name] }).certificate.subjectAltName).toBe(printed);
  });

  it.each([
    ['a high bit', Uint8Array.of(0xff, 1), '7F01'],
    ['leading zeros', Uint8Array.of(0, 0, 5), '05'],
    ['a byte that would read as negative after a zero', Uint8Array.of(0, 0x80), '80'],
  ])('keeps serials positive and minimal: %s', (_, serial, printed) => {
    expect(issue({ serial }).certificate.serialNumber).toBe(printed);
  });

  it.each([Date.UTC(2049, 11, 31, 23, 59, 59), Date.UTC(2050, 0, 1), Date.UTC(2120, 5, 1)])('dates to %d', notAfter => {
    expect(new Date(issue({ notAfter }).certificate.validTo).getTime()).toBe(notAfter);
  });

  it('passes a TLS handshake on both sides', async () => {
    const server = issue({ names: ['127.0.0.1'], usages: ['serverAuth'] });
    const client = issue({ subject: [['CN', 'me']], usages: ['clientAuth'] });
    const pemKey = (key: typeof server.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const listener = createServer({ key: pemKey(server.privateKey), cert: server.pem, ca: rootPem, requestCert: true });
    await new Promise<void>(done => listener.listen(0, '127.0.0.1', done));
    const address = listener.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const seen = new Promise<TLSSocket>(done => listener.once('secureConnection', done));
    const socket = connect({ host: '127.0.0.1', port, ca: rootPem, key: pemKey(client.privateKey), cert: client.pem });
    await new Promise<void>((done, fail) => socket.once('secureConnect', done).once('error', fail));
    expect((await seen).authorized).toBe(true);
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await new Promise(done => listener.close(done));
  });

  it('says what keys are good for', () => {
    // BIT STRING in OCTET STRING behind the critical extension 2.5.29.15.
    const useOf = (certificate: X509Certificate) =>
      /0603551d0f0101ff0404(0302....)/.exec(certificate.raw.toString('hex'))?.[1];
    expect(useOf(issue().certificate)).toBe('03020388');
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(useOf(issue({ publicKey }).certificate)).toBe('030205a0');
  });
});
