import { describe, expect, it, vi } from 'vitest';
import type { Behind, News } from '../../../functions/behind.ts';
import { follow } from '../../../functions/lambda/follow.ts';
import type { StreamRecord } from '../../../functions/lambda/happened.ts';
import { Fault } from '../../../shared/base/fault.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import type { Store } from '../../../shared/store/store.ts';
import { createTestPorts } from '../../support/ports.ts';

const type = 'objects/core/secrets';
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
const slot = (revision: number): string => String(revision).padStart(16, '0');
const record = (PK: string, SK: string, sequence: string, eventName = 'INSERT'): StreamRecord => ({
  eventName,
  dynamodb: { SequenceNumber: sequence, Keys: { PK: { S: PK }, SK: { S: SK } } },
});
const logged = (revision: number, eventName?: string): StreamRecord =>
  record(`main|L#${type}#0`, slot(revision), `s${revision}`, eventName);

const setup = async (store: Store = createMemoryStore({ clock: { now: () => 0 } })) => {
  for (const key of ['a', 'b', 'c']) await store.commit(type, { key, value: new Uint8Array(), expected: 0 });
  const news: News[] = [];
  const outcome = { failing: new Map<string, string>() };
  const poison = new Map<string, Error>();
  const behind: Behind = {
    follow: async one => {
      news.push(one);
      const failed = one.changes.flatMap(changed => {
        const error = poison.get(changed.change.key);
        return error ? [[changed, error] as const] : [];
      });
      return { ...outcome, failed: new Map(failed) };
    },
    tick: vi.fn(),
  };
  const ports = createTestPorts();
  const call = (records: StreamRecord[]) =>
    follow({ store, tenant: 'main', behind, log: ports.log }, records, context).then(({ batchItemFailures }) =>
      batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    );
  return { call, news, outcome, ports, fail: (key: string, error: Error) => poison.set(key, error) };
};
const keysOf = ([one]: readonly News[]) => one?.changes.map(({ change }) => change.key);

describe('follow', () => {
  it('reads from the log what records tell of, whatever their order', async () => {
    const { call, news } = await setup();
    expect(await call([logged(3), logged(1)])).toEqual([]);
    expect(keysOf(news)).toEqual(['a', 'c']);
    expect(news[0]?.reported).toBe(false);
  });

  it('hears that devices reported, and nothing of what else stands in the table', async () => {
    const { call, news } = await setup();
    await call([
      record('main|T#info#0', slot(1), 's1'),
      record('main|T#info', 'c', 's2'),
      record('main|O#objects/core/secrets', 'default/a', 's3'),
      record(`other|L#${type}#0`, slot(1), 's4'),
      logged(1, 'REMOVE'),
    ]);
    expect(news).toEqual([{ changes: [], reported: true, missed: new Set() }]);
  });

  it('names the record of a change that could not be followed, with its cause in the log', async () => {
    const { call, fail, ports } = await setup();
    fail('b', new Error('poison'));
    expect(await call([logged(1), logged(2), logged(3)])).toEqual(['s2']);
    expect(ports.complaints).toMatchObject([{ level: 'error', fields: { sequenceNumber: 's2' } }]);
    expect(ports.complaints[0]?.fields).toMatchObject({ error: new Error('poison') });
  });

  it('names a record that cannot be read, and follows the others', async () => {
    const { call, news, ports } = await setup();
    const broken: StreamRecord = { eventName: 'INSERT', dynamodb: { SequenceNumber: 's9' } };
    expect(await call([broken, logged(2)])).toEqual(['s9']);
    expect(keysOf(news)).toEqual(['b']);
    expect(ports.complaints).toMatchObject([{ level: 'error', fields: { sequenceNumber: 's9' } }]);
  });

  it('names no record for what a controller could not do', async () => {
    const { call, outcome, ports } = await setup();
    outcome.failing.set('garbage x', 'it is stuck');
    expect(await call([logged(1), logged(2)])).toEqual([]);
    expect(ports.complaints).toMatchObject([
      { level: 'error', fields: { controller: 'garbage x', error: 'it is stuck' } },
    ]);
  });

  it('looks at everything when the log does not reach back so far', async () => {
    const store = createMemoryStore({ clock: { now: () => 0 } });
    const forgetful: Store = {
      ...store,
      // biome-ignore lint/correctness/useYield: it throws before it gives anything
      async *tail() {
        throw new Fault('Expired', 'too old');
      },
    };
    const { call, news } = await setup(forgetful);
    expect(await call([logged(1)])).toEqual([]);
    expect(news[0]).toMatchObject({ changes: [], missed: new Set([type]) });
  });

  it('has records come again while the table is away', async () => {
    const store = createMemoryStore({ clock: { now: () => 0 } });
    const away: Store = {
      ...store,
      // biome-ignore lint/correctness/useYield: it throws before it gives anything
      async *tail() {
        throw new Fault('ServiceUnavailable', 'the table is away');
      },
    };
    const { call } = await setup(away);
    expect(await call([logged(1), logged(2)])).toEqual(['s1', 's2']);
  });
});
