import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAwsTable } from '../../../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import { TableFault, type TableFaultKind } from '../../../../shared/store/drivers/dynamo/tablefault.ts';
import type { Change } from '../../../../shared/store/store.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();
const value = new TextEncoder().encode('value');

/** A table that fails as often as it is told, before or after it has done what it was asked. */
const faulty = (table: Table) => {
  const plan: { operation: keyof Table; kind: TableFaultKind; isDone: boolean }[] = [];
  const wrapped = new Proxy(table, {
    get(target, operation: keyof Table) {
      return async (...args: never[]) => {
        const call = target[operation] as (...args: never[]) => unknown;
        const fault = plan[0]?.operation === operation ? plan.shift() : undefined;
        if (fault === undefined || fault.isDone) {
          const answer = await call(...args);
          if (fault === undefined) return answer;
        }
        throw new TableFault(fault.kind, `The table fails (${fault.kind}).`);
      };
    },
  });
  const fail = (operation: keyof Table, kind: TableFaultKind, count = 1, isDone = false) => {
    for (let i = 0; i < count; i++) plan.push({ operation, kind, isDone });
  };
  return { table: wrapped, fail };
};

const create = (patienceMs = 10_000) => {
  const model = new ModelTable();
  const clock = createClock();
  const { table, fail } = faulty(model.connect());
  // Waiting is what makes time pass here.
  const delay = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise(resolve => setImmediate(resolve));
  };
  const open = (of: Table = table) => openDynamoStore({ table: of, clock, random, log: silentLog, patienceMs, delay });
  return { model, clock, fail, store: open(), other: open(model.connect()), open };
};

const changesOf = async (store: ReturnType<typeof create>['store'], type = 't'): Promise<Change[]> => {
  const head = await store.head(type);
  const changes: Change[] = [];
  for await (const batch of store.tail(type, 0, new AbortController().signal)) {
    changes.push(...batch.changes);
    if (batch.revision >= head) break;
  }
  return changes;
};

describe('a store on a table that fails', () => {
  it.each(['throttled', 'unreachable', 'unknown', 'conflict'] as const)('asks again when reads are %s', async kind => {
    const { store, fail } = create();
    await store.commit('t', { key: 'a', value, expected: 0 });
    fail('get', kind, 3);
    expect(await store.get('t', 'a')).toMatchObject({ revision: 1 });
  });

  it.each(['throttled', 'conflict'] as const)('asks again when a transaction is %s', async kind => {
    const { store, fail } = create();
    fail('transact', kind, 3);
    expect(await store.commit('t', { key: 'a', value, expected: 0 })).toMatchObject({ ok: true });
    expect(await changesOf(store)).toHaveLength(1);
  });

  it.each(['throttled', 'unreachable', 'denied'] as const)('says so when a table stays %s', async kind => {
    const { store, fail, other } = create(500);
    fail('transact', kind, 100);
    const commit = store.commit('t', { key: 'a', value, expected: 0 });
    await expect(commit).rejects.toMatchObject({ reason: 'ServiceUnavailable', message: `The table fails (${kind}).` });
    expect(await other.get('t', 'a')).toBeUndefined();
    expect(await changesOf(other)).toEqual([]);
    expect(await other.commit('t', { key: 'a', value, expected: 0 })).toMatchObject({ ok: true });
  });

  it('acknowledges once what was done though the answer was lost', async () => {
    const { store, fail } = create();
    fail('transact', 'unknown', 1, true);
    expect(await store.commit('t', { key: 'a', value, expected: 0 })).toMatchObject({ ok: true, revision: 1 });
    fail('transact', 'unknown', 3, true);
    expect(await store.commit('t', { key: 'a', value, expected: 1 })).toMatchObject({ ok: true, revision: 2 });
    expect(await changesOf(store)).toHaveLength(2);
  });

  it('writes anew what never arrived', async () => {
    const { store, fail } = create();
    fail('transact', 'unknown', 3);
    expect(await store.commit('t', { key: 'a', value, expected: 0 })).toMatchObject({ ok: true });
    expect(await changesOf(store)).toHaveLength(1);
  });

  it('does not say what it cannot know', async () => {
    const { store, fail, other } = create(500);
    fail('transact', 'unknown', 3, true);
    fail('put', 'unknown', 100);
    await expect(store.commit('t', { key: 'a', value, expected: 0 })).rejects.toMatchObject({
      reason: 'ServiceUnavailable',
      message: 'The write was sent, and nobody says what became of it. Look before you repeat it.',
    });
    expect(await other.get('t', 'a')).toMatchObject({ revision: 1 });
  });

  it('loses tickets, not writes', async () => {
    const { store, fail } = create();
    fail('update', 'unknown', 2, true);
    expect(await store.commit('t', { key: 'a', value, expected: 0 })).toMatchObject({ ok: true, revision: 3 });
    expect(await changesOf(store)).toMatchObject([{ revision: 3 }]);
    expect(await store.list('t')).toMatchObject({ revision: 3, entries: [{ key: 'a' }] });
  });

  it('does not take the lost first ticket of a new type for history that is gone', async () => {
    const { store, fail, other } = create();
    expect(await other.head('t')).toBe(0);
    fail('update', 'unknown', 1, true);
    await store.commit('t', { key: 'a', value, expected: 0 });
    expect(await changesOf(other)).toMatchObject([{ revision: 2 }]);
  });

  it('takes a mark that cannot be written for what it is', async () => {
    const { store, fail } = create();
    fail('put', 'throttled', 1000);
    await expect(store.marks.set('seen', 'a', value)).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
  });
});

