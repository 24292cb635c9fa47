import { join } from 'node:path';
import type { Ports } from '../../shared/base/ports.ts';
import type { Store } from '../../shared/store/store.ts';
import { retire } from '../identity/rotate.ts';
import type { Vault } from '../identity/vault.ts';
import { type WatchedFiles, watchFiles } from './watch.ts';

export interface RotationParts extends Ports {
  /** As they were when the identity was opened. */
  readonly keys: WatchedFiles;
  readonly vault: Vault;
  readonly store: Store;
  /** Opens the identity anew and goes on with it. */
  reload(): Promise<void>;
}

const files = ['signing.key.pem', 'ecdh.key.pem'];
const watchMs = 1000;
const retireMs = 3_600_000;

/** The keys in the folder of a vault that may be rotated, as they are now. */
export const watchKeys = (dir: string): WatchedFiles =>
  watchFiles(
    files.map(file => join(dir, file)),
    watchMs,
  );

/**
 * Goes on with other certificates when somebody rotates them (`kubeve certs rotate`), and drops former ones that no device
 * needs. Returns how to stop.
 */
export const followRotation = ({ keys, vault, store, reload, clock, log }: RotationParts): (() => Promise<void>) => {
  let working: Promise<void> = Promise.resolve();
  const renew = (why: string): void => {
    working = working.then(reload).then(
      () => log.info(`certificates for devices: ${why}`),
      (error: unknown) => log.error('certificates for devices were not replaced', { error }),
    );
  };
  const stopWatching = keys.follow(() => renew('replaced'));
  const timer = setInterval(() => {
    retire(vault, store, clock.now()).then(
      count => count > 0 && renew('former ones retired'),
      (error: unknown) => log.error('former certificates were not retired', { error }),
    );
  }, retireMs);
  timer.unref();
  return async () => {
    stopWatching();
    clearInterval(timer);
    await working;
  };
};
