import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { findEngine } from '../../../shared/store/drivers/engine.ts';
import { openSqliteStore } from '../../../shared/store/drivers/sqlite.ts';
import { createClock, silentLog } from '../../conformance/clock.ts';
import { describeStore } from '../../conformance/store.ts';

for (const engine of ['libsql', 'node:sqlite'] as const) {
  if (findEngine(engine) === undefined) {
    describe.skip(`store sqlite on ${engine}, which is not here`, () => {});
    continue;
  }
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
}
