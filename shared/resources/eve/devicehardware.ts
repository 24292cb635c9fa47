import { count, flag, list, part, text, texts, time } from './reported.ts';

const disk = () => ({
  name: text(),
  model: text(),
  serial: text(),
  wwn: text(),
  failed: list({
    id: count(),
    name: text(),
    value: text(),
    worst: text(),
    threshold: text(),
    raw: text(),
    whenFailed: text(),
    type: text(),
  }).describe('SMART attributes that failed.'),
  error: text(),
});

/** What a device says that it is. */
export const hardware = () =>
  part({
    manufacturer: text(),
    productName: text(),
    version: text(),
    uuid: text(),
    compatible: text(),
    biosVendor: text(),
    biosVersion: text(),
    biosReleaseDate: text(),
    platform: text(),
    cpuArchitecture: text(),
    hsm: text().describe('ENABLED: it has a TPM and uses it.'),
    hsmInfo: text(),
    vaultStatus: text(),
    watchdog: flag(),
    virtualization: flag(),
    ioVirtualization: flag(),
  }).describe('What the device says that it is.');

/** What a device is made of. */
export const inventory = () =>
  part({
    eveRelease: text(),
    evePlatform: text(),
    partition: text(),
    kernelFlavor: text(),
    kernelCommandLine: text(),
    disks: list(disk()),
    pci: list({ address: text(), id: text(), class: count(), driver: text(), iommuGroup: text() }),
    usb: list({ address: text(), id: text(), class: count(), driver: text(), suggestedGroup: text() }),
    serial: list({ path: text(), ioPorts: text(), irq: count() }),
    network: list({ interface: text(), type: text(), mac: text(), speedMbps: count() }),
    can: texts(),
    bios: part({ vendor: text(), version: text() }),
    cpus: count(),
    cpuModels: texts(),
    memoryBytes: count(),
    storageBytes: count(),
    watchdog: flag(),
    statusLED: flag(),
    tpm: part({ present: flag(), manufacturer: text(), firmwareVersion: text(), specVersion: text() }),
  }).describe('What the device is made of, as it found at boot.');

/** How disks and memory are. */
export const health = () =>
  part({
    disks: list(disk()),
    memory: list({
      controller: text(),
      corrected: text(),
      uncorrected: text(),
      ranks: list({ name: text(), corrected: text(), uncorrected: text() }),
    }).describe('Errors that ECC corrected, and that it could not.'),
  }).describe('How disks and memory are.');

const poolDisk = () => ({
  name: text(),
  logicalName: text(),
  serial: text(),
  status: text(),
  state: text(),
  smart: text(),
});

/** Disks, mounts and pools. */
export const storage = () =>
  part({
    volumes: list({
      device: text(),
      mountPath: text(),
      sizeMiB: count(),
      persistent: flag(),
      label: text(),
      partition: text(),
      partitionType: text(),
    }),
    pools: list({
      name: text(),
      type: text(),
      zfsVersion: text(),
      raid: text(),
      state: text(),
      sizeBytes: count(),
      zvols: count(),
      disks: list(poolDisk()),
      groups: list({ name: text(), guid: text(), raid: text(), disks: list(poolDisk()) }),
      message: text(),
      error: text(),
    }),
  }).describe('Disks, what is mounted where, and ZFS pools.');

/** Vaults and the roots that a device trusts. */
export const security = () =>
  part({
    vaultInfo: text(),
    vaults: list({ name: text(), status: text(), pcr: text(), error: text() }),
    rootCASHA256: text().describe('Of the root certificate that the device trusts for its controller.'),
    tlsRootCASHA256: text(),
  }).describe('Vaults, and the roots that the device trusts.');

/** Certificates that a device had enrolled. */
export const certificates = () =>
  list({
    enrollment: text(),
    subject: text(),
    issuer: text(),
    names: texts(),
    issuedAt: time(),
    expiresAt: time(),
    renewAtPercent: count(),
    sha256: text(),
    state: text(),
    error: text(),
  }).describe('Certificates that the device had enrolled.');
