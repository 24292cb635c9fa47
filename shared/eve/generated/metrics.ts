// Written by infra/proto.ts from proto/. Do not edit.
import type * as common from './common.ts';
import type * as protobuf from './protobuf.ts';

export interface memoryMetric {
  usedMem?: number | undefined;
  availMem?: number | undefined;
  usedPercentage?: number | undefined;
  availPercentage?: number | undefined;
}

export interface AppMemoryMetric {
  allocatedMB?: number | undefined;
  usedMB?: number | undefined;
}

export interface DeviceMemoryMetric {
  memoryMB?: number | undefined;
  allocated_appsMB?: number | undefined;
  allocated_eveMB?: number | undefined;
  used_eveMB?: number | undefined;
}

export interface networkMetric {
  iName?: string | undefined;
  txBytes?: number | bigint | undefined;
  rxBytes?: number | bigint | undefined;
  txDrops?: number | bigint | undefined;
  rxDrops?: number | bigint | undefined;
  txPkts?: number | bigint | undefined;
  rxPkts?: number | bigint | undefined;
  txErrors?: number | bigint | undefined;
  rxErrors?: number | bigint | undefined;
  txAclDrops?: number | bigint | undefined;
  rxAclDrops?: number | bigint | undefined;
  txAclRateLimitDrops?: number | bigint | undefined;
  rxAclRateLimitDrops?: number | bigint | undefined;
  localName?: string | undefined;
  alias?: string | undefined;
}

export interface CellularMetric {
  logicallabel?: string | undefined;
  signal_strength?: CellularSignalStrength | undefined;
  packet_stats?: CellularPacketStats | undefined;
}

export interface CellularSignalStrength {
  rssi?: number | undefined;
  rsrq?: number | undefined;
  rsrp?: number | undefined;
  snr?: number | undefined;
}

export interface CellularPacketStats {
  rx?: NetworkStats | undefined;
  tx?: NetworkStats | undefined;
}

export interface zedcloudMetric {
  ifName?: string | undefined;
  failures?: number | bigint | undefined;
  success?: number | bigint | undefined;
  lastFailure?: protobuf.Timestamp | undefined;
  lastSuccess?: protobuf.Timestamp | undefined;
  urlMetrics?: urlcloudMetric[] | undefined;
  authVerifyFailure?: number | bigint | undefined;
}

export interface urlcloudMetric {
  url?: string | undefined;
  tryMsgCount?: number | bigint | undefined;
  tryByteCount?: number | bigint | undefined;
  sentMsgCount?: number | bigint | undefined;
  sentByteCount?: number | bigint | undefined;
  recvMsgCount?: number | bigint | undefined;
  recvByteCount?: number | bigint | undefined;
  total_time_spent?: number | bigint | undefined;
  sess_resume_count?: number | bigint | undefined;
}

export interface CipherMetric {
  agent_name?: string | undefined;
  failure_count?: number | bigint | undefined;
  success_count?: number | bigint | undefined;
  last_failure?: protobuf.Timestamp | undefined;
  last_success?: protobuf.Timestamp | undefined;
  tc?: TypeCounter[] | undefined;
}

export interface TypeCounter {
  error_code?: CipherError | undefined;
  count?: number | bigint | undefined;
}

export interface appCpuMetric {
  upTime?: protobuf.Timestamp | undefined;
  total?: number | bigint | undefined;
  systemTotal?: number | bigint | undefined;
  total_ns?: number | bigint | undefined;
}

export interface StorageVDevMetrics {
  volume_u_u_i_d?: string | undefined;
  alloc?: number | bigint | undefined;
  total?: number | bigint | undefined;
  deflated_space?: number | bigint | undefined;
  replaceable_size?: number | bigint | undefined;
  expandable_size?: number | bigint | undefined;
  read_errors?: number | bigint | undefined;
  write_errors?: number | bigint | undefined;
  checksum_errors?: number | bigint | undefined;
  bytes_read?: number | bigint | undefined;
  bytes_write?: number | bigint | undefined;
  ops_count_read?: number | bigint | undefined;
  ops_count_write?: number | bigint | undefined;
  i_os_in_progress?: number | bigint | undefined;
  read_ticks?: number | bigint | undefined;
  write_ticks?: number | bigint | undefined;
  i_os_total_ticks?: number | bigint | undefined;
  weighted_i_o_ticks?: number | bigint | undefined;
}

