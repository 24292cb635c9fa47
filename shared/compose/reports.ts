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
import { createContents } from './contents.ts';
import { configs } from './kinds.ts';
import { reflectMetrics, type Told, toTold } from './reflect/metrics.ts';
import { asMap } from './reflect/value.ts';
import { type ReflectParts, type ReportingParts, reflect, reflectHealthOf, subjectOf } from './reflect.ts';
import { decodeNotes } from './served.ts';
import { createUptake, isPassing } from './uptake.ts';

export interface ReportsParts extends ReflectParts {
  readonly store: Store;
  /** Where configurations are read; `store`, or a cheaper way to it. */
  readonly served: Pick<Store, 'get'>;
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

export const createReports = (parts: ReportsParts): Reports => {
  const { store, telemetry, ports } = parts;
  const contents = createContents({ ...parts, log: ports.log });
  const handlers: Record<string, (record: StoredRecord) => Promise<void>> = {
    info: createInfoHandler({ ...parts, contents }),
    metrics: createMetricsHandler(parts),
    hardwarehealth: createHealthHandler(parts),
  };
  const uptake = createUptake({
    store,
    clock: ports.clock,
    handle: (kind, record) => handle(parts, kind, record, handlers[kind]),
    finish: contents.flush,
  });

  const follow = async (kind: string, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await uptake.take(kind, (query, failed) => telemetry.tail(kind, query, AbortSignal.any([signal, failed])));
      } catch (error) {
        const what = 'reports: taking them up broke and begins anew where it was';
        if (!signal.aborted) ports.log.error(what, { kind, error: error instanceof Error ? error.message : error });
      }
      if (!signal.aborted) await delay(250, signal);
    }
  };

  return {
    async idle() {
      await uptake.idle();
      await contents.flush();
    },
    settle: async () => {
      for (const kind of Object.keys(handlers)) await uptake.take(kind, query => telemetry.read(kind, query));
    },
    run: async signal => {
      await Promise.all(Object.keys(handlers).map(kind => follow(kind, signal)));
    },
  };
};

/**
 * A report that cannot be read, or that means something that cannot be written, must not stop the reports behind it. One
 * that cannot be read is counted where people look: as an Event of its Device.
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
    if (isPassing(error)) throw error;
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

const findDevice = async ({ registry }: ReflectParts, uuid: string): Promise<ApiObject | undefined> =>
  (await registry.findByTerm(registry.catalog.get('eve.lfedge.org', 'devices'), `uuid=${uuid}`))[0];

/** A device's clock that differs more than this from the controller's is not believed. */
const maxSkewMs = 24 * 3_600_000;

const createInfoHandler = (parts: ReportsParts & ReportingParts) => {
  const order = createOrder(parts.marks);
  return async (record: StoredRecord): Promise<void> => {
    const message = decode(eve, 'info.ZInfoMsg', record.body);
    const stamp = toMs(message.atTimeStamp);
    await order.take(`${record.device}/${subjectOf(message)}`, stamp, record.at, async isOvertaken => {
      const device = await findDevice(parts, record.device);
      if (!device) return;
      const time = Math.abs(stamp - record.at) > maxSkewMs ? record.at : stamp;
      await reflect({ ...parts, isOvertaken }, { device, message, time });
    });
  };
};

const space = 'reported';
const maxKnown = 200_000;
/** How far a device's stamp may lead before it is taken for a wrong clock that was put right since. */
const maxLeadMs = 600_000;

/**
 * Late, repeated and reordered reports never turn a status back: for each subject the device's own stamps must rise. The
 * mark that keeps the stamp is set behind the work: who dies in between has it done again by the next. A report with the
 * stamp of the mark is taken up once by every process. A process that is slower than another, as one that just lost the lead,
 * looks at the mark again before it writes, and leaves what it began when a newer report was taken up meanwhile.
 */
const createOrder = (marks: Marks) => {
  const known = new Map<string, number>();
  return {
    /** Does what a report with this stamp means if it is newer than all before; `arrived` is the controller's time. */
    async take(key: string, stamp: number, arrived: number, act: (isOvertaken: Check) => Promise<void>): Promise<void> {
      const own = known.get(key) ?? Number.NEGATIVE_INFINITY;
      const mark = (await readMark(marks, key)) ?? Number.NEGATIVE_INFINITY;
      const isOld = stamp <= own || stamp < mark;
      if (isOld && Math.max(own, mark) <= arrived + maxLeadMs) return;
      let overtaken = false;
      await act(async () => {
        const now = await readMark(marks, key);
        overtaken = now !== undefined && now !== mark && now > stamp;
        return overtaken;
      });
      if (overtaken) return;
      if (known.size >= maxKnown) known.clear();
      known.set(key, stamp);
      await marks.set(space, key, fromUtf8(JSON.stringify({ at: stamp })));
    },
  };
};

type Check = () => Promise<boolean>;

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
    await order.take(`${record.device}/health`, toMs(message.at_time_stamp), record.at, async isOvertaken => {
      const device = await findDevice(parts, record.device);
      if (device) await reflectHealthOf({ ...parts, isOvertaken }, device, message);
    });
  };
};

/** Metrics say which configuration the device has applied, and how much memory EVE keeps for itself. */
const createMetricsHandler = (parts: ReportsParts) => {
  const written = new Map<string, string>();
  return async (record: StoredRecord): Promise<void> => {
    const { dm } = decode(eve, 'metrics.ZMetricMsg', record.body);
    if (!dm) return;
    const entry = await parts.served.get(configs, record.device);
    const served = entry && decodeServed(entry.value);
    const told = toTold(dm, served, served && decodeNotes(served).certificates);
    const fingerprint = JSON.stringify(told);
    if (written.get(record.device) === fingerprint) return;
    const device = await findDevice(parts, record.device);
    if (device) await writeMetrics(parts, device, told);
    // What is served may not stand in the object yet: then the next metrics say it again.
    const shown = asMap(device?.status?.['config'])['version'];
    if (told.applied && (shown !== told.version || awaitsMore(device, told))) return;
    if (written.size >= maxKnown) written.clear();
    written.set(record.device, fingerprint);
  };
};

/** Whether the next metrics will say more, though they say the same. */
const awaitsMore = (device: ApiObject | undefined, { certificates }: Told): boolean =>
  certificates !== undefined && asMap(device?.status?.['config'])['certificates'] !== certificates;

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
