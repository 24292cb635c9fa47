import { describe, expect, it } from 'vitest';
import { type ClientTls, toPeer } from '../../../functions/workerd/peer.ts';

const der = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const good: ClientTls = {
  certPresented: '1',
  certVerified: 'SUCCESS',
  certRevoked: '0',
  certRFC9440: `:${Buffer.from(der).toString('base64')}:`,
};
const peerOf = (tlsClientAuth?: ClientTls, headers: Record<string, string> = {}) =>
  toPeer(Object.assign(new Request('https://worker/', { headers }), tlsClientAuth && { cf: { tlsClientAuth } }));

describe('who is at the other end', () => {
  it.each<[string, Partial<ClientTls>, boolean]>([
    ['verified', {}, true],
    ['verified, of a platform that says nothing of revocation', { certRevoked: '' }, true],
    ['not verified', { certVerified: 'FAILED:self signed certificate' }, false],
    ['of another spelling', { certVerified: 'success' }, false],
    ['taken back', { certRevoked: '1' }, false],
    ['of which nothing is said', { certVerified: 'NONE' }, false],
  ])('has a certificate: %s', (_, said, verified) => {
    const { peer } = peerOf({ ...good, ...said });
    expect(peer?.verified).toBe(verified);
    expect(Uint8Array.from(peer?.certificate ?? [])).toEqual(der);
  });

  it.each<[string, ClientTls | undefined]>([
    ['nothing is said', undefined],
    ['none was presented', { ...good, certPresented: '0' }],
    ['it was too large', { ...good, certRFC9440: '' }],
    ['it is written in another way', { ...good, certRFC9440: Buffer.from(der).toString('base64') }],
    ['it holds something else', { ...good, certRFC9440: ':MIIB, :AAAA:' }],
  ])('has none where %s', (_, said) => {
    expect(peerOf(said).peer).toBeUndefined();
  });

  it('is not who a header says', () => {
    const headers = {
      'client-cert': good.certRFC9440 ?? '',
      'cf-client-cert-der-base64': 'AAAA',
      'cf-connecting-ip': '192.0.2.1',
    };
    expect(peerOf(undefined, headers)).toEqual({ remoteAddress: '192.0.2.1' });
  });
});
