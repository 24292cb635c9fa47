// Written by infra/proto.ts from proto/. Do not edit.
import type * as common from './common.ts';
import type * as info from './info.ts';
import type * as metrics from './metrics.ts';
import type * as protobuf from './protobuf.ts';

export interface LocalProfile {
  local_profile?: string | undefined;
  server_token?: string | undefined;
}

export interface RadioStatus {
  radio_silence?: boolean | undefined;
  config_error?: string | undefined;
  cellular_status?: CellularStatus[] | undefined;
  cellular_metrics?: metrics.CellularMetric[] | undefined;
}

export interface CellularStatus {
  logicallabel?: string | undefined;
  module?: info.ZCellularModuleInfo | undefined;
  sim_cards?: info.ZSimcardInfo[] | undefined;
  providers?: info.ZCellularProvider[] | undefined;
  config_error?: string | undefined;
  probe_error?: string | undefined;
}

export interface RadioConfig {
  server_token?: string | undefined;
  radio_silence?: boolean | undefined;
}

export interface LocalAppInfoList {
  apps_info?: LocalAppInfo[] | undefined;
}

export interface LocalAppInfo {
  id?: string | undefined;
  version?: string | undefined;
  name?: string | undefined;
  err?: info.ErrorInfo | undefined;
  state?: info.ZSwState | undefined;
  last_cmd_timestamp?: number | bigint | undefined;
}

export interface LocalAppCmdList {
  server_token?: string | undefined;
  app_commands?: AppCommand[] | undefined;
}

export interface AppCommand {
  id?: string | undefined;
  displayname?: string | undefined;
  timestamp?: number | bigint | undefined;
  command?: AppCommand_Command | undefined;
}

export interface LocalDevInfo {
  device_uuid?: string | undefined;
  state?: info.ZDeviceState | undefined;
  maintenance_mode_reasons?: info.MaintenanceModeReason[] | undefined;
  boot_time?: protobuf.Timestamp | undefined;
  last_boot_reason?: info.BootReason | undefined;
  last_cmd_timestamp?: number | bigint | undefined;
}

export interface LocalDevCmd {
  server_token?: string | undefined;
  timestamp?: number | bigint | undefined;
  command?: LocalDevCmd_Command | undefined;
}

export interface AppBootConfig {
  id?: string | undefined;
  displayname?: string | undefined;
  usb_boot?: common.BootOrder | undefined;
}

export interface AppBootConfigList {
  server_token?: string | undefined;
  app_configs?: AppBootConfig[] | undefined;
}

export interface AppBootInfo {
  id?: string | undefined;
  displayname?: string | undefined;
  boot_order?: common.BootOrder | undefined;
  source?: BootOrderSource | undefined;
}

export interface AppBootInfoList {
  apps_boot_info?: AppBootInfo[] | undefined;
}

export interface NetworkInfo {
  latest_config?: NetworkPortConfig[] | undefined;
  config_testing?: NetworkConfigTestingStatus | undefined;
  is_using_fallback_config?: boolean | undefined;
  fallback_config?: NetworkPortConfig[] | undefined;
  local_config?: LocalNetworkConfigInfo | undefined;
  port_status?: NetworkPortStatus[] | undefined;
}

export interface NetworkConfigTestingStatus {
  controller_reachable?: boolean | undefined;
  connectivity_error?: string | undefined;
  last_test_time?: protobuf.Timestamp | undefined;
  testing_in_progress?: boolean | undefined;
  testing_phase?: string | undefined;
}

export interface NetworkPortStatus {
  logical_label?: string | undefined;
  interface_name?: string | undefined;
  link_up?: boolean | undefined;
  mac_address?: string | undefined;
  ip_addresses?: string[] | undefined;
  gateways?: string[] | undefined;
  dns_servers?: string[] | undefined;
  dns_domain?: string | undefined;
  ntp_servers?: string[] | undefined;
  mtu?: number | undefined;
}

export interface LocalNetworkConfigInfo {
  ports?: NetworkPortConfig[] | undefined;
  error_message?: string | undefined;
}

export interface LocalNetworkConfig {
  server_token?: string | undefined;
  ports?: NetworkPortConfig[] | undefined;
}

export interface NetworkPortAddresses {
  interface_name?: string | undefined;
  pci_address?: string | undefined;
  usb_address?: string | undefined;
}

