import { createRequire } from 'node:module';

/** What the driver needs of a SQLite library. Values are null, numbers, text and bytes. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  iterate(...values: SqlValue[]): Iterable<unknown>;
}

export type SqlValue = null | number | string | Uint8Array;

export interface Engine {
  readonly name: 'node:sqlite' | 'libsql';
  open(file: string): Database;
}

/** Node's own SQLite where it has one, else libsql; or the one asked for, undefined when it is not there. */
export const findEngine = (name?: Engine['name']): Engine | undefined => {
  if (name !== 'libsql') {
    const engine = findBuiltIn();
    if (engine !== undefined || name !== undefined) return engine;
  }
  return findLibsql();
};

const findBuiltIn = (): Engine | undefined => {
  // Not an import statement: on Node 20 the module does not exist.
  const sqlite = withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite'));
  if (sqlite === undefined) return undefined;
  // The cast narrows its row types, which it leaves open, to ours.
  return {
    name: 'node:sqlite',
    open: file => new sqlite.DatabaseSync(file, { timeout: busyMs }) as unknown as Database,
  };
};

const findLibsql = (): Engine | undefined => {
  try {
    // The package has no types of its own; its interface is that of better-sqlite3, which `Database` is a part of.
    const Libsql = createRequire(import.meta.url)('libsql') as new (file: string, options: object) => Database;
    return { name: 'libsql', open: file => new Libsql(file, { timeout: busyMs }) };
  } catch {
    return undefined;
  }
};

/** How long to wait for a lock that another process holds; long enough for one that is just ending. */
const busyMs = 1000;

/** Node calls its module experimental at the first import. Only that one warning is kept quiet. */
const withoutSqliteWarning = <T>(load: () => T): T => {
  const original = process.emitWarning;
  const filtered = (...args: unknown[]) => {
    if (args[1] === 'ExperimentalWarning' && String(args[0]).includes('SQLite')) return;
    Reflect.apply(original, process, args);
  };
  // It hands on whatever it gets, so it has every overload of the original.
  process.emitWarning = filtered as typeof original;
  try {
    return load();
  } finally {
    process.emitWarning = original;
  }
};

/** SQLite gives bytes as one of several classes, by library. */
export const toBytes = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError('not bytes');
};
