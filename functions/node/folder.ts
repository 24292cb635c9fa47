import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../identity/vault.ts';
import { readFile, writeFile } from './files.ts';

/** A vault that is a folder, readable by its owner alone. It is made when something is written. */
export const openFolder = (dir: string): Vault => ({
  read: name => readFile(join(dir, name)),
  write: (name, text) => writeFile(join(dir, name), text),
  remove: name => rmSync(join(dir, name), { force: true }),
  names: () => (existsSync(dir) ? readdirSync(dir).sort() : []),
});
