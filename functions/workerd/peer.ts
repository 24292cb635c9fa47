import { Buffer } from 'node:buffer';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';

/** What the platform tells of the client's end of a connection (`request.cf`). */
export interface ClientTls {
  /** `1` or `0`. */
  readonly certPresented?: string;
  /** `SUCCESS`, `NONE`, or `FAILED:` and why. */
  readonly certVerified?: string;
  /** `1`: taken back by who issued it. */
  readonly certRevoked?: string;
  /** DER in base64 between two colons (RFC 9440); empty when it has more than 10 KiB. */
  readonly certRFC9440?: string;
}

/**
 * Who is at the other end, as the platform saw it. It hands a certificate over whether or not its chain is good: only what it
 * verified itself, against the authorities of the zone, counts as verified here. A certificate that is too large to be handed
 * over is none. No header is believed but the address, which the platform sets itself.
 */
export const toPeer = (request: Request & { readonly cf?: { readonly tlsClientAuth?: ClientTls } }): PeerEnv => {
  const remoteAddress = request.headers.get('cf-connecting-ip');
  const { certPresented, certVerified, certRevoked, certRFC9440 = '' } = request.cf?.tlsClientAuth ?? {};
  const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(certRFC9440) ?? [];
  const verified = certVerified === 'SUCCESS' && certRevoked !== '1';
  return {
    ...(remoteAddress && { remoteAddress }),
    ...(certPresented === '1' && base64 && { peer: { verified, certificate: Buffer.from(base64, 'base64') } }),
  };
};
