import type { JsonMap } from '../../base/object.ts';
import { BondMode, DHCPType, LacpRate, NetworkConfigOrigin, PhyIoMemberUsage } from '../../eve/generated/common.ts';
import {
  BondLACPChurnState,
  type BondMemberStatus,
  type BondStatus,
  type DevicePort,
  type GeoLoc,
  type PNACStatus,
  type ProxyStatus,
  SupplicantState,
} from '../../eve/generated/info.ts';
import { toWireless } from './cellular.ts';
import { errorText } from './errors.ts';
import { nameIfAny } from './names.ts';
import { countOf, defined, listOf, textOf, textsOf, timeOf, unlessEmpty } from './value.ts';

const origin = nameIfAny(NetworkConfigOrigin, 'NETWORK_CONFIG_ORIGIN_');
const usage = nameIfAny(PhyIoMemberUsage, 'PhyIoUsage');
const dhcp = nameIfAny(DHCPType);
const supplicant = nameIfAny(SupplicantState, 'SUPPLICANT_STATE_');
const bondMode = nameIfAny(BondMode, 'BOND_MODE_');
const lacpRate = nameIfAny(LacpRate, 'LACP_RATE_');
const churn = nameIfAny(BondLACPChurnState, 'BOND_LACP_CHURN_STATE_');

/** A network port as the device uses it, for the status of its Device. */
export const toPort = (one: DevicePort): JsonMap =>
  defined({
    name: textOf(one.name),
    interface: textOf(one.ifname),
    mac: textOf(one.macAddr),
    addresses: textsOf(one.IPAddrs),
    routers: textsOf(one.defaultRouters),
    dns: textsOf(one.dns?.DNSservers),
    dnsDomain: textOf(one.dns?.DNSdomain),
    dnsSearch: textsOf(one.dns?.DNSsearch),
    management: one.isMgmt ?? false,
    up: one.up ?? false,
    free: one.free,
    usage: usage(one.usage),
    cost: countOf(one.cost),
    mtu: countOf(one.mtu),
    network: textOf(one.networkUUID),
    configSource: origin(one.config_source?.origin),
    configSubmittedAt: timeOf(one.config_source?.submitted_at),
    wanted: unlessEmpty(toWanted(one)),
    proxy: toProxy(one.proxy),
    place: toPlace(one.location),
    wireless: toWireless(one.wireless_status),
    access: toAccess(one.pnac_status),
    bond: toBond(one.bond_status),
    error: errorText(one.err),
  });

/** The IP settings that it was told. */
const toWanted = (one: DevicePort): JsonMap =>
  defined({
    dhcp: dhcp(one.dhcpType),
    subnet: textOf(one.subnet),
    gateway: textOf(one.gateway),
    domain: textOf(one.domainname),
    dns: textsOf(one.dnsServers),
    ntp: textsOf([one.ntpServer, ...(one.more_ntp_servers ?? [])]),
    rangeStart: textOf(one.dhcpRangeLow),
    rangeEnd: textOf(one.dhcpRangeHigh),
  });

const toProxy = (proxy: ProxyStatus | undefined): JsonMap | undefined =>
  proxy &&
  unlessEmpty(
    defined({
      servers: textsOf(proxy.proxies?.map(({ type, server, port }) => `${type ?? 0}:${server ?? ''}:${port ?? 0}`)),
      exceptions: textOf(proxy.exceptions),
      pac: textOf(proxy.pacfile),
      discovered: proxy.networkProxyEnable || undefined,
      discoveryURL: textOf(proxy.networkProxyURL),
      wpadURL: textOf(proxy.wpadURL),
    }),
  );

/** Where the port's public address is, as the device looked it up. */
const toPlace = (place: GeoLoc | undefined): JsonMap | undefined =>
  place &&
  unlessEmpty(
    defined({
      address: textOf(place.UnderlayIP),
      hostname: textOf(place.Hostname),
      city: textOf(place.City),
      region: textOf(place.Region),
      country: textOf(place.Country),
      coordinates: textOf(place.Loc),
      organization: textOf(place.Org),
      postal: textOf(place.Postal),
    }),
  );

const toAccess = (status: PNACStatus | undefined): JsonMap | undefined =>
  status &&
  defined({
    enabled: status.enabled ?? false,
    state: supplicant(status.state),
    authenticatedAt: timeOf(status.last_auth_timestamp),
    error: errorText(status.err),
  });

const toBond = (bond: BondStatus | undefined): JsonMap | undefined =>
  bond &&
  defined({
    mode: bondMode(bond.mode),
    activeMember: textOf(bond.active_member),
    members: listOf(bond.members, toMember, 16),
    mii: bond.mii_monitor && {
      enabled: bond.mii_monitor.enabled ?? false,
      intervalMs: bond.mii_monitor.polling_interval ?? 0,
      upDelayMs: bond.mii_monitor.updelay ?? 0,
      downDelayMs: bond.mii_monitor.downdelay ?? 0,
    },
    arp:
      bond.arp_monitor &&
      defined({
        enabled: bond.arp_monitor.enabled ?? false,
        intervalMs: bond.arp_monitor.polling_interval,
        targets: textsOf(bond.arp_monitor.ip_targets),
        missedMax: bond.arp_monitor.missed_max,
      }),
    lacp:
      bond.lacp &&
      defined({
        rate: lacpRate(bond.lacp.lacp_rate),
        aggregator: bond.lacp.active_aggregator_id,
        partnerMAC: textOf(bond.lacp.partner_mac),
        actorKey: bond.lacp.actor_key,
        partnerKey: bond.lacp.partner_key,
      }),
  });

const toMember = ({ logicallabel, mii_up, lacp }: BondMemberStatus): JsonMap =>
  defined({
    name: textOf(logicallabel),
    up: mii_up ?? false,
    aggregator: lacp?.aggregator_id,
    actorChurn: churn(lacp?.actor_churn_state),
    partnerChurn: churn(lacp?.partner_churn_state),
  });
