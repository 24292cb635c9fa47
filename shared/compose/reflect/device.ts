import { type Condition, setCondition } from '../../base/condition.ts';
import type { JsonMap } from '../../base/object.ts';
import { PhyIoMemberUsage, PhyIoType } from '../../eve/generated/common.ts';
import {
  AttestationState,
  BootReason,
  DataSecAtRestStatus,
  type DevicePort,
  HwSecurityModuleStatus,
  MaintenanceModeReason,
  ZDeviceState,
  type ZInfoDevice,
  type ZInfoDevSW,
  type ZioBundle,
} from '../../eve/generated/info.ts';
import { toCellular } from './cellular.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { toPort } from './port.ts';
import { toCertificate, toSecurity } from './security.ts';
import { toStorage } from './storage.ts';
import { toPartition, updatedCondition } from './update.ts';
import { asMap, countOf, defined, listOf, maxItems, textOf, textsOf, timeOf } from './value.ts';

const deviceState = nameOf(ZDeviceState, 'ZDEVICE_STATE_');
const bootReason = nameOf(BootReason, 'BOOT_REASON_');
const maintenanceReason = nameOf(MaintenanceModeReason, 'MAINTENANCE_MODE_REASON_');
const attestation = nameOf(AttestationState, 'ATTESTATION_STATE_');
const hsm = nameOf(HwSecurityModuleStatus);
const vault = nameOf(DataSecAtRestStatus, 'DATASEC_AT_REST_');
const ioType = nameOf(PhyIoType, 'PhyIo');
const usage = nameIfAny(PhyIoMemberUsage, 'PhyIoUsage');

/**
 * The status of a Device after a report of the device about itself. The report is complete: what it does not say is no longer
 * so. `wanted`: the version of EVE that it shall run.
 */
export const reflectDevice = (status: JsonMap, info: ZInfoDevice, wanted: string | undefined, now: number): JsonMap => {
  const ports = currentPorts(info);
  const [running, other] = info.swList ?? [];
  const next = defined({
    ...status,
    'eve-os-version': textOf(running?.shortVersion) ?? status['eve-os-version'],
    serial: textOf(info.minfo?.serialNumber) ?? status['serial'],
    state: deviceState(info.state),
    apiCapability: info.api_capability,
    capabilities: info.optional_capabilities && {
      kubevirt: info.optional_capabilities.hv_type_kubevirt ?? false,
      hardwareInventory: info.optional_capabilities.hw_inventory_support ?? false,
      etcdSnapshot: info.optional_capabilities.etcd_snapshot ?? false,
    },
    localProfile: textOf(info.local_profile),
    remoteAccessDisabled: info.remote_access_disabled,
    addresses: addressesOf(ports, info.HostName),
    capacity: { ...asMap(status['capacity']), ...capacityOf(info) },
    allocatable: {
      ...capacityOf(info),
      ...asMap(status['allocatable']),
      ...defined({ cpu: info.ncpu ? String(info.ncpu) : undefined }),
    },
    nodeInfo: { ...asMap(status['nodeInfo']), ...nodeInfoOf(info, running) },
    hardware: hardwareOf(info),
    storage: toStorage(info),
    security: toSecurity(info),
    cellular: toCellular(info),
    certificates: listOf(info.enrolled_certs, toCertificate),
    ports: ports.map(toPort),
    portConfig: portConfigOf(info),
    adapters: listOf(info.assignableAdapters, toAdapter, maxAdapters) ?? [],
    instances: listOf(info.appInstances, one =>
      defined({ uuid: textOf(one.uuid), name: textOf(one.name), domain: textOf(one.domainName) }),
    ),
    boot: bootOf(info),
    counters: { reboot: info.rebootConfigCounter ?? 0, shutdown: info.shutdown_config_counter ?? 0 },
    baseos: {
      partitions: (info.swList ?? []).slice(0, 4).map(toPartition),
      retryCounter: info.baseos_update_counter ?? 0,
    },
    maintenance: {
      on: info.maintenance_mode ?? false,
      reasons: (info.maintenance_mode_reasons ?? []).slice(0, maxItems).map(maintenanceReason),
    },
    attestation: defined({
      ...asMap(status['attestation']),
      state: attestation(info.attestation_info?.state),
      error: errorText(info.attestation_info?.error),
    }),
    options: optionsOf(info),
  });
  const said = [attestedCondition(status, info), updatedCondition(running, other, wanted)];
  return {
    ...next,
    conditions: said.reduce(
      (conditions, one) => (one ? setCondition(conditions, one, now) : conditions),
      Array.isArray(status['conditions']) ? (status['conditions'] as JsonMap[]) : [], // by its schema
    ),
  };
};

const maxAdapters = 256;

const currentPorts = ({ systemAdapter }: ZInfoDevice): DevicePort[] =>
  (systemAdapter?.status?.[systemAdapter.currentIndex ?? 0]?.ports ?? []).slice(0, maxItems);

