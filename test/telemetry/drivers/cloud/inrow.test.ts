import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobs } from '../../../../shared/blob/drivers/memory.ts';
import { readInRow, toInRow } from '../../../../shared/telemetry/drivers/cloud/inrow.ts';
import {
  createPorts,
  intercept,
  openCloudTelemetry,
  origin,
  readAll,
  readTexts,
  toRecord,
} from '../../../support/cloudtelemetry.ts';
import { ModelTable } from '../../../support/modeltable.ts';

describe('records in a row', () => {
  const record = fc.record(
    {
      device: fc.string({ minLength: 1, maxLength: 40 }),
      part: fc.string({ minLength: 1, maxLength: 40 }),
      at: fc.integer({ min: 0, max: 253_402_300_799_999 }),
      body: fc.uint8Array({ maxLength: 200 }),
    },
    { requiredKeys: ['device', 'at', 'body'] },
  );

  it('come out as they went in, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 1e12 }),
        (records, ticket) => {
          const inRow = toInRow(records, 1 << 20);
          const found = readInRow(inRow?.bytes ?? new Uint8Array(), ticket);
          expect(found.map(({ cursor: _, ...rest }) => rest)).toEqual(records);
          expect(found.map(({ cursor }) => cursor)).toEqual(found.map(({ cursor }) => cursor).sort());
          expect(found[0]?.cursor.slice(0, 16)).toBe(String(ticket).padStart(16, '0'));
          expect(inRow?.firstAt).toBe(Math.min(...records.map(({ at }) => at)));
          expect(inRow?.lastAt).toBe(Math.max(...records.map(({ at }) => at)));
        },
      ),
    );
  });

  it.each([
    ['too many bytes, compressed', [{ device: 'a', at: 1, body: new Uint8Array(randomBytes(400)) }], 200],
    ['too many bytes', [{ device: 'a', at: 1, body: new Uint8Array(100_000) }], 4800],
    ['too many of them', Array.from({ length: 101 }, () => ({ device: 'a', at: 1, body: new Uint8Array() })), 4800],
  ])('are none: %s', (_, records, maxBytes) => {
    expect(toInRow(records, maxBytes)).toBeUndefined();
  });
});

