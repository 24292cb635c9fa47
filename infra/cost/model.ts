import { load } from './load.ts';
import { type Asking, measured } from './measured.ts';
import { prices } from './prices.ts';

/** How kubeve runs: in processes that stay, or in a function for each request. */
export type Shape = 'containers' | 'functions';

/** Dollars a month, by what they are for. */
export type Bill = Readonly<
  Record<'computing' | 'reads' | 'writes' | 'objects' | 'storage' | 'traffic' | 'fixed', number>
>;

/** What so many devices cost. */
export const billOf = (shape: Shape, devices: number): Bill =>
  shape === 'containers' ? containers(devices) : functions(devices);

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, each) => sum + each, 0);

const { alone, front, idle, metricsBehind, sweep, uptakeMs } = measured;
const requests = load.polls + load.metrics + load.logs;
const hours = load.secondsPerMonth / 3600;
/** Two secrets, eleven alarms. */
const fixed = 2 * prices.secret + 11 * prices.alarm;

/** Of processes that stay and remember what they read. */
const readsOf = (devices: number, processes: number): number =>
  devices *
    (load.polls * front.poll.readUnits + load.metrics * front.metrics.readUnits + load.logs * front.log.readUnits) +
  positionsOf(devices) * metricsBehind.readUnits +
  processes * load.secondsPerMonth * (idle.readUnits + headsOf(devices / processes));

/** How often a second a process asks for the ends of logs when so many devices come to it. Who asks at a time asks once. */
const headsOf = (devices: number): number => {
  const { polls, metrics, logs, secondsPerMonth, askedTypes, paceSeconds } = load;
  const asked = polls * front.poll.heads + metrics * (front.metrics.heads + 1) + logs * front.log.heads;
  const rate = (devices * asked) / secondsPerMonth / askedTypes;
  return (askedTypes * rate) / (1 + rate * paceSeconds);
};

/** Of functions, which remember nothing. */
const readsAlone = (devices: number): number => {
  const unitsOf = ({ readUnits, heads }: Asking): number => readUnits + heads;
  return (
    devices *
    (load.polls * unitsOf(alone.poll) +
      load.metrics * (unitsOf(alone.metrics) + load.configUnits) +
      load.logs * unitsOf(alone.log))
  );
};

/** How often is written down how far metrics were taken up by a process that follows them. */
const positionsOf = (devices: number): number =>
  Math.min(devices * load.metrics, load.secondsPerMonth / load.positionSeconds);

/** What so many segments with so many bytes of metrics each use, until they are dropped. */
const segmentsUse = (segments: number, bytes: number) => {
  const isRow = bytes <= load.maxRowBytes;
  const rowBytes = (isRow ? bytes : 0) + 200;
  // Once to be taken up, in rows that are read together, and when they are merged and dropped.
  const reads = (segments * (1 + load.rowReads) * rowBytes) / 4096;
  const gigabyteMonths = (segments * rowBytes * load.rowSeconds) / load.secondsPerMonth / 1e9;
  return {
    reads,
    // A ticket, and the row.
    writes: segments * (1 + Math.ceil(rowBytes / 1024)),
    // To be put, to be taken up, to be merged.
    objects: isRow ? 0 : segments * (prices.put + 2 * prices.get),
    storage: gigabyteMonths * prices.tableStorage,
  };
};

/** Of files of logs, which no row has room for. */
const filesUse = (segments: number) => segmentsUse(segments, Number.POSITIVE_INFINITY);

const storageOf = (devices: number): number =>
  devices * (load.tableGigabytes * prices.tableStorage + load.bucketGigabytes * prices.bucketStorage);

const trafficOf = (devices: number): number => (devices * requests * load.bytesOut * prices.dataOut) / 1e9;

