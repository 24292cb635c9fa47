import type { X509Certificate } from 'node:crypto';

/**
 * Whether one of the authorities issued the certificate itself. Its signature and the authority's CA mark are checked; dates
 * are not, because who presents such certificates rarely knows the time.
 */
export const isIssuedBy = (leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean =>
  authorities.some(authority => authority.ca && leaf.checkIssued(authority) && isSignedBy(leaf, authority));

const isSignedBy = (leaf: X509Certificate, authority: X509Certificate): boolean => {
  try {
    return leaf.verify(authority.publicKey);
  } catch {
    return false;
  }
};
