import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceKey, readKey } from './device/keys.ts';

/** The files of a device's config partition, as a folder: what `kubeve serve` writes to `.kubeve/eve`. */
export interface Partition {
  readonly server: string;
  readonly rootPem: string;
  /** Further roots for TLS, in PEM. */
  readonly tlsRoots?: string;
  /** Addresses by host name that no name server is asked for. */
  readonly hosts?: ReadonlyMap<string, string>;
  readonly onboard?: DeviceKey;
  readonly softSerial?: string;
  /** First settings, signed. */
  readonly bootstrap?: Uint8Array;
}

/** Under which name EVE looks for first settings. */
export const bootstrapFile = 'bootstrap-config.pb';

/** Where older EVE looks for the roots that it trusts for TLS. */
const tlsRootsFile = 'v2tlsbaseroot-certificates.pem';

/** Throws an Error that names the file which is missing. */
export const readPartition = (dir: string): Partition => {
  const hasOnboard = optional(dir, 'onboard.cert.pem') !== undefined;
  const softSerial = optional(dir, 'soft_serial')?.trim();
  const hosts = optional(dir, 'hosts');
  const tlsRoots = optional(dir, tlsRootsFile);
  return {
    server: required(dir, 'server').trim(),
    rootPem: required(dir, 'root-certificate.pem'),
    ...(tlsRoots === undefined ? {} : { tlsRoots }),
    ...(hosts === undefined ? {} : { hosts: toHosts(hosts) }),
    ...(hasOnboard ? { onboard: readOnboard(dir) } : {}),
    ...(softSerial ? { softSerial } : {}),
    ...(existsSync(join(dir, bootstrapFile)) ? { bootstrap: readFileSync(join(dir, bootstrapFile)) } : {}),
  };
};

/** As `/etc/hosts` is written: an address and its names a line. */
const toHosts = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap(line => {
      const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
      return names.map(name => [name.toLowerCase(), address] as const);
    }),
  );

/** All files of a config partition that make a device one of this installation: name → content. */
export const readFiles = (dir: string): Record<string, string> => ({
  server: required(dir, 'server'),
  'root-certificate.pem': required(dir, 'root-certificate.pem'),
  ...Object.fromEntries(
    [tlsRootsFile, 'onboard.cert.pem', 'onboard.key.pem'].flatMap(name => {
      const text = optional(dir, name);
      return text === undefined ? [] : [[name, text]];
    }),
  ),
});

/** An onboarding certificate and its key. */
export const readOnboard = (dir: string): DeviceKey =>
  readKey(required(dir, 'onboard.cert.pem'), required(dir, 'onboard.key.pem'));

const optional = (dir: string, name: string): string | undefined => {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

const required = (dir: string, name: string): string => {
  const text = optional(dir, name);
  if (text === undefined) throw new Error(`${join(dir, name)} is missing: start kubeve first, or say --config DIR`);
  return text;
};