const containers = (devices: number): Bill => {
  const perSecond = (devices * requests) / load.secondsPerMonth;
  const taken = (devices * load.metrics) / load.secondsPerMonth;
  const processors = (perSecond * (front.processorMs + load.tlsMs) + taken * load.uptakeMs) / 1000 / load.utilization;
  // A process is one processor and 3 GB, or, for few devices, a quarter of one and 0.5 GB.
  const isSmall = processors <= 0.25;
  const processes = isSmall ? 1 : Math.max(2, Math.ceil(processors));
  const size = isSmall ? 0.25 : 1;
  const machines = processes * hours * (size * prices.processorHour + (isSmall ? 0.5 : 3) * prices.memoryHour);
  // One process needs no balancer; a connection for each request is the worst case.
  const balancer = isSmall ? 0 : hours * (prices.balancerHour + Math.ceil(perSecond / 800) * prices.balancerUnitHour);
  const segments = segmentsOf(devices * load.metrics, processes);
  const metrics = segmentsUse(segments, (load.rowBytes * devices * load.metrics) / segments);
  const logs = filesUse(segmentsOf(devices * load.logs, processes));
  const heartbeats = heartbeatsOf(devices, processes);
  const renewals = load.secondsPerMonth / load.leaseSeconds;
  return {
    computing: machines + balancer,
    reads:
      (readsOf(devices, processes) + metrics.reads + logs.reads + heartbeats.read + renewals * load.leaseReadUnits) *
      prices.readUnits,
    writes:
      (metrics.writes +
        logs.writes +
        positionsOf(devices) * metricsBehind.writeUnits +
        heartbeats.written +
        renewals * load.leaseWriteUnits) *
      prices.writeUnits,
    objects: metrics.objects + logs.objects,
    storage: storageOf(devices) + metrics.storage + logs.storage,
    traffic: trafficOf(devices),
    fixed,
  };
};

/** Units a month. A process has one entry for each device that it heard since it wrote last. */
const heartbeatsOf = (devices: number, processes: number): { readonly read: number; readonly written: number } => {
  const { secondsPerMonth, gatherSeconds, longSeconds, batchBytes, groupBytes, groups } = load;
  const rate = requests / secondsPerMonth / processes;
  const heard = devices * (1 - Math.exp(-rate * gatherSeconds));
  const times = secondsPerMonth / gatherSeconds;
  const batches = processes * times * Math.max(1, (heard * batchBytes) / 1024);
  const alone = devices * processes * secondsPerMonth * rate * Math.exp(-rate * longSeconds);
  const folds = secondsPerMonth / 60;
  const touched = groups * (1 - (1 - 1 / groups) ** devices);
  const groupSize = (devices * groupBytes) / touched;
  // A fold reads the batches of three minutes, and each group that it writes.
  return {
    read: 3 * (batches / 4) + folds * (1 + touched * Math.ceil(groupSize / 4096)),
    written: batches + alone + folds * touched * Math.ceil(groupSize / 1024),
  };
};

/** Posts that come in one second to one process are one segment. */
const segmentsOf = (posts: number, processes: number): number => {
  const rate = posts / load.secondsPerMonth / processes;
  return processes * load.secondsPerMonth * (1 - Math.exp(-rate));
};

const functions = (devices: number): Bill => {
  const polls = devices * load.polls;
  const reports = devices * load.metrics;
  const files = devices * load.logs;
  const sweeps = load.secondsPerMonth / 60;
  const own = load.functions;
  // What follows from metrics is done by the sweeps.
  const sweepSeconds = sweeps * own.sweep + (reports * uptakeMs) / 1000 / own.sweepProcessors;
  const gigabyteSeconds =
    (polls * own.poll + reports * own.metrics + files * own.logs) * own.deviceGigabytes +
    sweepSeconds * own.sweepGigabytes;
  const metrics = segmentsUse(reports, load.rowBytes);
  const logs = filesUse(files);
  const heartbeats = (devices * load.secondsPerMonth) / load.sparedSeconds;
  return {
    computing: (polls + reports + files + sweeps) * prices.invocation + gigabyteSeconds * prices.gigabyteSecond,
    reads: (readsAlone(devices) + metrics.reads + logs.reads + sweeps * sweep.readUnits) * prices.readUnits,
    writes: (heartbeats + metrics.writes + logs.writes + sweeps * sweep.writeUnits) * prices.writeUnits,
    objects: metrics.objects + logs.objects,
    storage: storageOf(devices) + metrics.storage + logs.storage,
    traffic: trafficOf(devices),
    fixed,
  };
};
