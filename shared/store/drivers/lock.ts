import { Fault } from '../../base/fault.ts';
import type { Database, Engine } from './engine.ts';

/**
 * Holds a store's file for one process. The lock is the operating system's and ends with the process, however it ends.
 * Returns the release. Throws Conflict when another process holds it.
 */
export const lockFile = (engine: Engine, file: string): (() => void) => {
  // A database of its own: a transaction on it can be ended at will, while a library may keep a closed file open.
  let db: Database | undefined;
  try {
    db = engine.open(`${file}.lock`);
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if (isBusy(error)) {
      throw new Fault(
        'Conflict',
        `${file} is in use by another process. Stop it, or choose another place for the data.`,
      );
    }
    throw new Fault('InternalError', `${file} cannot be opened: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
  const held = db;
  return () => {
    held.exec('ROLLBACK');
    held.close();
  };
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && /database is locked|SQLITE_BUSY/.test(error.message);