export interface StorageDiskMetric {
  disk_name?: common.DiskDescription | undefined;
  metrics?: StorageVDevMetrics | undefined;
}

export interface StorageChildrenMetric {
  g_u_i_d?: number | bigint | undefined;
  disks?: StorageDiskMetric[] | undefined;
  children?: StorageChildrenMetric[] | undefined;
  metrics?: StorageVDevMetrics | undefined;
}

export interface StorageMetric {
  pool_name?: string | undefined;
  collection_time?: protobuf.Timestamp | undefined;
  zpool_metrics?: StorageVDevMetrics | undefined;
  children_datasets?: StorageChildrenMetric[] | undefined;
  disks?: StorageDiskMetric[] | undefined;
  zvols?: StorageVDevMetrics[] | undefined;
}

export interface deviceMetric {
  memory?: memoryMetric | undefined;
  network?: networkMetric[] | undefined;
  zedcloud?: zedcloudMetric[] | undefined;
  disk?: diskMetric[] | undefined;
  cpuMetric?: appCpuMetric | undefined;
  metricItems?: MetricItem[] | undefined;
  runtimeStorageOverheadMB?: number | bigint | undefined;
  appRunTimeStorageMB?: number | bigint | undefined;
  systemServicesMemoryMB?: memoryMetric | undefined;
  log?: logMetric | undefined;
  cipher?: CipherMetric[] | undefined;
  acl?: AclMetric | undefined;
  newlog?: newlogMetric | undefined;
  zedbox?: zedboxStats | undefined;
  deviceMemory?: DeviceMemoryMetric | undefined;
  last_received_config?: protobuf.Timestamp | undefined;
  last_processed_config?: protobuf.Timestamp | undefined;
  cellular?: CellularMetric[] | undefined;
  flowlog?: FlowlogMetric | undefined;
  dormant_time_in_seconds?: number | bigint | undefined;
  storage_metrics?: StorageMetric[] | undefined;
  pnac_metrics?: PNACMetrics[] | undefined;
  bond_metrics?: BondMetrics[] | undefined;
}

export interface AclMetric {
  total_rule_count?: number | bigint | undefined;
}

export interface appContainerMetric {
  appContainerName?: string | undefined;
  status?: string | undefined;
  PIDs?: number | undefined;
  cpu?: appCpuMetric | undefined;
  memory?: memoryMetric | undefined;
  network?: networkMetric | undefined;
  disk?: diskMetric | undefined;
  appContainerMemory?: AppMemoryMetric | undefined;
}

export interface MetricItem {
  key?: string | undefined;
  type?: MetricItemType | undefined;
  /** Of oneof metricItemValue. */
  boolValue?: boolean | undefined;
  /** Of oneof metricItemValue. */
  uint32Value?: number | undefined;
  /** Of oneof metricItemValue. */
  uint64Value?: number | bigint | undefined;
  /** Of oneof metricItemValue. */
  floatValue?: number | undefined;
  /** Of oneof metricItemValue. */
  stringValue?: string | undefined;
}

export interface diskMetric {
  disk?: string | undefined;
  mountPath?: string | undefined;
  readBytes?: number | bigint | undefined;
  writeBytes?: number | bigint | undefined;
  readCount?: number | bigint | undefined;
  writeCount?: number | bigint | undefined;
  total?: number | bigint | undefined;
  used?: number | bigint | undefined;
  free?: number | bigint | undefined;
}

export interface appDiskMetric {
  disk?: string | undefined;
  provisioned?: number | bigint | undefined;
  used?: number | bigint | undefined;
  diskType?: string | undefined;
  dirty?: boolean | undefined;
}