/** Addresses of ports that manage the device come first. */
const addressesOf = (ports: readonly DevicePort[], host: string | undefined): JsonMap[] => {
  const sorted = [...ports.filter(one => one.isMgmt), ...ports.filter(one => !one.isMgmt)];
  const internal = textsOf(sorted.flatMap(one => one.IPAddrs ?? [])) ?? [];
  const external = textsOf(sorted.map(one => one.location?.UnderlayIP)) ?? [];
  const name = textOf(host);
  return [
    ...[...new Set(internal)].map(address => ({ type: 'InternalIP', address })),
    ...[...new Set(external)].map(address => ({ type: 'ExternalIP', address })),
    ...(name ? [{ type: 'Hostname', address: name }] : []),
  ];
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
  const machine = textOf(info.machineArch || info.cpuArch);
  return defined({
    architecture: machine && Object.hasOwn(architectures, machine) ? architectures[machine] : machine,
    operatingSystem: 'eve',
    osImage: textOf(running?.longVersion || running?.shortVersion),
    systemUUID: textOf(info.minfo?.UUID),
    bootID: timeOf(info.bootTime),
  });
};

const hardwareOf = (info: ZInfoDevice): JsonMap =>
  defined({
    manufacturer: textOf(info.minfo?.manufacturer),
    productName: textOf(info.minfo?.productName),
    version: textOf(info.minfo?.version),
    uuid: textOf(info.minfo?.UUID),
    compatible: textOf(info.minfo?.compatible),
    biosVendor: textOf(info.minfo?.biosVendor),
    biosVersion: textOf(info.minfo?.biosVersion),
    biosReleaseDate: textOf(info.minfo?.biosReleaseDate),
    platform: textOf(info.platform),
    cpuArchitecture: textOf(info.cpuArch),
    hsm: info.HSMStatus === undefined ? undefined : hsm(info.HSMStatus),
    hsmInfo: textOf(info.HSMInfo),
    vaultStatus: info.dataSecAtRestInfo ? vault(info.dataSecAtRestInfo.status) : undefined,
    watchdog: info.hardware_watchdog_present,
    virtualization: info.capabilities?.HWAssistedVirtualization,
    ioVirtualization: info.capabilities?.IOVirtualization,
  });

const bootOf = (info: ZInfoDevice): JsonMap =>
  defined({
    time: timeOf(info.bootTime),
    reason: bootReason(info.last_boot_reason),
    lastRebootReason: textOf(info.lastRebootReason),
    lastRebootTime: timeOf(info.lastRebootTime),
    lastCrash: info.lastRebootStack ? info.lastRebootStack.slice(0, maxStack) : undefined,
    restarts: countOf(info.restartCounter),
    powerCycles: countOf(info.powerCycleCounter),
    rebooting: info.reboot_inprogress,
  });

/** Characters of a crash's stack. */
const maxStack = 8192;

const toAdapter = (one: ZioBundle): JsonMap =>
  defined({
    name: textOf(one.name),
    ptype: ioType(one.type),
    usage: usage(one.usage),
    members: textsOf(one.members),
    macs: textsOf(one.ioAddressList?.map(({ macAddress }) => macAddress)),
    virtualFunctions: listOf(
      one.ioAddressList?.filter(({ vf_info }) => vf_info !== undefined),
      ({ macAddress, vf_info }) =>
        defined({ mac: textOf(macAddress), index: vf_info?.index ?? 0, vlan: countOf(vf_info?.vlan_id) }),
    ),
    usedBy: textOf(one.usedByAppUUID),
    usedByEVE: one.usedByBaseOS || undefined,
    error: errorText(one.err),
  });

const portConfigOf = ({ systemAdapter }: ZInfoDevice): JsonMap => {
  const at = systemAdapter?.currentIndex ?? 0;
  const current = systemAdapter?.status?.[at];
  return defined({
    currentIndex: at,
    key: textOf(current?.key),
    since: timeOf(current?.timePriority),
    lastFailed: timeOf(systemAdapter?.status?.[0]?.lastFailed),
    lastError: textOf(systemAdapter?.status?.[0]?.lastError),
    known: textsOf(systemAdapter?.status?.map(({ key }) => key)),
  });
};

const optionsOf = ({ configItemStatus: items }: ZInfoDevice): JsonMap => {
  const wrong = Object.entries(items?.configItems ?? {}).filter(([, item]) => item.error);
  const unknown = Object.keys(items?.unknownConfigItems ?? {}).sort();
  return {
    errors: Object.fromEntries(wrong.slice(0, maxOptions).map(([key, item]) => [key, textOf(item.error) ?? ''])),
    unknown: unknown.slice(0, maxOptions),
  };
};

const maxOptions = 256;

/**
 * What the device says of its attestation. Once this controller judged a quote that has the word: a device that lies about
 * itself gains nothing here.
 */
const attestedCondition = (status: JsonMap, { attestation_info: info }: ZInfoDevice): Condition | undefined => {
  const type = 'Attested';
  if (asMap(status['attestation'])['verdict'] !== undefined) return undefined;
  if (!info?.state) return { type, status: 'Unknown', reason: 'NotReported', message: 'the device has not said' };
  if (info.state === AttestationState.ATTESTATION_STATE_COMPLETE)
    return { type, status: 'Unknown', reason: 'NotVerified', message: 'the device says so, without a verified quote' };
  return { type, status: 'False', reason: 'InProgress', message: errorText(info.error) ?? attestation(info.state) };
};
