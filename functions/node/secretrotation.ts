import type { Log } from '../../shared/base/ports.ts';
import type { Serving } from '../identity/identity.ts';
import { openSecretIdentity } from './secretidentity.ts';

export interface SecretRotationParts {
  /** Of Secrets Manager. */
  readonly secret: string;
  readonly region?: string | undefined;
  readonly identity: Serving;
  /** Goes on with another identity. */
  apply(identity: Serving): Promise<void>;
  readonly log: Log;
  readonly intervalMs?: number;
}

/**
 * Looks again and again into the secret, and goes on with other certificates when somebody rotated them (`kubeve certs rotate
 * --from-stack`). While it cannot be read, what was read before stays. Returns how to stop.
 */
export const followSecret = (parts: SecretRotationParts): (() => Promise<void>) => {
  const { secret, region, apply, log, intervalMs = 60_000 } = parts;
  let known = printOf(parts.identity);
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const { identity } = await openSecretIdentity(secret, region);
      const print = printOf(identity);
      if (print === known) return;
      await apply(identity);
      known = print;
      log.info('certificates for devices: replaced');
    } catch (error) {
      log.error('the identity could not be read again: the former one stays', { error });
    }
  };
  const timer = setInterval(() => {
    working = working.then(look);
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await working;
  };
};

/** Tells one set of certificates for devices from another. */
const printOf = ({ signing, ecdh, formerEcdh = [] }: Serving): string =>
  [signing, ecdh, ...formerEcdh].map(({ certificate }) => certificate.fingerprint256).join(' ');