export interface NetworkPortConfig {
  logical_label?: string | undefined;
  port_addresses?: NetworkPortAddresses | undefined;
  config_applied?: boolean | undefined;
  ip_version?: IPVersion | undefined;
  use_dhcp?: boolean | undefined;
  dhcp_options_ignore?: common.DhcpOptionsIgnore | undefined;
  ip_addresses?: string[] | undefined;
  gateways?: string[] | undefined;
  without_default_route?: boolean | undefined;
  dns_servers?: string[] | undefined;
  dns_domain?: string | undefined;
  ntp_servers?: string[] | undefined;
  mtu?: number | undefined;
  proxy_config?: common.ProxyConfig | undefined;
  wireless_device_type?: WirelessType | undefined;
  /** Of oneof wireless_config. */
  cellular_config?: CellularConfig | undefined;
  /** Of oneof wireless_config. */
  wifi_config?: WifiConfig | undefined;
  config_source?: common.PortConfigSource | undefined;
  error_message?: string | undefined;
  local_modifications_allowed?: boolean | undefined;
}

export interface CellularConfig {
  apn?: string | undefined;
  attach_apn?: string | undefined;
  ip_type?: common.CellularIPType | undefined;
  attach_ip_type?: common.CellularIPType | undefined;
  activate_sim_slot?: number | undefined;
  forbid_roaming?: boolean | undefined;
  default_bearer_auth?: CellularNetworkAuth | undefined;
  attach_bearer_auth?: CellularNetworkAuth | undefined;
  probe?: CellularConnectivityProbe | undefined;
  location_tracking?: boolean | undefined;
}

export interface CellularNetworkAuth {
  auth_protocol?: common.CellularAuthProtocol | undefined;
  username?: string | undefined;
  password?: string | undefined;
}

export interface CellularConnectivityProbe {
  disable?: boolean | undefined;
  custom_probe?: common.ConnectivityProbe | undefined;
}

export interface WifiConfig {
  ssid?: string | undefined;
  key_scheme?: common.WiFiKeyScheme | undefined;
  identity?: string | undefined;
  password?: string | undefined;
}

export interface Signal {
  pending_changes?: ConfigEndpoint[] | undefined;
}

export const AppCommand_Command = {
  COMMAND_UNSPECIFIED: 0,
  COMMAND_RESTART: 1,
  COMMAND_PURGE: 2,
} as const;
export type AppCommand_Command = number;

export const LocalDevCmd_Command = {
  COMMAND_UNSPECIFIED: 0,
  COMMAND_SHUTDOWN: 1,
  COMMAND_GRACEFUL_POWEROFF: 2,
  COMMAND_SHUTDOWN_POWEROFF: 2,
  COMMAND_GRACEFUL_REBOOT: 3,
  COMMAND_COLLECT_INFO: 4,
} as const;
export type LocalDevCmd_Command = number;

export const BootOrderSource = {
  BOOT_ORDER_SOURCE_UNSPECIFIED: 0,
  BOOT_ORDER_SOURCE_LPS: 1,
  BOOT_ORDER_SOURCE_CONTROLLER: 2,
  BOOT_ORDER_SOURCE_DEVICE_PROPERTY: 3,
} as const;
export type BootOrderSource = number;

export const IPVersion = {
  IP_VERSION_UNSPECIFIED: 0,
  IP_VERSION_DUAL_STACK: 1,
  IP_VERSION_IPV4_ONLY: 2,
  IP_VERSION_IPV6_ONLY: 3,
} as const;
export type IPVersion = number;

export const WirelessType = {
  WIRELESS_TYPE_UNSPECIFIED: 0,
  WIRELESS_TYPE_CELLULAR: 1,
  WIRELESS_TYPE_WIFI: 2,
} as const;
export type WirelessType = number;

export const ConfigEndpoint = {
  CONFIG_ENDPOINT_UNSPECIFIED: 0,
  CONFIG_ENDPOINT_LOCAL_PROFILE: 1,
  CONFIG_ENDPOINT_RADIO: 2,
  CONFIG_ENDPOINT_APP_INFO: 3,
  CONFIG_ENDPOINT_APP_BOOT_INFO: 4,
  CONFIG_ENDPOINT_DEV_INFO: 5,
  CONFIG_ENDPOINT_NETWORK: 6,
} as const;
export type ConfigEndpoint = number;
