import { type ErrorInfo, Severity } from '../../shared/eve/generated/info.ts';
import type { Timestamp } from '../../shared/eve/generated/protobuf.ts';

/** Milliseconds since 1970 as a protobuf timestamp. */
export const toTimestamp = (at: number = Date.now()): Timestamp => ({
  seconds: Math.floor(at / 1000),
  nanos: Math.round((at % 1000) * 1e6),
});

/** A timestamp as nanoseconds: what two of them are compared by. */
export const toNanos = (time: Timestamp | undefined): bigint =>
  BigInt(time?.seconds ?? 0) * 1_000_000_000n + BigInt(time?.nanos ?? 0);

export const toError = (description: string): ErrorInfo => ({
  description,
  severity: Severity.SEVERITY_ERROR,
  timestamp: toTimestamp(),
});
