import type { Identity } from './identity.ts';

/**
 * The files of a device's config partition, under the names that EVE gives them (eve-device-api §0): name → content.
 * `server` is `host:port` as devices reach it; `tlsRoots` is PEM of whom that server's certificate chains to, where it is not
 * the identity's own root.
 */
export const toPartition = (
  { root, onboard }: Pick<Identity, 'root' | 'onboard'>,
  server: string,
  tlsRoots = root.certificatePem,
): Readonly<Record<string, string>> => ({
  server: `${server}\n`,
  'root-certificate.pem': root.certificatePem,
  // What older releases trust for TLS.
  'v2tlsbaseroot-certificates.pem': tlsRoots,
  'onboard.cert.pem': onboard.certificatePem,
  'onboard.key.pem': onboard.keyPem,
});
