import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTransport } from '../../cli/device/transport.ts';
import { readPartition } from '../../cli/partition.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const dates = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };

const makeRoot = (name: string): { pem: string; key: KeyObject } => {
  const { publicKey, privateKey: key } = pair();
  const serial = Uint8Array.of(1);
  return {
    pem: issueCertificate({ subject: [['CN', name]], publicKey, serial, ...dates, authority: {} }, { key }),
    key,
  };
};

let listener: Server;
let server: string;
const [own, everybodys] = [makeRoot('own'), makeRoot('everybody trusts it')];
beforeAll(async () => {
  const { publicKey, privateKey } = pair();
  const plan = { subject: [['CN', 'localhost']] as const, publicKey, serial: Uint8Array.of(2), ...dates };
  const issuer = { certificate: new X509Certificate(everybodys.pem), key: everybodys.key };
  const cert = issueCertificate({ ...plan, usages: ['serverAuth'], names: ['localhost', '127.0.0.1'] }, issuer);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  listener = createServer({ key, cert }, (_, answer) => void answer.end('hello'));
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  server = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => void listener.close());

const ask = async (roots: { rootPem: string; tlsRoots?: string }) => {
  const transport = openTransport({ server, ...roots });
  try {
    return (await transport.send('GET', '/')).status;
  } finally {
    transport.close();
  }
};

it.each([
  ['its root certificate', { rootPem: everybodys.pem }],
  ['further roots', { rootPem: own.pem, tlsRoots: everybodys.pem }],
  ['one of several', { rootPem: own.pem, tlsRoots: [...rootCertificates.slice(0, 3), everybodys.pem].join('\n') }],
])('a device trusts for TLS %s', async (_, roots) => {
  expect(await ask(roots)).toBe(200);
});

it('a device trusts for TLS nobody else', async () => {
  await expect(ask({ rootPem: own.pem })).rejects.toThrow(/certificate/);
});

it('the config partition names further roots', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-partition-'));
  try {
    writeFileSync(join(dir, 'server'), `${server}\n`);
    writeFileSync(join(dir, 'root-certificate.pem'), own.pem);
    expect(readPartition(dir).tlsRoots).toBeUndefined();
    writeFileSync(join(dir, 'v2tlsbaseroot-certificates.pem'), everybodys.pem);
    expect(readPartition(dir)).toMatchObject({ rootPem: own.pem, tlsRoots: everybodys.pem });
  } finally {
    rmSync(dir, { recursive: true });
  }
});
