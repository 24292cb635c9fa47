import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredRecord, Telemetry, TelemetryQuery, TelemetryRecord } from '../../shared/telemetry/telemetry.ts';

/** One place for telemetry. */
export interface TelemetrySetup {
  /** Opens what the place holds; again after `close` or `crash`. */
  open(): Promise<Telemetry>;
  /** True when records outlive `close`. */
  readonly isDurable: boolean;
  /** Resolves once all that was asked of others until now is answered, where a tail asks somebody before it listens. */
  answered?(): Promise<void>;
  /** Leaves what is open as a killed process would; the next `open` finds what was on disk, torn as it may be. */
  crash?(): Promise<void>;
  remove(): Promise<void>;
}

/** The contract of `shared/telemetry/telemetry.ts` as tests that any driver must pass. */
export const describeTelemetry = (name: string, create: () => TelemetrySetup): void => {
  describe(`telemetry ${name}`, () => {
    let setup: TelemetrySetup;
    let telemetry: Telemetry;
    beforeEach(async () => {
      setup = create();
      telemetry = await setup.open();
    });
    afterEach(async () => {
      await telemetry.close();
      await setup.remove();
    });
    const reopen = async () => {
      await telemetry.close();
      telemetry = await setup.open();
    };
    const breathe = async () => {
      for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
      await setup.answered?.();
    };
    const append = (...records: TelemetryRecord[]) => telemetry.append('log', records);
    const read = async (query: TelemetryQuery = {}) => (await collect(telemetry.read('log', query))).map(toText);

    describe('reads', () => {
      beforeEach(async () => {
        await append(record('a', 1, 'a1'), record('b', 1, 'b1'));
        await append(record('a', 61, 'a2', 'app'));
        await append(record('b', 62, 'b2', 'app'), record('a', 121, 'a3'), record('a', 122, 'a4', 'other'));
        await telemetry.append('info', [record('a', 1, 'not a log')]);
      });
      const cases: [TelemetryQuery, string][] = [
        [{}, 'a1 b1 a2 b2 a3 a4'],
        [{ device: 'a' }, 'a1 a2 a3 a4'],
        [{ device: 'none' }, ''],
        [{ device: 'a', part: 'app' }, 'a2'],
        [{ part: 'app' }, 'a2 b2'],
        [{ since: minute(62) }, 'b2 a3 a4'],
        [{ until: minute(62) }, 'a1 b1 a2'],
        [{ device: 'a', since: minute(2), until: minute(122) }, 'a2 a3'],
        [{ limit: 2 }, 'a1 b1'],
        [{ device: 'a', limit: 3 }, 'a1 a2 a3'],
        [{ limit: 0 }, ''],
        [{ reverse: true }, 'a4 a3 b2 a2 b1 a1'],
        [{ device: 'a', reverse: true, limit: 2 }, 'a4 a3'],
        [{ reverse: true, limit: 3 }, 'a4 a3 b2'],
      ];
      it.each(cases)('%j', async (query, expected) => {
        expect((await read(query)).join(' ')).toBe(expected);
        if (setup.isDurable) await reopen();
        expect((await read(query)).join(' ')).toBe(expected);
      });

      it('gives records back as they were', async () => {
        const [first, second] = await collect(telemetry.read('log', { device: 'a', limit: 2 }));
        const body = new TextEncoder().encode('a2');
        expect(second).toEqual({ device: 'a', part: 'app', at: minute(61), body, cursor: second?.cursor });
        expect(first && 'part' in first).toBe(false);
        expect((second?.cursor ?? '') > (first?.cursor ?? 'x')).toBe(true);
      });

      it('goes on after a cursor, also in another process', async () => {
        for (const query of [{}, { device: 'a' }, { device: 'b' }]) {
          const all = await collect(telemetry.read('log', query));
          if (setup.isDurable) await reopen();
          for (const [i, { cursor }] of all.entries()) {
            expect(await read({ ...query, after: cursor })).toEqual(all.slice(i + 1).map(toText));
            expect(await read({ ...query, after: cursor, inclusive: true })).toEqual(all.slice(i).map(toText));
            const backwards = await read({ ...query, after: cursor, reverse: true });
            expect(backwards.reverse()).toEqual(all.slice(i + 1).map(toText));
          }
          expect(all.map(r => r.cursor)).toEqual(all.map(r => r.cursor).sort());
        }
      });

      it('goes on after a cursor in what was added later', async () => {
        const last = (await collect(telemetry.read('log', {}))).at(-1)?.cursor ?? '';
        if (setup.isDurable) await reopen();
        await append(record('c', 130, 'c1'));
        expect(await read({ after: last })).toEqual(['c1']);
        expect(await read({ after: last, device: 'a' })).toEqual([]);
      });

      it.each(['', 'x', '../../etc', '99999999999999999999999999'])('refuses the cursor %j', async after => {
        await expect(read({ after })).rejects.toMatchObject({ reason: 'BadRequest' });
      });

      it('drops whole hours', async () => {
        const cursor = (await collect(telemetry.read('log', {})))[1]?.cursor ?? '';
        await telemetry.retain('log', minute(59));
        expect(await read()).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
        await telemetry.retain('log', minute(60));
        expect(await read()).toEqual(['a2', 'b2', 'a3', 'a4']);
        expect(await read({ after: cursor })).toEqual(['a2', 'b2', 'a3', 'a4']);
        if (setup.isDurable) await reopen();
        expect(await read({ after: cursor, device: 'a' })).toEqual(['a2', 'a3', 'a4']);
        await telemetry.retain('log', minute(300));
        expect(await read()).toEqual([]);
        await append(record('a', 301, 'later'));
        expect(await read({ after: cursor })).toEqual(['later']);
        expect((await collect(telemetry.read('info', {}))).map(toText)).toEqual(['not a log']);
      });
    });

    it('knows nothing of kinds that nobody wrote', async () => {
      expect(await collect(telemetry.read('metrics', {}))).toEqual([]);
      await telemetry.retain('metrics', minute(99));
    });

    it('keeps the order of calls and of records within a call', async () => {
      const expected = Array.from({ length: 300 }, (_, i) => `r${i}`);
      const calls = Array.from({ length: 100 }, (_, i) =>
        append(...expected.slice(i * 3, i * 3 + 3).map(text => record('d', 5, text))),
      );
      await Promise.all(calls);
      expect(await read({ device: 'd' })).toEqual(expected);
      expect(await read()).toEqual(expected);
    });

    it('keeps every byte of small and large bodies', async () => {
      const bodies = [0, 1, 1000, 70_000, 3_000_000].map(length =>
        Uint8Array.from({ length }, (_, i) => i * 7 + length),
      );
      await append(...bodies.map(body => ({ device: 'd', at: minute(1), body })));
      if (setup.isDurable) await reopen();
      const device = await collect(telemetry.read('log', { device: 'd' }));
      const all = await collect(telemetry.read('log', {}));
      for (const stored of [device, all]) {
        expect(stored.map(({ body }, i) => Buffer.compare(body, bodies[i] ?? body.subarray(1)))).toEqual([
          0, 0, 0, 0, 0,
        ]);
      }
    });

    describe('tails', () => {
      it('give what arrives from now on, or what is there after a cursor, or since a time, first', async () => {
        await append(record('a', 1, 'a1'), record('a', 2, 'a2'), record('b', 2, 'b1'));
        const cursor = (await collect(telemetry.read('log', {})))[0]?.cursor ?? '';
        const tails = [
          {},
          { after: cursor },
          { after: cursor, inclusive: true },
          { since: minute(2) },
          { device: 'a', after: cursor },
          { device: 'b', part: 'p' },
        ];
        const done = tails.map(query => take(telemetry, query, 'end'));
        await breathe();
        await append(record('a', 3, 'a3'), record('b', 3, 'b2', 'p'));
        await append(record('a', 4, 'end'), record('b', 4, 'end', 'p'));
        expect(await Promise.all(done)).toEqual([
          ['a3', 'b2', 'end'],
          ['a2', 'b1', 'a3', 'b2', 'end'],
          ['a1', 'a2', 'b1', 'a3', 'b2', 'end'],
          ['a2', 'b1', 'a3', 'b2', 'end'],
          ['a2', 'a3', 'end'],
          ['b2', 'end'],
        ]);
      });

      it('end when the signal aborts, when the limit is reached, when telemetry closes', async () => {
        expect(await collect(telemetry.tail('log', {}, AbortSignal.abort()))).toEqual([]);
        const stop = new AbortController();
        const aborted = collect(telemetry.tail('log', {}, stop.signal));
        const limited = collect(telemetry.tail('log', { limit: 2 }, new AbortController().signal));
        const closed = collect(telemetry.tail('log', { device: 'a' }, new AbortController().signal));
        await breathe();
        stop.abort();
        expect(await aborted).toEqual([]);
        for (const text of ['1', '2', '3']) await append(record('a', 1, text));
        expect((await limited).map(toText)).toEqual(['1', '2']);
        await telemetry.close();
        expect((await closed).map(toText)).toEqual(['1', '2', '3']);
        await expect(append(record('a', 1, 'x'))).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
      });

      it('miss nothing and go back to nothing when more comes at once than they hold', async () => {
        await append(record('a', 1, 'old'), record('a', 1, 'older'));
        const tails = [{}, { device: 'a' }].map(query => take(telemetry, query, 'r2999'));
        await breathe();
        const burst = Array.from({ length: 3000 }, (_, i) => `r${i}`);
        await append(...burst.map(text => record('a', 2, text)));
        for (const seen of await Promise.all(tails)) expect(seen).toEqual(burst);
      });

      it('do not run backwards', async () => {
        const tail = telemetry.tail('log', { reverse: true }, new AbortController().signal);
        await expect(collect(tail)).rejects.toMatchObject({ reason: 'BadRequest' });
      });

      it('lose and repeat nothing, however slow the reader and however it reconnects', async () => {
        const expected = Array.from({ length: 5000 }, (_, i) => `r${i}`);
        const readers = [{}, { device: 'd1' }, { device: 'd2' }].map(async query => {
          const seen: string[] = [];
          let after: string | undefined;
          const isLast = (text: string) => Number(text.slice(1)) >= 4998;
          while (!isLast(seen.at(-1) ?? 'r0')) {
            const from = after === undefined ? { since: 0 } : { after };
            for await (const stored of telemetry.tail('log', { ...query, ...from }, new AbortController().signal)) {
              seen.push(toText(stored));
              after = stored.cursor;
              if (seen.length % 97 === 0) await breathe();
              if (seen.length % 701 === 0 || isLast(toText(stored))) break;
            }
          }
          return seen;
        });
        for (let i = 0; i < expected.length; i += 50) {
          const records = expected.slice(i, i + 50).map((text, j) => record(`d${1 + (j % 2)}`, 1 + i / 50, text));
          await Promise.all([append(...records.slice(0, 20)), append(...records.slice(20))]);
        }
        const [all = [], odd, even] = await Promise.all(readers);
        const isOdd = (_: string, i: number) => i % 2 === 0;
        expect(odd).toEqual(expected.filter(isOdd));
        expect(even).toEqual(expected.filter((text, i) => !isOdd(text, i)));
        expect(all).toEqual(expected.slice(0, all.length));
        expect(all.length).toBeGreaterThanOrEqual(4999);
      });
    });

    it('has what it acknowledged after a crash, and goes on', async () => {
      if (setup.crash === undefined) return;
      const acked: string[] = [];
      let cursor: string | undefined;
      for (let round = 0; round < 4; round++) {
        for (let i = 0; i < 20; i++) {
          await append(record(`d${i % 3}`, round, `${round}.${i}`));
          acked.push(`${round}.${i}`);
        }
        const abandoned = telemetry;
        await setup.crash();
        telemetry = await setup.open();
        await abandoned.close();
        expect(await read()).toEqual(acked);
        if (cursor !== undefined) expect(await read({ after: cursor })).toEqual(acked.slice(-20));
        cursor = (await collect(telemetry.read('log', {}))).at(-1)?.cursor;
        expect(await read({ device: 'd1' })).toEqual(acked.filter(text => Number(text.split('.')[1]) % 3 === 1));
      }
    });
  });
};

/** The start of an hour. */
const origin = Date.UTC(2026, 0, 1, 22);
const minute = (count: number): number => origin + count * 60_000;

const record = (device: string, minutes: number, text: string, part?: string): TelemetryRecord => ({
  device,
  ...(part !== undefined && { part }),
  at: minute(minutes),
  body: new TextEncoder().encode(text),
});

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const toText = (stored: StoredRecord): string => decode(stored.body);

const collect = async (records: AsyncIterable<StoredRecord>): Promise<StoredRecord[]> => {
  const all: StoredRecord[] = [];
  for await (const stored of records) all.push(stored);
  return all;
};

/** Follows until a certain text. */
const take = async (telemetry: Telemetry, query: TelemetryQuery, last: string): Promise<string[]> => {
  const texts: string[] = [];
  for await (const stored of telemetry.tail('log', query, new AbortController().signal)) {
    texts.push(toText(stored));
    if (texts.at(-1) === last) break;
  }
  return texts;
};
