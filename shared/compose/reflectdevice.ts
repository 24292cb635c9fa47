import { type Condition, setCondition, toTime } from '../base/condition.ts';
import type { JsonMap } from '../base/object.ts';
import { NetworkConfigOrigin, PhyIoType } from '../eve/generated/common.ts';
import {
  AttestationState,
  BaseOsStatus,
  BaseOsSubStatus,
  BootReason,
  DataSecAtRestStatus,
  type DevicePort,
  HwSecurityModuleStatus,
  MaintenanceModeReason,
  ZDeviceState,
  type ZInfoDevice,
  type ZInfoDevSW,
  ZSwState,
} from '../eve/generated/info.ts';
import type { Timestamp } from '../eve/generated/protobuf.ts';
import { toMs } from '../eve/timestamp.ts';
import { errorText, shorten } from './errors.ts';
import { nameOf } from './names.ts';

const deviceState = nameOf(ZDeviceState, 'ZDEVICE_STATE_');
const swState = nameOf(ZSwState);
const osStatus = nameOf(BaseOsStatus);
const osStep = nameOf(BaseOsSubStatus);
const bootReason = nameOf(BootReason, 'BOOT_REASON_');
const maintenanceReason = nameOf(MaintenanceModeReason, 'MAINTENANCE_MODE_REASON_');
const attestation = nameOf(AttestationState, 'ATTESTATION_STATE_');
const hsm = nameOf(HwSecurityModuleStatus);
const vault = nameOf(DataSecAtRestStatus, 'DATASEC_AT_REST_');
const ioType = nameOf(PhyIoType, 'PhyIo');
const origin = nameOf(NetworkConfigOrigin, 'NETWORK_CONFIG_ORIGIN_');

/** The status of a Device after a report of the device about itself. `wanted`: the version of EVE that it shall run. */
export const reflectDevice = (status: JsonMap, info: ZInfoDevice, wanted: string | undefined, now: number): JsonMap => {
  const ports = currentPorts(info);
  const [running] = info.swList ?? [];
  const version = running?.shortVersion || undefined;
  const next: JsonMap = {
    ...status,
    ...defined({
      'eve-os-version': version,
      serial: info.minfo?.serialNumber || undefined,
      state: deviceState(info.state),
      apiCapability: info.api_capability,
      localProfile: info.local_profile || undefined,
    }),
    addresses: addressesOf(ports, info.HostName),
    capacity: { ...asMap(status['capacity']), ...capacityOf(info) },
    allocatable: {
      ...capacityOf(info),
      ...asMap(status['allocatable']),
      ...defined({ cpu: info.ncpu ? String(info.ncpu) : undefined }),
    },
    nodeInfo: { ...asMap(status['nodeInfo']), ...nodeInfoOf(info, running) },
    hardware: hardwareOf(info),
    ports: ports.map(toPort),
    portConfig: portConfigOf(info),
    adapters: (info.assignableAdapters ?? []).slice(0, maxItems).map(one =>
      defined({
        name: one.name,
        ptype: ioType(one.type),
        members: one.members?.length ? one.members : undefined,
        usedBy: one.usedByAppUUID || undefined,
        usedByEVE: one.usedByBaseOS || undefined,
        error: errorText(one.err),
      }),
    ),
    boot: defined({
      time: timeOf(info.bootTime),
      reason: bootReason(info.last_boot_reason),
      lastRebootReason: info.lastRebootReason ? shorten(info.lastRebootReason) : undefined,
      lastRebootTime: timeOf(info.lastRebootTime),
      restarts: info.restartCounter,
    }),
    counters: { reboot: info.rebootConfigCounter ?? 0, shutdown: info.shutdown_config_counter ?? 0 },
    baseos: {
      partitions: (info.swList ?? []).slice(0, 4).map(toPartition),
      retryCounter: info.baseos_update_counter ?? 0,
    },
    maintenance: {
      on: info.maintenance_mode ?? false,
      reasons: (info.maintenance_mode_reasons ?? []).map(maintenanceReason),
    },
    attestation: defined({
      state: attestation(info.attestation_info?.state),
      error: errorText(info.attestation_info?.error),
    }),
    options: optionsOf(info),
  };
  let conditions = setCondition(status['conditions'], attestedCondition(info), now);
  const updated = updatedCondition(running, info.swList?.[1], wanted);
  if (updated) conditions = setCondition(conditions, updated, now);
  return { ...next, conditions };
};

