import { createHash } from 'node:crypto';
import { NetworkConfigOrigin } from '../../shared/eve/generated/common.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import {
  APICapability,
  BootReason,
  DataSecAtRestStatus,
  type DevicePort,
  HwSecurityModuleStatus,
  ZDeviceState,
  type ZInfoDevice,
} from '../../shared/eve/generated/info.ts';
import type { BaseOs } from './baseos.ts';
import { toTimestamp } from './time.ts';

/** The hardware that is simulated. */
export interface Model {
  readonly manufacturer: string;
  readonly product: string;
  /** As EVE names it: `x86_64`, `aarch64`. */
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly storageMb: number;
}

export const defaultModel: Model = {
  manufacturer: 'kubeve',
  product: 'simulated device',
  architecture: 'x86_64',
  cpus: 4,
  memoryMb: 16_384,
  storageMb: 262_144,
};

/** What changes about the device itself. */
export interface Facts {
  readonly model: Model;
  readonly serial: string;
  readonly baseOs: BaseOs;
  readonly hasTpm: boolean;
  bootedAt: number;
  bootReason: number;
  boots: number;
  attestation: number;
  maintenance: boolean;
  /** Counters of the last commands that were carried out. */
  reboot: number | undefined;
  shutdown: number | undefined;
}

export const newFacts = (model: Model, serial: string, baseOs: BaseOs, hasTpm: boolean): Facts => ({
  model,
  serial,
  baseOs,
  hasTpm,
  bootedAt: Date.now(),
  bootReason: BootReason.BOOT_REASON_FIRST,
  boots: 1,
  attestation: 0,
  maintenance: false,
  reboot: undefined,
  shutdown: undefined,
});

/** The device info message (eve-device-api §7.2). */
export const deviceInfo = (facts: Facts, uuid: string, config: EdgeDevConfig): ZInfoDevice => ({
  machineArch: facts.model.architecture,
  cpuArch: facts.model.architecture,
  platform: 'simulated',
  ncpu: facts.model.cpus,
  memory: facts.model.memoryMb,
  storage: facts.model.storageMb,
  minfo: {
    manufacturer: facts.model.manufacturer,
    productName: facts.model.product,
    version: '1',
    serialNumber: facts.serial,
    UUID: toUuid(facts.serial),
    biosVendor: 'kubeve',
    biosVersion: '1.0',
  },
  bootTime: toTimestamp(facts.bootedAt),
  last_boot_reason: facts.bootReason,
  restartCounter: facts.boots,
  HostName: uuid,
  swList: facts.baseOs.info(),
  systemAdapter: {
    currentIndex: 0,
    status: [
      {
        version: 1,
        key: 'zedagent',
        timePriority: config.config_timestamp,
        lastSucceeded: toTimestamp(),
        ports: (config.systemAdapterList ?? []).map((_, index) => toPort(config, index, facts.serial)),
      },
    ],
  },
  assignableAdapters: (config.deviceIoList ?? []).map(io => ({
    type: io.ptype,
    name: io.assigngrp,
    members: [io.logicallabel ?? ''],
    usedByBaseOS: true,
    usage: io.usage,
  })),
  storageList: [
    { device: '/dev/sda', total: facts.model.storageMb, storageLocation: true },
    { mountPath: '/persist', total: Math.floor(facts.model.storageMb * 0.9), storageLocation: true },
  ],
  HSMStatus: facts.hasTpm ? HwSecurityModuleStatus.ENABLED : HwSecurityModuleStatus.NOTFOUND,
  dataSecAtRestInfo: {
    status: facts.hasTpm ? DataSecAtRestStatus.DATASEC_AT_REST_ENABLED : DataSecAtRestStatus.DATASEC_AT_REST_DISABLED,
  },
  configItemStatus: {
    configItems: Object.fromEntries((config.configItems ?? []).map(item => [item.key ?? '', { value: item.value }])),
  },
  rebootConfigCounter: facts.reboot ?? 0,
  shutdown_config_counter: facts.shutdown ?? 0,
  baseos_update_counter: config.baseos?.retry_update?.counter ?? 0,
  maintenance_mode: facts.maintenance,
  state: facts.maintenance ? ZDeviceState.ZDEVICE_STATE_MAINTENANCE_MODE : ZDeviceState.ZDEVICE_STATE_ONLINE,
  capabilities: { HWAssistedVirtualization: true, IOVirtualization: true },
  attestation_info: { state: facts.attestation },
  api_capability: APICapability.API_CAPABILITY_REPORT_TPM_EVENTLOG,
  device_name: config.device_name,
  project_name: config.project_name,
  project_id: config.project_id,
  enterprise_name: config.enterprise_name,
  enterprise_id: config.enterprise_id,
});

const toPort = (config: EdgeDevConfig, index: number, serial: string): DevicePort => {
  const adapter = config.systemAdapterList?.[index] ?? {};
  const network = config.networks?.find(one => one.id === adapter.networkUUID);
  const lower = adapter.lowerLayerName || adapter.name;
  const io = config.deviceIoList?.find(one => (one.logicallabel || one.phylabel) === lower);
  const digest = createHash('sha256').update(`${serial}/${lower}`).digest();
  const address = adapter.addr || `192.168.${index}.${10 + ((digest[0] ?? 0) % 200)}`;
  const hasAddress = network !== undefined;
  return {
    ifname: Object.entries(io?.phyaddrs ?? {}).find(([key]) => key.toLowerCase() === 'ifname')?.[1] ?? adapter.name,
    name: adapter.name,
    isMgmt: adapter.uplink,
    free: (adapter.cost ?? 0) === 0,
    cost: adapter.cost,
    dhcpType: network?.ip?.dhcp,
    subnet: network?.ip?.subnet || (hasAddress ? `192.168.${index}.0/24` : undefined),
    macAddr: `02:00:00:${digest.toString('hex', 1, 4).replace(/(..)(..)(..)/, '$1:$2:$3')}`,
    IPAddrs: hasAddress ? [address] : [],
    defaultRouters: hasAddress ? [network?.ip?.gateway || `192.168.${index}.1`] : [],
    dns: { DNSservers: network?.ip?.dns?.length ? network.ip.dns : [`192.168.${index}.1`] },
    up: true,
    usage: io?.usage,
    networkUUID: adapter.networkUUID,
    // First settings say nothing of the controller's certificates.
    config_source: {
      origin: config.controllercert_confighash
        ? NetworkConfigOrigin.NETWORK_CONFIG_ORIGIN_CONTROLLER
        : NetworkConfigOrigin.NETWORK_CONFIG_ORIGIN_BOOTSTRAP,
    },
    mtu: network?.mtu || 1500,
  };
};

const toUuid = (serial: string): string =>
  createHash('sha256')
    .update(serial)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
