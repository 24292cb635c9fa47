import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readUses } from '../../../shared/kube/access/uses.ts';
import { type CertificatePlan, issueCertificate } from '../../../shared/pki/issue.ts';

const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const issue = (usages?: CertificatePlan['usages'], authority?: CertificatePlan['authority']): Buffer =>
  new X509Certificate(
    issueCertificate(
      {
        subject: [['CN', 'one']],
        publicKey: key,
        serial: Uint8Array.of(1, 2, 3),
        notBefore: 0,
        notAfter: 4e12,
        ...(usages && { usages }),
        ...(authority && { authority }),
      },
      { key },
    ),
  ).raw;

describe('extended key usages', () => {
  it.each([
    ['none', undefined, undefined],
    ['none of an authority', undefined, { pathLength: 0 }],
    ['one', ['clientAuth'], undefined],
    ['two', ['serverAuth', 'clientAuth'], undefined],
  ] as const)('%s: as Node reads them', (_, usages, authority) => {
    const der = issue(usages, authority);
    expect(readUses(der)).toEqual(new X509Certificate(der).keyUsage);
  });

  it('are none at all in what cannot be read', () => {
    const der = issue(['clientAuth']);
    expect(readUses(new Uint8Array())).toEqual([]);
    expect(readUses(der.subarray(0, -1))).toEqual([]);
  });

  it('are none at all when they are said twice', () => {
    const der = issue(['serverAuth', 'clientAuth']);
    // The extension before it becomes another one like it: basicConstraints or a key identifier, whose ids are as long.
    const ids = [0x13, 0x23, 0x0e, 0x0f, 0x11].map(last => der.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, last])));
    const at = ids.find(index => index >= 0) ?? -1;
    expect(at).toBeGreaterThan(0);
    const twice = Buffer.from(der);
    twice[at + 4] = 0x25;
    expect(readUses(twice)).toEqual([]);
  });
});
