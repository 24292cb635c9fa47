import type { Ports } from '../../shared/base/ports.ts';
import { recallFormer } from './former.ts';
import { createKeyring, type Pair, recallPair, recallSecret } from './keyring.ts';
import type { Vault } from './vault.ts';

/** Who this installation is. Made at the first start, the same ever after. */
export interface Identity {
  /** The one root that devices and clients trust; signs `server`, `signing` and `ecdh`. */
  readonly root: Pair;
  /** TLS. Made anew, over the same key, when the names change. */
  readonly server: Pair;
  /** Signs what devices are told (`ZCert` type 1). */
  readonly signing: Pair;
  /** Agrees on keys with devices for their secrets (`ZCert` type 3). */
  readonly ecdh: Pair;
  /** What `ecdh` took the place of and devices may still use, the newest first. */
  readonly formerEcdh?: readonly Pair[];
  /** PEM of what stands between those two and what devices trust. */
  readonly intermediates?: readonly string[];
  /** Signs client certificates and nothing else. */
  readonly clientAuthority: Pair;
  /** A client certificate of the group `system:masters`. */
  readonly admin: Pair;
  /** Shared by the devices that this installation's config partition is given to. */
  readonly onboard: Pair;
  /** 32 bytes that volume keys of devices are kept under. Never changes: with it those keys are lost. */
  readonly escrow: Uint8Array;
}

/**
 * Reads the identity from a vault, making what is missing. `names` are the host names and addresses that the TLS
 * certificate stands for, each once. Devices insist on EVE certificates without a usage or with serverAuth.
 */
export const openIdentity = (
  vault: Vault,
  names: readonly string[],
  ports: Pick<Ports, 'clock' | 'random'>,
): Identity => {
  const { pair, secret } = createKeyring(vault, ports);
  const root = pair('root', { subject: [['CN', 'kubeve root']], authority: {}, days: decades(2) });
  const clientAuthority = pair('client-authority', {
    subject: [['CN', 'kubeve clients']],
    authority: { pathLength: 0 },
    days: decades(2),
  });
  return {
    root,
    clientAuthority,
    server: pair('server', { subject: [['CN', 'kubeve']], issuer: root, usages: ['serverAuth'], names, days: 825 }),
    signing: pair('signing', { subject: [['CN', 'kubeve signing']], issuer: root, days: decades(1) }),
    ecdh: pair('ecdh', { subject: [['CN', 'kubeve ecdh']], issuer: root, days: decades(1) }),
    admin: pair('admin', {
      subject: [
        ['O', 'system:masters'],
        ['CN', 'kubeve-admin'],
      ],
      issuer: clientAuthority,
      usages: ['clientAuth'],
      days: decades(1),
    }),
    onboard: pair('onboard', { subject: [['CN', 'kubeve onboarding']], days: decades(2) }),
    escrow: secret('escrow'),
    formerEcdh: recallFormer(vault),
  };
};

/** What of it those need who serve. */
export type Serving = Pick<
  Identity,
  'signing' | 'ecdh' | 'formerEcdh' | 'intermediates' | 'clientAuthority' | 'escrow'
> & {
  /** Whom the certificate of the server chains to, as clients are to trust it. */
  readonly root: Pick<Pair, 'certificatePem'>;
};

/**
 * Reads what serving needs from a vault that others keep: `signing`, `ecdh`, `client-authority`, `escrow`, and the root's certificate
 * (`tls-root.pem` where clients trust another one for TLS). Throws an Error that says what is missing.
 */
export const recallIdentity = (vault: Vault): Serving => {
  const certificatePem = vault.read('tls-root.pem') ?? vault.read('root.pem');
  if (certificatePem === undefined) throw new Error('the identity has no root.pem: deploy again, which makes it');
  return {
    root: { certificatePem },
    signing: recallPair(vault, 'signing'),
    ecdh: recallPair(vault, 'ecdh'),
    clientAuthority: recallPair(vault, 'client-authority'),
    escrow: recallSecret(vault, 'escrow'),
    formerEcdh: recallFormer(vault),
  };
};

const decades = (count: number): number => Math.floor(count * 3652.5);
