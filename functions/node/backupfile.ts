import { accessSync, constants, createReadStream } from 'node:fs';
import { configs } from '../../shared/compose/kinds.ts';
import { outdate } from '../../shared/compose/served.ts';
import { anyToken } from '../../shared/kube/access/bearer.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { resources } from '../../shared/resources/index.ts';
import { decodeBackup } from '../../shared/store/backup/decode.ts';
import { type Restored, restoreBackup } from '../../shared/store/backup/restore.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { decompress } from '../backup.ts';
import type { OpenStore } from './openstore.ts';

/** What `kubeve backup` wrote. */
export interface BackupFile {
  /** Names the backup. */
  readonly id: string;
  /** Keys and certificates by the names of their files; empty when it was written without. */
  readonly identities: ReadonlyMap<string, string>;
  /** Puts it into an empty store. Again after it broke off. */
  restore(store: OpenStore['store']): Promise<Restored>;
}

/** Reads and checks all of a file. Throws an Error that says what to do. */
export const openBackupFile = async (file: string): Promise<BackupFile> => {
  mustBeReadable(file);
  const open = () => decompress(createReadStream(file));
  const identities = new Map<string, string>();
  let id = '';
  for await (const record of decodeBackup(open())) {
    if ('head' in record) id = record.head.id;
    if (!('identity' in record)) continue;
    const { name, text } = record.identity;
    // They become names of files.
    if (name !== 'tokens.csv' && !/^[a-z0-9][a-z0-9.-]{0,99}\.pem$/.test(name))
      throw new Error(`the backup has an identity of a strange name: ${name}`);
    identities.set(name, text);
  }
  return {
    id,
    identities,
    restore: async store =>
      restoreBackup(store, { open, types: await builtInTypes(), rewrite: { [configs]: outdate } }),
  };
};

const mustBeReadable = (file: string): void => {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new Error(`${file} cannot be read: give a file that \`kubeve backup\` wrote`, { cause });
  }
};

/** Store types of all kinds that somebody may watch. */
const builtInTypes = async (): Promise<string[]> => {
  const store = createMemoryStore({ clock: { now: () => 0 } });
  const all = resources({ rbac: createRbac({ store }), tokens: anyToken([], []), marks: store.marks });
  await store.close();
  return [...new Set(all.filter(({ verbs }) => verbs.includes('watch')).map(({ storage }) => storage))];
};
