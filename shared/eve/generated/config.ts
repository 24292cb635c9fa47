// Written by infra/proto.ts from proto/. Do not edit.
import type * as auth from './auth.ts';
import type * as certs from './certs.ts';
import type * as common from './common.ts';
import type * as profile from './profile.ts';
import type * as protobuf from './protobuf.ts';

export interface InstanceOpsCmd {
  counter?: number | undefined;
  opsTime?: string | undefined;
}

export interface SnapshotDesc {
  id?: string | undefined;
  type?: SnapshotType | undefined;
}

export interface SnapshotConfig {
  active_snapshot?: string | undefined;
  rollback_cmd?: InstanceOpsCmd | undefined;
  max_snapshots?: number | undefined;
  snapshots?: SnapshotDesc[] | undefined;
}

export interface AppInstanceConfig {
  uuidandversion?: UUIDandVersion | undefined;
  displayname?: string | undefined;
  fixedresources?: VmConfig | undefined;
  drives?: Drive[] | undefined;
  activate?: boolean | undefined;
  interfaces?: NetworkAdapter[] | undefined;
  adapters?: Adapter[] | undefined;
  restart?: InstanceOpsCmd | undefined;
  purge?: InstanceOpsCmd | undefined;
  userData?: string | undefined;
  remoteConsole?: boolean | undefined;
  cipherData?: common.CipherBlock | undefined;
  collectStatsIPAddr?: string | undefined;
  volumeRefList?: VolumeRef[] | undefined;
  metaDataType?: MetaDataType | undefined;
  profile_list?: string[] | undefined;
  start_delay_in_seconds?: number | undefined;
  service?: boolean | undefined;
  cloud_init_version?: number | undefined;
  snapshot?: SnapshotConfig | undefined;
  patchRef?: PatchEnvelopeRef | undefined;
  designated_node_id?: string | undefined;
  vm_resolution?: string | undefined;
  runtime_type?: AppRuntimeType | undefined;
  affinity?: AffinityType | undefined;
}

export interface PatchEnvelopeRef {
  name?: string | undefined;
  id?: string | undefined;
}

export interface VolumeRef {
  uuid?: string | undefined;
  generationCount?: number | bigint | undefined;
  mount_dir?: string | undefined;
}

export interface OSKeyTags {
}

export interface OSVerDetails {
}

export interface BaseOSConfig {
  uuidandversion?: UUIDandVersion | undefined;
  drives?: Drive[] | undefined;
  activate?: boolean | undefined;
  baseOSVersion?: string | undefined;
  volumeID?: string | undefined;
}

export interface BaseOS {
  content_tree_uuid?: string | undefined;
  retry_update?: DeviceOpsCmd | undefined;
  activate?: boolean | undefined;
  base_os_version?: string | undefined;
}

export interface CompoundEdgeDevConfigRequest {
  last_cmd_timestamp?: number | bigint | undefined;
  cfg_req?: ConfigRequest | undefined;
}

export interface CompoundEdgeDevConfig {
  timestamp?: number | bigint | undefined;
  protected_config?: auth.AuthContainer | undefined;
  dev_cmd?: profile.LocalDevCmd | undefined;
  app_cmd_list?: profile.LocalAppCmdList | undefined;
  radio_config?: profile.RadioConfig | undefined;
}

export interface UUIDandVersion {
  uuid?: string | undefined;
  version?: string | undefined;
}

export interface DeviceOpsCmd {
  counter?: number | undefined;
  desiredState?: boolean | undefined;
  opsTime?: string | undefined;
}

export interface ConfigItem {
  key?: string | undefined;
  value?: string | undefined;
}

export interface Adapter {
  type?: common.PhyIoType | undefined;
  name?: string | undefined;
  eth_vf?: EthVF | undefined;
  interface_order?: number | undefined;
}

export interface EthVF {
  index?: number | undefined;
  mac?: string | undefined;
  vlan_id?: number | undefined;
}

export interface LOCConfig {
  loc_url?: string | undefined;
  datastore_collect_info_id?: string[] | undefined;
}