describe('cloud telemetry in rows', () => {
  let model: ModelTable;
  let blobs: ReturnType<typeof createMemoryBlobs>;
  let asked: string[];
  let isS3Away: boolean;
  let now: number;
  beforeEach(() => {
    model = new ModelTable();
    asked = [];
    isS3Away = false;
    now = origin;
    blobs = createMemoryBlobs({ clock: { now: () => now } });
  });
  const open = (options: Partial<Parameters<typeof openCloudTelemetry>[0]> = {}) => {
    const parts = intercept(model.connect(), blobs, async name => {
      asked.push(name);
      if (isS3Away && name.startsWith('blobs')) throw new Error('S3 is away');
    });
    const ports = { ...createPorts(), clock: { now: () => now } };
    return openCloudTelemetry({ ...parts, ports, mergeAfterMs: 0, ...options });
  };
  const append = (telemetry: ReturnType<typeof open>, minute: number, text: string) => {
    now = origin + minute * 60_000;
    return telemetry.append('log', [toRecord('a', minute, text)]);
  };
  const rows = () => model.items().filter(({ PK }) => /^T#log#\d+$/.test(PK));

  it('asks S3 for nothing, but for the first of an hour', async () => {
    const telemetry = open();
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    expect(asked.filter(name => name.startsWith('blobs'))).toEqual(['blobs.put', 'blobs.head']);
    asked.length = 0;
    isS3Away = true;
    await telemetry.append('log', [toRecord('a', 1, '2'), toRecord('b', 1, '3')]);
    expect(asked).toEqual(['table.update', 'table.put']);
    isS3Away = false;
    expect(await readTexts(telemetry, { device: 'b' })).toEqual(['3']);
    expect(await readTexts(open())).toEqual(['1', '2', '3']);
  });

  it('learns from the table, not from S3, that another one has begun the hour', async () => {
    const [first, second] = [open(), open()];
    for (const one of [first, second]) await one.append('log', [toRecord('a', 0, 'x')]);
    await append(first, 60, 'y');
    asked.length = 0;
    await second.append('log', [toRecord('a', 61, 'z')]);
    expect(asked).toEqual(['table.get', 'table.update', 'table.put']);
  });

  it('puts what is large into a blob', async () => {
    const telemetry = open();
    await telemetry.append('log', [toRecord('a', 0, '1')]);
    asked.length = 0;
    const body = new Uint8Array(randomBytes(6000));
    await telemetry.append('log', [{ device: 'a', at: origin + 1, body }]);
    expect(asked).toEqual(['blobs.put', 'table.update', 'table.put']);
    expect((await readAll(open())).at(-1)?.body).toEqual(body);
  });

  it('is of a format that a version which knows only blobs refuses, where it would find nothing', async () => {
    const telemetry = open();
    for (const text of ['1', '2']) await telemetry.append('log', [toRecord('a', 0, text)]);
    expect(rows().map(({ v, seg }) => [v, seg !== undefined])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('becomes a blob when its hour is over', async () => {
    const telemetry = open();
    for (const minute of [0, 1, 2, 60, 61]) await append(telemetry, minute, `${minute}`);
    const all = await readAll(telemetry);
    now = origin + 2 * 3_600_000;
    await open().retain('log', 0);
    expect(rows().map(({ SK }) => Number(SK))).toEqual([4, 5]);
    expect(await readAll(telemetry)).toEqual(all);
    expect(await readAll(open(), { reverse: true })).toEqual(all.toReversed());
  });

  describe('that the table drops by itself', () => {
    const day = 86_400_000;
    const kept = { keptMs: (kind: string) => (kind === 'log' ? 7 * day : undefined) };
    const fill = async () => {
      const telemetry = open(kept);
      for (let minute = 0; minute < 120; minute += 20) await append(telemetry, minute, `${minute}`);
      return telemetry;
    };
    /** As the table does, late or not. */
    const drop = async () => {
      const over = model.items().filter(({ ttl }) => ttl !== undefined && ttl * 1000 < now);
      await model.connect().batchDelete(over.map(({ PK, SK }) => ({ PK, SK })));
      return over.length;
    };

    it('are kept longer than what they tell of, and never deleted', async () => {
      const telemetry = await fill();
      const all = await readAll(telemetry);
      now = origin + 3 * 3_600_000;
      asked.length = 0;
      await open(kept).retain('log', 0);
      expect(asked.filter(name => name === 'table.batchDelete')).toEqual(['table.batchDelete']);
      expect(rows()).toHaveLength(6);
      for (const { ttl } of rows()) expect(ttl).toBeGreaterThanOrEqual((origin + 9 * day) / 1000);
      for (const reader of [telemetry, open(kept)]) expect(await readAll(reader)).toEqual(all);
      now = origin + 8 * day;
      await open(kept).retain('log', now - 7 * day);
      expect(rows()).toHaveLength(6);
      expect(await readAll(open(kept))).toEqual([]);
      now = origin + 10 * day;
      expect(await drop()).toBe(6);
      expect(await readAll(open(kept))).toEqual([]);
    });

    it('leave what was merged as it is', async () => {
      const all = await readAll(await fill());
      now = origin + 3 * 3_600_000;
      await open(kept).retain('log', 0);
      now = origin + 10 * day;
      expect(await drop()).toBe(6);
      // Of two hours the first was merged; nothing waits for what is gone of the other.
      expect(await readAll(open({ ...kept, fillAfterMs: 60_000 }))).toEqual(all.slice(0, 3));
      expect(await readAll(open({ ...kept, fillAfterMs: 60_000 }), { reverse: true })).toEqual(
        all.slice(0, 3).toReversed(),
      );
    });
  });
});
