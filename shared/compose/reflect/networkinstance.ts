import type { JsonMap } from '../../base/object.ts';
import { ZNetworkInstType } from '../../eve/generated/config.ts';
import { type IPRoute, type ZInfoNetworkInstance, ZNetworkInstanceState } from '../../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { countOf, defined, listOf, maxItems, replace, textOf, textsOf, timeOf, without } from './value.ts';

const state = nameOf(ZNetworkInstanceState, 'ZNETINST_STATE_');
const type = nameIfAny(ZNetworkInstType, 'ZnetInst');

/** The status of a Device after a report about one of its network instances, which DeviceNetworks become. */
export const reflectNetworkInstance = (status: JsonMap, info: ZInfoNetworkInstance): JsonMap => {
  const uuid = textOf(info.networkID)?.toLowerCase() ?? '';
  const list = status['networkInstances'];
  const next = isGone(info) ? without(list, 'uuid', uuid) : replace(list, 'uuid', toInstance(uuid, info));
  return { ...status, networkInstances: next.slice(-maxItems) };
};

/** EVE says the id alone of an instance that it has no longer. */
const isGone = (info: ZInfoNetworkInstance): boolean =>
  !info.activated && !info.state && !info.displayname && !info.networkErr?.length;

const toInstance = (uuid: string, info: ZInfoNetworkInstance): JsonMap =>
  defined({
    uuid,
    name: textOf(info.displayname),
    version: textOf(info.networkVersion),
    type: type(info.instType),
    state: state(info.state),
    activated: info.activated ?? false,
    upSince: timeOf(info.upTimeStamp),
    ports: textsOf(info.ports ?? [info.CurrentUplinkIntf]),
    bridge: textOf(info.bridgeName),
    bridgeNumber: countOf(info.bridgeNum),
    bridgeAddress: textOf(info.bridgeIPAddr),
    mtu: countOf(info.mtu),
    leases: listOf(info.ipAssignments, one =>
      defined({ mac: textOf(one.macAddress), addresses: textsOf(one.ipAddress) }),
    ),
    interfaces: listOf(info.vifs, one =>
      defined({ name: textOf(one.vifName), mac: textOf(one.macAddress), application: textOf(one.appID) }),
    ),
    adapters: textsOf(info.assignedAdapters?.map(one => one.name)),
    routes: listOf(info.ip_routes, toRoute),
    errors: textsOf(info.networkErr?.map(errorText)),
  });

const toRoute = (one: IPRoute): JsonMap =>
  defined({
    destination: textOf(one.destination_network),
    gateway: textOf(one.gateway),
    port: textOf(one.port),
    application: textOf(one.gateway_app),
  });