export interface EdgeDevConfig {
  id?: UUIDandVersion | undefined;
  apps?: AppInstanceConfig[] | undefined;
  networks?: NetworkConfig[] | undefined;
  datastores?: DatastoreConfig[] | undefined;
  base?: BaseOSConfig[] | undefined;
  reboot?: DeviceOpsCmd | undefined;
  backup?: DeviceOpsCmd | undefined;
  configItems?: ConfigItem[] | undefined;
  systemAdapterList?: SystemAdapter[] | undefined;
  deviceIoList?: PhysicalIO[] | undefined;
  manufacturer?: string | undefined;
  productName?: string | undefined;
  networkInstances?: NetworkInstanceConfig[] | undefined;
  cipherContexts?: common.CipherContext[] | undefined;
  contentInfo?: ContentTree[] | undefined;
  volumes?: Volume[] | undefined;
  controllercert_confighash?: string | undefined;
  maintenance_mode?: boolean | undefined;
  controller_epoch?: number | bigint | undefined;
  baseos?: BaseOS | undefined;
  global_profile?: string | undefined;
  local_profile_server?: string | undefined;
  profile_server_token?: string | undefined;
  vlans?: VlanAdapter[] | undefined;
  bonds?: BondAdapter[] | undefined;
  edgeview?: EdgeViewConfig | undefined;
  disks?: DisksConfig | undefined;
  shutdown?: DeviceOpsCmd | undefined;
  device_name?: string | undefined;
  project_name?: string | undefined;
  project_id?: string | undefined;
  enterprise_name?: string | undefined;
  enterprise_id?: string | undefined;
  config_timestamp?: protobuf.Timestamp | undefined;
  loc_config?: LOCConfig | undefined;
  patchEnvelopes?: EvePatchEnvelope[] | undefined;
  cluster?: EdgeNodeCluster | undefined;
  pnacs?: PNAC[] | undefined;
  scep_profiles?: SCEPProfile[] | undefined;
}

export interface ConfigRequest {
  configHash?: string | undefined;
  integrity_token?: Uint8Array | undefined;
}

export interface ConfigResponse {
  config?: EdgeDevConfig | undefined;
  configHash?: string | undefined;
}

export interface BootstrapConfig {
  signed_config?: auth.AuthContainer | undefined;
  controller_certs?: certs.ZCert[] | undefined;
}

export interface SystemAdapter {
  name?: string | undefined;
  freeUplink?: boolean | undefined;
  uplink?: boolean | undefined;
  networkUUID?: string | undefined;
  addr?: string | undefined;
  alias?: string | undefined;
  lowerLayerName?: string | undefined;
  cost?: number | undefined;
  shared_labels?: string[] | undefined;
  allow_local_modifications?: boolean | undefined;
}

export interface PhyIOUsagePolicy {
  freeUplink?: boolean | undefined;
}

export interface PhysicalIO {
  ptype?: common.PhyIoType | undefined;
  phylabel?: string | undefined;
  phyaddrs?: Record<string, string> | undefined;
  logicallabel?: string | undefined;
  assigngrp?: string | undefined;
  usage?: common.PhyIoMemberUsage | undefined;
  usagePolicy?: PhyIOUsagePolicy | undefined;
  cbattr?: Record<string, string> | undefined;
  vflist?: VfList | undefined;
  parentassigngrp?: string | undefined;
}

export interface VfList {
  vf_count?: number | undefined;
  data?: EthVF[] | undefined;
}

export interface VlanAdapter {
  logicallabel?: string | undefined;
  interface_name?: string | undefined;
  lower_layer_name?: string | undefined;
  vlan_id?: number | undefined;
}

export interface BondAdapter {
  logicallabel?: string | undefined;
  interface_name?: string | undefined;
  lower_layer_names?: string[] | undefined;
  bond_mode?: common.BondMode | undefined;
  /** Of oneof monitoring. */
  mii?: MIIMonitor | undefined;
  /** Of oneof monitoring. */
  arp?: ArpMonitor | undefined;
  lacp_rate?: common.LacpRate | undefined;
}

export interface MIIMonitor {
  interval?: number | undefined;
  updelay?: number | undefined;
  downdelay?: number | undefined;
}

