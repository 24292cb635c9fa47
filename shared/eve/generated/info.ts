// Written by infra/proto.ts from proto/. Do not edit.
import type * as common from './common.ts';
import type * as protobuf from './protobuf.ts';

export interface BondStatus {
  mode?: common.BondMode | undefined;
  active_member?: string | undefined;
  mii_monitor?: BondMIIMonitorStatus | undefined;
  arp_monitor?: BondArpMonitorStatus | undefined;
  lacp?: BondLACPStatus | undefined;
  members?: BondMemberStatus[] | undefined;
}

export interface BondMemberStatus {
  logicallabel?: string | undefined;
  mii_up?: boolean | undefined;
  lacp?: BondMemberLACPStatus | undefined;
}

export interface BondMIIMonitorStatus {
  enabled?: boolean | undefined;
  polling_interval?: number | undefined;
  updelay?: number | undefined;
  downdelay?: number | undefined;
}

export interface BondArpMonitorStatus {
  enabled?: boolean | undefined;
  polling_interval?: number | undefined;
  ip_targets?: string[] | undefined;
  missed_max?: number | undefined;
}

export interface BondLACPStatus {
  lacp_rate?: common.LacpRate | undefined;
  active_aggregator_id?: number | undefined;
  partner_mac?: string | undefined;
  actor_key?: number | undefined;
  partner_key?: number | undefined;
}

export interface BondMemberLACPStatus {
  aggregator_id?: number | undefined;
  actor_churn_state?: BondLACPChurnState | undefined;
  partner_churn_state?: BondLACPChurnState | undefined;
}

export interface CertInfo {
  cert_enrollment_profile_name?: string | undefined;
  subject?: CertDistinguishedName | undefined;
  issuer?: CertDistinguishedName | undefined;
  san_dns?: string[] | undefined;
  san_ip?: string[] | undefined;
  san_uri?: string[] | undefined;
  san_email?: string[] | undefined;
  issue_timestamp?: protobuf.Timestamp | undefined;
  expiration_timestamp?: protobuf.Timestamp | undefined;
  renew_period_percent?: number | undefined;
  sha256_fingerprint?: string | undefined;
  status?: CertStatus | undefined;
  err?: ErrorInfo | undefined;
}

export interface CertDistinguishedName {
  common_name?: string | undefined;
  serial_number?: string | undefined;
  organization?: string[] | undefined;
  organizational_unit?: string[] | undefined;
  country?: string[] | undefined;
  state_or_province?: string[] | undefined;
  locality?: string[] | undefined;
}

export interface ErrorInfo {
  description?: string | undefined;
  timestamp?: protobuf.Timestamp | undefined;
  severity?: Severity | undefined;
  entities?: DeviceEntity[] | undefined;
  retry_condition?: string | undefined;
}

export interface DeviceEntity {
  entity?: Entity | undefined;
  entity_id?: string | undefined;
  entity_name?: string | undefined;
}

export interface KubeNodeCondition {
  type?: KubeNodeConditionType | undefined;
  set?: boolean | undefined;
  last_transition_time?: protobuf.Timestamp | undefined;
}

export interface KubeNodeInfo {
  name?: string | undefined;
  conditions?: KubeNodeCondition[] | undefined;
  role_server?: boolean | undefined;
  creation_timestamp?: protobuf.Timestamp | undefined;
  api_server_sersion?: string | undefined;
  internal_ip?: string | undefined;
  schedulable?: boolean | undefined;
  admission_status?: NodeAdmission | undefined;
  node_id?: string | undefined;
}

export interface KubePodNameSpaceInfo {
  name?: string | undefined;
  pod_count?: number | undefined;
  pod_running_count?: number | undefined;
  pod_pending_count?: number | undefined;
  pod_failed_count?: number | undefined;
  pod_succeeded_count?: number | undefined;
}

export interface KubeEVEAppPodInfo {
  name?: string | undefined;
  status?: KubePodStatus | undefined;
  restart_count?: number | undefined;
  restart_timestamp?: protobuf.Timestamp | undefined;
  creation_timestamp?: protobuf.Timestamp | undefined;
  ip_address?: string | undefined;
  node_name?: string | undefined;
}

export interface KubeVolumeReplicaInfo {
  name?: string | undefined;
  owner_node?: string | undefined;
  rebuild_progress_percentage?: number | undefined;
  status?: StorageVolumeReplicaStatus | undefined;
}

export interface KubeVolumeInfo {
  name?: string | undefined;
  state?: StorageVolumeState | undefined;
  robustness?: StorageVolumeRobustness | undefined;
  creation_timestamp?: protobuf.Timestamp | undefined;
  provisioned_bytes?: number | bigint | undefined;
  allocated_bytes?: number | bigint | undefined;
  pvc_status?: StorageVolumePVCStatus | undefined;
  replica?: KubeVolumeReplicaInfo[] | undefined;
  robustness_substate?: StorageHealthStatus | undefined;
  volume_id?: string | undefined;
}

export interface KubeStorageInfo {
  health?: ServiceStatus | undefined;
  transition_time?: protobuf.Timestamp | undefined;
  volumes?: KubeVolumeInfo[] | undefined;
}

export interface KubeVMIInfo {
  name?: string | undefined;
  status?: KubeVMIStatus | undefined;
  creation_time?: protobuf.Timestamp | undefined;
  last_transition_time?: protobuf.Timestamp | undefined;
  is_ready?: boolean | undefined;
  node_name?: string | undefined;
}

export interface USBAddress {
  bus?: number | undefined;
  port?: string | undefined;
}

export interface BusParent {
  pci_parent?: PCIAddress | undefined;
  usb_parent?: USBAddress | undefined;
}

export interface USBDevice {
  parent?: BusParent | undefined;
  vendor_id?: number | undefined;
  product_id?: number | undefined;
  bus_port?: USBAddress | undefined;
  driver?: string | undefined;
  class_id?: number | undefined;
  suggested_assigngrp?: string | undefined;
}

export interface PCIAddress {
  domain?: number | undefined;
  bus?: number | undefined;
  device?: number | undefined;
  function?: number | undefined;
}

export interface PCIDevice {
  parent_pci_device_address?: PCIAddress | undefined;
  driver?: string | undefined;
  address?: PCIAddress | undefined;
  vendor_id?: number | undefined;
  device_id?: number | undefined;
  revision?: number | undefined;
  subsystem_id?: number | undefined;
  class_id?: number | undefined;
  subclass_id?: number | bigint | undefined;
  iommu_group?: string | undefined;
}

export interface SerialPort {
  parent?: BusParent | undefined;
  ioport_range?: string | undefined;
  irq?: number | bigint | undefined;
  devpath?: string | undefined;
}

export interface CANDevice {
  parent?: BusParent | undefined;
  ifname?: string | undefined;
}

export interface NetworkDevice {
  parent?: BusParent | undefined;
  ifname?: string | undefined;
  type?: NetworkDeviceType | undefined;
  mac_address?: string | undefined;
  speed_mbps?: number | undefined;
}

export interface BIOS {
  vendor?: string | undefined;
  version?: string | undefined;
  attributes?: Record<string, string> | undefined;
}

