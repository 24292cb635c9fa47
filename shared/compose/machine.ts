import { Fault } from '../base/fault.ts';
import { printValue } from '../base/path.ts';
import { parseQuantity, toBytes, toMilli } from '../base/quantity.ts';
import { BootOrder } from '../eve/generated/common.ts';
import { VmBootMode, type VmConfig, VmMode } from '../eve/generated/config.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import type { Draft } from './draft.ts';
import { modelOf } from './hardware.ts';
import { readOptionalSecret } from './secrets.ts';

/** VNC displays that are given away on the device. */
export interface Displays {
  readonly used: Set<number>;
}

const defaultMemoryKiB = 512 * 1024;

/** The machine of a container: CPUs, memory in kB, virtualization. */
export const toMachine = (
  draft: Draft,
  one: Application,
  spec: ApplicationSpec,
  container: Container,
  at: number,
  displays: Displays,
): VmConfig => {
  const eve = spec.eve ?? {};
  const { requests = {}, limits = {} } = container.resources ?? {};
  const field = `spec.containers[${at}].resources`;
  const maxMemory = kibibytes(limits['memory'], `${field}.limits[memory]`);
  const maxCPUs = eve.maxCPUs ?? cores(limits['cpu'], `${field}.limits[cpu]`);
  const memory = kibibytes(requests['memory'], `${field}.requests[memory]`) ?? maxMemory ?? defaultMemoryKiB;
  const vcpus = cores(requests['cpu'], `${field}.requests[cpu]`) ?? cores(limits['cpu'], `${field}.limits[cpu]`) ?? 1;
  return {
    kernel: eve.kernel,
    ramdisk: eve.ramdisk,
    memory,
    maxmem: Math.max(memory, maxMemory ?? 0),
    vcpus,
    maxcpus: Math.max(vcpus, maxCPUs ?? 0),
    rootdev: eve.rootDevice,
    extraargs: eve.extraArguments,
    bootloader: eve.bootloader,
    cpus: eve.cpus,
    devicetree: eve.deviceTree,
    dtdev: eve.dtdev,
    irqs: eve.irqs,
    iomem: eve.iomem,
    virtualizationMode: VmMode[eve.mode ?? defaultMode(draft)],
    ...toScreen(draft, one, eve.vnc, at, displays),
    disableLogs: eve.disableLogs,
    pin_cpu: eve.pinCPU,
    vmm_maxmem: kibibytes(eve.memoryOverhead, 'spec.eve.memoryOverhead'),
    boot_mode:
      eve.bootMode && (eve.bootMode === 'UEFI' ? VmBootMode.VM_BOOT_MODE_UEFI : VmBootMode.VM_BOOT_MODE_LEGACY),
    enforce_network_interface_order: eve.enforceInterfaceOrder,
    enable_oem_win_license_key: eve.oemWindowsLicense,
    disable_vtpm: eve.disableVTPM,
    boot_order: eve.bootOrder && (eve.bootOrder === 'USB' ? BootOrder.BOOT_ORDER_USB : BootOrder.BOOT_ORDER_NOUSB),
  };
};

/** Full virtualization, but where the processor is an ARM. */
const defaultMode = (draft: Draft): 'HVM' | 'PV' => (architectureOf(draft) === 'arm64' ? 'PV' : 'HVM');

/** Architecture of the device as it reports it, or as its labels or its model say. */
export const architectureOf = (draft: Draft): string | undefined => {
  const { metadata, status } = draft.from.device;
  const label = metadata.labels?.['kubernetes.io/arch'];
  return status?.nodeInfo?.architecture ?? label ?? modelOf(draft)?.spec?.architecture;
};

const toScreen = (
  draft: Draft,
  one: Application,
  vnc: NonNullable<ApplicationSpec['eve']>['vnc'],
  at: number,
  displays: Displays,
): Pick<VmConfig, 'enable_vnc' | 'vncDisplay' | 'vncPasswd' | 'enable_vnc_shim_vm'> => {
  if (!vnc?.enabled) return {};
  return {
    enable_vnc: true,
    vncDisplay: at === 0 && vnc.display !== undefined ? vnc.display : freeDisplay(one, displays),
    vncPasswd: readOptionalSecret(draft, vnc.passwordSecret, 'spec.eve.vnc.passwordSecret') ?? vnc.password,
    enable_vnc_shim_vm: vnc.shim,
  };
};

/** EVE takes the number as it is: each screen of a device needs its own. Chosen by identity, so that others coming or going do not move it. */
const freeDisplay = (one: Application, { used }: Displays): number => {
  const start = Number.parseInt((one.metadata.uid ?? '0').replaceAll('-', '').slice(0, 6), 16) % 100 || 0;
  for (let step = 0; step < 100; step++) {
    const display = (start + step) % 100;
    if (used.has(display)) continue;
    used.add(display);
    return display;
  }
  throw new Fault('Conflict', 'spec.eve.vnc.display: the device has no display left');
};

const kibibytes = (quantity: string | number | undefined, field: string): number | undefined => {
  const parsed = quantity === undefined ? undefined : parseQuantity(quantity);
  if (!parsed) return undefined;
  const kib = (toBytes(parsed) + 1023n) / 1024n;
  if (kib < 1n || kib > 4294967295n)
    throw new Fault(
      'Invalid',
      `${field}: Invalid value: ${printValue(quantity)}: is no memory that a machine can have`,
    );
  return Number(kib);
};

const cores = (quantity: string | number | undefined, field: string): number | undefined => {
  const parsed = quantity === undefined ? undefined : parseQuantity(quantity);
  if (!parsed) return undefined;
  const whole = (toMilli(parsed) + 999n) / 1000n;
  if (whole < 1n || whole > 1024n)
    throw new Fault(
      'Invalid',
      `${field}: Invalid value: ${printValue(quantity)}: is no number of CPUs that a machine can have`,
    );
  return Number(whole);
};