export interface ArpMonitor {
  interval?: number | undefined;
  ip_targets?: string[] | undefined;
}

export interface LoadBalancerInterface {
  interface_name?: string | undefined;
  address_cidrs?: string[] | undefined;
}

export interface LoadBalancerService {
  interfaces?: LoadBalancerInterface[] | undefined;
}

export interface EdgeNodeCluster {
  cluster_name?: string | undefined;
  cluster_id?: string | undefined;
  cluster_interface?: string | undefined;
  cluster_ip_prefix?: string | undefined;
  is_worker_node?: boolean | undefined;
  join_server_ip?: string | undefined;
  encrypted_cluster_token?: common.CipherBlock | undefined;
  cluster_type?: ClusterType | undefined;
  tie_breaker_node_id?: string | undefined;
  ha_scheme?: HAScheme | undefined;
  load_balancer_service?: LoadBalancerService | undefined;
  master_node_uuids?: string[] | undefined;
  enable_native_k8s_orchestration?: boolean | undefined;
}

export interface EdgeViewConfig {
  token?: string | undefined;
  disp_cert_pem?: Uint8Array[] | undefined;
  dev_policy?: DevDebugAccessPolicy | undefined;
  app_policy?: AppDebugAccessPolicy | undefined;
  ext_policy?: ExternalEndPointPolicy | undefined;
  generation_id?: number | undefined;
}

export interface DevDebugAccessPolicy {
  allow_dev?: boolean | undefined;
}

export interface AppDebugAccessPolicy {
  allow_app?: boolean | undefined;
}

export interface ExternalEndPointPolicy {
  allow_ext?: boolean | undefined;
}

export interface ACEMatch {
  type?: string | undefined;
  value?: string | undefined;
}

export interface ACEAction {
  drop?: boolean | undefined;
  limit?: boolean | undefined;
  limitrate?: number | undefined;
  limitunit?: string | undefined;
  limitburst?: number | undefined;
  portmap?: boolean | undefined;
  appPort?: number | undefined;
}

export interface ACE {
  matches?: ACEMatch[] | undefined;
  actions?: ACEAction[] | undefined;
  name?: string | undefined;
  id?: number | undefined;
  dir?: ACEDirection | undefined;
}

export interface NetworkConfig {
  id?: string | undefined;
  type?: common.NetworkType | undefined;
  ip?: common.ipspec | undefined;
  dns?: common.ZnetStaticDNSEntry[] | undefined;
  entProxy?: common.ProxyConfig | undefined;
  wireless?: WirelessConfig | undefined;
  mtu?: number | undefined;
}

export interface NetworkAdapter {
  name?: string | undefined;
  networkId?: string | undefined;
  addr?: string | undefined;
  hostname?: string | undefined;
  lispsignature?: string | undefined;
  pemcert?: Uint8Array | undefined;
  pemprivatekey?: Uint8Array | undefined;
  macAddress?: string | undefined;
  cryptoEid?: string | undefined;
  acls?: ACE[] | undefined;
  access_vlan_id?: number | undefined;
  allow_to_discover?: boolean | undefined;
  interface_order?: number | undefined;
}

export interface WirelessConfig {
  type?: common.WirelessType | undefined;
  cellularCfg?: CellularConfig[] | undefined;
  wifiCfg?: WifiConfig[] | undefined;
}

export interface CellularConfig {
  APN?: string | undefined;
  probe?: CellularConnectivityProbe | undefined;
  location_tracking?: boolean | undefined;
  access_points?: CellularAccessPoint[] | undefined;
  activated_sim_slot?: number | undefined;
}

export interface CellularConnectivityProbe {
  disable?: boolean | undefined;
  /** @deprecated */
  probe_address?: string | undefined;
  custom_probe?: common.ConnectivityProbe | undefined;
}

