import { join } from 'node:path';
import type { Ports } from '../../../shared/base/ports.ts';
import { createKeyring, type Pair } from './keyring.ts';

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
  /** PEM of what stands between those two and what devices trust. */
  readonly intermediates?: readonly string[];
  /** Signs client certificates and nothing else. */
  readonly clientAuthority: Pair;
  /** A client certificate of the group `system:masters`. */
  readonly admin: Pair;
  /** Shared by the devices that this installation's config partition is given to. */
  readonly onboard: Pair;
}

/**
 * Reads the identity from `<dir>/pki`, making what is missing. `names` are the host names and addresses that the TLS
 * certificate stands for, each once. Devices insist on EVE certificates without a usage or with serverAuth.
 */
export const openIdentity = (
  dir: string,
  names: readonly string[],
  ports: Pick<Ports, 'clock' | 'random'>,
): Identity => {
  const { pair } = createKeyring(join(dir, 'pki'), ports);
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
  };
};

const decades = (count: number): number => Math.floor(count * 3652.5);
