import { join } from 'node:path';
import { keepFile } from '../files.ts';
import type { Identity } from './identity.ts';

/**
 * The files of a device's config partition, under the names that EVE gives them (eve-device-api §0). `server` is
 * `host:port` as devices reach it.
 */
export const writePartition = (dir: string, identity: Identity, server: string): void => {
  const files = {
    server: `${server}\n`,
    'root-certificate.pem': identity.root.certificatePem,
    // What older releases trust for TLS.
    'v2tlsbaseroot-certificates.pem': identity.root.certificatePem,
    'onboard.cert.pem': identity.onboard.certificatePem,
    'onboard.key.pem': identity.onboard.keyPem,
  };
  for (const [name, content] of Object.entries(files)) keepFile(join(dir, name), content);
};