export interface CellularAccessPoint {
  sim_slot?: number | undefined;
  apn?: string | undefined;
  auth_protocol?: common.CellularAuthProtocol | undefined;
  cipher_data?: common.CipherBlock | undefined;
  preferred_plmns?: string[] | undefined;
  forbid_roaming?: boolean | undefined;
  preferred_rats?: common.RadioAccessTechnology[] | undefined;
  ip_type?: common.CellularIPType | undefined;
  attach_apn?: string | undefined;
  attach_ip_type?: common.CellularIPType | undefined;
  attach_auth_protocol?: common.CellularAuthProtocol | undefined;
}

export interface WifiConfig {
  wifiSSID?: string | undefined;
  keyScheme?: common.WiFiKeyScheme | undefined;
  identity?: string | undefined;
  password?: string | undefined;
  crypto?: WifiConfig_cryptoblock | undefined;
  priority?: number | undefined;
  cipherData?: common.CipherBlock | undefined;
}

export interface WifiConfig_cryptoblock {
  identity?: string | undefined;
  password?: string | undefined;
}

export interface PNAC {
  logicallabel?: string | undefined;
  eap_identity?: string | undefined;
  eap_method?: EAPMethod | undefined;
  cert_enrollment_profile_name?: string | undefined;
}

export interface NetworkInstanceOpaqueConfig {
  oconfig?: string | undefined;
  lispConfig?: NetworkInstanceLispConfig | undefined;
  type?: ZNetworkOpaqueConfigType | undefined;
}

export interface ZcServicePoint {
  NameOrIp?: string | undefined;
  Credential?: string | undefined;
  zsType?: ZcServiceType | undefined;
}

export interface NetworkInstanceLispConfig {
  LispMSs?: ZcServicePoint[] | undefined;
  LispInstanceId?: number | undefined;
  allocate?: boolean | undefined;
  exportprivate?: boolean | undefined;
  allocationprefix?: Uint8Array | undefined;
  allocationprefixlen?: number | undefined;
  experimental?: boolean | undefined;
}

export interface IPRoute {
  destination_network?: string | undefined;
  gateway?: string | undefined;
  port?: string | undefined;
  probe?: PortProbe | undefined;
  prefer_lower_cost?: boolean | undefined;
  prefer_stronger_wwan_signal?: boolean | undefined;
}

export interface PortProbe {
  enable_gw_ping?: boolean | undefined;
  gw_ping_max_cost?: number | undefined;
  custom_probe?: common.ConnectivityProbe | undefined;
}

export interface SpanningTreeProtocol {
  ports_with_bpdu_guard?: string | undefined;
}

export interface NetworkInstanceConfig {
  uuidandversion?: UUIDandVersion | undefined;
  displayname?: string | undefined;
  instType?: ZNetworkInstType | undefined;
  activate?: boolean | undefined;
  port?: Adapter | undefined;
  stp?: SpanningTreeProtocol | undefined;
  cfg?: NetworkInstanceOpaqueConfig | undefined;
  ipType?: AddressType | undefined;
  ip?: common.ipspec | undefined;
  dns?: common.ZnetStaticDNSEntry[] | undefined;
  propagate_connected_routes?: boolean | undefined;
  static_routes?: IPRoute[] | undefined;
  mtu?: number | undefined;
  disable_flowlog?: boolean | undefined;
  vlan_access_ports?: VlanAccessPort[] | undefined;
  forward_lldp?: boolean | undefined;
  cluster_wide?: boolean | undefined;
}

export interface VlanAccessPort {
  vlan_id?: number | undefined;
  access_port?: string | undefined;
}

export interface InlineOpaqueBase64Data {
  base64Data?: string | undefined;
  fileNameToUse?: string | undefined;
  base64MetaData?: string | undefined;
}

export interface EncryptedInlineOpaqueBase64Data {
  cipher_data?: common.CipherBlock | undefined;
}

export interface ExternalOpaqueBinaryBlob {
  imageName?: string | undefined;
  fileNameToUse?: string | undefined;
  blobMetaData?: string | undefined;
  imageId?: string | undefined;
}

export interface EncryptedExternalOpaqueBinaryBlob {
  cipher_data?: common.CipherBlock | undefined;
}