/** What a device may send at most of anything that goes into its object. */
const maxItems = 256;

/** Without the entries that are undefined. */
export const defined = (map: Record<string, JsonMap[string] | undefined>): JsonMap =>
  Object.fromEntries(Object.entries(map).filter((pair): pair is [string, JsonMap[string]] => pair[1] !== undefined));

export const asMap = (value: unknown): JsonMap =>
  // Out of a status that is JSON by its schema.
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonMap) : {};

export const timeOf = (time: Timestamp | undefined): string | undefined => {
  const ms = toMs(time);
  return ms > 0 && ms < 253_402_300_800_000 ? toTime(ms) : undefined;
};

const currentPorts = ({ systemAdapter }: ZInfoDevice): DevicePort[] =>
  (systemAdapter?.status?.[systemAdapter.currentIndex ?? 0]?.ports ?? []).slice(0, maxItems);

/** Addresses of ports that manage the device come first. */
const addressesOf = (ports: readonly DevicePort[], host: string | undefined): JsonMap[] => {
  const sorted = [...ports.filter(one => one.isMgmt), ...ports.filter(one => !one.isMgmt)];
  const internal = sorted.flatMap(one => one.IPAddrs ?? []).filter(one => one !== '');
  const external = sorted.map(one => one.location?.UnderlayIP ?? '').filter(one => one !== '');
  return [
    ...[...new Set(internal)].map(address => ({ type: 'InternalIP', address })),
    ...[...new Set(external)].map(address => ({ type: 'ExternalIP', address })),
    ...(host ? [{ type: 'Hostname', address: host }] : []),
  ].slice(0, maxItems);
};

const capacityOf = ({ ncpu, memory, storage }: ZInfoDevice): JsonMap =>
  defined({
    cpu: ncpu ? String(ncpu) : undefined,
    memory: memory ? `${memory}Mi` : undefined,
    'ephemeral-storage': storage ? `${storage}Mi` : undefined,
  });

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
  amd64: 'amd64',
  riscv64: 'riscv64',
};

const nodeInfoOf = (info: ZInfoDevice, running: ZInfoDevSW | undefined): JsonMap => {
  const machine = info.machineArch || info.cpuArch || '';
  return defined({
    architecture: machine === '' ? undefined : Object.hasOwn(architectures, machine) ? architectures[machine] : machine,
    operatingSystem: 'eve',
    osImage: running?.longVersion || running?.shortVersion || undefined,
    systemUUID: info.minfo?.UUID || undefined,
    bootID: timeOf(info.bootTime),
  });
};

const hardwareOf = (info: ZInfoDevice): JsonMap =>
  defined({
    manufacturer: info.minfo?.manufacturer || undefined,
    productName: info.minfo?.productName || undefined,
    version: info.minfo?.version || undefined,
    uuid: info.minfo?.UUID || undefined,
    biosVendor: info.minfo?.biosVendor || undefined,
    biosVersion: info.minfo?.biosVersion || undefined,
    platform: info.platform || undefined,
    cpuArchitecture: info.cpuArch || undefined,
    hsm: info.HSMStatus === undefined ? undefined : hsm(info.HSMStatus),
    vaultStatus: info.dataSecAtRestInfo ? vault(info.dataSecAtRestInfo.status) : undefined,
    virtualization: info.capabilities?.HWAssistedVirtualization,
    ioVirtualization: info.capabilities?.IOVirtualization,
  });

