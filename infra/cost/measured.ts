/** What one request uses. */
export interface Use {
  /** Capacity units of DynamoDB. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests to S3. */
  readonly puts: number;
  readonly gets: number;
}

/** And of how many types' logs it asks for the end, which requests that come together ask for once, for a read unit. */
export interface Asking extends Use {
  readonly heads: number;
}

/** What requests use until they are answered, each report put by itself. */
export interface Front extends Readonly<Record<'poll' | 'metrics' | 'log', Asking>> {
  /** Milliseconds of a processor that one takes while many come at a time, TLS aside. */
  readonly processorMs: number;
}

export interface Measured {
  /** A process in which everything runs and nothing happens, a second. */
  readonly idle: Use;
  /** In a process that stays and has heard the device before. */
  readonly front: Front;
  /** In one that remembers nothing. */
  readonly alone: Front;
  /**
   * What follows from metrics once they are answered, apart from what goes on anyway, of one that comes alone in its five
   * seconds: so often is written down how far reports were taken up.
   */
  readonly metricsBehind: Use;
  /** A sweep of functions, when nothing is due. */
  readonly sweep: Use;
  /** Milliseconds of a processor in which it takes up metrics that say what is known. */
  readonly uptakeMs: number;
}

/**
 * Measured by `test/infra/cost/measured.test.ts` with the quickstart's device, whose configuration has one application, on an
 * emulator that counts units as DynamoDB does. That test fails when these are not what it finds.
 */
export const measured: Measured = {
  idle: { readUnits: 3, writeUnits: 0, puts: 0, gets: 0 },
  front: {
    poll: { readUnits: 0, writeUnits: 1, puts: 0, gets: 0, heads: 3 },
    metrics: { readUnits: 0, writeUnits: 3, puts: 0, gets: 0, heads: 1.2 },
    log: { readUnits: 0, writeUnits: 3, puts: 0, gets: 0, heads: 1.5 },
    processorMs: 1.4,
  },
  alone: {
    poll: { readUnits: 4.5, writeUnits: 0, puts: 0, gets: 0, heads: 1.1 },
    metrics: { readUnits: 2.5, writeUnits: 2, puts: 0, gets: 0, heads: 0.1 },
    log: { readUnits: 2.5, writeUnits: 2, puts: 0, gets: 0, heads: 0.1 },
    processorMs: 3,
  },
  metricsBehind: { readUnits: 2, writeUnits: 6, puts: 0, gets: 0 },
  sweep: { readUnits: 155, writeUnits: 13, puts: 0, gets: 0 },
  uptakeMs: 0.8,
};
