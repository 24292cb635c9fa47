import { describe, expect, test } from 'vitest';
import { decode } from '../../shared/base/protobuf.ts';
import { certHash, checkCerts, readBundle, readCertificate, toZCert } from '../../shared/eve/certs.ts';
import { createController } from '../../shared/eve/controller.ts';
import { openEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { makePair, type Pair } from '../device/kit.ts';

const root = makePair('root', undefined, { authority: true });
const middle = makePair('middle', root, { authority: true });
const signing = makePair('signing', root);
const ecdh = makePair('ecdh', root);
const now = Date.parse('2026-01-01T00:00:00Z');
const zcert = (pair: Pair, type: number) => toZCert(Buffer.from(pair.certificatePem), type);

describe('the controller', () => {
  test('tells a list that a device accepts, with an intermediate too', () => {
    const deep = {
      signing: makePair('signing', middle),
      ecdh: makePair('ecdh', middle),
      intermediates: [middle.certificatePem],
    };
    for (const identity of [{ signing, ecdh }, deep]) {
      const controller = createController(identity);
      const { certs = [] } = decode(eve, 'certs.ZControllerCert', openEnvelope(controller.certs).payload);
      expect(checkCerts(certs, root.certificate, now)).toEqual([]);
      expect(Buffer.from(certs.at(-1)?.certHash ?? []).equals(controller.ecdh.certHash)).toBe(true);
    }
  });

  test('has a hash that changes with its certificates alone', () => {
    const { confighash } = createController({ signing, ecdh });
    expect(createController({ signing, ecdh }).confighash).toBe(confighash);
    expect(createController({ signing, ecdh: makePair('ecdh', root) }).confighash).not.toBe(confighash);
  });

  test('does not start with a key of another certificate', () => {
    expect(() => createController({ signing: { ...signing, key: ecdh.key }, ecdh })).toThrow(
      'not the one in its certificate',
    );
  });
});

test('certHash is over the PEM bytes, to the last line break', () => {
  const pem = Buffer.from(signing.certificatePem);
  expect(certHash(pem)).toHaveLength(16);
  expect(Buffer.from(certHash(pem)).equals(certHash(Buffer.from(signing.certificatePem.trimEnd())))).toBe(false);
});

describe('what a device would refuse', () => {
  const good = [zcert(signing, 1), zcert(ecdh, 3)];
  test.each([
    ['no signing certificate', [zcert(ecdh, 3)]],
    ['two signing certificates', [...good, zcert(makePair('x', root), 1)]],
    ['no key exchange', [zcert(signing, 1)]],
    ['another type', [...good, zcert(makePair('x', root), 10)]],
    ['type 0', [...good, zcert(makePair('x', root), 0)]],
    ['one hash twice', [...good, zcert(ecdh, 3)]],
    ['another root', [zcert(makePair('x', makePair('root', undefined, { authority: true })), 1), zcert(ecdh, 3)]],
    ['a missing intermediate', [zcert(makePair('x', middle), 1), zcert(ecdh, 3)]],
    ['a certificate that is none', [{ ...zcert(signing, 1), cert: Buffer.from('x') }, zcert(ecdh, 3)]],
  ])('%s', (_, certs) => {
    expect(checkCerts(certs, root.certificate, now)).not.toEqual([]);
  });
  test('a list out of its dates', () => {
    expect(checkCerts(good, root.certificate, Date.parse('2050-01-01'))).not.toEqual([]);
    expect(checkCerts(good, root.certificate, now)).toEqual([]);
  });
});

test('certificates are read in every form', () => {
  const pem = Buffer.from(signing.certificatePem);
  for (const bytes of [pem, Buffer.from(pem.toString('base64')), signing.der])
    expect(readCertificate(bytes)?.hash).toBe(signing.hash);
  expect(readCertificate(Buffer.from('x'))).toBeUndefined();
  expect(readCertificate(Uint8Array.of(0x30, 0x82, 0, 1))).toBeUndefined();
  expect(readBundle(signing.certificatePem + ecdh.certificatePem)).toHaveLength(2);
  expect(readBundle('rubbish')).toEqual([]);
});
