import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toUtf8 } from '../../../../shared/base/bytes.ts';
import type { DynamoStoreOptions, OpenedStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import { openDynamoStore } from '../../../../shared/store/drivers/dynamo/dynamo.ts';
import type { Key, Table } from '../../../../shared/store/drivers/dynamo/table.ts';
import type { Entry, Store } from '../../../../shared/store/store.ts';
import { createClock, silentLog } from '../../../conformance/clock.ts';
import { ModelTable } from '../../../support/modeltable.ts';
import { createTestPorts } from '../../../support/ports.ts';

const { random } = createTestPorts();

describe('a store that remembers', () => {
  let clock: ReturnType<typeof createClock>;
  let model: ModelTable;
  let opened: OpenedStore[];
  /** Partitions that the store which remembers has read since it was asked last. */
  let asked: string[];
  let writer: OpenedStore;
  let reader: Store;
  beforeEach(() => {
    clock = createClock();
    model = new ModelTable();
    opened = [];
    asked = [];
    writer = open();
    reader = open({}, noting(model.connect())).recalled;
  });
  afterEach(() => Promise.all(opened.map(store => store.close())));

  const open = (options: Partial<DynamoStoreOptions> = {}, table: Table = model.connect()): OpenedStore => {
    const store = openDynamoStore({ table, clock, random, log: silentLog, pollMs: 1, paceMs: 0, ...options });
    opened.push(store);
    return store;
  };
  const noting = (table: Table): Table => {
    const note = ({ PK }: { readonly PK: string }) => void asked.push(PK.split('#')[0] ?? '');
    return {
      ...table,
      get: (key, options) => {
        note(key);
        return table.get(key, options);
      },
      batchGet: (keys: readonly Key[], options) => {
        keys.forEach(note);
        return table.batchGet(keys, options);
      },
      query: query => {
        note(query);
        return table.query(query);
      },
    };
  };
  const askedFor = (): string => asked.splice(0).join('');
  const put = async (key: string, text: string, terms: string[] = [], expected?: number): Promise<number> => {
    const known = expected ?? (await writer.get('t', key))?.revision ?? 0;
    const outcome = await writer.commit('t', { key, value: new TextEncoder().encode(text), expected: known, terms });
    if (!outcome.ok) throw new Error(`${key} is elsewhere`);
    return outcome.revision;
  };
  const remove = async (key: string): Promise<void> => {
    const { revision = 0 } = (await writer.get('t', key)) ?? {};
    await writer.commit('t', { key, expected: revision, delete: true });
  };
  const show = (entry: Entry | undefined): string | undefined => entry && toUtf8(entry.value);

  it('asks for the end of the log alone, as long as nothing happens', async () => {
    await put('a', '1', ['x=1']);
    await put('p/b', '2');
    const ask = async () => [
      show(await reader.get('t', 'a')),
      await reader.get('t', 'none'),
      await reader.find('t', 'x=1'),
      await reader.find('t', 'x=2'),
      (await reader.list('t', { prefix: 'p/' })).entries.map(({ key }) => key),
      (await reader.list('t', { prefix: 'q/' })).entries,
    ];
    const first = await ask();
    expect(first).toEqual(['1', undefined, ['a'], [], ['p/b'], []]);
    askedFor();
    expect(await ask()).toEqual(first);
    expect(askedFor()).toBe('CCCCCC');
  });

  it('gives the same instance as long as the entry is unchanged', async () => {
    await put('a', '1');
    const [one, two] = [await reader.get('t', 'a'), await reader.get('t', 'a')];
    expect(one?.value).toBe(two?.value);
  });

  it('takes from the log what another process wrote', async () => {
    await put('p/a', '1', ['x=1']);
    await reader.get('t', 'p/a');
    await reader.find('t', 'x=1');
    await reader.find('t', 'x=2');
    await reader.list('t', { prefix: 'p/' });
    await put('p/a', '2', ['x=2']);
    await put('p/b', '3', ['x=2']);
    askedFor();
    expect(show(await reader.get('t', 'p/a'))).toBe('2');
    expect(await reader.find('t', 'x=1')).toEqual([]);
    expect(await reader.find('t', 'x=2')).toEqual(['p/a', 'p/b']);
    expect(await reader.list('t', { prefix: 'p/' })).toMatchObject({
      entries: [{ key: 'p/a' }, { key: 'p/b' }],
      revision: 3,
      more: false,
    });
    await remove('p/a');
    expect(await reader.get('t', 'p/a')).toBeUndefined();
    expect(await reader.find('t', 'x=2')).toEqual(['p/b']);
    expect((await reader.list('t', { prefix: 'p/' })).entries.map(({ key }) => key)).toEqual(['p/b']);
    expect(askedFor()).toMatch(/^[CL]+$/);
  });

  it('asks once for all who ask at a time, after each of them came', async () => {
    const patient = open({ paceMs: 30 }, noting(model.connect())).recalled;
    await put('a', '1');
    await patient.get('t', 'a');
    askedFor();
    const before = Array.from({ length: 50 }, () => patient.get('t', 'a'));
    await put('a', '2');
    const after = Array.from({ length: 50 }, () => patient.get('t', 'a'));
    expect((await Promise.all(after)).map(show)).toEqual(Array.from({ length: 50 }, () => '2'));
    await Promise.all(before);
    expect(askedFor()).toMatch(/^C{1,3}L?C{0,2}$/);
  });

  it('does not go back behind what a refused write showed', async () => {
    await put('a', '1');
    await reader.get('t', 'a');
    await put('a', '2');
    const value = new Uint8Array();
    const outcome = await reader.commit('t', { key: 'a', value, expected: 1 });
    expect(outcome).toMatchObject({ ok: false, current: { revision: 2 } });
    expect(await reader.get('t', 'a')).toMatchObject({ revision: 2 });
  });

  it('knows what a writer that died left behind, and what came after it', async () => {
    await put('a', '1');
    await reader.get('t', 'a');
    const dying = model.connect();
    const zombie = open({}, { ...dying, transact: () => new Promise(() => {}), close() {} });
    void zombie.commit('t', { key: 'a', value: new Uint8Array(), expected: 1 }).catch(() => {});
    await new Promise(resolve => setTimeout(resolve, 20));
    opened.splice(opened.indexOf(zombie), 1);
    await put('a', '2', [], 1);
    clock.advance(2_000);
    expect(show(await reader.get('t', 'a'))).toBe('2');
  });

  it('forgets everything when the log no longer tells what happened', async () => {
    await put('a', '1', ['x=1']);
    await reader.get('t', 'a');
    await reader.find('t', 'x=1');
    // A process that stood still for longer than rows of the log live.
    await put('a', '2', ['x=2']);
    clock.advance(30 * 3_600_000);
    const table = model.connect();
    for (const { PK, SK } of model.items().filter(item => item.PK.startsWith('L#'))) await table.delete({ PK, SK });
    await writer.sweep();
    expect(show(await reader.get('t', 'a'))).toBe('2');
    expect(await reader.find('t', 'x=1')).toEqual([]);
    expect(await reader.find('t', 'x=2')).toEqual(['a']);
  });

  it('sees what a backup put in place of nothing', async () => {
    expect(await reader.get('t', 'a')).toBeUndefined();
    expect(await reader.find('t', 'x=1')).toEqual([]);
    const entry = { key: 'a', value: Uint8Array.of(1), revision: 3, terms: ['x=1'] };
    await writer.fill(
      't',
      3,
      (async function* () {
        yield entry;
      })(),
    );
    expect(await reader.get('t', 'a')).toMatchObject({ revision: 3 });
    expect(await reader.find('t', 'x=1')).toEqual(['a']);
  });

  it('is as true after history is compacted, and in a process that begins anew', async () => {
    for (let i = 0; i < 40; i++) await put(`k${i % 7}`, `${i}`, [`mod=${i % 3}`]);
    const look = async (store: Store) => [
      await Promise.all(Array.from({ length: 7 }, async (_, i) => show(await store.get('t', `k${i}`)))),
      await Promise.all([0, 1, 2].map(i => store.find('t', `mod=${i}`))),
    ];
    const seen = await look(reader);
    clock.advance(7_200_000);
    await writer.sweep();
    expect(await look(reader)).toEqual(seen);
    await put('k3', 'later', ['mod=0']);
    expect(await look(open().recalled)).toEqual(await look(reader));
  });

  it('keeps within its limit, and forgets first what was not asked for longest', async () => {
    const small = open({ recallBytes: 20_000 }, noting(model.connect())).recalled;
    for (let i = 0; i < 60; i++) await put(`k${i}`, 'x');
    for (let i = 0; i < 60; i++) {
      await small.get('t', `k${i}`);
      await small.get('t', 'k0');
    }
    askedFor();
    await small.get('t', 'k0');
    await small.get('t', 'k59');
    expect(askedFor()).toBe('CC');
    await small.get('t', 'k1');
    expect(askedFor()).toBe('CO');
  });

  it('asks the table when the log cannot be read to its end in time', async () => {
    let isStuck = false;
    let release = (): void => {};
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    const table = model.connect();
    const hurried = open(
      { fillAfterMs: 40 },
      {
        ...table,
        async get(key, options) {
          if (isStuck && key.PK.startsWith('C#')) await released;
          return table.get(key, options);
        },
      },
    ).recalled;
    await put('a', '1');
    await hurried.get('t', 'a');
    await put('a', '2');
    isStuck = true;
    expect(show(await hurried.get('t', 'a'))).toBe('2');
    release();
  });

  /** Whatever is written and asked, in whatever order: the answers are those of a store that remembers nothing. */
  it('answers as one that remembers nothing', async () => {
    const keys = fc.constantFrom('a', 'a/b', 'a/c', 'd');
    const terms = fc.constantFrom('x', 'y', 'z');
    const step = fc.oneof(
      fc.record({ put: keys, terms: fc.uniqueArray(terms), text: fc.string() }),
      fc.record({ remove: keys }),
      fc.record({ get: keys }),
      fc.record({ find: terms }),
      fc.record({ list: fc.constantFrom('', 'a', 'a/', 'e') }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(0, 2_500, 1 << 20),
        async (steps, recallBytes) => {
          model = new ModelTable();
          [writer] = [open()];
          const recalling = open({ recallBytes }).recalled;
          const plain = open();
          for (const one of steps) {
            if ('put' in one) await put(one.put, one.text, one.terms);
            else if ('remove' in one) await remove(one.remove);
            else if ('get' in one) expect(await recalling.get('t', one.get)).toEqual(await plain.get('t', one.get));
            else if ('find' in one)
              expect(await recalling.find('t', one.find)).toEqual(await plain.find('t', one.find));
            else {
              const { entries, revision } = await recalling.list('t', { prefix: one.list });
              expect({ entries, revision }).toMatchObject(
                await plain
                  .list('t', { prefix: one.list })
                  .then(page => ({ entries: page.entries, revision: page.revision })),
              );
            }
          }
          await Promise.all(opened.splice(3).map(store => store.close()));
        },
      ),
      { numRuns: 60 },
    );
  });
});
