import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEngine } from '../../../shared/store/drivers/engine.ts';
import { openSqliteStore } from '../../../shared/store/drivers/sqlite.ts';
import { createClock, silentLog } from '../../conformance/clock.ts';
import { runAndKill } from '../../conformance/killed.ts';
import { describeMovable } from '../../conformance/movable.ts';
import { describeStore } from '../../conformance/store.ts';
import { until } from '../../support/until.ts';

const newDir = () => mkdtempSync(join(tmpdir(), 'kubeve-store-'));

/** On Node 20 only the first is there. */
const engines = (['libsql', 'node:sqlite'] as const).filter(engine => findEngine(engine) !== undefined);

for (const engine of engines) {
  describeStore(`sqlite on ${engine}`, () => {
    const clock = createClock();
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-store-'));
    let file = join(dir, 'store.db');
    let crashes = 0;
    return {
      clock,
      isDurable: true,
      open: limits => openSqliteStore({ file, clock, log: silentLog, engine, ...limits }),
      crash() {
        const copy = join(dir, `store-${++crashes}.db`);
        for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
        file = copy;
      },
      remove: () => rm(dir, { recursive: true, force: true }),
    };
  });

  describeMovable(`sqlite on ${engine}`, () => {
    const dir = newDir();
    return {
      isDurable: true,
      open: () => openSqliteStore({ file: join(dir, 'store.db'), clock: createClock(), log: silentLog, engine }),
      remove: () => rm(dir, { recursive: true, force: true }),
    };
  });
}

