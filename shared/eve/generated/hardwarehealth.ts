// Written by infra/proto.ts from proto/. Do not edit.
import type * as info from './info.ts';
import type * as protobuf from './protobuf.ts';

export interface ZHardwareHealth {
  dev_id?: string | undefined;
  at_time_stamp?: protobuf.Timestamp | undefined;
  mr?: ECCMemoryReport | undefined;
  disks?: info.StorageDiskInfo[] | undefined;
}

export interface DimmRankInfo {
  rank_name?: string | undefined;
  ce_count?: number | bigint | undefined;
  ue_count?: number | bigint | undefined;
}

export interface ECCMemoryControllerInfo {
  controller_name?: string | undefined;
  ce_count?: number | bigint | undefined;
  ue_count?: number | bigint | undefined;
  ranks?: DimmRankInfo[] | undefined;
}

export interface ECCMemoryReport {
  memory_controllers?: ECCMemoryControllerInfo[] | undefined;
}
