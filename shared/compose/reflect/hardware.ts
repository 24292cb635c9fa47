import type { JsonMap } from '../../base/object.ts';
import {
  type HardwareInventory,
  NetworkDeviceType,
  type PCIAddress,
  type PCIDevice,
  type USBDevice,
  type ZInfoHardware,
} from '../../eve/generated/info.ts';
import { toDisk } from './health.ts';
import { nameOf } from './names.ts';
import { asMap, countOf, defined, listOf, maxItems, textOf, textsOf } from './value.ts';

const networkType = nameOf(NetworkDeviceType, 'NETWORK_DEVICE_TYPE_');

/** The status of a Device after it told what it is made of. */
export const reflectHardware = (status: JsonMap, info: ZInfoHardware): JsonMap =>
  defined({
    ...status,
    nodeInfo: defined({ ...asMap(status['nodeInfo']), kernelVersion: textOf(info.kernel_version) }),
    inventory: defined({
      eveRelease: textOf(info.eve_release),
      evePlatform: textOf(info.eve_platform),
      partition: textOf(info.partition),
      kernelFlavor: textOf(info.kernel_flavor),
      kernelCommandLine: textOf(info.kernel_cmdline),
      disks: listOf(info.disks, toDisk),
      ...(info.inventory && toInventory(info.inventory)),
    }),
  });

const toInventory = (one: HardwareInventory): JsonMap =>
  defined({
    pci: listOf(one.pci_devices, toPci, 2 * maxItems),
    usb: listOf(one.usb_devices, toUsb),
    serial: listOf(one.serial_devices, ({ devpath, ioport_range, irq }) =>
      defined({ path: textOf(devpath), ioPorts: textOf(ioport_range), irq: countOf(irq) }),
    ),
    network: listOf(one.network_devices, ({ ifname, type, mac_address, speed_mbps }) =>
      defined({
        interface: textOf(ifname),
        type: networkType(type),
        mac: textOf(mac_address),
        speedMbps: countOf(speed_mbps),
      }),
    ),
    can: textsOf(one.can_devices?.map(({ ifname }) => ifname)),
    bios: one.bios && defined({ vendor: textOf(one.bios.vendor), version: textOf(one.bios.version) }),
    cpus: countOf(one.cpu_info?.cpus?.length),
    cpuModels: textsOf([...new Set(one.cpu_info?.cpus?.map(cpu => [cpu.vendor, cpu.model].filter(Boolean).join(' ')))]),
    memoryBytes: countOf(one.total_memory_bytes),
    storageBytes: countOf(one.total_storage_bytes),
    watchdog: one.watchdog_present,
    statusLED: one.status_led_present,
    tpm:
      one.tpm &&
      defined({
        present: one.tpm.present ?? false,
        manufacturer: textOf(one.tpm.manufacturer),
        firmwareVersion: textOf(one.tpm.firmware_version),
        specVersion: textOf(one.tpm.spec_version),
      }),
  });

/** `0000:00:1f.3` */
const addressOf = ({ domain = 0, bus = 0, device = 0, function: part = 0 }: PCIAddress = {}): string =>
  `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${part}`;

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');

/** `8086:a0c8` */
const idOf = (vendor = 0, product = 0): string => `${hex(vendor, 4)}:${hex(product, 4)}`;

const toPci = (one: PCIDevice): JsonMap =>
  defined({
    address: addressOf(one.address),
    id: idOf(one.vendor_id, one.device_id),
    class: countOf(one.class_id),
    driver: textOf(one.driver),
    iommuGroup: textOf(one.iommu_group),
  });

const toUsb = (one: USBDevice): JsonMap =>
  defined({
    address: `${one.bus_port?.bus ?? 0}:${textOf(one.bus_port?.port) ?? ''}`,
    id: idOf(one.vendor_id, one.product_id),
    class: countOf(one.class_id),
    driver: textOf(one.driver),
    suggestedGroup: textOf(one.suggested_assigngrp),
  });
