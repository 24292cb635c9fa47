import type { JsonMap } from '../../base/object.ts';
import { BearerType, CellularIPType, RadioAccessTechnology } from '../../eve/generated/common.ts';
import {
  type CellularBearer,
  type CellularProfile,
  SimType,
  type WirelessStatus,
  WirelessType,
  ZCellularControlProtocol,
  type ZCellularModuleInfo,
  ZCellularOperatingState,
  type ZCellularProvider,
  type ZCellularStatus,
  type ZInfoDevice,
  type ZSimcardInfo,
} from '../../eve/generated/info.ts';
import { nameIfAny, nameOf } from './names.ts';
import { countOf, defined, listOf, textOf, textsOf, timeOf, unlessEmpty } from './value.ts';

const wirelessType = nameIfAny(WirelessType, 'WIRELESS_TYPE_');
const operating = nameIfAny(ZCellularOperatingState, 'Z_CELLULAR_OPERATING_STATE_');
const protocol = nameIfAny(ZCellularControlProtocol, 'Z_CELLULAR_CONTROL_PROTOCOL_');
const simType = nameIfAny(SimType, 'SIM_TYPE_');
const technology = nameOf(RadioAccessTechnology, 'RADIO_ACCESS_TECHNOLOGY_');
const bearerType = nameIfAny(BearerType, 'BEARER_TYPE_');
const ipType = nameIfAny(CellularIPType, 'CELLULAR_IP_TYPE_');

/** Modems and SIM cards of a device. */
export const toCellular = ({ cell_radios: radios, sims }: ZInfoDevice): JsonMap | undefined =>
  unlessEmpty(defined({ modems: listOf(radios, toModem, 16), sims: listOf(sims, toSim, 16) }));

const toModem = (one: ZCellularModuleInfo): JsonMap =>
  defined({
    name: textOf(one.name),
    imei: textOf(one.imei),
    manufacturer: textOf(one.manufacturer),
    model: textOf(one.model),
    firmware: textOf(one.firmware_version),
    state: operating(one.operating_state),
    protocol: protocol(one.control_protocol),
  });

const toSim = (one: ZSimcardInfo): JsonMap =>
  defined({
    name: textOf(one.name),
    modem: textOf(one.cell_module_name),
    imsi: textOf(one.imsi),
    iccid: textOf(one.iccid),
    state: textOf(one.state),
    slot: countOf(one.slot_number),
    active: one.slot_activated,
    type: simType(one.type),
  });

/** What a wireless port says of its connection. */
export const toWireless = (status: WirelessStatus | undefined): JsonMap | undefined =>
  status && defined({ type: wirelessType(status.type), cellular: status.cellular && toConnection(status.cellular) });

const toConnection = (one: ZCellularStatus): JsonMap =>
  defined({
    modem: textOf(one.cellular_module),
    sims: textsOf(one.sim_cards),
    providers: listOf(one.providers, toProvider, 16),
    technologies: one.current_rats?.length ? one.current_rats.slice(0, 8).map(technology) : undefined,
    connectedAt: timeOf(one.connected_at),
    bearers: listOf(one.bearers, toBearer, 16),
    profiles: listOf(one.profiles, toProfile, 16),
    configError: textOf(one.config_error),
    probeError: textOf(one.probe_error),
  });

const toProvider = (one: ZCellularProvider): JsonMap =>
  defined({
    plmn: textOf(one.plmn),
    name: textOf(one.description),
    serving: one.current_serving,
    roaming: one.roaming,
    forbidden: one.forbidden,
  });

const toBearer = (one: CellularBearer): JsonMap =>
  defined({
    apn: textOf(one.apn),
    type: bearerType(one.bearer_type),
    ipType: ipType(one.ip_type),
    connected: one.connected ?? false,
    connectedAt: timeOf(one.connected_at),
    error: textOf(one.connection_error),
  });

const toProfile = (one: CellularProfile): JsonMap =>
  defined({
    name: textOf(one.profile_name),
    apn: textOf(one.apn),
    type: bearerType(one.bearer_type),
    ipType: ipType(one.ip_type),
    forbidRoaming: one.forbid_roaming,
  });