describe('a store whose table another program wrote to', () => {
  it('refuses items of a format that it does not know, wherever it meets them', async () => {
    const { model, store, open } = create();
    await store.commit('t', { key: 'a', value, expected: 0, terms: ['x=1'], expiresAt: 1 });
    await store.marks.set('seen', 'a', value);
    const table = model.connect();
    for (const item of model.items()) await table.put({ ...item, f: 2 });
    const later = open();
    const refusal = { reason: 'InternalError', message: expect.stringContaining('items of format 2') };
    await expect(later.get('t', 'a')).rejects.toMatchObject(refusal);
    await expect(later.list('t')).rejects.toMatchObject(refusal);
    await expect(later.head('t')).rejects.toMatchObject(refusal);
    await expect(later.find('t', 'x=1')).rejects.toMatchObject(refusal);
    await expect(later.commit('t', { key: 'a', value, expected: 1 })).rejects.toMatchObject(refusal);
    await expect(later.commit('t', { key: 'b', value, expected: 0 })).rejects.toMatchObject(refusal);
    await expect(later.marks.get('seen', 'a')).rejects.toMatchObject(refusal);
    await expect(later.sweep()).rejects.toMatchObject(refusal);
    const tail = later.tail('t', 0, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(tail.next()).rejects.toMatchObject(refusal);
  });

  it('keeps tenants apart', async () => {
    const { model, clock } = create();
    const open = (tenant: string) => openDynamoStore({ table: model.connect(), tenant, clock, random, log: silentLog });
    const [one, two] = [open('one'), open('two')];
    await one.commit('t', { key: 'a', value, expected: 0, terms: ['x=1'] });
    await one.marks.set('seen', 'a', value);
    expect(await two.list('t')).toMatchObject({ entries: [], revision: 0 });
    expect(await two.find('t', 'x=1')).toEqual([]);
    expect(await two.marks.get('seen', 'a')).toBeUndefined();
    expect(() => open('No|')).toThrow('A tenant is named by');
  });

  it.each([30, 300])('answers Expired, never nothing, for %i rows that the table has dropped', async count => {
    const { model, clock, store, open } = create();
    for (let i = 0; i < count; i++) await store.commit('t', { key: `k${i}`, value, expected: 0 });
    clock.advance(60 * 3_600_000);
    const table = model.connect();
    for (const { PK, SK, ttl = Number.POSITIVE_INFINITY } of model.items()) {
      if (ttl < clock.now() / 1000) await table.delete({ PK, SK });
    }
    const late = open();
    expect((await late.list('t')).entries).toHaveLength(count);
    await late.commit('t', { key: 'new', value, expected: 0 });
    const tail = late.tail('t', 3, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(tail.next()).rejects.toMatchObject({ reason: 'Expired' });
    await expect(late.list('t', { at: 3 })).rejects.toMatchObject({ reason: 'Expired' });
    expect(await late.head('t')).toBe(count + 1);
  });
});

describe('what DynamoDB answers', () => {
  let server: Server;
  let answer: { status: number; type: string; more?: object };
  let table: Table;
  let hurried: Table;
  beforeEach(async () => {
    server = createServer((_, response) => {
      if (answer.status === 0) return;
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${answer.type}`, ...answer.more }));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // it listens on a port
    const credentials = { accessKeyId: 'key', secretAccessKey: 'never told' };
    const endpoint = `http://127.0.0.1:${port}`;
    const place = { endpoint, region: 'x', credentials, table: 'objects' };
    table = createAwsTable({ ...place, timeoutMs: 300_000 });
    hurried = createAwsTable({ ...place, timeoutMs: 200 });
  });
  afterEach(() => {
    table.close();
    hurried.close();
    server.closeAllConnections();
    server.close();
  });

  it.each([
    [400, 'ProvisionedThroughputExceededException', 'throttled', 'The table takes no more requests now.'],
    [400, 'ThrottlingException', 'throttled', 'The table takes no more requests now.'],
    [400, 'TransactionConflictException', 'conflict', 'Another write has the item just now.'],
    [400, 'ExpiredTokenException', 'denied', 'The credentials for the table objects have expired. Renew them.'],
    [400, 'UnrecognizedClientException', 'denied', /refuses these credentials \(UnrecognizedClientException\)/],
    [400, 'AccessDeniedException', 'denied', /Look at the role and its policy/],
    [400, 'ResourceNotFoundException', 'unfit', /There is no table objects here/],
    [400, 'ValidationException', 'unfit', /refuses a request \(ValidationException\)/],
    [400, 'TransactionInProgressException', 'unknown', /did not answer/],
    [500, 'InternalServerError', 'unknown', /did not answer/],
    [503, 'ServiceUnavailable', 'unknown', /did not answer/],
    [0, '', 'unknown', /did not answer/],
  ] as const)('%i %s is %s', async (status, type, kind, message) => {
    answer = { status, type };
    // Where nobody answers, one who does not wait; else one for whom a busy machine is never too late.
    const asked = status === 0 ? hurried : table;
    const error = await asked.put({ PK: 'a', SK: 'b' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
    expect(error).toMatchObject({ reason: kind === 'unfit' ? 'InternalError' : 'ServiceUnavailable' });
    expect(String(error)).not.toContain('never told');
  });

  it('is read also where a transaction is throttled', async () => {
    const reasons = [{ Code: 'None' }, { Code: 'ThrottlingError' }, { Code: 'TransactionConflict' }];
    answer = { status: 400, type: 'TransactionCanceledException', more: { CancellationReasons: reasons } };
    expect(await table.transact([{ put: { PK: 'a', SK: 'b' } }], 'token')).toEqual({
      ok: false,
      reasons: [{ code: 'none' }, { code: 'throttled' }, { code: 'conflict' }],
    });
  });
});
