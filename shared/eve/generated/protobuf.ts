// Written by infra/proto.ts from proto/. Do not edit.
export interface Timestamp {
  seconds?: number | bigint | undefined;
  nanos?: number | undefined;
}