const clock = createClock();

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('sqlite file', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = newDir();
    file = join(dir, 'store.db');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each(engines)('loses nothing acknowledged when the process is killed (%s)', async engine => {
    const acked = new Map<string, { revision: number; text: string }>();
    let highest = 0;
    for (let round = 0; round < 4; round++) {
      const program = new URL('../../conformance/programs/store.ts', import.meta.url);
      let lines = 0;
      await runAndKill(program, [file, `${round}`, engine], 150 + round * 431, line => {
        const [key = '', revision = '', text = ''] = line.split(' ');
        acked.set(key, { revision: Number(revision), text });
        highest = Math.max(highest, Number(revision));
        lines++;
      });
      const store = await openSqliteStore({ file, clock, log: silentLog, engine });
      const head = await store.head('t');
      expect(head).toBeGreaterThanOrEqual(highest);
      // What was not acknowledged may have happened: at most one write for each writer, and only later ones.
      let later = 0;
      for (const [key, { revision, text }] of acked) {
        const entry = await store.get('t', key);
        if (text === '-' ? entry === undefined : entry?.revision === revision) continue;
        expect(entry === undefined || entry.revision > revision, `${key}@${revision}`).toBe(true);
        later++;
      }
      expect(later).toBeLessThanOrEqual(16);
      expect(lines).toBeGreaterThan(100);
      const outcome = await store.commit('t', { key: `after/${round}`, value: new Uint8Array(1), expected: 0 });
      expect(outcome).toMatchObject({ ok: true, revision: head + 1 });
      highest = head + 1;
      await store.close();
    }
  });

  it.each(engines)('is for one process at a time (%s)', async engine => {
    const store = await openSqliteStore({ file, clock, log: silentLog, engine });
    await expect(openSqliteStore({ file, clock, log: silentLog, engine })).rejects.toMatchObject({
      reason: 'Conflict',
      message: expect.stringContaining('in use by another process'),
    });
    await store.close();
    await (await openSqliteStore({ file, clock, log: silentLog, engine })).close();
  });

  it('is the same file for every engine', async () => {
    for (const [i, engine] of [...engines, ...engines].entries()) {
      const store = await openSqliteStore({ file, clock, log: silentLog, engine });
      await store.commit('t', { key: `k${i}`, value: Uint8Array.of(i), expected: 0, terms: [`n=${i}`] });
      for (let j = 0; j <= i; j++) expect(await store.find('t', `n=${j}`)).toEqual([`k${j}`]);
      await store.close();
    }
  });

  it.each([
    ['something else', () => writeFile(file, 'not a database '.repeat(500)), /cannot be read as a store/],
    ['another program’s database', () => alter('CREATE TABLE x (y)'), /belongs to another program/],
    ['a later format', () => makeStore('PRAGMA user_version = 2'), /has format 2/],
    ['a lost row', () => makeStore('DELETE FROM log WHERE key = "k1"'), /lacks revision 2/],
    ['a directory', () => mkdir(file), /cannot be opened|cannot be read/],
  ])('refuses %s with a sentence', async (_, prepare, message) => {
    await prepare();
    await expect(openSqliteStore({ file, clock, log: silentLog })).rejects.toMatchObject({
      name: 'Fault',
      reason: 'InternalError',
      message: expect.stringMatching(message),
    });
  });

  const makeStore = async (damage: string) => {
    const store = await openSqliteStore({ file, clock, log: silentLog });
    for (let i = 0; i < 3; i++) await store.commit('t', { key: `k${i}`, value: Uint8Array.of(i), expected: 0 });
    await store.close();
    await alter(damage);
  };
  const alter = async (sql: string) => {
    const db = findEngine()?.open(file);
    db?.exec(sql.replaceAll('"', "'"));
    db?.close();
  };

  it('shrinks again when history goes', async () => {
    const limits = { historyMs: 0, historyMin: 0 };
    const store = await openSqliteStore({ file, clock, log: silentLog, ...limits });
    const value = new Uint8Array(10_000);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 100; j++) {
        const expected = (await store.get('t', 'k'))?.revision ?? 0;
        await store.commit('t', { key: 'k', value, expected });
      }
      await store.sweep();
    }
    await store.close();
    expect((await stat(file)).size).toBeLessThan(1_600_000);
    const again = await openSqliteStore({ file, clock, log: silentLog, ...limits });
    expect(await again.list('t')).toMatchObject({ revision: 300, entries: [{ key: 'k', revision: 300 }] });
    await again.close();
  });

  it('finishes a sweep that was interrupted', async () => {
    const store = await openSqliteStore({ file, clock, log: silentLog });
    const value = new Uint8Array(1);
    await store.commit('t', { key: 'a', value, expected: 0 });
    await store.commit('t', { key: 'a', value, expected: 1 });
    await store.commit('t', { key: 'b', value, expected: 0 });
    await store.commit('t', { key: 'b', expected: 3, delete: true });
    await store.commit('t', { key: 'c', value, expected: 0 });
    await store.close();
    await alter('UPDATE types SET compacted = 4');
    const again = await openSqliteStore({ file, clock, log: silentLog });
    expect((await again.list('t')).entries.map(({ key, revision }) => [key, revision])).toEqual([
      ['a', 2],
      ['c', 5],
    ]);
    await again.close();
    const db = findEngine()?.open(file);
    expect(db?.prepare('SELECT key FROM log ORDER BY id').all()).toMatchObject([{ key: 'a' }, { key: 'c' }]);
    db?.close();
  });

  it('writes marks soon, not only at the end', async () => {
    const store = await openSqliteStore({ file, clock, log: silentLog, markDelayMs: 1 });
    await store.marks.set('seen', 'd', Uint8Array.of(7));
    await until(async () => {
      const copy = join(newDir(), 'store.db');
      for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
      const other = await openSqliteStore({ file: copy, clock, log: silentLog });
      const value = await other.marks.get('seen', 'd');
      await other.close();
      await rm(dirname(copy), { recursive: true });
      expect(value).toEqual(Uint8Array.of(7));
    });
    await store.close();
  });

  it('keeps every mark as it was last set, however many are written at once', async () => {
    const store = await openSqliteStore({ file, clock, log: silentLog, markDelayMs: 1 });
    const { marks } = store;
    const last = new Map<string, number>();
    const set = async (key: string, value: number) => {
      last.set(key, value);
      await marks.set('seen', key, Uint8Array.of(value));
    };
    for (let i = 0; i < 3000; i++) await set(`d${i}`, 1);
    // The first are being written when they change again.
    await nextTurn();
    for (let i = 0; i < 3000; i += 7) await set(`d${i}`, 2);
    for (let i = 0; i < 3000; i += 11) {
      last.delete(`d${i}`);
      await marks.delete('seen', `d${i}`);
    }
    await marks.set('fetched', 'd0', Uint8Array.of(3));
    await store.close();
    const again = await openSqliteStore({ file, clock, log: silentLog });
    const kept = new Map<string, number | undefined>();
    for await (const { key, value } of again.marks.all('seen')) kept.set(key, value[0]);
    expect(kept).toEqual(last);
    expect(await again.marks.get('fetched', 'd0')).toEqual(Uint8Array.of(3));
    await again.close();
  });

  it('lets others have a turn while it writes many marks', async () => {
    const store = await openSqliteStore({ file, clock, log: silentLog, markDelayMs: 60_000 });
    for (let i = 0; i < 4096; i++) await store.marks.set('seen', `d${i}`, Uint8Array.of(1));
    let turns = 0;
    let isDone = false;
    const written = store.marks.close().then(() => {
      isDone = true;
    });
    for (; !isDone; turns++) await nextTurn();
    await written;
    expect(turns).toBeGreaterThanOrEqual(8);
    await store.close();
  });

  it('answers ServiceUnavailable and stays as it was when it cannot write', async () => {
    const store = await openSqliteStore({ file, clock, log: silentLog });
    const write = (key: string, value: Uint8Array) => store.commit('t', { key, value, expected: 0 });
    await write('a', Uint8Array.of(1));
    const bad = {
      get byteLength() {
        throw new Error('no bytes');
      },
    } as unknown as Uint8Array;
    const group = await Promise.allSettled([write('b', Uint8Array.of(2)), write('c', bad)]);
    expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(group[0]).toMatchObject({ reason: { reason: 'ServiceUnavailable' } });
    expect(await store.head('t')).toBe(1);
    expect(await write('b', Uint8Array.of(2))).toMatchObject({ ok: true, revision: 2 });
    await store.close();
  });

  it.skipIf(findEngine('node:sqlite') === undefined)('keeps Node quiet about SQLite, and only about that', async () => {
    const program = `
      const { findEngine } = await import(${JSON.stringify(new URL('../../../shared/store/drivers/engine.ts', import.meta.url).href)});
      findEngine('node:sqlite'); process.emitWarning('other', 'ExperimentalWarning');`;
    const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('other');
    expect(stderr).not.toContain('SQLite');
  });
});