export interface appMetric {
  AppID?: string | undefined;
  AppName?: string | undefined;
  cpu?: appCpuMetric | undefined;
  memory?: memoryMetric | undefined;
  network?: networkMetric[] | undefined;
  disk?: appDiskMetric[] | undefined;
  container?: appContainerMetric[] | undefined;
  appMemory?: AppMemoryMetric | undefined;
  patch_envelope?: AppPatchEnvelopeMetric[] | undefined;
  appVersion?: string | undefined;
}

export interface AppPatchEnvelopeMetric {
  uuid?: string | undefined;
  version?: string | undefined;
  patch_api_call_count?: number | bigint | undefined;
  download_count?: number | bigint | undefined;
}

export interface logMetric {
  numDeviceEventsSent?: number | bigint | undefined;
  numDeviceBundlesSent?: number | bigint | undefined;
  numAppEventsSent?: number | bigint | undefined;
  numAppBundlesSent?: number | bigint | undefined;
  num4xxResponses?: number | bigint | undefined;
  lastDeviceBundleSendTime?: protobuf.Timestamp | undefined;
  lastAppBundleSendTime?: protobuf.Timestamp | undefined;
  isLogProcessingDeferred?: boolean | undefined;
  numTimesDeferred?: number | bigint | undefined;
  lastLogDeferTime?: protobuf.Timestamp | undefined;
  totalDeviceLogInput?: number | bigint | undefined;
  totalAppLogInput?: number | bigint | undefined;
  numDeviceEventErrors?: number | bigint | undefined;
  numAppEventErrors?: number | bigint | undefined;
  numDeviceBundleProtoBytesSent?: number | bigint | undefined;
  numAppBundleProtoBytesSent?: number | bigint | undefined;
  input_sources?: Record<string, number | bigint> | undefined;
}

export interface PktStat {
  Packets?: number | bigint | undefined;
  Bytes?: number | bigint | undefined;
}

export interface ZMetricConn {
  InPkts?: PktStat | undefined;
  OutPkts?: PktStat | undefined;
  ErrPkts?: PktStat | undefined;
  CarierErrPkts?: PktStat | undefined;
}

export interface ZMetricVpn {
  ConnStat?: ZMetricConn | undefined;
  IkeStat?: ZMetricConn | undefined;
  NatTStat?: ZMetricConn | undefined;
  EspStat?: ZMetricConn | undefined;
}

export interface ZMetricNone {
}

export interface ZMetricFlowLink {
  /** Of oneof Link. */
  subNet?: string | undefined;
  spiId?: string | undefined;
}

export interface ZMetricFlowEndPoint {
  /** Of oneof Endpoint. */
  ipAddr?: string | undefined;
  link?: ZMetricFlowLink[] | undefined;
  stats?: PktStat | undefined;
}

export interface ZMetricFlow {
  id?: string | undefined;
  name?: string | undefined;
  type?: number | undefined;
  estTime?: number | bigint | undefined;
  lEndPoint?: ZMetricFlowEndPoint | undefined;
  rEndPoint?: ZMetricFlowEndPoint[] | undefined;
}

export interface NetworkStats {
  totalPackets?: number | bigint | undefined;
  errors?: number | bigint | undefined;
  drops?: number | bigint | undefined;
  totalBytes?: number | bigint | undefined;
}

export interface ZMetricNetworkStats {
  rx?: NetworkStats | undefined;
  tx?: NetworkStats | undefined;
}

export interface ZProbeNIMetrics {
  currentIntf?: string | undefined;
  remoteEndpoint?: string | undefined;
  pingIntv?: number | undefined;
  remotePingIntv?: number | undefined;
  uplinkCnt?: number | undefined;
  intfMetric?: ZProbeNIMetrics_ZProbeIntfMetric[] | undefined;
  dst_network?: string | undefined;
  current_port?: string | undefined;
}

