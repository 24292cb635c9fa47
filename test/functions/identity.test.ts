import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBundle } from '../../functions/identity/bundle.ts';
import { tellOfClock } from '../../functions/identity/clock.ts';
import { openIdentity, recallIdentity } from '../../functions/identity/identity.ts';
import { toKubeconfig } from '../../functions/identity/kubeconfig.ts';
import { toPartition } from '../../functions/identity/partition.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { sealed } from '../../functions/identity/vault.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ports = systemPorts('silent');
const names = ['localhost', '127.0.0.1', '::1', 'box.lab'];
const open = (wanted = names, at = Date.now()) =>
  openIdentity(openFolder(join(dir, 'pki')), wanted, { ...ports, clock: { now: () => at } });
const pems = (identity: ReturnType<typeof open>) =>
  Object.fromEntries(Object.entries(identity).map(([name, pair]) => [name, pair.certificatePem + pair.keyPem]));

describe('openIdentity', () => {
  it('makes every pair once', () => {
    expect(pems(open())).toEqual(pems(open()));
  });

  it('tells of a clock that stands before its certificates hold', () => {
    const identity = open();
    const said: [string, unknown][] = [];
    const log = { ...ports.log, warn: (message: string, fields?: unknown) => void said.push([message, fields]) };
    tellOfClock(identity, { clock: { now: () => Date.now() }, log });
    expect(said).toEqual([]);
    tellOfClock(identity, { clock: { now: () => Date.parse('2000-01-01T00:00:00Z') }, log });
    expect(said).toEqual([
      [
        expect.stringContaining('nobody is let in until it is set'),
        { clock: '2000-01-01T00:00:00.000Z', certificatesFrom: expect.any(String) },
      ],
    ]);
  });

  it('chains the server and EVE certificates to the root, with usages that devices accept', () => {
    const { root, server, signing, ecdh } = open();
    for (const pair of [server, signing, ecdh]) {
      expect(pair.certificate.checkIssued(root.certificate)).toBe(true);
      expect(pair.certificate.verify(root.certificate.publicKey)).toBe(true);
    }
    expect(server.certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(signing.certificate.keyUsage).toBeUndefined();
    expect(ecdh.certificate.keyUsage).toBeUndefined();
    for (const name of names) expect(server.certificate.checkHost(name) ?? server.certificate.checkIP(name)).toBe(name);
  });

  it('gives the administrator a certificate of a separate authority', () => {
    const { root, admin, clientAuthority } = open();
    expect(admin.certificate.subject).toBe('O=system:masters\nCN=kubeve-admin');
    expect(admin.certificate.verify(clientAuthority.certificate.publicKey)).toBe(true);
    expect(admin.certificate.verify(root.certificate.publicKey)).toBe(false);
  });

  it('makes the server certificate anew when the names change, and nothing else', () => {
    const before = open();
    const after = open([...names, 'eve.example.org']);
    expect(after.server.certificatePem).not.toBe(before.server.certificatePem);
    expect(after.server.keyPem).toBe(before.server.keyPem);
    expect(after.server.certificate.checkHost('eve.example.org')).toBe('eve.example.org');
    expect(pems({ ...after, server: before.server })).toEqual(pems(before));
    expect(open().server.certificate.checkHost('eve.example.org')).toBeUndefined();
  });

  it('notices that one name, or address, took the place of another', () => {
    for (const wanted of [['a.test'], ['b.test'], ['10.0.0.1'], ['10.0.0.2'], ['::2'], ['c.test']]) {
      const { server } = open(wanted);
      expect(server.certificate.subjectAltName).toMatch(/^[^,]+$/);
      expect(open(wanted).server.certificatePem).toBe(server.certificatePem);
    }
  });

  it('makes a certificate anew before it ends', () => {
    const before = open();
    const after = open(names, Date.now() + 800 * 86_400_000);
    expect(after.server.certificatePem).not.toBe(before.server.certificatePem);
    expect(after.root.certificatePem).toBe(before.root.certificatePem);
  });

  it('heals a start that died between a key and its certificate', () => {
    const before = open();
    rmSync(join(dir, 'pki', 'admin.pem'));
    const after = open();
    expect(after.admin.keyPem).toBe(before.admin.keyPem);
    expect(after.admin.certificate.verify(before.clientAuthority.certificate.publicKey)).toBe(true);
  });

  it('replaces a certificate that is not over its key', () => {
    const before = open();
    writeFileSync(join(dir, 'pki', 'signing.pem'), before.ecdh.certificatePem);
    const { signing } = open();
    expect(signing.certificate.checkPrivateKey(before.signing.key)).toBe(true);
  });

  it('keeps files to their owner', () => {
    open();
    for (const name of readdirSync(join(dir, 'pki'))) {
      expect(name).toMatch(/\.pem$/);
      expect(statSync(join(dir, 'pki', name)).mode & 0o777).toBe(0o600);
    }
  });
});

it('writes a kubeconfig that stands alone', () => {
  const identity = open();
  const text = toKubeconfig(identity, 'https://127.0.0.1:8443');
  const embedded = /client-certificate-data: (\S+)/.exec(text)?.[1] ?? '';
  const certificate = new X509Certificate(Buffer.from(embedded, 'base64'));
  expect(certificate.fingerprint256).toBe(identity.admin.certificate.fingerprint256);
  expect(text).toContain('server: https://127.0.0.1:8443\n');
  const key = Buffer.from(/client-key-data: (\S+)/.exec(text)?.[1] ?? '', 'base64').toString();
  expect(key).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
});

it('gives the files of a config partition', () => {
  const identity = open();
  const files = toPartition(identity, 'box.lab:8443');
  expect(files.server).toBe('box.lab:8443\n');
  expect(files['root-certificate.pem']).toBe(identity.root.certificatePem);
  expect(Object.keys(files).sort()).toEqual([
    'onboard.cert.pem',
    'onboard.key.pem',
    'root-certificate.pem',
    'server',
    'v2tlsbaseroot-certificates.pem',
  ]);
});

describe('a bundle', () => {
  it('holds what a folder would, and serves it as it is', () => {
    const bundle = openBundle();
    const identity = openIdentity(bundle, names, ports);
    const keys = openTokenKeys(bundle);
    const again = sealed(openBundle(bundle.toText()));
    expect(pems(openIdentity(again, names, ports))).toEqual(pems(identity));
    expect(openTokenKeys(again).signing.id).toBe(keys.signing.id);
    const serving = recallIdentity(again);
    expect(serving.signing.keyPem).toBe(identity.signing.keyPem);
    expect(serving.root.certificatePem).toBe(identity.root.certificatePem);
  });

  it('serves with a certificate that nears its end: who keeps the identity renews it', () => {
    const bundle = openBundle();
    const { signing } = openIdentity(bundle, names, ports);
    expect(recallIdentity(sealed(openBundle(bundle.toText()))).signing.certificatePem).toBe(signing.certificatePem);
  });

  it.each(['', 'x', '[]', '{"root.pem":1}', '{"root.pem":'])('refuses %s without quoting it', text => {
    expect(() => openBundle(text)).toThrow('the identity is not a JSON object of texts by file name');
  });

  it('says what is missing, and makes nothing where it must not', () => {
    expect(() => recallIdentity(openBundle('{}'))).toThrow('the identity has no root.pem');
    expect(() => recallIdentity(openBundle('{"root.pem":"x"}'))).toThrow('the identity has no signing.key.pem');
    expect(() => openTokenKeys(sealed(openBundle('{}')))).toThrow('no good service-account.key.pem');
  });

  it('shows clients another root where TLS has one', () => {
    const bundle = openBundle();
    openIdentity(bundle, names, ports);
    bundle.write('tls-root.pem', 'another');
    expect(recallIdentity(bundle).root.certificatePem).toBe('another');
  });
});
