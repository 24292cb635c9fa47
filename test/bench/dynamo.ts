import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import { findDynoxide, startDynoxide } from '../support/dynoxide.ts';

/**
 * Commits each second to one type of a store on dynoxide, by so many writers of one process; undefined where there is no
 * dynoxide. Values are 900 bytes, every writer has 50 keys of its own.
 */
export const commitRates = async (
  writers: readonly number[],
  seconds: number,
): Promise<readonly number[] | undefined> => {
  const program = findDynoxide();
  if (program === undefined) return undefined;
  const server = await startDynoxide(program);
  try {
    await server.createTable('bench');
    const table = createAwsTable({ ...server, table: 'bench' });
    const rates: number[] = [];
    for (const count of writers) rates.push(await commitRate(table, count, seconds));
    table.close();
    return rates;
  } finally {
    server.stop();
  }
};

const commitRate = async (
  table: ReturnType<typeof createAwsTable>,
  writers: number,
  seconds: number,
): Promise<number> => {
  const random = {
    bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    uuid: () => crypto.randomUUID(),
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const store = openDynamoStore({ table, tenant: `w${writers}`, clock: Date, random, log });
  const end = Date.now() + seconds * 1000;
  let commits = 0;
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; Date.now() < end; i++) {
      const key = `w${writer}/k${i % 50}`;
      const expected = (await store.get('t', key))?.revision ?? 0;
      const outcome = await store.commit('t', { key, value: random.bytes(900), expected });
      if (!outcome.ok) throw new Error(`${key}: ${outcome.failed}`);
      commits++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, i) => write(i)));
  await store.close();
  return commits / seconds;
};
