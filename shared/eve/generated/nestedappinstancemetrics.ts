// Written by infra/proto.ts from proto/. Do not edit.
export interface NestedAppStatus {
  app_id?: string | undefined;
  app_name?: string | undefined;
  disable_logs?: boolean | undefined;
}

export interface NestedAppInventory {
  apps?: NestedAppStatus[] | undefined;
}

export interface NestedAppInstanceLogMsg {
  nested_app_id?: string | undefined;
  container_name?: string | undefined;
  msg?: string | undefined;
}

export interface NestedAppMetrics {
  id?: string | undefined;
  status?: string | undefined;
  Pids?: number | undefined;
  uptime?: number | bigint | undefined;
  CPUTotal?: number | bigint | undefined;
  SystemCPUTotal?: number | bigint | undefined;
  UsedMem?: number | undefined;
  AllocatedMem?: number | undefined;
  TxBytes?: number | bigint | undefined;
  RxBytes?: number | bigint | undefined;
  ReadBytes?: number | bigint | undefined;
  WriteBytes?: number | bigint | undefined;
  child_container_metrics?: NestedAppMetrics[] | undefined;
}
