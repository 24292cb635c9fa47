// Lives until it is killed, on a store in DynamoDB. A writer prints each write that was acknowledged, a watcher each change
// that it is shown: key, revision, text.
import { isFault } from '../../../shared/base/fault.ts';
import { createAwsTable } from '../../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../../shared/store/drivers/dynamo/dynamo.ts';
import { silentLog } from '../clock.ts';
import { say } from '../say.ts';

const [, , role = '', endpoint = '', name = '', from = '0'] = process.argv;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const store = openDynamoStore({
  table: createAwsTable({ table: name, endpoint, region: 'eu-central-1', credentials }),
  clock: Date,
  random: {
    bytes: length => crypto.getRandomValues(new Uint8Array(length)),
    uuid: () => crypto.randomUUID(),
  },
  log: silentLog,
  fillAfterMs: 300,
});
const toText = (value: Uint8Array | undefined): string => new TextDecoder().decode(value).replaceAll('.', '');

/** Does it, unless the store says that it cannot now: a machine that stands still for seconds uses up all patience. */
const attempt = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    if (!isFault(error, 'ServiceUnavailable')) throw error;
  }
};

const write = (worker: number, count: number) =>
  attempt(async () => {
    const key = `k${Math.floor(Math.random() * Math.random() * 40)}`;
    const text = `${process.pid}-${worker}-${count}`;
    const expected = (await store.get('t', key))?.revision ?? 0;
    const value = new TextEncoder().encode(text.padEnd(300, '.'));
    const isDelete = expected > 0 && count % 7 === 0;
    const outcome = isDelete
      ? await store.commit('t', { key, expected, delete: true, last: value })
      : await store.commit('t', { key, expected, value, terms: [`t=${count % 3}`] });
    // Others write to the same keys.
    if (outcome.ok) say(`${key} ${outcome.revision} ${text}`);
  });

const writeOn = async (worker: number): Promise<void> => {
  for (let count = 0; ; count++) await write(worker, count);
};

let reached = Number(from);
const watch = () =>
  attempt(async () => {
    for await (const { changes, revision: upTo } of store.tail('t', reached, new AbortController().signal)) {
      for (const { key, revision, value } of changes) say(`${key} ${revision} ${toText(value)}`);
      reached = upTo;
    }
  });

if (role === 'writer') {
  setInterval(() => void store.sweep().catch(() => {}), 500);
  await Promise.all(Array.from({ length: 6 }, (_, i) => writeOn(i)));
}
for (;;) await watch();
