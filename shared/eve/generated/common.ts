// Written by infra/proto.ts from proto/. Do not edit.
import type * as protobuf from './protobuf.ts';

export interface CipherContext {
  contextId?: string | undefined;
  hashScheme?: HashAlgorithm | undefined;
  keyExchangeScheme?: KeyExchangeScheme | undefined;
  encryptionScheme?: EncryptionScheme | undefined;
  deviceCertHash?: Uint8Array | undefined;
  controllerCertHash?: Uint8Array | undefined;
}

export interface CipherBlock {
  cipherContextId?: string | undefined;
  initialValue?: Uint8Array | undefined;
  cipherData?: Uint8Array | undefined;
  clearTextSha256?: Uint8Array | undefined;
}

export interface EncryptionBlock {
  dsAPIKey?: string | undefined;
  dsPassword?: string | undefined;
  wifiUserName?: string | undefined;
  wifiPassword?: string | undefined;
  protectedUserData?: string | undefined;
  cellular_net_username?: string | undefined;
  cellular_net_password?: string | undefined;
  cluster_token?: string | undefined;
  user?: EncryptionBlockUser | undefined;
  encrypted_data?: string | undefined;
  cellular_net_attach_username?: string | undefined;
  cellular_net_attach_password?: string | undefined;
  gzip_registration_manifest_yaml?: Uint8Array | undefined;
  scep_challenge_password?: string | undefined;
}

export interface DiskDescription {
  name?: string | undefined;
  logical_name?: string | undefined;
  serial?: string | undefined;
}

export interface ipRange {
  start?: string | undefined;
  end?: string | undefined;
}

export interface ProxyServer {
  proto?: proxyProto | undefined;
  server?: string | undefined;
  port?: number | undefined;
}

export interface ProxyConfig {
  networkProxyEnable?: boolean | undefined;
  proxies?: ProxyServer[] | undefined;
  exceptions?: string | undefined;
  pacfile?: string | undefined;
  networkProxyURL?: string | undefined;
  proxyCertPEM?: Uint8Array[] | undefined;
}

export interface ZnetStaticDNSEntry {
  HostName?: string | undefined;
  Address?: string[] | undefined;
}

export interface ipspec {
  dhcp?: DHCPType | undefined;
  subnet?: string | undefined;
  gateway?: string | undefined;
  domain?: string | undefined;
  ntp?: string | undefined;
  dns?: string[] | undefined;
  dhcpRange?: ipRange | undefined;
  more_ntp?: string[] | undefined;
  dhcp_options_ignore?: DhcpOptionsIgnore | undefined;
}

export interface DhcpOptionsIgnore {
  ntp_server_exclusively?: boolean | undefined;
  ip_addresses_exclusively?: boolean | undefined;
  dns_config_exclusively?: boolean | undefined;
  gateways_exclusively?: boolean | undefined;
}

export interface ProbeEndpoint {
  host?: string | undefined;
  port?: number | undefined;
}

export interface ConnectivityProbe {
  probe_method?: ConnectivityProbeMethod | undefined;
  probe_endpoint?: ProbeEndpoint | undefined;
}

export interface PortConfigSource {
  origin?: NetworkConfigOrigin | undefined;
  submitted_at?: protobuf.Timestamp | undefined;
}

export const KeyExchangeScheme = {
  KEA_NONE: 0,
  KEA_ECDH: 1,
} as const;
export type KeyExchangeScheme = number;

export const EncryptionScheme = {
  SA_NONE: 0,
  SA_AES_256_CFB: 1,
} as const;
export type EncryptionScheme = number;

export const EncryptionBlockUser = {
  ENCRYPTION_BLOCK_USER_UNSPECIFIED: 0,
  ENCRYPTION_BLOCK_USER_BINARY_ARTIFACT_METADATA: 1,
} as const;
export type EncryptionBlockUser = number;

export const PhyIoType = {
  PhyIoNoop: 0,
  PhyIoNetEth: 1,
  PhyIoUSB: 2,
  PhyIoCOM: 3,
  PhyIoAudio: 4,
  PhyIoNetWLAN: 5,
  PhyIoNetWWAN: 6,
  PhyIoHDMI: 7,
  PhyIoNVMEStorage: 9,
  PhyIoSATAStorage: 10,
  PhyIoNetEthPF: 11,
  PhyIoNetEthVF: 12,
  PhyIoUSBController: 13,
  PhyIoUSBDevice: 14,
  PhyIoCAN: 15,
  PhyIoVCAN: 16,
  PhyIoLCAN: 17,
  PhyIoOther: 255,
} as const;
export type PhyIoType = number;

export const PhyIoMemberUsage = {
  PhyIoUsageNone: 0,
  PhyIoUsageMgmtAndApps: 1,
  PhyIoUsageShared: 2,
  PhyIoUsageDedicated: 3,
  PhyIoUsageDisabled: 4,
  PhyIoUsageMgmtOnly: 5,
} as const;
export type PhyIoMemberUsage = number;

