import { openBundle } from '../../functions/identity/bundle.ts';
import type { Vault } from '../../functions/identity/vault.ts';
import type { BackupFile } from '../../functions/node/backupfile.ts';
import type { OpenStore } from '../../functions/node/openstore.ts';
import { isFault } from '../../shared/base/fault.ts';
import { restoredFrom } from '../../shared/store/backup/restore.ts';
import type { Say } from './repair.ts';

/** A backup that a stack, or one of its tenants, begins with. */
export interface Beginning {
  /** Undefined: the stack's own. */
  readonly tenant: string | undefined;
  /** What the user called the file. */
  readonly path: string;
  readonly file: BackupFile;
}

/** The identity that a backup holds; undefined: none. */
export const identityIn = (beginnings: readonly Beginning[], tenant: string | undefined): Vault | undefined => {
  const identities = beginnings.find(one => one.tenant === tenant)?.file.identities;
  if (!identities || identities.size === 0) return undefined;
  const bundle = openBundle();
  for (const [name, text] of identities) bundle.write(name, text);
  return bundle;
};

export interface RestoreParts {
  /** The tenant that the stack itself is. */
  readonly own: string;
  /** Opens the part of the table that belongs to a tenant. */
  openStore(tenant: string): Promise<OpenStore>;
  readonly say: Say;
}

/**
 * Puts backups where functions will find them, before there are functions for them. What was restored already is left as it is.
 * Throws an Error when something else is there.
 */
export const restoreAll = async (
  beginnings: readonly Beginning[],
  { own, openStore, say }: RestoreParts,
): Promise<void> => {
  for (const { tenant = own, path, file } of beginnings) {
    const { store, name, close } = await openStore(tenant);
    try {
      if ((await restoredFrom(store)) === file.id) {
        say(`    ${path} was put into ${name} already: left as it is`);
        continue;
      }
      const { entries, at } = await file.restore(store);
      say(`    ${path} is in ${name}: ${entries} entries of ${at}`);
    } catch (error) {
      if (!isFault(error)) throw error;
      throw new Error(`${path} cannot be put into ${name}: ${error.message}`, { cause: error });
    } finally {
      await close();
    }
  }
};
