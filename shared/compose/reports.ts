import { fromUtf8, toUtf8 } from '../base/bytes.ts';
import { findCondition, toTime } from '../base/condition.ts';
import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { decode } from '../base/protobuf.ts';
import { unlessGone } from '../base/unless.ts';
import { eve } from '../eve/generated/table.ts';
import { decodeServed } from '../eve/served.ts';
import { toMs } from '../eve/timestamp.ts';
import type { Marks } from '../store/marks.ts';
import type { Store } from '../store/store.ts';
import type { StoredRecord, Telemetry } from '../telemetry/telemetry.ts';
import { configs } from './kinds.ts';
import { reflectMetrics, type Told, toTold } from './reflect/metrics.ts';
import { asMap } from './reflect/value.ts';
import { type ReflectParts, reflect, reflectHealthOf, subjectOf } from './reflect.ts';
import { createTurns } from './work.ts';

export interface ReportsParts extends ReflectParts {
  readonly store: Store;
  readonly marks: Marks;
  readonly telemetry: Telemetry;
}

export interface Reports {
  /** Follows what devices report and keeps the status of objects true to it, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Takes up what was reported up to now, and returns: for processes that do not run it. */
  settle(): Promise<void>;
  /** Resolves when nothing that was taken up is unfinished. */
  idle(): Promise<void>;
}

/** Records under work at the same time; those of one device one after the other. */
const concurrency = 32;
/** How often the position is written down. What came after it is read again after a crash, which changes nothing. */
const saveEveryMs = 1_000;
/** The same, in records, for who settles. */
const saveEvery = 1_000;
/** Where positions are kept: store type, with the kind as key. */
export const reportPositions = 'reports';

export const createReports = (parts: ReportsParts): Reports => {
  const turn = createTurns();
  const chains = new Map<string, Promise<void>>();
  const handlers: Record<string, (record: StoredRecord) => Promise<void>> = {
    info: createInfoHandler(parts),
    metrics: createMetricsHandler(parts),
    hardwarehealth: createHealthHandler(parts),
  };

  const enqueue = (kind: string, record: StoredRecord): void => {
    const before = chains.get(record.device) ?? Promise.resolve();
    const next = before.then(turn).then(() => handle(parts, kind, record, handlers[kind]));
    chains.set(record.device, next);
    void next.then(() => {
      if (chains.get(record.device) === next) chains.delete(record.device);
    });
  };

  const idle = async (): Promise<void> => {
    while (chains.size > 0) await Promise.all(chains.values());
  };

  const follow = async (kind: string, signal: AbortSignal): Promise<void> => {
    let cursor = await readPosition(parts.store, kind);
    let savedAt = parts.ports.clock.now();
    const save = async (): Promise<void> => {
      await idle();
      if (cursor !== undefined) await writePosition(parts.store, kind, cursor);
      savedAt = parts.ports.clock.now();
    };
    while (!signal.aborted) {
      try {
        for await (const record of parts.telemetry.tail(
          kind,
          cursor === undefined ? { since: 0 } : { after: cursor },
          signal,
        )) {
          enqueue(kind, record);
          cursor = record.cursor;
          if (chains.size >= concurrency) await Promise.race(chains.values());
          if (parts.ports.clock.now() - savedAt >= saveEveryMs) await save();
        }
      } catch (error) {
        if (!signal.aborted)
          parts.ports.log.error('reports: following broke and begins anew', { kind, error: String(error) });
      }
      await save();
      if (!signal.aborted) await delay(250, signal);
    }
  };

  const catchUp = async (kind: string): Promise<void> => {
    let cursor = await readPosition(parts.store, kind);
    let count = 0;
    const save = async (): Promise<void> => {
      await idle();
      if (cursor !== undefined) await writePosition(parts.store, kind, cursor);
    };
    const query = cursor === undefined ? { since: 0 } : { after: cursor };
    for await (const record of parts.telemetry.read(kind, query)) {
      enqueue(kind, record);
      cursor = record.cursor;
      if (chains.size >= concurrency) await Promise.race(chains.values());
      if (++count % saveEvery === 0) await save();
    }
    await save();
  };

  return {
    idle,
    settle: async () => {
      for (const kind of Object.keys(handlers)) await catchUp(kind);
    },
    run: async signal => {
      await Promise.all(Object.keys(handlers).map(kind => follow(kind, signal)));
    },
  };
};

/**
 * A report that cannot be read, or a write that fails, must not stop the reports behind it. One that cannot be read is counted
 * where people look: as an Event of its Device.
 */
const handle = async (
  parts: ReportsParts,
  kind: string,
  record: StoredRecord,
  handler: ((record: StoredRecord) => Promise<void>) | undefined,
): Promise<void> => {
  try {
    await handler?.(record);
  } catch (error) {
    const { ports } = parts;
    const fields = { kind, device: record.device };
    if (isFault(error, 'BadRequest')) await countUnread(parts, kind, record.device, error.message);
    if (isFault(error)) ports.log.warn('reports: a report was not taken up', { ...fields, error: error.message });
    else
      ports.log.error('reports: a report was not taken up', {
        ...fields,
        error: error instanceof Error ? error.stack : String(error),
      });
  }
};

const countUnread = async (parts: ReportsParts, kind: string, uuid: string, why: string): Promise<void> => {
  try {
    const device = await findDevice(parts, uuid);
    const message = `A report of kind ${kind} could not be read: ${why}`;
    if (device) await parts.recorder.record(device, { type: 'Warning', reason: 'UnreadableReport', message });
  } catch (error) {
    parts.ports.log.warn('reports: an unreadable report was not counted', { device: uuid, error: String(error) });
  }
};