const toPort = (one: DevicePort): JsonMap =>
  defined({
    name: one.name,
    interface: one.ifname,
    mac: one.macAddr || undefined,
    addresses: one.IPAddrs?.length ? one.IPAddrs : undefined,
    routers: one.defaultRouters?.length ? one.defaultRouters : undefined,
    dns: one.dns?.DNSservers?.length ? one.dns.DNSservers : undefined,
    management: one.isMgmt ?? false,
    up: one.up ?? false,
    cost: one.cost,
    mtu: one.mtu || undefined,
    network: one.networkUUID || undefined,
    configSource: one.config_source ? origin(one.config_source.origin) : undefined,
    error: errorText(one.err),
  });

const portConfigOf = ({ systemAdapter }: ZInfoDevice): JsonMap => {
  const lastError = systemAdapter?.status?.[0]?.lastError;
  return defined({
    currentIndex: systemAdapter?.currentIndex ?? 0,
    lastError: lastError ? shorten(lastError) : undefined,
  });
};

const toPartition = (one: ZInfoDevSW): JsonMap =>
  defined({
    label: one.partitionLabel,
    state: one.partitionState || undefined,
    version: one.shortVersion || undefined,
    activated: one.activated ?? false,
    softwareState: swState(one.status),
    updateState: osStatus(one.userStatus),
    updateStep: one.subStatus ? osStep(one.subStatus) : undefined,
    progress: one.subStatusProgress || one.downloadProgress || undefined,
    error: errorText(one.swErr),
  });

const optionsOf = ({ configItemStatus: items }: ZInfoDevice): JsonMap => {
  const wrong = Object.entries(items?.configItems ?? {}).filter(([, item]) => item.error);
  const unknown = Object.keys(items?.unknownConfigItems ?? {}).sort();
  return {
    errors: Object.fromEntries(wrong.slice(0, maxItems).map(([key, item]) => [key, shorten(item.error ?? '')])),
    unknown: unknown.slice(0, maxItems),
  };
};

const attestedCondition = ({ attestation_info: info }: ZInfoDevice): Condition => {
  if (!info?.state)
    return { type: 'Attested', status: 'Unknown', reason: 'NotReported', message: 'the device has not said' };
  if (info.state === AttestationState.ATTESTATION_STATE_COMPLETE)
    return { type: 'Attested', status: 'True', reason: 'Attested', message: 'the device completed attestation' };
  return {
    type: 'Attested',
    status: 'False',
    reason: 'InProgress',
    message: errorText(info.error) ?? attestation(info.state),
  };
};

/** Whether the wanted version of EVE runs; nothing to say when the device has not told its version. */
const updatedCondition = (
  running: ZInfoDevSW | undefined,
  other: ZInfoDevSW | undefined,
  wanted: string | undefined,
): Condition | undefined => {
  const version = running?.shortVersion;
  if (!version) return undefined;
  const type = 'EVEOSUpdated';
  if (!wanted) return { type, status: 'True', reason: 'NoVersionWanted', message: `runs ${version}` };
  if (version === wanted) {
    const step = running.subStatus === BaseOsSubStatus.UPDATE_TESTING;
    return step
      ? { type, status: 'False', reason: 'Testing', message: `${wanted} runs and is being tested` }
      : { type, status: 'True', reason: 'Updated', message: `runs ${wanted}` };
  }
  const failed = errorText(other?.swErr);
  const isFailed = other?.userStatus === BaseOsStatus.FAILED || other?.userStatus === BaseOsStatus.FALLBACK;
  if (isFailed)
    return { type, status: 'False', reason: 'UpdateFailed', message: failed ?? `the update to ${wanted} failed` };
  return {
    type,
    status: 'False',
    reason: 'Updating',
    message: failed ?? `runs ${version}, shall run ${wanted}: ${osStatus(other?.userStatus)}`,
  };
};
