import {
  CellularAuthProtocol,
  CellularIPType,
  ConnectivityProbeMethod,
  RadioAccessTechnology,
  WiFiKeyScheme,
  WirelessType,
} from '../eve/generated/common.ts';
import type { CellularAccessPoint, CellularConfig, WifiConfig, WirelessConfig } from '../eve/generated/config.ts';
import type { NetworkConfigSpec } from '../resources/eve/networkconfig.ts';
import type { Draft } from './draft.ts';
import { readOptionalSecret, seal, sealUnlessClear } from './secrets.ts';

type Wifi = NonNullable<NetworkConfigSpec['wifi']>[number];
type Cellular = NonNullable<NetworkConfigSpec['cellular']>;
type AccessPoint = NonNullable<Cellular['accessPoints']>[number];

/** WiFi or cellular settings of a network, secrets encrypted. `id`: the network's UUID. */
export const toWireless = (draft: Draft, config: NetworkConfigSpec, id: string): WirelessConfig | undefined => {
  if (config.cellular) return { type: WirelessType.Cellular, cellularCfg: [toCellular(draft, config.cellular, id)] };
  if (config.wifi)
    return {
      type: WirelessType.WiFi,
      wifiCfg: config.wifi.map((one, at) => toWifi(draft, one, id, `spec.wifi[${at}]`)),
    };
  return undefined;
};

const toWifi = (draft: Draft, one: Wifi, id: string, field: string): WifiConfig => {
  const identity = readOptionalSecret(draft, one.identitySecret, `${field}.identitySecret`) ?? one.identity;
  const password = readOptionalSecret(draft, one.passwordSecret, `${field}.passwordSecret`);
  const secrets = { wifiUserName: identity, wifiPassword: password };
  const block = sealUnlessClear(draft, `network/${id}/wifi/${one.ssid}`, secrets, field);
  return {
    wifiSSID: one.ssid,
    keyScheme: one.keyScheme === 'WPAEAP' ? WiFiKeyScheme.WPAEAP : WiFiKeyScheme.WPAPSK,
    priority: one.priority,
    ...(block ? { cipherData: block } : { identity, password }),
  };
};

const probeMethods = {
  ICMP: ConnectivityProbeMethod.CONNECTIVITY_PROBE_METHOD_ICMP,
  TCP: ConnectivityProbeMethod.CONNECTIVITY_PROBE_METHOD_TCP,
};

interface ProbeSpec {
  method?: 'ICMP' | 'TCP' | undefined;
  host?: string | undefined;
  port?: number | undefined;
}

/** How a connection is checked; undefined when nothing is said. */
export const toProbe = ({ method, host, port }: ProbeSpec) =>
  method && { probe_method: probeMethods[method], probe_endpoint: { host, port } };

/** EVE wants exactly one of these per network. */
const toCellular = (draft: Draft, one: Cellular, id: string): CellularConfig => ({
  probe: one.probe && { disable: one.probe.disable, custom_probe: toProbe(one.probe) },
  location_tracking: one.locationTracking,
  access_points: (one.accessPoints ?? []).map((point, at) =>
    toAccessPoint(draft, point, `network/${id}/apn/${at}`, `spec.cellular.accessPoints[${at}]`),
  ),
  activated_sim_slot: one.activatedSimSlot,
});

const authProtocols = {
  None: CellularAuthProtocol.CELLULAR_AUTH_PROTOCOL_NONE,
  PAP: CellularAuthProtocol.CELLULAR_AUTH_PROTOCOL_PAP,
  CHAP: CellularAuthProtocol.CELLULAR_AUTH_PROTOCOL_CHAP,
  PAPAndCHAP: CellularAuthProtocol.CELLULAR_AUTH_PROTOCOL_PAP_AND_CHAP,
};

const ipTypes = {
  IPv4: CellularIPType.CELLULAR_IP_TYPE_IPV4,
  IPv4AndIPv6: CellularIPType.CELLULAR_IP_TYPE_IPV4_AND_IPV6,
  IPv6: CellularIPType.CELLULAR_IP_TYPE_IPV6,
};

const technologies = {
  GSM: RadioAccessTechnology.RADIO_ACCESS_TECHNOLOGY_GSM,
  UMTS: RadioAccessTechnology.RADIO_ACCESS_TECHNOLOGY_UMTS,
  LTE: RadioAccessTechnology.RADIO_ACCESS_TECHNOLOGY_LTE,
  '5GNR': RadioAccessTechnology.RADIO_ACCESS_TECHNOLOGY_5GNR,
};

const credentialsOf = (draft: Draft, { usernameSecret, passwordSecret, attach }: AccessPoint, field: string) => ({
  cellular_net_username: readOptionalSecret(draft, usernameSecret, `${field}.usernameSecret`),
  cellular_net_password: readOptionalSecret(draft, passwordSecret, `${field}.passwordSecret`),
  cellular_net_attach_username: readOptionalSecret(draft, attach?.usernameSecret, `${field}.attach.usernameSecret`),
  cellular_net_attach_password: readOptionalSecret(draft, attach?.passwordSecret, `${field}.attach.passwordSecret`),
});

const toAccessPoint = (draft: Draft, one: AccessPoint, place: string, field: string): CellularAccessPoint => ({
  sim_slot: one.simSlot,
  apn: one.apn,
  auth_protocol: one.authentication && authProtocols[one.authentication],
  cipher_data: seal(draft, place, credentialsOf(draft, one, field), field),
  preferred_plmns: one.preferredPLMNs,
  preferred_rats: one.preferredRATs?.map(name => technologies[name]),
  forbid_roaming: one.forbidRoaming,
  ip_type: one.ipType && ipTypes[one.ipType],
  attach_apn: one.attach?.apn,
  attach_ip_type: one.attach?.ipType && ipTypes[one.attach.ipType],
  attach_auth_protocol: one.attach?.authentication && authProtocols[one.attach.authentication],
});
