import { load } from './load.ts';
import { measured } from './measured.ts';
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

const { front, idle, metricsBehind, processorMs } = measured;
const requests = load.polls + load.metrics + load.logs;
const hours = load.secondsPerMonth / 3600;
/** Two secrets, eleven alarms. */
const fixed = 2 * prices.secret + 11 * prices.alarm;

/** A device's configuration, which a poll reads and a report does not; whoever takes up metrics reads it too. */
const configUnits = front.poll.readUnits - front.metrics.readUnits;

const readsOf = (devices: number): number =>
  devices *
    (load.polls * front.poll.readUnits +
      load.metrics * (front.metrics.readUnits + configUnits) +
      load.logs * front.log.readUnits) +
  positionsOf(devices) * (metricsBehind.readUnits - configUnits);

/** How often is written down how far metrics were taken up: once a second at most. */
const positionsOf = (devices: number): number => Math.min(devices * load.metrics, load.secondsPerMonth);

const storageOf = (devices: number): number =>
  devices * (load.tableGigabytes * prices.tableStorage + load.bucketGigabytes * prices.bucketStorage);

const trafficOf = (devices: number): number => (devices * requests * load.bytesOut * prices.dataOut) / 1e9;

/** A segment of telemetry takes a ticket and a row. */
const segmentUnits = 2;

const containers = (devices: number): Bill => {
  const perSecond = (devices * requests) / load.secondsPerMonth;
  const processors = (perSecond * processorMs) / 1000 / load.utilization;
  // A process is one processor and 2 GB, or, for few devices, a quarter of that.
  const isSmall = processors <= 0.25;
  const processes = isSmall ? 1 : Math.max(2, Math.ceil(processors));
  const size = isSmall ? 0.25 : 1;
  const machines = processes * size * hours * (prices.processorHour + 2 * prices.memoryHour);
  // One process needs no balancer; a connection for each request is the worst case.
  const balancer = isSmall ? 0 : hours * (prices.balancerHour + Math.ceil(perSecond / 800) * prices.balancerUnitHour);
  const segments = segmentsOf(devices * load.metrics, processes) + segmentsOf(devices * load.logs, processes);
  const heartbeats = (devices * load.secondsPerMonth) / load.heartbeatSeconds;
  return {
    computing: machines + balancer,
    reads: (readsOf(devices) + idle.readUnits * load.secondsPerMonth * processes) * prices.readUnits,
    writes:
      (segments * segmentUnits + positionsOf(devices) * metricsBehind.writeUnits + heartbeats) * prices.writeUnits,
    objects: segments * (prices.put + prices.get),
    storage: storageOf(devices),
    traffic: trafficOf(devices),
    fixed,
  };
};

/** Posts that come in one second to one process are one segment. */
const segmentsOf = (posts: number, processes: number): number => {
  const rate = posts / load.secondsPerMonth / processes;
  return processes * load.secondsPerMonth * (1 - Math.exp(-rate));
};

const functions = (devices: number): Bill => {
  const reports = devices * (load.metrics + load.logs);
  const polls = devices * load.polls;
  const followed = devices * load.metrics;
  const sweeps = load.secondsPerMonth / 60;
  const { poll, report, compose, sweep, deviceGigabytes, composeGigabytes, sweepGigabytes } = load.functions;
  const seconds =
    (polls * poll + reports * report) * deviceGigabytes +
    followed * compose * composeGigabytes +
    sweeps * sweep * sweepGigabytes;
  return {
    computing: (polls + reports + followed + sweeps) * prices.invocation + seconds * prices.gigabyteSecond,
    reads: (readsOf(devices) + sweeps * load.sweepUnits) * prices.readUnits,
    writes:
      (polls * front.poll.writeUnits +
        reports * front.metrics.writeUnits +
        positionsOf(devices) * metricsBehind.writeUnits) *
      prices.writeUnits,
    objects: reports * prices.put + followed * prices.get,
    storage: storageOf(devices),
    traffic: trafficOf(devices),
    fixed,
  };
};