export interface EveBinaryArtifact {
  format?: EVE_OPAQUE_OBJECT_CATEGORY | undefined;
  /** Of oneof binaryBlob. */
  inline?: InlineOpaqueBase64Data | undefined;
  /** Of oneof binaryBlob. */
  volumeRef?: ExternalOpaqueBinaryBlob | undefined;
  artifactMetaData?: string | undefined;
  metadata_cipher_data?: common.CipherBlock | undefined;
  /** Of oneof binaryBlob. */
  encrypted_inline?: EncryptedInlineOpaqueBase64Data | undefined;
  /** Of oneof binaryBlob. */
  encrypted_volumeref?: EncryptedExternalOpaqueBinaryBlob | undefined;
}

export interface EvePatchEnvelope {
  displayName?: string | undefined;
  uuid?: string | undefined;
  version?: string | undefined;
  action?: EVE_PATCH_ENVELOPE_ACTION | undefined;
  artifacts?: EveBinaryArtifact[] | undefined;
  appInstIdsAllowed?: string[] | undefined;
  createTime?: protobuf.Timestamp | undefined;
}

export interface SCEPProfile {
  profile_name?: string | undefined;
  scep_url?: string | undefined;
  use_controller_proxy?: boolean | undefined;
  scep_challenge_password?: common.CipherBlock | undefined;
  ca_cert_pem?: Uint8Array[] | undefined;
  csr_profile?: CSRProfile | undefined;
}

export interface CSRProfile {
  common_name?: string | undefined;
  organization?: string | undefined;
  organizational_unit?: string | undefined;
  country?: string | undefined;
  state?: string | undefined;
  locality?: string | undefined;
  san_dns?: string[] | undefined;
  san_ip?: string[] | undefined;
  san_uri?: string[] | undefined;
  san_email?: string[] | undefined;
  renew_period_percent?: number | undefined;
  key_type?: KeyType | undefined;
  hash_algorithm?: HashAlgorithm | undefined;
}

export interface SignatureInfo {
  intercertsurl?: string | undefined;
  signercerturl?: string | undefined;
  signature?: Uint8Array | undefined;
}

export interface DatastoreConfig {
  dType?: DsType | undefined;
  fqdn?: string | undefined;
  apiKey?: string | undefined;
  password?: string | undefined;
  dpath?: string | undefined;
  region?: string | undefined;
  cipherData?: common.CipherBlock | undefined;
  dsCertPEM?: Uint8Array[] | undefined;
  id?: string | undefined;
}

export interface Image {
  uuidandversion?: UUIDandVersion | undefined;
  name?: string | undefined;
  sha256?: string | undefined;
  iformat?: Format | undefined;
  siginfo?: SignatureInfo | undefined;
  dsId?: string | undefined;
  sizeBytes?: number | bigint | undefined;
}

export interface Drive {
  image?: Image | undefined;
  readonly?: boolean | undefined;
  preserve?: boolean | undefined;
  drvtype?: DriveType | undefined;
  target?: Target | undefined;
  maxsizebytes?: number | bigint | undefined;
}

export interface ContentTree {
  uuid?: string | undefined;
  dsId?: string | undefined;
  URL?: string | undefined;
  iformat?: Format | undefined;
  sha256?: string | undefined;
  maxSizeBytes?: number | bigint | undefined;
  siginfo?: SignatureInfo | undefined;
  displayName?: string | undefined;
  generation_count?: number | bigint | undefined;
  custom_meta_data?: string | undefined;
  ds_ids_list?: string[] | undefined;
  designated_node_id?: string | undefined;
}

export interface VolumeContentOrigin {
  type?: VolumeContentOriginType | undefined;
  downloadContentTreeID?: string | undefined;
}

export interface Volume {
  uuid?: string | undefined;
  origin?: VolumeContentOrigin | undefined;
  protocols?: VolumeAccessProtocols[] | undefined;
  generationCount?: number | bigint | undefined;
  maxsizebytes?: number | bigint | undefined;
  readonly?: boolean | undefined;
  displayName?: string | undefined;
  clear_text?: boolean | undefined;
  target?: Target | undefined;
  designated_node_id?: string | undefined;
}

export interface DiskConfig {
  disk?: common.DiskDescription | undefined;
  old_disk?: common.DiskDescription | undefined;
  disk_config?: DiskConfigType | undefined;
}

