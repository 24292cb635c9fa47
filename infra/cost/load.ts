/** What devices do and what processes are like: everything that is neither measured nor a price. */
export const load = {
  secondsPerMonth: 2_592_000,
  /** Of a device, a month: a config poll and metrics each minute, a file of logs each five minutes. */
  polls: 43_200,
  metrics: 43_200,
  logs: 8_640,
  /** Bytes that leave AWS for a request: the answer, and what a resumed TLS connection takes. */
  bytesOut: 1_000,
  /** Stored of a device: table, and bucket with a week of metrics and logs, in GB. */
  tableGigabytes: 40e-6,
  bucketGigabytes: 6e-3,
  /**
   * Bytes of metrics in a row of the table, compressed: twice what those of the quickstart take. Rows stay for nine days. While an
   * hour is merged and when it is dropped, each row is read so often.
   */
  rowBytes: 1_500,
  rowSeconds: 9 * 86_400,
  rowReads: 3,
  /** A segment of more bytes is an object. A file of logs always is. */
  maxRowBytes: 4_800,
  /** Milliseconds of a processor for a new connection with a resumed session, which each request takes in the worst case. */
  tlsMs: 1.3,
  /**
   * Heartbeats that a process hears within so many seconds are written together; those of a device that it did not hear for so
   * long, alone. Devices come to any process.
   */
  gatherSeconds: 60,
  longSeconds: 86_400,
  /** A function writes the heartbeat of a device once in so many seconds. */
  sparedSeconds: 120,
  /** Bytes of a heartbeat among others in one item, and where a minute's are folded into so many items for all. */
  batchBytes: 30,
  groupBytes: 57,
  groups: 256,
  /** The end of a log is asked for once in so many seconds by a busy process, of each type that devices' requests read. */
  paceSeconds: 0.1,
  askedTypes: 3,
  /** Milliseconds of a processor in which a process that stays takes up metrics (docs/performance.md). */
  uptakeMs: 0.55,
  /** Who leads says so once in so many seconds, with so many units. */
  leaseSeconds: 5,
  leaseReadUnits: 2,
  leaseWriteUnits: 6,
  /** How far reports were taken up is written down once in so many seconds. */
  positionSeconds: 5,
  /** Read units of a configuration, which whoever takes up metrics reads too. */
  configUnits: 1,
  /** Share of a processor that is used when all is well. */
  utilization: 0.5,
  /**
   * Seconds of a function for a poll, for metrics, for logs, which are put into S3, and for a sweep, whose writes wake nobody; GB, and
   * processors of the last.
   */
  functions: {
    poll: 0.03,
    metrics: 0.04,
    logs: 0.09,
    sweep: 3,
    deviceGigabytes: 0.5,
    sweepGigabytes: 1,
    sweepProcessors: 0.58,
  },
} as const;
