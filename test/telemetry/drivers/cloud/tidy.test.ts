import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobs } from '../../../../shared/blob/drivers/memory.ts';
import type { Telemetry } from '../../../../shared/telemetry/telemetry.ts';
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
import { createTestPorts } from '../../../support/ports.ts';

describe.each([
  ['blobs', 0],
  ['rows', 4800],
])('the upkeep of cloud telemetry in %s', (_, rowBytes) => {
  let model: ModelTable;
  let blobs: ReturnType<typeof createMemoryBlobs>;
  let telemetry: Telemetry;
  beforeEach(() => {
    model = new ModelTable();
    blobs = createMemoryBlobs({ clock: Date });
    telemetry = open();
  });
  const open = (mergeBytes = 1 << 20) => openCloudTelemetry({ table: model.connect(), blobs, mergeBytes, rowBytes });
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of blobs.list('')) found.push(key);
    return found;
  };
  /** Rows of segments, and of what was merged. */
  const rows = () => model.items().filter(({ key }) => key !== undefined);

  /** Three hours, a segment each ten minutes, each of three devices. */
  const fill = async () => {
    for (let minute = 0; minute < 180; minute += 10) {
      await telemetry.append(
        'log',
        ['a', 'b', 'c'].map(device => toRecord(device, minute, `${device}${minute}`)),
      );
    }
  };

  it('merges the hours that are over, each into one segment, and changes nothing for readers', async () => {
    await fill();
    const all = await readAll(telemetry);
    const other = open();
    expect(await readAll(other)).toEqual(all);
    await other.retain('log', 0);
    expect((await keys()).map(key => key.split('/').slice(0, 3).join('/'))).toEqual([
      't/log/2026010122',
      't/log/2026010123',
      // Of the hour now the first is a blob in any case.
      ...Array.from({ length: rowBytes === 0 ? 6 : 1 }, () => 't/log/2026010200'),
    ]);
    expect(rows()).toHaveLength(2 + 6);
    for (const reader of [telemetry, other, open()]) {
      expect(await readAll(reader)).toEqual(all);
      expect(await readAll(reader, { reverse: true })).toEqual(all.toReversed());
      for (const device of ['a', 'b']) {
        expect(await readAll(reader, { device })).toEqual(all.filter(record => record.device === device));
      }
      for (const [i, { cursor, device }] of all.entries()) {
        expect(await readAll(reader, { after: cursor })).toEqual(all.slice(i + 1));
        const own = all.slice(i).filter(record => record.device === device);
        expect(await readAll(reader, { after: cursor, inclusive: true, device })).toEqual(own);
      }
      const since = origin + 60 * 60_000;
      expect(await readAll(reader, { since })).toEqual(all.filter(({ at }) => at >= since));
      expect(await readAll(reader, { until: since })).toEqual(all.filter(({ at }) => at < since));
    }
    const before = await keys();
    await open().retain('log', 0);
    expect(await keys()).toEqual(before);
  });

  it('keeps merged segments to a size', async () => {
    await fill();
    const all = await readAll(telemetry);
    await open(20).retain('log', 0);
    expect((await keys()).filter(key => key.includes('/m-')).length).toBe(5);
    expect(await readAll(open())).toEqual(all);
    expect(await readAll(open(), { device: 'b', reverse: true })).toEqual(
      all.filter(({ device }) => device === 'b').toReversed(),
    );
  });

  it('does not merge what may still be read by those who follow closely', async () => {
    await telemetry.append('log', [toRecord('a', 0, 'a')]);
    await telemetry.append('log', [toRecord('a', 1, 'b')]);
    await telemetry.append('log', [toRecord('a', 61, 'c')]);
    const before = await keys();
    const table = model.connect();
    await openCloudTelemetry({ table, blobs, mergeAfterMs: Date.now() }).retain('log', 0);
    expect(await keys()).toEqual(before);
    await open().retain('log', 0);
    expect(await keys()).toHaveLength(2);
  });

  it('leaves a tail where it is, whatever is merged under it', async () => {
    await fill();
    const expected = await readTexts(telemetry);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { body } of open().tail('log', { since: 0 }, stop.signal)) {
      seen.push(new TextDecoder().decode(body));
      if (seen.length === 10) await open().retain('log', 0);
      if (seen.length === expected.length) stop.abort();
    }
    expect(seen).toEqual(expected);
  });

  it('can die at any step and be finished by the next, two of them at once', async () => {
    const before = origin + 3_600_000;
    let isDead = true;
    for (let fatal = 1; isDead; fatal++) {
      model = new ModelTable();
      blobs = createMemoryBlobs({ clock: Date });
      telemetry = open();
      await fill();
      const kept = (await readAll(telemetry)).filter(({ at }) => at >= before);
      isDead = await dieAt(fatal, before);
      expect((await readAll(open())).slice(-kept.length), `dead at step ${fatal}`).toEqual(kept);
      await Promise.all([open(60).retain('log', before), open(60).retain('log', before)]);
      expect(await readAll(open()), `dead at step ${fatal}, then finished`).toEqual(kept);
      const named = rows().flatMap(({ key, seg }) => (seg === undefined ? [String(key)] : []));
      expect(await keys(), `dead at step ${fatal}: nothing left over`).toEqual(named.sort());
    }
  });

  /** Lets a process do all but what it asks for at a certain step. False when it never came so far. */
  const dieAt = (fatal: number, before: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      let steps = 0;
      const parts = intercept(model.connect(), blobs, async () => {
        if (++steps < fatal) return;
        resolve(true);
        await new Promise(() => {});
      });
      const running = openCloudTelemetry({ ...parts, mergeBytes: 60, rowBytes }).retain('log', before);
      running.then(() => resolve(false), reject);
    });

  it('leaves an hour with a damaged segment as it is, and merges the others', async () => {
    await fill();
    const damaged = (await keys()).find(key => key.includes('/2026010122/')) ?? '';
    await blobs.put(damaged, new Uint8Array((await blobs.get(damaged))?.length ?? 0));
    const { log, complaints } = createTestPorts();
    const ports = { ...createPorts(), log };
    await openCloudTelemetry({ table: model.connect(), blobs, ports }).retain('log', 0);
    expect(complaints[0]).toMatchObject({ level: 'error', message: 'an hour of telemetry cannot be merged' });
    const merged = (await keys()).filter(key => key.includes('/m-')).map(key => key.split('/')[2]);
    expect(merged).toEqual(['2026010123']);
    expect(await readTexts(open(), { device: 'a' })).toHaveLength(17);
  });

  it('drops segments, rows and what nobody ever named', async () => {
    await fill();
    await blobs.put('t/log/2026010122/5959-of-a-dead-writer-0', new Uint8Array(1));
    await blobs.put('t/other/2026010122/0000-x-0', new Uint8Array(1));
    await open().retain('log', origin + 60 * 60_000);
    expect((await keys()).filter(key => key.includes('/2026010122/'))).toEqual(['t/other/2026010122/0000-x-0']);
    expect((await readTexts(open()))[0]).toBe('a60');
    await open().retain('log', origin + 300 * 60_000);
    expect(await keys()).toEqual(['t/other/2026010122/0000-x-0']);
    expect(rows()).toEqual([]);
    expect(await readTexts(open())).toEqual([]);
    await telemetry.append('log', [toRecord('a', 301, 'later')]);
    expect(await readTexts(open())).toEqual(['later']);
  });
});