export interface DisksConfig {
  disks?: DiskConfig[] | undefined;
  array_type?: DisksArrayType | undefined;
  children?: DisksConfig[] | undefined;
}

export interface VmConfig {
  kernel?: string | undefined;
  ramdisk?: string | undefined;
  memory?: number | undefined;
  maxmem?: number | undefined;
  vcpus?: number | undefined;
  maxcpus?: number | undefined;
  rootdev?: string | undefined;
  extraargs?: string | undefined;
  bootloader?: string | undefined;
  cpus?: string | undefined;
  devicetree?: string | undefined;
  dtdev?: string[] | undefined;
  irqs?: number[] | undefined;
  iomem?: string[] | undefined;
  virtualizationMode?: VmMode | undefined;
  enable_vnc?: boolean | undefined;
  vncDisplay?: number | undefined;
  vncPasswd?: string | undefined;
  disableLogs?: boolean | undefined;
  pin_cpu?: boolean | undefined;
  vmm_maxmem?: number | undefined;
  enable_vnc_shim_vm?: boolean | undefined;
  boot_mode?: VmBootMode | undefined;
  enforce_network_interface_order?: boolean | undefined;
  enable_oem_win_license_key?: boolean | undefined;
  disable_vtpm?: boolean | undefined;
  boot_order?: common.BootOrder | undefined;
}

export const MetaDataType = {
  MetaDataDrive: 0,
  MetaDataNone: 1,
  MetaDataOpenStack: 2,
  MetaDataDriveMultipart: 3,
} as const;
export type MetaDataType = number;

export const SnapshotType = {
  SNAPSHOT_TYPE_UNSPECIFIED: 0,
  SNAPSHOT_TYPE_APP_UPDATE: 1,
  SNAPSHOT_TYPE_IMMEDIATE: 2,
} as const;
export type SnapshotType = number;

export const AffinityType = {
  AFFINITY_TYPE_PREFERRED: 0,
  AFFINITY_TYPE_REQUIRED: 1,
} as const;
export type AffinityType = number;

export const AppRuntimeType = {
  APP_RUNTIME_TYPE_UNSPECIFIED: 0,
  APP_RUNTIME_TYPE_DOCKER: 1,
} as const;
export type AppRuntimeType = number;

export const ClusterType = {
  CLUSTER_TYPE_UNSPECIFIED: 0,
  CLUSTER_TYPE_K3S_BASE: 1,
  CLUSTER_TYPE_REPLICATED_STORAGE: 2,
  CLUSTER_TYPE_HA: 3,
} as const;
export type ClusterType = number;

export const HAScheme = {
  HA_SCHEME_UNSPECIFIED: 0,
  HA_SCHEME_K3S_EMBEDDED: 1,
} as const;
export type HAScheme = number;

export const ACEDirection = {
  BOTH: 0,
  INGRESS: 1,
  EGRESS: 2,
} as const;
export type ACEDirection = number;

export const EAPMethod = {
  EAP_METHOD_UNSPECIFIED: 0,
  EAP_METHOD_TLS: 1,
} as const;
export type EAPMethod = number;

export const ZNetworkInstType = {
  ZNetInstFirst: 0,
  ZnetInstSwitch: 1,
  ZnetInstLocal: 2,
  ZnetInstCloud: 3,
  ZnetInstMesh: 4,
  ZnetInstHoneyPot: 5,
  ZnetInstTransparent: 6,
  ZNetInstLast: 255,
} as const;
export type ZNetworkInstType = number;

export const AddressType = {
  First: 0,
  IPV4: 1,
  IPV6: 2,
  CryptoIPV4: 3,
  CryptoIPV6: 4,
  Last: 255,
} as const;
export type AddressType = number;

export const ZNetworkOpaqueConfigType = {
  ZNetOConfigVPN: 0,
  ZNetOConfigLisp: 1,
} as const;
export type ZNetworkOpaqueConfigType = number;

export const ZcServiceType = {
  zcloudInvalidSrv: 0,
  mapServer: 1,
  supportServer: 2,
} as const;
export type ZcServiceType = number;

