import { unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import type { Store } from '../../shared/store/store.ts';
import { retire } from '../identity/rotate.ts';
import type { Vault } from '../identity/vault.ts';

export interface RotationParts extends Ports {
  /** Folder of the vault. */
  readonly dir: string;
  readonly vault: Vault;
  readonly store: Store;
  /** Opens the identity anew and goes on with it. */
  reload(): Promise<void>;
}

const files = ['signing.key.pem', 'ecdh.key.pem'];
const watchMs = 1000;
const retireMs = 3_600_000;

/**
 * Goes on with other certificates when somebody rotates them (`kubeve certs rotate`), and drops former ones that no device
 * needs. Returns how to stop.
 */
export const followRotation = ({ dir, vault, store, reload, clock, log }: RotationParts): (() => Promise<void>) => {
  let working: Promise<void> = Promise.resolve();
  const renew = (why: string): void => {
    working = working.then(reload).then(
      () => log.info(`certificates for devices: ${why}`),
      (error: unknown) => log.error('certificates for devices were not replaced', { error }),
    );
  };
  const onChange = () => renew('replaced');
  for (const file of files) watchFile(join(dir, file), { interval: watchMs, persistent: false }, onChange);
  const timer = setInterval(() => {
    retire(vault, store, clock.now()).then(
      count => count > 0 && renew('former ones retired'),
      (error: unknown) => log.error('former certificates were not retired', { error }),
    );
  }, retireMs);
  timer.unref();
  return async () => {
    for (const file of files) unwatchFile(join(dir, file), onChange);
    clearInterval(timer);
    await working;
  };
};
