import { Fault } from '../../base/fault.ts';
import type { Database } from './engine.ts';

/**
 * Makes an empty file a store, or checks that it is one. Throws a Fault whose message says what to do when the file is
 * something else, or was written by a later version. `isWal` is false where the file system does not allow a write-ahead log;
 * every commit then syncs by itself.
 */
export const prepareSchema = (db: Database, file: string): { readonly isWal: boolean } => {
  const application = readNumber(db, 'PRAGMA application_id');
  const version = readNumber(db, 'PRAGMA user_version');
  const tables = readNumber(db, 'SELECT count(*) FROM sqlite_schema');
  // With NORMAL a checkpoint syncs and a commit does not; the ledger syncs commits itself, which is what FULL does.
  const isWal = readFirst(db, 'PRAGMA journal_mode = WAL') === 'wal';
  db.exec(`PRAGMA synchronous = ${isWal ? 'NORMAL' : 'FULL'}; PRAGMA journal_size_limit = 67108864`);
  if (tables === 0 && application === 0) db.exec(schema);
  else if (application !== applicationId) {
    throw new Fault('InternalError', `${file} belongs to another program. Choose another place for the data.`);
  } else if (version !== schemaVersion) {
    throw new Fault('InternalError', `${file} has format ${version}; this program reads format ${schemaVersion} only.`);
  }
  return { isWal };
};

/** "kvst" */
const applicationId = 0x6b767374;
const schemaVersion = 1;

/**
 * `log.id` = type × 2^40 + revision. `log.deleted` 1: the change deletes `key`; its `value` is then the last state where it
 * differs from the one deleted. `log.terms` is a JSON list. Times are milliseconds since 1970.
 */
const schema = `
BEGIN IMMEDIATE;
CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, compacted INTEGER NOT NULL);
CREATE TABLE log (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL, deleted INTEGER NOT NULL,
  value BLOB, terms TEXT, expires INTEGER
);
CREATE TABLE marks (space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (space, key)) WITHOUT ROWID;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
COMMIT;
`;

const readNumber = (db: Database, sql: string): number => Number(readFirst(db, sql));

const readFirst = (db: Database, sql: string): unknown => {
  const row: unknown = db.prepare(sql).all()[0];
  if (typeof row !== 'object' || row === null) throw new TypeError(`no answer to ${sql}`);
  // One column; libsql adds a member of its own after it.
  return Object.values(row)[0];
};
