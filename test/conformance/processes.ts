import { expect } from 'vitest';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import type { Change } from '../../shared/store/store.ts';
import type { LocalDynamo } from '../support/dynoxide.ts';
import { createTestPorts } from '../support/ports.ts';
import { silentLog } from './clock.ts';
import { runAndKill } from './killed.ts';

/**
 * Processes that write and processes that watch, on one table, all of them killed without warning and begun anew several
 * times. Then what each was told is compared with the log.
 */
export const checkProcesses = async (
  server: LocalDynamo,
  name: string,
  { writers, watchers, rounds, lines }: { writers: number; watchers: number; rounds: number; lines: number },
): Promise<void> => {
  await server.createTable(name);
  const program = new URL('./programs/dynamo.ts', import.meta.url);
  const acknowledged: Line[] = [];
  const shown: Line[][] = [];
  const write = async (): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const count = lines + Math.floor(Math.random() * lines);
      await runAndKill(program, ['writer', server.endpoint, name], count, line => acknowledged.push(toLine(line)));
    }
  };
  const watch = async (): Promise<void> => {
    const seen: Line[] = [];
    shown.push(seen);
    for (let round = 0; round < rounds; round++) {
      const from = `${seen.at(-1)?.revision ?? 0}`;
      await runAndKill(program, ['watcher', server.endpoint, name, from], lines, line => seen.push(toLine(line)));
    }
  };
  await Promise.all([...Array.from({ length: writers }, write), ...Array.from({ length: watchers }, watch)]);
  const log = await readLog(server, name);
  const byRevision = new Map(log.map(line => [line.revision, line]));
  expect(acknowledged.length).toBeGreaterThanOrEqual(writers * rounds * lines);
  for (const line of acknowledged)
    expect(byRevision.get(line.revision), 'what was acknowledged is there').toEqual(line);
  expect(new Set(acknowledged.map(line => line.revision)).size).toBe(acknowledged.length);
  for (const seen of shown) expect(seen, 'a watch is the log').toEqual(log.slice(0, seen.length));
};

interface Line {
  readonly key: string;
  readonly revision: number;
  readonly text: string;
}

const toLine = (line: string): Line => {
  const [key = '', revision = '', text = ''] = line.split(' ');
  return { key, revision: Number(revision), text };
};

/** The whole log, of which each change is checked to follow from the one before. */
const readLog = async (server: LocalDynamo, name: string): Promise<Line[]> => {
  const table = createAwsTable({ ...server, table: name });
  const store = openDynamoStore({ table, clock: Date, random: createTestPorts().random, log: silentLog });
  const head = await store.head('t');
  const changes: Change[] = [];
  for await (const batch of store.tail('t', 0, new AbortController().signal)) {
    changes.push(...batch.changes);
    if (batch.revision >= head) break;
  }
  const state = new Map<string, number>();
  for (const { key, revision, deleted, previous } of changes) {
    expect(previous?.revision, `${key}@${revision}`).toBe(state.get(key));
    if (deleted) state.delete(key);
    else state.set(key, revision);
  }
  const { entries } = await store.list('t', { at: head });
  expect(new Map(entries.map(entry => [entry.key, entry.revision]))).toEqual(state);
  const texts = changes.map(({ value }) => new TextDecoder().decode(value).replaceAll('.', ''));
  expect(new Set(texts).size, 'nothing is written twice').toBe(texts.length);
  await store.close();
  table.close();
  return changes.map(({ key, revision }, i) => ({ key, revision, text: texts[i] ?? '' }));
};