export interface ZProbeNIMetrics_ZProbeIntfMetric {
  intfName?: string | undefined;
  gatewayNexhtop?: string | undefined;
  gatewayUP?: boolean | undefined;
  remoteHostUP?: boolean | undefined;
  nexthopUpCount?: number | undefined;
  nexthopDownCount?: number | undefined;
  remoteUpCount?: number | undefined;
  remoteDownCount?: number | undefined;
  remoteProbeLatency?: number | undefined;
}

export interface ZMetricNetworkInstance {
  networkID?: string | undefined;
  networkVersion?: string | undefined;
  instType?: number | undefined;
  displayname?: string | undefined;
  activated?: boolean | undefined;
  network?: networkMetric[] | undefined;
  /** @deprecated */
  probeMetric?: ZProbeNIMetrics | undefined;
  probe_metrics?: ZProbeNIMetrics[] | undefined;
  /** Of oneof InstanceContent. */
  vpnm?: ZMetricVpn | undefined;
  /** Of oneof InstanceContent. */
  nonem?: ZMetricNone | undefined;
  flowStats?: ZMetricFlow[] | undefined;
  networkStats?: ZMetricNetworkStats | undefined;
  vlan_info?: vlanInfo | undefined;
}

export interface ZMetricVolume {
  uuid?: string | undefined;
  displayName?: string | undefined;
  readBytes?: number | bigint | undefined;
  writeBytes?: number | bigint | undefined;
  readCount?: number | bigint | undefined;
  writeCount?: number | bigint | undefined;
  totalBytes?: number | bigint | undefined;
  usedBytes?: number | bigint | undefined;
  freeBytes?: number | bigint | undefined;
}

export interface ZMetricProcess {
  pid?: number | undefined;
  name?: string | undefined;
  user_process?: boolean | undefined;
  watched?: boolean | undefined;
  num_fds?: number | undefined;
  num_threads?: number | undefined;
  user_time?: number | undefined;
  system_time?: number | undefined;
  cpu_percent?: number | undefined;
  create_time?: protobuf.Timestamp | undefined;
  vm_bytes?: number | bigint | undefined;
  rss_bytes?: number | bigint | undefined;
  memory_percent?: number | undefined;
  stack?: string | undefined;
}

export interface ZMetricMsg {
  devID?: string | undefined;
  atTimeStamp?: protobuf.Timestamp | undefined;
  /** Of oneof MetricContent. */
  dm?: deviceMetric | undefined;
  am?: appMetric[] | undefined;
  nm?: ZMetricNetworkInstance[] | undefined;
  vm?: ZMetricVolume[] | undefined;
  pr?: ZMetricProcess[] | undefined;
  cm?: KubeClusterMetrics | undefined;
  nest_metric?: NestedAppRuntimeDiskMetric[] | undefined;
}

export interface newlogMetric {
  failedToSend?: boolean | undefined;
  failSentStartTime?: protobuf.Timestamp | undefined;
  totalBytesUpload?: number | bigint | undefined;
  num4xxResponses?: number | undefined;
  currentUploadIntv?: number | undefined;
  logfileTimeout?: number | undefined;
  maxGzipFileSize?: number | undefined;
  avgGzipFileSize?: number | undefined;
  mimUploadMsec?: number | undefined;
  maxUploadMsec?: number | undefined;
  avgUploadMsec?: number | undefined;
  lastUploadMsec?: number | undefined;
  currentCPULoadPct?: number | undefined;
  averageCPULoadPct?: number | undefined;
  currentProcessDelay?: number | undefined;
  averageProcessDelay?: number | undefined;
  deviceMetrics?: logfileMetrics | undefined;
  appMetrics?: logfileMetrics | undefined;
  top10_input_sources?: Record<string, number> | undefined;
  gzipFilesRemoved?: number | undefined;
  tooManyRequest?: number | undefined;
  skipUploadAppFile?: number | undefined;
  total_size_logs?: number | bigint | undefined;
  oldest_saved_device_log?: protobuf.Timestamp | undefined;
}

