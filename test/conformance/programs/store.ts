// Writes to a store for as long as it lives and prints each write that was acknowledged: key, revision, text.
import { openSqliteStore } from '../../../shared/store/drivers/sqlite.ts';
import { silentLog } from '../clock.ts';
import { say } from '../say.ts';

const [, , file = '', round = '', engine] = process.argv;
const store = await openSqliteStore({
  file,
  clock: Date,
  log: silentLog,
  historyMs: 200,
  historyMin: 50,
  ...(engine === 'libsql' || engine === 'node:sqlite' ? { engine } : {}),
});

let count = 0;
const write = async (worker: number): Promise<void> => {
  for (;;) {
    const key = `w${worker}/k${count % 40}`;
    const text = `${round}-${count++}`;
    const current = await store.get('t', key);
    const isDelete = current !== undefined && count % 7 === 0;
    const expected = current?.revision ?? 0;
    const value = new TextEncoder().encode(text.padEnd(1000, '.'));
    const outcome = isDelete
      ? await store.commit('t', { key, expected, delete: true })
      : await store.commit('t', { key, expected, value, terms: [`t=${count % 3}`] });
    if (!outcome.ok) throw new Error(`${key} ${outcome.failed}`);
    say(`${key} ${outcome.revision} ${isDelete ? '-' : text}`);
  }
};
setInterval(() => void store.sweep(), 50);
await Promise.all(Array.from({ length: 16 }, (_, i) => write(i)));
