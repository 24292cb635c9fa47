import { expect, test } from 'vitest';
import { toUtf8 } from '../../shared/base/bytes.ts';
import { createMemoryBlobs } from '../../shared/blob/drivers/memory.ts';
import { createUptake, reportPositions } from '../../shared/compose/uptake.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import type { StoredRecord, Telemetry } from '../../shared/telemetry/telemetry.ts';
import { createRandom } from '../conformance/checker.ts';
import { openCloudTelemetry, readAll, toRecord } from '../support/cloudtelemetry.ts';
import { ModelTable } from '../support/modeltable.ts';

const drivers: [string, () => Telemetry][] = [
  ['memory', createMemoryTelemetry],
  ['cloud', () => openCloudTelemetry({ table: new ModelTable().connect(), blobs: createMemoryBlobs({ clock: Date }) })],
];

/** Processes that fail at a record, or die over it, while others go on; also while hours are merged under them. */
test.each(drivers)('no record is left out, whoever dies over it (%s)', async (_, open) => {
  const random = createRandom(7);
  const telemetry = open();
  const store = createMemoryStore({ clock: Date });
  for (let i = 0; i < 120; i++) await telemetry.append('log', [toRecord(`d${i % 5}`, i, `${i}`)]);
  const all = await readAll(telemetry);
  const done = new Set<string>();

  const live = (fatal: number): Promise<'ended' | 'died'> =>
    new Promise(resolve => {
      let count = 0;
      let isDead = false;
      const latest = new Map<string, string>();
      const handle = async ({ device, cursor }: StoredRecord): Promise<void> => {
        if (isDead) return new Promise(() => {});
        if (++count === fatal) {
          if (random() < 0.5) throw new Error('a record that is too much for this process');
          isDead = true;
          resolve('died');
          return new Promise(() => {});
        }
        await new Promise(turn => setTimeout(turn, random() * 2));
        expect(cursor > (latest.get(device) ?? ''), 'in the order of the device').toBe(true);
        latest.set(device, cursor);
        done.add(cursor);
      };
      const uptake = createUptake({ store, clock: Date, handle: (_kind, record) => handle(record) });
      uptake
        .take('log', query => telemetry.read('log', query))
        .then(
          () => resolve('ended'),
          () => resolve('died'),
        );
    });
  const judge = async (): Promise<void> => {
    const entry = await store.get(reportPositions, 'log');
    const position = entry === undefined ? '' : toUtf8(entry.value);
    const passed = all.filter(({ cursor }) => cursor <= position);
    expect(passed.filter(({ cursor }) => !done.has(cursor))).toEqual([]);
  };

  for (let round = 0; round < 12; round++) {
    await Promise.all([live(1 + Math.floor(random() * 130)), live(1 + Math.floor(random() * 130))]);
    await judge();
    if (round % 4 === 3) await telemetry.retain('log', 0);
  }
  expect(await live(Number.POSITIVE_INFINITY)).toBe('ended');
  await judge();
  expect(done.size).toBe(all.length);
  done.clear();
  expect(await live(Number.POSITIVE_INFINITY)).toBe('ended');
  expect(done.size, 'what was taken up to the end is not read again').toBe(0);
});

test('a failure ends what is followed at once, not with the next record', async () => {
  const telemetry = createMemoryTelemetry();
  const store = createMemoryStore({ clock: Date });
  const handle = async (): Promise<void> => {
    throw new Error('too much');
  };
  await telemetry.append('log', [toRecord('d', 0, '1')]);
  const { signal } = new AbortController();
  const taking = createUptake({ store, clock: Date, handle }).take('log', (query, failed) =>
    telemetry.tail('log', query, AbortSignal.any([signal, failed])),
  );
  await expect(taking).rejects.toThrow('too much');
  expect(await store.get(reportPositions, 'log')).toBeUndefined();
});