export interface logfileMetrics {
  numGzipFileSent?: number | bigint | undefined;
  numGzipBytesWrite?: number | bigint | undefined;
  numBytesWrite?: number | bigint | undefined;
  numGzipFileInDir?: number | undefined;
  numInputEvent?: number | bigint | undefined;
  numGzipFileRetry?: number | bigint | undefined;
  numGzipFileKeptLocal?: number | undefined;
  recentGzipFileTime?: protobuf.Timestamp | undefined;
  lastGzipFileSendTime?: protobuf.Timestamp | undefined;
}

export interface zedboxStats {
  numGoRoutines?: number | undefined;
}

export interface vlanInfo {
  num_trunk_ports?: number | undefined;
  vlan_counts?: Record<string, number> | undefined;
}

export interface FlowlogMetric {
  messages?: FlowlogCounters | undefined;
  flows?: FlowlogCounters | undefined;
  dns_requests?: FlowlogCounters | undefined;
}

export interface FlowlogCounters {
  success?: number | bigint | undefined;
  drops?: number | bigint | undefined;
  failed_attempts?: number | bigint | undefined;
}

export interface KubeNodeMetrics {
  name?: string | undefined;
  cpu_cores?: number | undefined;
  cpu_usage?: number | undefined;
  memory_usage?: number | undefined;
  memory_usage_percentage?: number | undefined;
}

export interface KubeAppMetrics {
  name?: string | undefined;
  cpu_cores?: number | undefined;
  memory_usage?: number | undefined;
}

export interface KubeClusterMetrics {
  cluster_id?: string | undefined;
  nodes?: KubeNodeMetrics[] | undefined;
  eve_pod_apps?: KubeAppMetrics[] | undefined;
  eve_vmi_apps?: KubeAppMetrics[] | undefined;
}

export interface PNACMetrics {
  logicallabel?: string | undefined;
  eapol_frames_rx?: number | bigint | undefined;
  eapol_frames_tx?: number | bigint | undefined;
  eapol_start_frames_tx?: number | bigint | undefined;
  eapol_logoff_frames_tx?: number | bigint | undefined;
  eapol_resp_frames_tx?: number | bigint | undefined;
  eapol_req_id_frames_rx?: number | bigint | undefined;
  eapol_req_frames_rx?: number | bigint | undefined;
  invalid_eapol_frames_rx?: number | bigint | undefined;
  eap_length_error_frames_rx?: number | bigint | undefined;
}

export interface BondMetrics {
  logicallabel?: string | undefined;
  members?: BondMemberMetrics[] | undefined;
}

export interface BondMemberMetrics {
  logicallabel?: string | undefined;
  link_failure_count?: number | bigint | undefined;
  lacp?: BondMemberLACPMetrics | undefined;
}

export interface BondMemberLACPMetrics {
  actor_churned_count?: number | bigint | undefined;
  partner_churned_count?: number | bigint | undefined;
}

export interface FsUsedMetric {
  used_mb?: number | undefined;
  allocated_mb?: number | undefined;
}

export interface NestedAppRuntimeDiskMetric {
  uuid?: string | undefined;
  total_mb?: number | undefined;
  used_mb?: number | undefined;
  allocated_mb?: number | undefined;
  dependent_space_mb?: Record<string, FsUsedMetric> | undefined;
}

export const ZmetricTypes = {
  ZmNop: 0,
  ZmDevice: 1,
  ZmApp: 3,
} as const;
export type ZmetricTypes = number;

export const CipherError = {
  CIPHER_ERROR_INVALID: 0,
  CIPHER_ERROR_NOT_READY: 1,
  CIPHER_ERROR_DECRYPT_FAILED: 2,
  CIPHER_ERROR_UNMARSHAL_FAILED: 3,
  CIPHER_ERROR_CLEARTEXT_FALLBACK: 4,
  CIPHER_ERROR_MISSING_FALLBACK: 5,
  CIPHER_ERROR_NO_CIPHER: 6,
  CIPHER_ERROR_NO_DATA: 7,
} as const;
export type CipherError = number;

export const MetricItemType = {
  MetricItemOther: 0,
  MetricItemGauge: 1,
  MetricItemCounter: 2,
  MetricItemState: 3,
} as const;
export type MetricItemType = number;
