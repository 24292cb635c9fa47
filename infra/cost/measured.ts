/** What one request uses. */
export interface Use {
  /** Capacity units of DynamoDB. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests to S3. */
  readonly puts: number;
  readonly gets: number;
}

export interface Measured {
  /** Milliseconds of a processor that a request takes, TLS aside. */
  readonly processorMs: number;
  /** A process in which everything runs and nothing happens, a second. */
  readonly idle: Use;
  /** A request until it is answered, in a process that puts each report by itself. */
  readonly front: Readonly<Record<'poll' | 'metrics' | 'log', Use>>;
  /**
   * What follows from metrics once they are answered, apart from what goes on anyway, of one that comes alone in its second:
   * so often is written down how far reports were taken up.
   */
  readonly metricsBehind: Use;
}

/**
 * Measured by `test/infra/cost/measured.test.ts` with the quickstart's device, whose configuration has one application, on an
 * emulator that counts units as DynamoDB does. That test fails when these are not what it finds.
 */
export const measured: Measured = {
  processorMs: 6.5,
  idle: { readUnits: 20.5, writeUnits: 0, puts: 0, gets: 0 },
  front: {
    poll: { readUnits: 5, writeUnits: 1, puts: 0, gets: 0 },
    metrics: { readUnits: 3, writeUnits: 3, puts: 1, gets: 0 },
    log: { readUnits: 3, writeUnits: 3, puts: 1, gets: 0 },
  },
  metricsBehind: { readUnits: 4, writeUnits: 5, puts: 0, gets: 0 },
};
