/**
 * List prices of AWS in us-east-1 in US dollars, without free tiers and discounts, November 2026. Sources: the price pages of
 * each service.
 */
export const prices = {
  /** DynamoDB on demand: a million units of 1 KB written, of 4 KB read with all that was acknowledged. */
  writeUnits: 0.625 / 1e6,
  readUnits: 0.125 / 1e6,
  /** GB and month, and of continuous backups beside it. */
  tableStorage: 0.25 + 0.2,
  /** S3 standard: a request that writes, one that reads; GB and month. */
  put: 5 / 1e6,
  get: 0.4 / 1e6,
  bucketStorage: 0.023,
  /** Lambda on arm64: a request; GB and second. */
  invocation: 0.2 / 1e6,
  gigabyteSecond: 1.33334e-5,
  /** Fargate on arm64: processor and GB of memory, an hour each. */
  processorHour: 0.03238,
  memoryHour: 0.00356,
  /** Network load balancer: an hour, and a unit of what it carries (100,000 connections or 1 GB an hour). */
  balancerHour: 0.0225,
  balancerUnitHour: 0.006,
  /** Out of AWS, a GB. */
  dataOut: 0.09,
  /** Secrets Manager, a secret and month; CloudWatch, an alarm and month, a GB of logs. */
  secret: 0.4,
  alarm: 0.1,
  logs: 0.5,
} as const;

/** What AWS IoT Core takes a device and month for the same messages: connection, messages, rules. */
export const iotCoreDevice = 0.09;
