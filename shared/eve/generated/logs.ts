// Written by infra/proto.ts from proto/. Do not edit.
import type * as protobuf from './protobuf.ts';

export interface LogEntry {
  severity?: string | undefined;
  source?: string | undefined;
  iid?: string | undefined;
  content?: string | undefined;
  msgid?: number | bigint | undefined;
  tags?: Record<string, string> | undefined;
  timestamp?: protobuf.Timestamp | undefined;
  filename?: string | undefined;
  function?: string | undefined;
}

export interface LogBundle {
  devID?: string | undefined;
  image?: string | undefined;
  log?: LogEntry[] | undefined;
  timestamp?: protobuf.Timestamp | undefined;
  eveVersion?: string | undefined;
}

export interface AppInstanceLogBundle {
  log?: LogEntry[] | undefined;
  timestamp?: protobuf.Timestamp | undefined;
}

export interface ServerMetrics {
  cpu_percentage?: number | undefined;
  log_process_delay_msec?: number | undefined;
}