export const EVE_OPAQUE_OBJECT_CATEGORY = {
  UNKNOWN: 0,
  BASE64: 1,
  BINARYBLOB: 2,
  SECRET: 3,
} as const;
export type EVE_OPAQUE_OBJECT_CATEGORY = number;

export const EVE_PATCH_ENVELOPE_ACTION = {
  STORE: 0,
  ACTIVATE: 1,
} as const;
export type EVE_PATCH_ENVELOPE_ACTION = number;

export const KeyType = {
  KEY_TYPE_UNSPECIFIED: 0,
  KEY_TYPE_RSA_2048: 1,
  KEY_TYPE_RSA_3072: 2,
  KEY_TYPE_RSA_4096: 3,
  KEY_TYPE_ECDSA_P256: 10,
  KEY_TYPE_ECDSA_P384: 11,
  KEY_TYPE_ECDSA_P521: 12,
} as const;
export type KeyType = number;

export const HashAlgorithm = {
  HASH_ALGORITHM_UNSPECIFIED: 0,
  HASH_ALGORITHM_SHA256: 1,
  HASH_ALGORITHM_SHA384: 2,
  HASH_ALGORITHM_SHA512: 3,
} as const;
export type HashAlgorithm = number;

export const DsType = {
  DsUnknown: 0,
  DsHttp: 1,
  DsHttps: 2,
  DsS3: 3,
  DsSFTP: 4,
  DsContainerRegistry: 5,
  DsAzureBlob: 6,
  DsGoogleStorage: 7,
} as const;
export type DsType = number;

export const Format = {
  FmtUnknown: 0,
  RAW: 1,
  QCOW: 2,
  QCOW2: 3,
  VHD: 4,
  VMDK: 5,
  OVA: 6,
  VHDX: 7,
  CONTAINER: 8,
  ISO: 9,
  PVC: 10,
} as const;
export type Format = number;

export const Target = {
  TgtUnknown: 0,
  Disk: 1,
  Kernel: 2,
  Initrd: 3,
  RamDisk: 4,
  AppCustom: 5,
} as const;
export type Target = number;

export const DriveType = {
  Unclassified: 0,
  CDROM: 1,
  HDD: 2,
  NET: 3,
  HDD_EMPTY: 4,
} as const;
export type DriveType = number;

export const VolumeAccessProtocols = {
  VAP_NONE: 0,
  VAP_9P: 1,
} as const;
export type VolumeAccessProtocols = number;

export const VolumeContentOriginType = {
  VCOT_UNKNOWN: 0,
  VCOT_BLANK: 1,
  VCOT_DOWNLOAD: 2,
} as const;
export type VolumeContentOriginType = number;

export const DiskConfigType = {
  DISK_CONFIG_TYPE_UNSPECIFIED: 0,
  DISK_CONFIG_TYPE_EVEOS: 1,
  DISK_CONFIG_TYPE_PERSIST: 2,
  DISK_CONFIG_TYPE_ZFS_ONLINE: 3,
  DISK_CONFIG_TYPE_ZFS_OFFLINE: 4,
  DISK_CONFIG_TYPE_APPDIRECT: 5,
  DISK_CONFIG_TYPE_UNUSED: 6,
} as const;
export type DiskConfigType = number;

export const DisksArrayType = {
  DISKS_ARRAY_TYPE_UNSPECIFIED: 0,
  DISKS_ARRAY_TYPE_RAID0: 1,
  DISKS_ARRAY_TYPE_RAID1: 2,
  DISKS_ARRAY_TYPE_RAID5: 3,
  DISKS_ARRAY_TYPE_RAID6: 4,
} as const;
export type DisksArrayType = number;

export const VmMode = {
  PV: 0,
  HVM: 1,
  Filler: 2,
  FML: 3,
  NOHYPER: 4,
  LEGACY: 5,
} as const;
export type VmMode = number;

export const VmBootMode = {
  VM_BOOT_MODE_UNSPECIFIED: 0,
  VM_BOOT_MODE_LEGACY: 1,
  VM_BOOT_MODE_UEFI: 2,
} as const;
export type VmBootMode = number;
