import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';

/**
 * Makes a database readable by its owner alone, before it is opened: files that SQLite makes beside it get the mode of the
 * database. A file system without modes keeps what it has; what cannot be opened at all, who opens it will say.
 */
export const keepPrivate = (file: string): void => {
  try {
    // Only one that is new is opened here: closing a file takes the locks away that this process has on it.
    closeSync(openSync(file, 'wx', 0o600));
  } catch {
    for (const one of [file, `${file}-wal`, `${file}-shm`]) restrict(one);
  }
};

const restrict = (file: string): void => {
  try {
    if (existsSync(file)) chmodSync(file, 0o600);
  } catch {
    // Somebody else's, or without modes.
  }
};
