import { Fault } from '../../base/fault.ts';
import type { Clock, Log } from '../../base/ports.ts';
import type { HistoryLimits } from '../history.ts';
import type { Request } from '../image.ts';
import { checkRequest, Image } from '../image.ts';
import type { Marks } from '../marks.ts';
import type { Kept, Movable, Snapshot } from '../movable.ts';
import type { Outcome, Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { findEngine } from './engine.ts';
import { Ledger } from './ledger.ts';
import { lockFile } from './lock.ts';
import type { ChangedMark, MemoryMarks } from './marks.ts';
import { createMemoryMarks } from './marks.ts';
import { keepPrivate } from './private.ts';

export interface SqliteStoreOptions extends HistoryLimits {
  /** Path of the database. Its directory exists; `-wal`, `-shm` and `.lock` files appear beside it. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: node:sqlite where Node has it, else libsql. They read each other's files. */
  readonly engine?: Engine['name'];
  /** How long a mark may wait to be written, in milliseconds; default 2,000. */
  readonly markDelayMs?: number;
}

/**
 * One file, one process: reads from memory, SQLite as the durable log. What arrives while the group before is written, or
 * within one turn of the event loop, is one transaction with one sync, and is seen and acknowledged only afterwards. Throws Conflict when another process has the
 * file, InternalError with a sentence for the operator when the file is damaged or foreign.
 */
export const openSqliteStore = async (
  options: SqliteStoreOptions,
): Promise<Store & Movable & { readonly marks: Marks }> => {
  const { file, clock, log, engine: wanted, markDelayMs = 2000, ...limits } = options;
  const engine = findEngine(wanted);
  if (engine === undefined) throw new Fault('InternalError', 'No SQLite: use Node 22.13 or later, or install libsql.');
  const unlock = lockFile(engine, file);
  try {
    keepPrivate(file);
    const ledger = new Ledger(engine.open(file), file);
    const image = new Image(limits);
    ledger.load(image);
    log.info('store opened', { file, engine: engine.name });
    return new SqliteStore({ image, ledger, clock, log, unlock, markDelayMs });
  } catch (error) {
    unlock();
    if (error instanceof Fault) throw error;
    const message = `${file} cannot be read as a store (${toText(error)}). Restore it from a backup, or move it away.`;
    throw new Fault('InternalError', message, { cause: error });
  }
};

interface Parts {
  readonly image: Image;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly unlock: () => void;
  readonly markDelayMs: number;
}

class SqliteStore implements Store, Movable {
  readonly marks: MemoryMarks;
  readonly #parts: Parts;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Set when the disk failed to sync: what it holds from then on is not what memory holds. */
  #isBroken = false;
  /** By space and key. */
  #changedMarks = new Map<string, Map<string, ChangedMark['value']>>();
  #marksTimer: NodeJS.Timeout | undefined;
  #marksWritten = Promise.resolve();
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.marks = createMemoryMarks({
      initial: parts.ledger.marks(),
      onChange: mark => this.#noteMark(mark),
      onClose: () => this.#flushMarks(),
    });
  }

  async get(...args: Parameters<Store['get']>) {
    return this.#parts.image.get(...args);
  }

  async list(...args: Parameters<Store['list']>) {
    return this.#parts.image.list(...args);
  }

  async find(...args: Parameters<Store['find']>) {
    return this.#parts.image.find(...args);
  }

  async findEntries(...args: Parameters<Store['findEntries']>) {
    return this.#parts.image.findEntries(...args);
  }

  async head(type: string) {
    return this.#parts.image.head(type);
  }

  tail(...args: Parameters<Store['tail']>) {
    return this.#parts.image.tail(...args);
  }

  async commit(...[type, write, options]: Parameters<Store['commit']>): Promise<Outcome> {
    const request = { type, write, options };
    checkRequest(request);
    if (this.#isClosed) throw new Fault('ServiceUnavailable', 'The store is closed.');
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async sweep(): Promise<void> {
    const { image, ledger, clock } = this.#parts;
    const expired = image.expired(clock.now());
    for (let i = 0; i < expired.length; i += maxGroup) {
      await Promise.all(expired.slice(i, i + maxGroup).map(({ type, write }) => this.commit(type, write)));
    }
    const compactions = image.compact(clock.now());
    if (compactions.length === 0) return;
    ledger.compact(compactions);
    for (const { type, dropped } of compactions) {
      for (let i = 0; i < dropped.length && !this.#isClosed; i += sweepRows) {
        ledger.remove(type, dropped.slice(i, i + sweepRows));
        await nextTurn();
      }
    }
  }

  async snapshot(): Promise<Snapshot> {
    return { types: this.#parts.image.snapshot(), marks: () => this.marks.everything() };
  }

  async fill(type: string, revision: number, entries: AsyncIterable<Kept>): Promise<void> {
    const { image, ledger, clock } = this.#parts;
    image.mustBeFillable(type);
    ledger.clear(type, revision);
    const kept: Kept[] = [];
    let written = 0;
    const write = (): void => {
      ledger.keep(type, kept.slice(written), clock.now());
      written = kept.length;
    };
    for await (const each of entries) if (kept.push(each) - written === maxGroup) write();
    write();
    await ledger.sync();
    image.fill(type, revision, kept);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#running;
    await this.marks.close();
    const { image, ledger, unlock } = this.#parts;
    image.close();
    try {
      await ledger.close();
    } finally {
      unlock();
    }
  }

  async #run(): Promise<void> {
    await nextTurn();
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, maxGroup);
      try {
        const outcomes = await this.#commitGroup(group.map(({ request }) => request));
        for (const [i, { resolve }] of group.entries()) resolve(outcomes[i] as Outcome); // one for each, see `stage`
      } catch (error) {
        this.#parts.log.error('store cannot write', { error: toText(error) });
        const fault = new Fault('ServiceUnavailable', 'The store cannot write now.', { cause: error });
        for (const { reject } of group) reject(fault);
      }
    }
    this.#running = undefined;
  }

  /** Durable and seen, or neither, when it ends. The event loop is free while the disk syncs. */
  async #commitGroup(requests: readonly Request[]): Promise<Outcome[]> {
    const { image, ledger, clock, log } = this.#parts;
    if (this.#isBroken) throw new Error('the disk failed; a new start reads what it holds');
    const staged = image.stage(requests);
    const records = staged.flatMap(({ record }) => record ?? []);
    if (records.length > 0) {
      const now = clock.now();
      ledger.append(records, now);
      await ledger.sync().catch((error: unknown) => {
        this.#isBroken = true;
        throw error;
      });
      image.apply(staged, now);
    }
    if (image.isBulky) void this.sweep().catch(error => log.error('store sweep failed', { error: toText(error) }));
    return staged.map(({ outcome }) => outcome);
  }

  #noteMark({ space, key, value }: ChangedMark): void {
    const changed = this.#changedMarks.get(space);
    if (changed) changed.set(key, value);
    else this.#changedMarks.set(space, new Map([[key, value]]));
    this.#marksTimer ??= setTimeout(() => void this.#flushMarks(), this.#parts.markDelayMs).unref();
  }

  /** Resolves when every mark that was set before is written. One at a time, or an older value could follow a newer one. */
  #flushMarks(): Promise<void> {
    clearTimeout(this.#marksTimer);
    this.#marksTimer = undefined;
    this.#marksWritten = this.#marksWritten.then(() => this.#writeMarks());
    return this.#marksWritten;
  }

  /** What waits for the event loop has a turn between two transactions. */
  async #writeMarks(): Promise<void> {
    const spaces = this.#changedMarks;
    this.#changedMarks = new Map();
    try {
      for (const [space, changed] of spaces) {
        // In the order of the table, so that one transaction touches few of its pages.
        const keys = [...changed.keys()].sort();
        for (let i = 0; i < keys.length; i += maxGroup) {
          const marks = keys.slice(i, i + maxGroup).map(key => ({ space, key, value: changed.get(key) }));
          this.#parts.ledger.writeMarks(marks);
          await nextTurn();
        }
      }
    } catch (error) {
      // They come again with the next heartbeat.
      this.#parts.log.warn('marks not written', { error: toText(error) });
    }
  }
}

interface Waiting {
  readonly request: Request;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** Most writes in one transaction; bounds how long the event loop stands still. */
const maxGroup = 512;

/** Rows removed in one transaction of a sweep. */
const sweepRows = 1000;

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const toText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
