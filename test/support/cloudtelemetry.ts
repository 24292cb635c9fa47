import { randomBytes, randomUUID } from 'node:crypto';
import type { Blobs } from '../../shared/blob/blobs.ts';
import type { Table } from '../../shared/store/drivers/dynamo/table.ts';
import { type CloudTelemetryOptions, createCloudTelemetry } from '../../shared/telemetry/drivers/cloud/cloud.ts';
import type { StoredRecord, Telemetry, TelemetryQuery, TelemetryRecord } from '../../shared/telemetry/telemetry.ts';
import { silentLog } from '../conformance/clock.ts';

/** Like a process of its own, fast. */
export const openCloudTelemetry = (
  options: Partial<CloudTelemetryOptions> & Pick<CloudTelemetryOptions, 'table' | 'blobs'>,
) =>
  createCloudTelemetry({
    ports: createPorts(),
    flushMs: 0,
    pollMs: 10,
    idlePollMs: 20,
    fillAfterMs: 40,
    patienceMs: 100,
    ...options,
  });

/** Real time, real randomness. */
export const createPorts = (log = silentLog): CloudTelemetryOptions['ports'] => ({
  clock: Date,
  random: { bytes: length => randomBytes(length), uuid: () => randomUUID() },
  log,
});

/** The start of an hour. */
export const origin = Date.UTC(2026, 0, 1, 22);

export const toRecord = (device: string, minutes: number, text: string): TelemetryRecord => ({
  device,
  at: origin + minutes * 60_000,
  body: new TextEncoder().encode(text),
});

export const readTexts = async (telemetry: Telemetry, query: TelemetryQuery = {}): Promise<string[]> => {
  const texts: string[] = [];
  for await (const { body } of telemetry.read('log', query)) texts.push(new TextDecoder().decode(body));
  return texts;
};

export const readAll = async (telemetry: Telemetry, query: TelemetryQuery = {}): Promise<StoredRecord[]> => {
  const records: StoredRecord[] = [];
  for await (const record of telemetry.read('log', query)) records.push(record);
  return records;
};

/** Whatever is asked of a table and of blobs passes `before` first, which may throw or never return. */
export const intercept = (
  table: Table,
  blobs: Blobs,
  before: (name: string) => Promise<void>,
): { table: Table; blobs: Blobs } => {
  const wrap = <T extends object>(target: T, room: string): T =>
    new Proxy(target, {
      get(_, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function' || name === 'close') return method;
        if (name === 'list') return method.bind(target);
        return async (...args: unknown[]) => {
          await before(`${room}.${String(name)}`);
          return method.apply(target, args);
        };
      },
    });
  return { table: wrap(table, 'table'), blobs: wrap(blobs, 'blobs') };
};