const readPosition = async (store: Store, kind: string): Promise<string | undefined> => {
  const entry = await store.get(reportPositions, kind);
  return entry && toUtf8(entry.value);
};

const writePosition = async (store: Store, key: string, cursor: string): Promise<void> => {
  const entry = await store.get(reportPositions, key);
  if (entry && toUtf8(entry.value) === cursor) return;
  await store.commit(reportPositions, { key, value: fromUtf8(cursor), expected: entry?.revision ?? 0 });
};

const findDevice = async ({ registry }: ReflectParts, uuid: string): Promise<ApiObject | undefined> =>
  (await registry.findByTerm(registry.catalog.get('eve.lfedge.org', 'devices'), `uuid=${uuid}`))[0];

/** A device's clock that differs more than this from the controller's is not believed. */
const maxSkewMs = 24 * 3_600_000;

const createInfoHandler = (parts: ReportsParts) => {
  const order = createOrder(parts.marks);
  return async (record: StoredRecord): Promise<void> => {
    const message = decode(eve, 'info.ZInfoMsg', record.body);
    const stamp = toMs(message.atTimeStamp);
    const isNew = await order.advance(`${record.device}/${subjectOf(message)}`, stamp, record.at);
    if (!isNew) return;
    const device = await findDevice(parts, record.device);
    if (!device) return;
    const time = Math.abs(stamp - record.at) > maxSkewMs ? record.at : stamp;
    await reflect(parts, { device, message, time });
  };
};

const space = 'reported';
const maxKnown = 200_000;
/** How far a device's stamp may lead before it is taken for a wrong clock that was put right since. */
const maxLeadMs = 600_000;

/** Late, repeated and reordered reports never turn a status back: for each subject the device's own stamps must rise. */
const createOrder = (marks: Marks) => {
  const known = new Map<string, number>();
  return {
    /** Whether a report with this stamp is newer than all before; `arrived` is the controller's time. */
    async advance(key: string, stamp: number, arrived: number): Promise<boolean> {
      const last = known.get(key) ?? (await readMark(marks, key));
      if (last !== undefined && stamp <= last && last <= arrived + maxLeadMs) return false;
      if (known.size >= maxKnown) known.clear();
      known.set(key, stamp);
      await marks.set(space, key, fromUtf8(JSON.stringify({ at: stamp })));
      return true;
    },
  };
};

const readMark = async (marks: Marks, key: string): Promise<number | undefined> => {
  const value = await marks.get(space, key);
  if (!value) return undefined;
  // Written above.
  return (JSON.parse(toUtf8(value)) as { at: number }).at;
};

const createHealthHandler = (parts: ReportsParts) => {
  const order = createOrder(parts.marks);
  return async (record: StoredRecord): Promise<void> => {
    const message = decode(eve, 'hardwarehealth.ZHardwareHealth', record.body);
    if (!(await order.advance(`${record.device}/health`, toMs(message.at_time_stamp), record.at))) return;
    const device = await findDevice(parts, record.device);
    if (device) await reflectHealthOf(parts, device, message);
  };
};

/** Metrics say which configuration the device has applied, and how much memory EVE keeps for itself. */
const createMetricsHandler = (parts: ReportsParts) => {
  const written = new Map<string, string>();
  return async (record: StoredRecord): Promise<void> => {
    const { dm } = decode(eve, 'metrics.ZMetricMsg', record.body);
    if (!dm) return;
    const entry = await parts.store.get(configs, record.device);
    const told = toTold(dm, entry && decodeServed(entry.value));
    const fingerprint = JSON.stringify(told);
    if (written.get(record.device) === fingerprint) return;
    const device = await findDevice(parts, record.device);
    if (device) await writeMetrics(parts, device, told);
    // What is served may not stand in the object yet: then the next metrics say it again.
    const shown = asMap(device?.status?.['config'])['version'];
    if (told.applied && shown !== told.version) return;
    if (written.size >= maxKnown) written.clear();
    written.set(record.device, fingerprint);
  };
};

const writeMetrics = async (parts: ReportsParts, device: ApiObject, told: Told): Promise<void> => {
  const { registry, user, ports } = parts;
  const ref = { namespace: device.metadata.namespace, name: device.metadata.name };
  const now = ports.clock.now();
  const write = (plural: string, change: (status: JsonMap) => JsonMap | undefined) =>
    unlessGone(
      registry.update(
        registry.catalog.get('eve.lfedge.org', plural),
        ref,
        current => {
          const status = change(current.status ?? {});
          return status ? { ...current, status } : current;
        },
        { user, subresource: 'status' },
      ),
    );
  await write('devices', status => reflectMetrics(status, told, now));
  const known = findCondition(device.status?.['conditions'], 'SecretsReadable');
  if (told.unreadable !== '' && known?.['status'] !== 'False')
    await parts.recorder.record(device, {
      type: 'Warning',
      reason: 'DecryptionFailed',
      message: `The device could not open secrets: ${told.unreadable}`,
    });
  if (!told.applied) return;
  await write('deviceconfigs', status =>
    status['version'] === told.version && status['appliedVersion'] !== told.version
      ? { ...status, appliedVersion: told.version, appliedAt: toTime(now) }
      : undefined,
  );
};