export interface CPU {
  model?: string | undefined;
  vendor?: string | undefined;
  id?: number | undefined;
  freq?: number | bigint | undefined;
}

export interface CPUInfo {
  cpus?: CPU[] | undefined;
}

export interface TPM {
  present?: boolean | undefined;
  manufacturer?: string | undefined;
  firmware_version?: string | undefined;
  spec_version?: string | undefined;
}

export interface HardwareInventory {
  pci_devices?: PCIDevice[] | undefined;
  usb_devices?: USBDevice[] | undefined;
  serial_devices?: SerialPort[] | undefined;
  network_devices?: NetworkDevice[] | undefined;
  can_devices?: CANDevice[] | undefined;
  bios?: BIOS | undefined;
  cpu_info?: CPUInfo | undefined;
  total_memory_bytes?: number | bigint | undefined;
  total_storage_bytes?: number | bigint | undefined;
  watchdog_present?: boolean | undefined;
  tpm?: TPM | undefined;
  status_led_present?: boolean | undefined;
  misc?: Record<string, string> | undefined;
}

export interface SmartAttr {
  id?: number | undefined;
  value?: number | bigint | undefined;
  worst?: number | bigint | undefined;
  thresh?: number | bigint | undefined;
  when_failed?: string | undefined;
  raw_value?: number | bigint | undefined;
  type?: string | undefined;
  attribute_name?: string | undefined;
}

export interface StorageDiskInfo {
  disk_name?: string | undefined;
  wwn?: string | undefined;
  serial_number?: string | undefined;
  model?: string | undefined;
  collector_errors?: string | undefined;
  smart_attr?: SmartAttr[] | undefined;
}

