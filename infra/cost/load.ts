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
  /** A heartbeat is written once in so many seconds by a process. */
  heartbeatSeconds: 120,
  /** Share of a processor that is used when all is well. */
  utilization: 0.5,
  /** Seconds of a function for a poll, for a report that is put by itself, for what follows from a report, for a sweep; GB. */
  functions: {
    poll: 0.03,
    report: 0.09,
    compose: 0.1,
    sweep: 3,
    deviceGigabytes: 0.5,
    composeGigabytes: 1,
    sweepGigabytes: 1,
  },
  /** Types that a sweep looks at, each for two units. */
  sweepUnits: 100,
} as const;