export const HashAlgorithm = {
  HASH_ALGORITHM_INVALID: 0,
  HASH_ALGORITHM_SHA256_16BYTES: 1,
  HASH_ALGORITHM_SHA256_32BYTES: 2,
} as const;
export type HashAlgorithm = number;

export const BootOrder = {
  BOOT_ORDER_UNSPECIFIED: 0,
  BOOT_ORDER_USB: 1,
  BOOT_ORDER_NOUSB: 2,
} as const;
export type BootOrder = number;

export const proxyProto = {
  PROXY_HTTP: 0,
  PROXY_HTTPS: 1,
  PROXY_SOCKS: 2,
  PROXY_FTP: 3,
  PROXY_OTHER: 255,
} as const;
export type proxyProto = number;

export const DHCPType = {
  DHCPNoop: 0,
  Static: 1,
  DHCPNone: 2,
  Client: 4,
} as const;
export type DHCPType = number;

export const NetworkType = {
  NETWORKTYPENOOP: 0,
  V4: 4,
  V6: 6,
  CryptoV4: 24,
  CryptoV6: 26,
  CryptoEID: 14,
  V4Only: 7,
  V6Only: 8,
  DualV4V6: 9,
} as const;
export type NetworkType = number;

export const WirelessType = {
  TypeNOOP: 0,
  WiFi: 1,
  Cellular: 2,
} as const;
export type WirelessType = number;

export const WiFiKeyScheme = {
  SchemeNOOP: 0,
  WPAPSK: 1,
  WPAEAP: 2,
} as const;
export type WiFiKeyScheme = number;

export const ConnectivityProbeMethod = {
  CONNECTIVITY_PROBE_METHOD_UNSPECIFIED: 0,
  CONNECTIVITY_PROBE_METHOD_ICMP: 1,
  CONNECTIVITY_PROBE_METHOD_TCP: 2,
} as const;
export type ConnectivityProbeMethod = number;

export const RadioAccessTechnology = {
  RADIO_ACCESS_TECHNOLOGY_UNSPECIFIED: 0,
  RADIO_ACCESS_TECHNOLOGY_GSM: 1,
  RADIO_ACCESS_TECHNOLOGY_UMTS: 2,
  RADIO_ACCESS_TECHNOLOGY_LTE: 3,
  RADIO_ACCESS_TECHNOLOGY_5GNR: 4,
} as const;
export type RadioAccessTechnology = number;

export const CellularIPType = {
  CELLULAR_IP_TYPE_UNSPECIFIED: 0,
  CELLULAR_IP_TYPE_IPV4: 1,
  CELLULAR_IP_TYPE_IPV4_AND_IPV6: 2,
  CELLULAR_IP_TYPE_IPV6: 3,
} as const;
export type CellularIPType = number;

export const BearerType = {
  BEARER_TYPE_UNSPECIFIED: 0,
  BEARER_TYPE_ATTACH: 1,
  BEARER_TYPE_DEFAULT: 2,
  BEARER_TYPE_DEDICATED: 3,
} as const;
export type BearerType = number;

export const CellularAuthProtocol = {
  CELLULAR_AUTH_PROTOCOL_NONE: 0,
  CELLULAR_AUTH_PROTOCOL_PAP: 1,
  CELLULAR_AUTH_PROTOCOL_CHAP: 2,
  CELLULAR_AUTH_PROTOCOL_PAP_AND_CHAP: 3,
} as const;
export type CellularAuthProtocol = number;

export const BondMode = {
  BOND_MODE_UNSPECIFIED: 0,
  BOND_MODE_BALANCE_RR: 1,
  BOND_MODE_ACTIVE_BACKUP: 2,
  BOND_MODE_BALANCE_XOR: 3,
  BOND_MODE_BROADCAST: 4,
  BOND_MODE_802_3AD: 5,
  BOND_MODE_BALANCE_TLB: 6,
  BOND_MODE_BALANCE_ALB: 7,
} as const;
export type BondMode = number;

export const LacpRate = {
  LACP_RATE_UNSPECIFIED: 0,
  LACP_RATE_SLOW: 1,
  LACP_RATE_FAST: 2,
} as const;
export type LacpRate = number;

export const NetworkConfigOrigin = {
  NETWORK_CONFIG_ORIGIN_UNSPECIFIED: 0,
  NETWORK_CONFIG_ORIGIN_CONTROLLER: 1,
  NETWORK_CONFIG_ORIGIN_BOOTSTRAP: 2,
  NETWORK_CONFIG_ORIGIN_OVERRIDE: 3,
  NETWORK_CONFIG_ORIGIN_LASTRESORT: 4,
  NETWORK_CONFIG_ORIGIN_TUI: 5,
  NETWORK_CONFIG_ORIGIN_LOC: 6,
  NETWORK_CONFIG_ORIGIN_LPS: 7,
} as const;
export type NetworkConfigOrigin = number;