export interface deprecatedMetricItem {
  key?: string | undefined;
  type?: DepMetricItemType | undefined;
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

export interface ZmetIPAssignmentEntry {
  macAddress?: string | undefined;
  ipAddress?: string[] | undefined;
}

export interface ZmetVifInfo {
  vifName?: string | undefined;
  macAddress?: string | undefined;
  appID?: string | undefined;
}

export interface ZioBundle {
  type?: common.PhyIoType | undefined;
  name?: string | undefined;
  members?: string[] | undefined;
  usedByAppUUID?: string | undefined;
  usedByBaseOS?: boolean | undefined;
  ioAddressList?: IoAddresses[] | undefined;
  usage?: common.PhyIoMemberUsage | undefined;
  err?: ErrorInfo | undefined;
}

export interface IoAddresses {
  macAddress?: string | undefined;
  vf_info?: VfPublishedInfo | undefined;
}

export interface VfPublishedInfo {
  index?: number | undefined;
  vlan_id?: number | undefined;
}

export interface ZInfoManufacturer {
  manufacturer?: string | undefined;
  productName?: string | undefined;
  version?: string | undefined;
  serialNumber?: string | undefined;
  UUID?: string | undefined;
  compatible?: string | undefined;
  biosVendor?: string | undefined;
  biosVersion?: string | undefined;
  biosReleaseDate?: string | undefined;
}

export interface ZInfoNetwork {
  macAddr?: string | undefined;
  devName?: string | undefined;
  IPAddrs?: string[] | undefined;
  defaultRouters?: string[] | undefined;
  dns?: ZInfoDNS | undefined;
  ipv4_up?: boolean | undefined;
  location?: GeoLoc | undefined;
  uplink?: boolean | undefined;
  networkErr?: ErrorInfo | undefined;
  localName?: string | undefined;
  proxy?: ProxyStatus | undefined;
  ip_addr_mis_match?: boolean | undefined;
  ntp_servers?: string[] | undefined;
  alias?: string | undefined;
}

export interface GeoLoc {
  UnderlayIP?: string | undefined;
  Hostname?: string | undefined;
  City?: string | undefined;
  Region?: string | undefined;
  Country?: string | undefined;
  Loc?: string | undefined;
  Org?: string | undefined;
  Postal?: string | undefined;
}

export interface ZInfoDNS {
  DNSservers?: string[] | undefined;
  DNSdomain?: string | undefined;
  DNSsearch?: string[] | undefined;
}

export interface ZInfoSW {
  swVersion?: string | undefined;
  swHash?: string | undefined;
  state?: ZSwState | undefined;
  target?: string | undefined;
  vdev?: string | undefined;
  downloadProgress?: number | undefined;
  imageName?: string | undefined;
}

export interface VaultInfo {
  name?: string | undefined;
  status?: DataSecAtRestStatus | undefined;
  vaultErr?: ErrorInfo | undefined;
  pcrStatus?: PCRStatus | undefined;
}

export interface DataSecAtRest {
  status?: DataSecAtRestStatus | undefined;
  info?: string | undefined;
  vaultList?: VaultInfo[] | undefined;
}

export interface SecurityInfo {
  sha_root_ca?: Uint8Array | undefined;
  sha_tls_root_ca?: Uint8Array | undefined;
}

export interface ZInfoConfigItem {
  value?: string | undefined;
  error?: string | undefined;
}

export interface ZInfoConfigItemStatus {
  configItems?: Record<string, ZInfoConfigItem> | undefined;
  unknownConfigItems?: Record<string, ZInfoConfigItem> | undefined;
}

export interface ZInfoAppInstance {
  uuid?: string | undefined;
  name?: string | undefined;
  domainName?: string | undefined;
}

export interface ZInfoDeviceTasks {
  name?: string | undefined;
  namespace?: string | undefined;
}

export interface ZSimcardInfo {
  name?: string | undefined;
  cell_module_name?: string | undefined;
  imsi?: string | undefined;
  iccid?: string | undefined;
  state?: string | undefined;
  slot_number?: number | undefined;
  slot_activated?: boolean | undefined;
  type?: SimType | undefined;
}

export interface ZCellularModuleInfo {
  name?: string | undefined;
  imei?: string | undefined;
  firmware_version?: string | undefined;
  model?: string | undefined;
  operating_state?: ZCellularOperatingState | undefined;
  control_protocol?: ZCellularControlProtocol | undefined;
  manufacturer?: string | undefined;
}

export interface ZCellularProvider {
  plmn?: string | undefined;
  description?: string | undefined;
  current_serving?: boolean | undefined;
  roaming?: boolean | undefined;
  forbidden?: boolean | undefined;
}

export interface CellularBearer {
  apn?: string | undefined;
  bearer_type?: common.BearerType | undefined;
  ip_type?: common.CellularIPType | undefined;
  connected?: boolean | undefined;
  connection_error?: string | undefined;
  connected_at?: protobuf.Timestamp | undefined;
}

export interface CellularProfile {
  profile_name?: string | undefined;
  apn?: string | undefined;
  bearer_type?: common.BearerType | undefined;
  ip_type?: common.CellularIPType | undefined;
  forbid_roaming?: boolean | undefined;
}

export interface StorageDiskState {
  disk_name?: common.DiskDescription | undefined;
  status?: StorageStatus | undefined;
  state?: string | undefined;
  smart_status?: string | undefined;
}

export interface StorageChildren {
  current_raid?: StorageRaidType | undefined;
  disks?: StorageDiskState[] | undefined;
  children?: StorageChildren[] | undefined;
  display_name?: string | undefined;
  g_u_i_d?: number | bigint | undefined;
}

export interface StorageInfo {
  pool_name?: string | undefined;
  storage_type?: StorageTypeInfo | undefined;
  zfs_version?: string | undefined;
  current_raid?: StorageRaidType | undefined;
  compression_ratio?: number | undefined;
  zpool_size?: number | bigint | undefined;
  count_zvols?: number | undefined;
  storage_state?: StorageStatus | undefined;
  disks?: StorageDiskState[] | undefined;
  collector_errors?: string | undefined;
  children?: StorageChildren[] | undefined;
  pool_status_msg?: string | undefined;
}

export interface ZInfoDevice {
  machineArch?: string | undefined;
  cpuArch?: string | undefined;
  platform?: string | undefined;
  ncpu?: number | undefined;
  memory?: number | bigint | undefined;
  storage?: number | bigint | undefined;
  powerCycleCounter?: number | bigint | undefined;
  minfo?: ZInfoManufacturer | undefined;
  network?: ZInfoNetwork[] | undefined;
  assignableAdapters?: ZioBundle[] | undefined;
  dns?: ZInfoDNS | undefined;
  storageList?: ZInfoStorage[] | undefined;
  bootTime?: protobuf.Timestamp | undefined;
  swList?: ZInfoDevSW[] | undefined;
  HostName?: string | undefined;
  metricItems?: deprecatedMetricItem[] | undefined;
  lastRebootReason?: string | undefined;
  lastRebootTime?: protobuf.Timestamp | undefined;
  systemAdapter?: SystemAdapterInfo | undefined;
  restartCounter?: number | undefined;
  HSMStatus?: HwSecurityModuleStatus | undefined;
  HSMInfo?: string | undefined;
  lastRebootStack?: string | undefined;
  dataSecAtRestInfo?: DataSecAtRest | undefined;
  sec_info?: SecurityInfo | undefined;
  configItemStatus?: ZInfoConfigItemStatus | undefined;
  appInstances?: ZInfoAppInstance[] | undefined;
  rebootConfigCounter?: number | undefined;
  last_boot_reason?: BootReason | undefined;
  cell_radios?: ZCellularModuleInfo[] | undefined;
  sims?: ZSimcardInfo[] | undefined;
  tasks?: ZInfoDeviceTasks[] | undefined;
  maintenance_mode?: boolean | undefined;
  /** @deprecated */
  maintenance_mode_reason?: MaintenanceModeReason | undefined;
  hardware_watchdog_present?: boolean | undefined;
  reboot_inprogress?: boolean | undefined;
  capabilities?: Capabilities | undefined;
  baseos_update_counter?: number | undefined;
  state?: ZDeviceState | undefined;
  local_profile?: string | undefined;
  maintenance_mode_reasons?: MaintenanceModeReason[] | undefined;
  /** @deprecated */
  dormant_time?: string | undefined;
  storage_info?: StorageInfo[] | undefined;
  shutdown_config_counter?: number | undefined;
  attestation_info?: AttestationInfo | undefined;
  api_capability?: APICapability | undefined;
  remote_access_disabled?: boolean | undefined;
  optional_capabilities?: OptionalCapabilities | undefined;
  device_name?: string | undefined;
  enterprise_name?: string | undefined;
  enterprise_id?: string | undefined;
  project_name?: string | undefined;
  project_id?: string | undefined;
  enrolled_certs?: CertInfo[] | undefined;
}

export interface OptionalCapabilities {
  hv_type_kubevirt?: boolean | undefined;
  hw_inventory_support?: boolean | undefined;
  etcd_snapshot?: boolean | undefined;
}

export interface AttestationInfo {
  state?: AttestationState | undefined;
  error?: ErrorInfo | undefined;
}

export interface SystemAdapterInfo {
  currentIndex?: number | undefined;
  status?: DevicePortStatus[] | undefined;
}

export interface DevicePortStatus {
  version?: number | undefined;
  key?: string | undefined;
  timePriority?: protobuf.Timestamp | undefined;
  lastFailed?: protobuf.Timestamp | undefined;
  lastSucceeded?: protobuf.Timestamp | undefined;
  ports?: DevicePort[] | undefined;
  lastError?: string | undefined;
}

export interface DevicePort {
  ifname?: string | undefined;
  name?: string | undefined;
  isMgmt?: boolean | undefined;
  free?: boolean | undefined;
  dhcpType?: number | undefined;
  subnet?: string | undefined;
  gateway?: string | undefined;
  domainname?: string | undefined;
  ntpServer?: string | undefined;
  dnsServers?: string[] | undefined;
  dhcpRangeLow?: string | undefined;
  dhcpRangeHigh?: string | undefined;
  proxy?: ProxyStatus | undefined;
  macAddr?: string | undefined;
  IPAddrs?: string[] | undefined;
  defaultRouters?: string[] | undefined;
  dns?: ZInfoDNS | undefined;
  up?: boolean | undefined;
  location?: GeoLoc | undefined;
  err?: ErrorInfo | undefined;
  usage?: common.PhyIoMemberUsage | undefined;
  networkUUID?: string | undefined;
  cost?: number | undefined;
  wireless_status?: WirelessStatus | undefined;
  mtu?: number | undefined;
  more_ntp_servers?: string[] | undefined;
  config_source?: common.PortConfigSource | undefined;
  pnac_status?: PNACStatus | undefined;
  bond_status?: BondStatus | undefined;
}

export interface ProxyStatus {
  proxies?: ProxyEntry[] | undefined;
  exceptions?: string | undefined;
  pacfile?: string | undefined;
  networkProxyEnable?: boolean | undefined;
  networkProxyURL?: string | undefined;
  wpadURL?: string | undefined;
}

export interface ProxyEntry {
  type?: number | undefined;
  server?: string | undefined;
  port?: number | undefined;
}

export interface WirelessStatus {
  type?: WirelessType | undefined;
  cellular?: ZCellularStatus | undefined;
}

export interface ZCellularStatus {
  cellular_module?: string | undefined;
  sim_cards?: string[] | undefined;
  providers?: ZCellularProvider[] | undefined;
  current_rats?: common.RadioAccessTechnology[] | undefined;
  connected_at?: protobuf.Timestamp | undefined;
  config_error?: string | undefined;
  probe_error?: string | undefined;
  bearers?: CellularBearer[] | undefined;
  profiles?: CellularProfile[] | undefined;
}

export interface ZInfoDevSW {
  activated?: boolean | undefined;
  partitionLabel?: string | undefined;
  partitionDevice?: string | undefined;
  partitionState?: string | undefined;
  status?: ZSwState | undefined;
  shortVersion?: string | undefined;
  longVersion?: string | undefined;
  swErr?: ErrorInfo | undefined;
  downloadProgress?: number | undefined;
  userStatus?: BaseOsStatus | undefined;
  subStatusStr?: string | undefined;
  subStatus?: BaseOsSubStatus | undefined;
  subStatusProgress?: number | undefined;
}

export interface ZInfoStorage {
  device?: string | undefined;
  mountPath?: string | undefined;
  total?: number | bigint | undefined;
  storageLocation?: boolean | undefined;
  partitionLabel?: string | undefined;
  partitionTypeGuid?: string | undefined;
  partitionUuid?: string | undefined;
}

export interface ZInfoSnapshot {
  id?: string | undefined;
  config_id?: string | undefined;
  config_version?: string | undefined;
  create_time?: protobuf.Timestamp | undefined;
  type?: SnapshotType | undefined;
  snap_err?: ErrorInfo | undefined;
}

export interface ZInfoClusterNode {
  node_status?: ZInfoClusterNodeStatus | undefined;
}

export interface ZInfoApp {
  AppID?: string | undefined;
  appVersion?: string | undefined;
  systemApp?: boolean | undefined;
  AppName?: string | undefined;
  softwareList?: ZInfoSW[] | undefined;
  bootTime?: protobuf.Timestamp | undefined;
  assignedAdapters?: ZioBundle[] | undefined;
  appErr?: ErrorInfo[] | undefined;
  state?: ZSwState | undefined;
  network?: ZInfoNetwork[] | undefined;
  volumeRefs?: string[] | undefined;
  snapshots?: ZInfoSnapshot[] | undefined;
  cluster_app_running?: boolean | undefined;
}

export interface ZInfoVpnLinkInfo {
  spiId?: string | undefined;
  subNet?: string | undefined;
  direction?: boolean | undefined;
}

export interface ZInfoVpnLink {
  id?: string | undefined;
  name?: string | undefined;
  reqId?: string | undefined;
  instTime?: number | bigint | undefined;
  espInfo?: string | undefined;
  state?: ZInfoVpnState | undefined;
  lInfo?: ZInfoVpnLinkInfo | undefined;
  rInfo?: ZInfoVpnLinkInfo | undefined;
}

export interface ZInfoVpnEndPoint {
  id?: string | undefined;
  ipAddr?: string | undefined;
  port?: number | undefined;
}

export interface ZInfoVpnConn {
  id?: string | undefined;
  name?: string | undefined;
  version?: string | undefined;
  estTime?: number | bigint | undefined;
  ikes?: string | undefined;
  state?: ZInfoVpnState | undefined;
  lInfo?: ZInfoVpnEndPoint | undefined;
  rInfo?: ZInfoVpnEndPoint | undefined;
  links?: ZInfoVpnLink[] | undefined;
}

export interface ZInfoVpn {
  upTime?: number | bigint | undefined;
  policyBased?: boolean | undefined;
  listeningIpAddrs?: string[] | undefined;
  conn?: ZInfoVpnConn[] | undefined;
}

export interface ZInfoNetworkInstance {
  networkID?: string | undefined;
  networkVersion?: string | undefined;
  instType?: number | undefined;
  displayname?: string | undefined;
  activated?: boolean | undefined;
  upTimeStamp?: protobuf.Timestamp | undefined;
  softwareList?: ZInfoSW | undefined;
  /** @deprecated */
  CurrentUplinkIntf?: string | undefined;
  /** @deprecated */
  CurrentUplinkAlias?: string | undefined;
  ports?: string[] | undefined;
  bridgeNum?: number | undefined;
  bridgeName?: string | undefined;
  bridgeIPAddr?: string | undefined;
  ipAssignments?: ZmetIPAssignmentEntry[] | undefined;
  vifs?: ZmetVifInfo[] | undefined;
  ipv4Eid?: boolean | undefined;
  assignedAdapters?: ZioBundle[] | undefined;
  /** Of oneof InfoContent. */
  vinfo?: ZInfoVpn | undefined;
  networkErr?: ErrorInfo[] | undefined;
  state?: ZNetworkInstanceState | undefined;
  mtu?: number | undefined;
  ip_routes?: IPRoute[] | undefined;
}

export interface IPRoute {
  destination_network?: string | undefined;
  gateway?: string | undefined;
  port?: string | undefined;
  gateway_app?: string | undefined;
}

export interface UsageInfo {
  createTime?: protobuf.Timestamp | undefined;
  refCount?: number | undefined;
  lastRefcountChangeTime?: protobuf.Timestamp | undefined;
}

export interface VolumeResources {
  maxSizeBytes?: number | bigint | undefined;
  curSizeBytes?: number | bigint | undefined;
}

export interface ZInfoVolume {
  uuid?: string | undefined;
  displayName?: string | undefined;
  usage?: UsageInfo | undefined;
  resources?: VolumeResources | undefined;
  state?: ZSwState | undefined;
  progressPercentage?: number | undefined;
  volumeErr?: ErrorInfo | undefined;
  generation_count?: number | bigint | undefined;
}

export interface ContentResources {
  curSizeBytes?: number | bigint | undefined;
}

export interface ZInfoContentTree {
  uuid?: string | undefined;
  displayName?: string | undefined;
  sha256?: string | undefined;
  resources?: ContentResources | undefined;
  usage?: UsageInfo | undefined;
  state?: ZSwState | undefined;
  progressPercentage?: number | undefined;
  err?: ErrorInfo | undefined;
  componentShaList?: string[] | undefined;
  generation_count?: number | bigint | undefined;
}

export interface ZInfoBlob {
  sha256?: string | undefined;
  resources?: ContentResources | undefined;
  usage?: UsageInfo | undefined;
  state?: ZSwState | undefined;
  progressPercentage?: number | undefined;
  err?: ErrorInfo | undefined;
}

export interface ZInfoBlobList {
  blob?: ZInfoBlob[] | undefined;
}

export interface ZInfoMsg {
  ztype?: ZInfoTypes | undefined;
  devId?: string | undefined;
  /** Of oneof InfoContent. */
  dinfo?: ZInfoDevice | undefined;
  /** Of oneof InfoContent. */
  ainfo?: ZInfoApp | undefined;
  atTimeStamp?: protobuf.Timestamp | undefined;
  /** Of oneof InfoContent. */
  niinfo?: ZInfoNetworkInstance | undefined;
  /** Of oneof InfoContent. */
  vinfo?: ZInfoVolume | undefined;
  /** Of oneof InfoContent. */
  cinfo?: ZInfoContentTree | undefined;
  /** Of oneof InfoContent. */
  binfo?: ZInfoBlobList | undefined;
  /** Of oneof InfoContent. */
  amdinfo?: ZInfoAppInstMetaData | undefined;
  /** Of oneof InfoContent. */
  evinfo?: ZInfoEdgeview | undefined;
  /** Of oneof InfoContent. */
  hwinfo?: ZInfoHardware | undefined;
  /** Of oneof InfoContent. */
  locinfo?: ZInfoLocation | undefined;
  /** Of oneof InfoContent. */
  patchInfo?: ZInfoPatchEnvelope | undefined;
  /** Of oneof InfoContent. */
  cluster_node?: ZInfoClusterNode | undefined;
  /** Of oneof InfoContent. */
  ntp_sources?: ZInfoNTPSources | undefined;
  /** Of oneof InfoContent. */
  cluster_info?: ZInfoKubeCluster | undefined;
  /** Of oneof InfoContent. */
  cluster_update_info?: ZInfoKubeClusterUpdateStatus | undefined;
}

export interface Capabilities {
  HWAssistedVirtualization?: boolean | undefined;
  IOVirtualization?: boolean | undefined;
}

export interface ZInfoAppInstMetaData {
  uuid?: string | undefined;
  type?: AppInstMetaDataType | undefined;
  data?: Uint8Array | undefined;
}

export interface ZInfoEdgeview {
  expire_time?: protobuf.Timestamp | undefined;
  started_time?: protobuf.Timestamp | undefined;
  count_dev?: number | undefined;
  count_app?: number | undefined;
  count_ext?: number | undefined;
}

export interface ZInfoLocation {
  latitude?: number | undefined;
  longitude?: number | undefined;
  altitude?: number | undefined;
  utc_timestamp?: protobuf.Timestamp | undefined;
  horizontal_reliability?: LocReliability | undefined;
  vertical_reliability?: LocReliability | undefined;
  horizontal_uncertainty?: number | undefined;
  vertical_uncertainty?: number | undefined;
  logicallabel?: string | undefined;
}

export interface ZInfoKubeClusterUpdateStatus {
  current_node?: string | undefined;
  component?: KubeComp | undefined;
  status?: KubeCompUpdateStatus | undefined;
  error?: ErrorInfo | undefined;
  cluster_id?: string | undefined;
}

export interface ZInfoKubeCluster {
  nodes?: KubeNodeInfo[] | undefined;
  pod_name_spaces?: KubePodNameSpaceInfo[] | undefined;
  eve_apps?: KubeEVEAppPodInfo[] | undefined;
  storage?: KubeStorageInfo | undefined;
  cluster_id?: string | undefined;
  eve_vm_apps?: KubeVMIInfo[] | undefined;
}

export interface ZInfoHardware {
  /** @deprecated */
  disks?: StorageDiskInfo[] | undefined;
  eve_release?: string | undefined;
  inventory?: HardwareInventory | undefined;
  kernel_flavor?: string | undefined;
  kernel_version?: string | undefined;
  eve_platform?: string | undefined;
  partition?: string | undefined;
  kernel_cmdline?: string | undefined;
}

export interface NTPSource {
  authenticated?: boolean | undefined;
  reachable?: boolean | undefined;
  reachability?: number | undefined;
  state?: NTPSourceState | undefined;
  mode?: NTPSourceMode | undefined;
  hostname?: string | undefined;
  src_addr?: string | undefined;
  src_port?: number | undefined;
  dst_addr?: string | undefined;
  dst_port?: number | undefined;
  leap?: number | undefined;
  stratum?: number | undefined;
  precision?: number | undefined;
  ref_id?: string | undefined;
  ref_time?: protobuf.Timestamp | undefined;
  poll?: number | undefined;
  flags?: number | undefined;
  offset?: number | undefined;
  delay?: number | undefined;
  dispersion?: number | undefined;
  jitter?: number | undefined;
  root_delay?: number | undefined;
  root_disp?: number | undefined;
}

export interface ZInfoNTPSources {
  sources?: NTPSource[] | undefined;
}

export interface ZInfoPatchEnvelope {
  name?: string | undefined;
  id?: string | undefined;
  version?: string | undefined;
  state?: EVE_PATCH_ENVELOPE_STATE | undefined;
  size?: number | bigint | undefined;
  errors?: string[] | undefined;
}

export interface PNACStatus {
  enabled?: boolean | undefined;
  state?: SupplicantState | undefined;
  last_auth_timestamp?: protobuf.Timestamp | undefined;
  err?: ErrorInfo | undefined;
}

export const BondLACPChurnState = {
  BOND_LACP_CHURN_STATE_UNSPECIFIED: 0,
  BOND_LACP_CHURN_STATE_NONE: 1,
  BOND_LACP_CHURN_STATE_MONITORING: 2,
  BOND_LACP_CHURN_STATE_CHURNED: 3,
} as const;
export type BondLACPChurnState = number;

export const CertStatus = {
  CERT_STATUS_UNSPECIFIED: 0,
  CERT_STATUS_AVAILABLE: 1,
  CERT_STATUS_PENDING: 2,
  CERT_STATUS_RENEWAL_PENDING: 3,
  CERT_STATUS_EXPIRED: 4,
  CERT_STATUS_REVOKED: 5,
  CERT_STATUS_ENROLLMENT_FAILED: 6,
  CERT_STATUS_RENEWAL_FAILED: 7,
  CERT_STATUS_INVALID_CONFIG: 8,
} as const;
export type CertStatus = number;

export const Severity = {
  SEVERITY_UNSPECIFIED: 0,
  SEVERITY_NOTICE: 1,
  SEVERITY_WARNING: 2,
  SEVERITY_ERROR: 3,
} as const;
export type Severity = number;

export const Entity = {
  ENTITY_UNSPECIFIED: 0,
  ENTITY_BASE_OS: 1,
  ENTITY_SYSTEM_ADAPTER: 2,
  ENTITY_VAULT: 3,
  ENTITY_ATTESTATION: 4,
  ENTITY_APP_INSTANCE: 5,
  ENTITY_PORT: 6,
  ENTITY_NETWORK: 7,
  ENTITY_NETWORK_INSTANCE: 8,
  ENTITY_CONTENT_TREE: 9,
  ENTITY_CONTENT_BLOB: 10,
  ENTITY_VOLUME: 11,
} as const;
export type Entity = number;

export const KubeNodeConditionType = {
  KUBE_NODE_CONDITION_TYPE_UNSPECIFIED: 0,
  KUBE_NODE_CONDITION_TYPE_READY: 1,
  KUBE_NODE_CONDITION_TYPE_MEMORY_PRESSURE: 2,
  KUBE_NODE_CONDITION_TYPE_DISK_PRESSURE: 3,
  KUBE_NODE_CONDITION_TYPE_PID_PRESSURE: 4,
  KUBE_NODE_CONDITION_TYPE_NETWORK_UNAVAIL: 5,
} as const;
export type KubeNodeConditionType = number;

export const NodeAdmission = {
  NODE_ADMISSION_UNSPECIFIED: 0,
  NODE_ADMISSION_NOT_CLUSTERED: 1,
  NODE_ADMISSION_LEAVING: 2,
  NODE_ADMISSION_JOINING: 3,
  NODE_ADMISSION_JOINED: 4,
} as const;
export type NodeAdmission = number;

export const StorageHealthStatus = {
  STORAGE_HEALTH_STATUS_UNSPECIFIED: 0,
  STORAGE_HEALTH_STATUS_HEALTHY: 1,
  STORAGE_HEALTH_STATUS_DEGRADED_2_REPLICA_AVAILABLE_REPLICATING: 2,
  STORAGE_HEALTH_STATUS_DEGRADED_2_REPLICA_AVAILABLE_NOT_REPLICATING: 3,
  STORAGE_HEALTH_STATUS_DEGRADED_1_REPLICA_AVAILABLE_REPLICATING: 4,
  STORAGE_HEALTH_STATUS_DEGRADED_1_REPLICA_AVAILABLE_NOT_REPLICATING: 5,
  STORAGE_HEALTH_STATUS_FAILED: 6,
} as const;
export type StorageHealthStatus = number;

export const StorageVolumeState = {
  STORAGE_VOLUME_STATE_UNSPECIFIED: 0,
  STORAGE_VOLUME_STATE_CREATING: 1,
  STORAGE_VOLUME_STATE_ATTACHED: 2,
  STORAGE_VOLUME_STATE_DETACHED: 3,
  STORAGE_VOLUME_STATE_ATTACHING: 4,
  STORAGE_VOLUME_STATE_DETACHING: 5,
  STORAGE_VOLUME_STATE_DELETING: 6,
} as const;
export type StorageVolumeState = number;

export const StorageVolumeRobustness = {
  STORAGE_VOLUME_ROBUSTNESS_UNSPECIFIED: 0,
  STORAGE_VOLUME_ROBUSTNESS_HEALTHY: 1,
  STORAGE_VOLUME_ROBUSTNESS_DEGRADED: 2,
  STORAGE_VOLUME_ROBUSTNESS_FAULTED: 3,
} as const;
export type StorageVolumeRobustness = number;

export const StorageVolumePVCStatus = {
  STORAGE_VOLUME_PVC_STATUS_UNSPECIFIED: 0,
  STORAGE_VOLUME_PVC_STATUS_BOUND: 1,
  STORAGE_VOLUME_PVC_STATUS_PENDING: 2,
  STORAGE_VOLUME_PVC_STATUS_AVAILABLE: 3,
  STORAGE_VOLUME_PVC_STATUS_RELEASED: 4,
  STORAGE_VOLUME_PVC_STATUS_FAILED: 5,
} as const;
export type StorageVolumePVCStatus = number;

export const StorageVolumeReplicaStatus = {
  STORAGE_VOLUME_REPLICA_STATUS_UNSPECIFIED: 0,
  STORAGE_VOLUME_REPLICA_STATUS_REBUILDING: 1,
  STORAGE_VOLUME_REPLICA_STATUS_ONLINE: 2,
  STORAGE_VOLUME_REPLICA_STATUS_FAILED: 3,
  STORAGE_VOLUME_REPLICA_STATUS_OFFLINE: 4,
  STORAGE_VOLUME_REPLICA_STATUS_STARTING: 5,
  STORAGE_VOLUME_REPLICA_STATUS_STOPPING: 6,
} as const;
export type StorageVolumeReplicaStatus = number;

export const KubePodStatus = {
  KUBE_POD_STATUS_UNSPECIFIED: 0,
  KUBE_POD_STATUS_PENDING: 1,
  KUBE_POD_STATUS_RUNNING: 2,
  KUBE_POD_STATUS_SUCCEEDED: 3,
  KUBE_POD_STATUS_CONTAINER_CREATING: 4,
  KUBE_POD_STATUS_CRASHLOOP_BACKOFF: 5,
  KUBE_POD_STATUS_ERROR: 6,
  KUBE_POD_STATUS_EVICTED: 7,
  KUBE_POD_STATUS_FAILED: 8,
} as const;
export type KubePodStatus = number;

export const ServiceStatus = {
  SERVICE_STATUS_UNSPECIFIED: 0,
  SERVICE_STATUS_FAILED: 1,
  SERVICE_STATUS_DEGRADED: 2,
  SERVICE_STATUS_HEALTHY: 3,
} as const;
export type ServiceStatus = number;

export const KubeCompUpdateStatus = {
  KUBE_COMP_UPDATE_STATUS_UNSPECIFIED: 0,
  KUBE_COMP_UPDATE_STATUS_DOWNLOAD: 1,
  KUBE_COMP_UPDATE_STATUS_DOWNLOAD_FAILED: 2,
  KUBE_COMP_UPDATE_STATUS_IN_PROGRESS: 3,
  KUBE_COMP_UPDATE_STATUS_FAILED: 4,
  KUBE_COMP_UPDATE_STATUS_COMPLETED: 5,
} as const;
export type KubeCompUpdateStatus = number;

export const KubeComp = {
  KUBE_COMP_UNSPECIFIED: 0,
  KUBE_COMP_CONTAINERD: 1,
  KUBE_COMP_K3S: 2,
  KUBE_COMP_MULTUS: 3,
  KUBE_COMP_KUBEVIRT: 4,
  KUBE_COMP_CDI: 5,
  KUBE_COMP_LONGHORN: 6,
} as const;
export type KubeComp = number;

export const KubeVMIStatus = {
  KUBE_VMI_STATUS_UNSPECIFIED: 0,
  KUBE_VMI_STATUS_PENDING: 1,
  KUBE_VMI_STATUS_SCHEDULING: 2,
  KUBE_VMI_STATUS_SCHEDULED: 3,
  KUBE_VMI_STATUS_RUNNING: 4,
  KUBE_VMI_STATUS_SUCCEEDED: 5,
  KUBE_VMI_STATUS_FAILED: 6,
  KUBE_VMI_STATUS_UNKNOWN: 7,
} as const;
export type KubeVMIStatus = number;

export const NetworkDeviceType = {
  NETWORK_DEVICE_TYPE_UNKNOWN: 0,
  NETWORK_DEVICE_TYPE_ETHERNET: 1,
  NETWORK_DEVICE_TYPE_WIFI: 5,
  NETWORK_DEVICE_TYPE_WWAN: 6,
  NETWORK_DEVICE_TYPE_ETH_PF: 11,
  NETWORK_DEVICE_TYPE_ETH_VF: 12,
} as const;
export type NetworkDeviceType = number;

export const DepMetricItemType = {
  DepMetricItemOther: 0,
  DepMetricItemGauge: 1,
  DepMetricItemCounter: 2,
  DepMetricItemState: 3,
} as const;
export type DepMetricItemType = number;

export const ZInfoTypes = {
  ZiNop: 0,
  ZiDevice: 1,
  ZiApp: 3,
  ZiNetworkInstance: 6,
  ZiVolume: 7,
  ZiContentTree: 8,
  ZiBlobList: 9,
  ZiAppInstMetaData: 10,
  ZiHardware: 11,
  ZiEdgeview: 12,
  ZiLocation: 13,
  ZiPatchEnvelope: 14,
  ZiNTPSources: 16,
  ZiKubeCluster: 17,
  ZiKubeClusterUpdateStatus: 18,
} as const;
export type ZInfoTypes = number;

export const ZSwState = {
  INVALID: 0,
  INITIAL: 1,
  DOWNLOAD_STARTED: 2,
  DOWNLOADED: 3,
  DELIVERED: 4,
  INSTALLED: 5,
  BOOTING: 6,
  RUNNING: 7,
  HALTING: 8,
  HALTED: 9,
  RESTARTING: 10,
  PURGING: 11,
  RESOLVING_TAG: 12,
  RESOLVED_TAG: 13,
  CREATING_VOLUME: 14,
  CREATED_VOLUME: 15,
  VERIFYING: 16,
  VERIFIED: 17,
  LOADING: 18,
  LOADED: 19,
  AWAITNETWORKINSTANCE: 20,
  ERROR: 21,
  START_DELAYED: 22,
  PENDING: 23,
  SCHEDULING: 24,
} as const;
export type ZSwState = number;

export const HwSecurityModuleStatus = {
  UNKNOWN: 0,
  NOTFOUND: 1,
  DISABLED: 2,
  ENABLED: 3,
} as const;
export type HwSecurityModuleStatus = number;

export const DataSecAtRestStatus = {
  DATASEC_AT_REST_UNKNOWN: 0,
  DATASEC_AT_REST_DISABLED: 1,
  DATASEC_AT_REST_ENABLED: 2,
  DATASEC_AT_REST_ERROR: 4,
} as const;
export type DataSecAtRestStatus = number;

export const PCRStatus = {
  PCR_UNKNOWN: 0,
  PCR_ENABLED: 1,
  PCR_DISABLED: 2,
} as const;
export type PCRStatus = number;

export const SimType = {
  SIM_TYPE_UNSPECIFIED: 0,
  SIM_TYPE_PHYSICAL: 1,
  SIM_TYPE_ESIM: 2,
} as const;
export type SimType = number;

export const ZCellularOperatingState = {
  Z_CELLULAR_OPERATING_STATE_UNSPECIFIED: 0,
  Z_CELLULAR_OPERATING_STATE_OFFLINE: 1,
  Z_CELLULAR_OPERATING_STATE_RADIO_OFF: 2,
  Z_CELLULAR_OPERATING_STATE_ONLINE: 3,
  Z_CELLULAR_OPERATING_STATE_ONLINE_AND_CONNECTED: 4,
  Z_CELLULAR_OPERATING_STATE_UNRECOGNIZED: 5,
} as const;
export type ZCellularOperatingState = number;

export const ZCellularControlProtocol = {
  Z_CELLULAR_CONTROL_PROTOCOL_UNSPECIFIED: 0,
  Z_CELLULAR_CONTROL_PROTOCOL_QMI: 1,
  Z_CELLULAR_CONTROL_PROTOCOL_MBIM: 2,
} as const;
export type ZCellularControlProtocol = number;

export const ZDeviceState = {
  ZDEVICE_STATE_UNSPECIFIED: 0,
  ZDEVICE_STATE_ONLINE: 1,
  ZDEVICE_STATE_REBOOTING: 2,
  ZDEVICE_STATE_MAINTENANCE_MODE: 3,
  ZDEVICE_STATE_BASEOS_UPDATING: 4,
  ZDEVICE_STATE_BOOTING: 5,
  ZDEVICE_STATE_PREPARING_POWEROFF: 6,
  ZDEVICE_STATE_POWERING_OFF: 7,
  ZDEVICE_STATE_PREPARED_POWEROFF: 8,
} as const;
export type ZDeviceState = number;

export const StorageStatus = {
  STORAGE_STATUS_UNSPECIFIED: 0,
  STORAGE_STATUS_ONLINE: 1,
  STORAGE_STATUS_DEGRADED: 2,
  STORAGE_STATUS_FAULTED: 3,
  STORAGE_STATUS_OFFLINE: 4,
  STORAGE_STATUS_UNAVAIL: 5,
  STORAGE_STATUS_REMOVED: 6,
  STORAGE_STATUS_SUSPENDED: 7,
} as const;
export type StorageStatus = number;

export const StorageRaidType = {
  STORAGE_RAID_TYPE_UNSPECIFIED: 0,
  STORAGE_RAID_TYPE_RAID0: 1,
  STORAGE_RAID_TYPE_RAID1: 2,
  STORAGE_RAID_TYPE_RAID5: 3,
  STORAGE_RAID_TYPE_RAID6: 4,
  STORAGE_RAID_TYPE_RAID7: 5,
  STORAGE_RAID_TYPE_NORAID: 6,
} as const;
export type StorageRaidType = number;

export const StorageTypeInfo = {
  STORAGE_TYPE_INFO_UNSPECIFIED: 0,
  STORAGE_TYPE_INFO_EXT4: 1,
  STORAGE_TYPE_INFO_ZFS: 2,
} as const;
export type StorageTypeInfo = number;

export const APICapability = {
  API_CAPABILITY_UNSPECIFIED: 0,
  API_CAPABILITY_RETRY_UPDATE: 1,
  API_CAPABILITY_SHUTDOWN: 2,
  API_CAPABILITY_START_DELAY_IN_SECONDS: 3,
  API_CAPABILITY_EDGEVIEW: 4,
  API_CAPABILITY_VOLUME_SNAPSHOTS: 5,
  API_CAPABILITY_NETWORK_INSTANCE_ROUTING: 6,
  API_CAPABILITY_BOOT_MODE: 7,
  API_CAPABILITY_MTU: 8,
  API_CAPABILITY_ADAPTER_USER_LABELS: 9,
  API_CAPABILITY_ENFORCED_NET_INTERFACE_ORDER: 10,
  API_CAPABILITY_NTPS_FQDN: 11,
  API_CAPABILITY_WIN_LIC_PASSTHROUGH: 12,
  API_CAPABILITY_VOLUME_SNAPSHOTS_IMMEDIATE: 13,
  API_CAPABILITY_ENCRYPTED_PATCH_ENVELOPE: 14,
  API_CAPABILITY_SINGLE_STACK_IP_NETWORK: 15,
  API_CAPABILITY_CELLULAR_ATTACH_CONFIG: 16,
  API_CAPABILITY_EDGEVIEW_AUTHENTICATION: 17,
  API_CAPABILITY_DISABLE_VTPM: 18,
  API_CAPABILITY_LOC_REBOOT_COLLECT_INFO: 19,
  API_CAPABILITY_SMART_REPORT: 20,
  API_CAPABILITY_REPORT_TPM_EVENTLOG: 21,
  API_CAPABILITY_APP_INSTANCE_NET_INTERFACE_CHANGE: 22,
} as const;
export type APICapability = number;

export const BootReason = {
  BOOT_REASON_UNSPECIFIED: 0,
  BOOT_REASON_FIRST: 1,
  BOOT_REASON_REBOOT_CMD: 2,
  BOOT_REASON_UPDATE: 3,
  BOOT_REASON_FALLBACK: 4,
  BOOT_REASON_DISCONNECT: 5,
  BOOT_REASON_FATAL: 6,
  BOOT_REASON_OOM: 7,
  BOOT_REASON_WATCHDOG_HUNG: 8,
  BOOT_REASON_WATCHDOG_PID: 9,
  BOOT_REASON_KERNEL: 10,
  BOOT_REASON_POWER_FAIL: 11,
  BOOT_REASON_UNKNOWN: 12,
  BOOT_REASON_VAULT_FAILED: 13,
  BOOT_REASON_POWEROFF_CMD: 14,
  BOOT_REASON_PARSE_FAIL: 255,
} as const;
export type BootReason = number;

export const MaintenanceModeReason = {
  MAINTENANCE_MODE_REASON_NONE: 0,
  MAINTENANCE_MODE_REASON_USER_REQUESTED: 1,
  MAINTENANCE_MODE_REASON_VAULT_LOCKED_UP: 2,
  MAINTENANCE_MODE_REASON_LOW_DISK_SPACE: 3,
  MAINTENANCE_MODE_REASON_TPM_ENCRYPTION_FAILURE: 4,
  MAINTENANCE_MODE_REASON_TPM_QUOTE_FAILURE: 5,
  MAINTENANCE_MODE_REASON_EDGE_NODE_CERTS_REFUSED: 6,
} as const;
export type MaintenanceModeReason = number;

export const AttestationState = {
  ATTESTATION_STATE_UNSPECIFIED: 0,
  ATTESTATION_STATE_NONCE_WAIT: 1,
  ATTESTATION_STATE_TPM_QUOTE_WAIT: 2,
  ATTESTATION_STATE_TPM_ESCROW_WAIT: 3,
  ATTESTATION_STATE_ATTEST_WAIT: 4,
  ATTESTATION_STATE_ATTEST_ESCROW_WAIT: 5,
  ATTESTATION_STATE_RESTART_WAIT: 6,
  ATTESTATION_STATE_COMPLETE: 7,
} as const;
export type AttestationState = number;

export const AppInstMetaDataType = {
  APP_INST_META_DATA_TYPE_NONE: 0,
  APP_INST_META_DATA_TYPE_KUBE_CONFIG: 1,
  APP_INST_META_DATA_TYPE_CUSTOM_STATUS: 2,
} as const;
export type AppInstMetaDataType = number;

export const WirelessType = {
  WIRELESS_TYPE_UNSPECIFIED: 0,
  WIRELESS_TYPE_WIFI: 1,
  WIRELESS_TYPE_CELLULAR: 2,
} as const;
export type WirelessType = number;

export const BaseOsStatus = {
  NONE: 0,
  DOWNLOADING: 1,
  DOWNLOAD_DONE: 2,
  UPDATING: 3,
  UPDATED: 4,
  FALLBACK: 5,
  FAILED: 6,
} as const;
export type BaseOsStatus = number;

export const BaseOsSubStatus = {
  NONE_SUBSTATUS: 0,
  DOWNLOAD_INPROGRESS: 1,
  VERIFY_INPROGRESS: 2,
  UPDATE_INITIALIZING: 3,
  UPDATE_REBOOTING: 4,
  UPDATE_TESTING: 5,
  UPDATE_NEED_TEST_CONFIRM: 6,
  UPDATE_DEFERRED: 7,
} as const;
export type BaseOsSubStatus = number;

export const SnapshotType = {
  SNAPSHOT_TYPE_UNSPECIFIED: 0,
  SNAPSHOT_TYPE_APP_UPDATE: 1,
  SNAPSHOT_TYPE_IMMEDIATE: 2,
} as const;
export type SnapshotType = number;

export const ZInfoClusterNodeStatus = {
  Z_INFO_CLUSTER_NODE_STATUS_UNSPECIFIED: 0,
  Z_INFO_CLUSTER_NODE_STATUS_READY: 1,
  Z_INFO_CLUSTER_NODE_STATUS_NOTREADY: 2,
  Z_INFO_CLUSTER_NODE_STATUS_DOWN: 3,
} as const;
export type ZInfoClusterNodeStatus = number;

export const ZInfoVpnState = {
  VPN_INVALID: 0,
  VPN_INITIAL: 1,
  VPN_CONNECTING: 2,
  VPN_ESTABLISHED: 3,
  VPN_INSTALLED: 4,
  VPN_REKEYED: 5,
  VPN_DELETED: 10,
} as const;
export type ZInfoVpnState = number;

export const ZNetworkInstanceState = {
  ZNETINST_STATE_UNSPECIFIED: 0,
  ZNETINST_STATE_INIT: 1,
  ZNETINST_STATE_ONLINE: 2,
  ZNETINST_STATE_ERROR: 3,
} as const;
export type ZNetworkInstanceState = number;

export const LocReliability = {
  LOC_RELIABILITY_UNSPECIFIED: 0,
  LOC_RELIABILITY_VERY_LOW: 1,
  LOC_RELIABILITY_LOW: 2,
  LOC_RELIABILITY_MEDIUM: 3,
  LOC_RELIABILITY_HIGH: 4,
} as const;
export type LocReliability = number;

export const NTPSourceState = {
  NTP_SOURCE_STATE_UNSPECIFIED: 0,
  NTP_SOURCE_STATE_SYNC: 1,
  NTP_SOURCE_STATE_UNREACH: 2,
  NTP_SOURCE_STATE_FALSETICKER: 3,
  NTP_SOURCE_STATE_JITTERY: 4,
  NTP_SOURCE_STATE_CANDIDATE: 5,
  NTP_SOURCE_STATE_OUTLIER: 6,
} as const;
export type NTPSourceState = number;

export const NTPSourceMode = {
  NTP_SOURCE_MODE_UNSPECIFIED: 0,
  NTP_SOURCE_MODE_CLIENT: 1,
  NTP_SOURCE_MODE_PEER: 2,
  NTP_SOURCE_MODE_REF: 3,
} as const;
export type NTPSourceMode = number;

export const NTPSourceBitmap = {
  NTP_SOURCE_BITMAP_UNSPECIFIED: 0,
  NTP_SOURCE_BITMAP_PKT_DUP: 1,
  NTP_SOURCE_BITMAP_PKT_BOGUS: 2,
  NTP_SOURCE_BITMAP_PKT_INVALID: 4,
  NTP_SOURCE_BITMAP_PKT_AUTH: 8,
  NTP_SOURCE_BITMAP_PKT_STRATUM: 16,
  NTP_SOURCE_BITMAP_PKT_HEADER: 32,
  NTP_SOURCE_BITMAP_TST_MAX_DELAY: 64,
  NTP_SOURCE_BITMAP_TST_DELAY_RATIO: 128,
  NTP_SOURCE_BITMAP_TST_DELAY_DEV_RATION: 256,
  NTP_SOURCE_BITMAP_TST_SYNC_LOOP: 512,
} as const;
export type NTPSourceBitmap = number;

export const EVE_PATCH_ENVELOPE_STATE = {
  PATCH_UNKOWN: 0,
  PATCH_ERROR: 1,
  PATCH_RECEIVED: 2,
  PATCH_DOWNLOADING: 3,
  PATCH_DOWNLOADED: 4,
  PATCH_READY: 5,
  PATCH_ACTIVE: 6,
} as const;
export type EVE_PATCH_ENVELOPE_STATE = number;

export const SupplicantState = {
  SUPPLICANT_STATE_UNSPECIFIED: 0,
  SUPPLICANT_STATE_DISCONNECTED: 1,
  SUPPLICANT_STATE_CONNECTING: 2,
  SUPPLICANT_STATE_AUTHENTICATING: 3,
  SUPPLICANT_STATE_AUTHENTICATED: 4,
  SUPPLICANT_STATE_FAILED: 5,
  SUPPLICANT_STATE_HELD: 6,
} as const;
export type SupplicantState = number;
