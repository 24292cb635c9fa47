import * as z from 'zod';
import { quantity } from '../schema.ts';
import { conditions } from './conditions.ts';

const time = () => z.string().meta({ format: 'date-time' });
const text = () => z.string().optional();
const int64 = () => z.int().optional().meta({ format: 'int64' });

const partition = () =>
  z.object({
    label: text().describe('IMGA or IMGB.'),
    state: text().describe('active, inprogress, updating, unused …'),
    version: text(),
    activated: z.boolean().optional(),
    softwareState: text(),
    updateState: text(),
    updateStep: text(),
    progress: z.int().optional().describe('Percent, or seconds that testing still takes.'),
    error: text(),
  });

const port = () =>
  z.object({
    name: text().describe('Logical label.'),
    interface: text(),
    mac: text(),
    addresses: z.array(z.string()).optional(),
    routers: z.array(z.string()).optional(),
    dns: z.array(z.string()).optional(),
    management: z.boolean().optional(),
    up: z.boolean().optional(),
    cost: z.int().optional(),
    mtu: z.int().optional(),
    network: text().describe("UUID of the network in the device's configuration."),
    configSource: text(),
    error: text(),
  });

/** What is known about a Device: from the device itself, and what this controller did for it. */
export const deviceStatus = () =>
  z.object({
    uuid: z.string().optional().describe('UUID by which the device is known to EVE. Never changes.'),
    'eve-os-version': text().describe('Version of EVE that runs.'),
    serial: text().describe('Serial number that the device reports, or registered with.'),
    state: text().describe('What the device says it is doing: ONLINE, REBOOTING, MAINTENANCE_MODE, …'),
    addresses: z
      .array(z.object({ type: z.string(), address: z.string() }))
      .optional()
      .describe('Addresses of the device: InternalIP, ExternalIP, Hostname.'),
    capacity: z.record(z.string(), quantity()).optional().describe('What the device has.'),
    allocatable: z.record(z.string(), quantity()).optional().describe('What is left for applications in all.'),
    conditions: conditions().optional(),
    nodeInfo: z
      .object({
        architecture: text(),
        bootID: text(),
        containerRuntimeVersion: text(),
        kernelVersion: text(),
        machineID: text(),
        operatingSystem: text(),
        osImage: text(),
        systemUUID: text(),
      })
      .optional(),
    config: z
      .object({
        hash: text().describe('Hash of the configuration that is served.'),
        version: int64(),
        timestamp: text().describe('Configuration time as EVE knows it.'),
        composedAt: time().optional(),
        fetchedHash: text().describe('Hash that the device has fetched last. Added on read; never stored.'),
        fetchedAt: time().optional(),
        appliedVersion: int64(),
        appliedAt: time().optional(),
      })
      .optional(),
    baseos: z
      .object({ partitions: z.array(partition()).optional(), retryCounter: int64() })
      .optional()
      .describe('Base OS: both partitions, the running one first.'),
    registration: z
      .object({
        certificate: z.string().describe('Device certificate that registered, base64 of PEM.'),
        certificateHash: text(),
        onboard: text(),
        serial: text(),
        softSerial: text(),
        at: time().optional(),
        via: text().describe('What allowed it.'),
      })
      .optional()
      .describe('The registration of the device.'),
    hardware: z
      .object({
        manufacturer: text(),
        productName: text(),
        version: text(),
        uuid: text(),
        biosVendor: text(),
        biosVersion: text(),
        platform: text(),
        cpuArchitecture: text(),
        hsm: text(),
        vaultStatus: text(),
        virtualization: z.boolean().optional(),
        ioVirtualization: z.boolean().optional(),
      })
      .optional(),
    ports: z.array(port()).optional().describe('Network ports as the device uses them.'),
    portConfig: z
      .object({ currentIndex: z.int().optional(), lastError: text() })
      .optional()
      .describe('A currentIndex other than 0: the device fell back to an older port configuration.'),
    adapters: z
      .array(
        z.object({
          name: text(),
          ptype: text(),
          members: z.array(z.string()).optional(),
          usedBy: text().describe('UUID of the application that has it.'),
          usedByEVE: z.boolean().optional(),
          error: text(),
        }),
      )
      .optional()
      .describe('I/O that can be given to applications.'),
    boot: z
      .object({
        time: time().optional(),
        reason: text(),
        lastRebootReason: text(),
        lastRebootTime: time().optional(),
        restarts: int64(),
      })
      .optional(),
    counters: z
      .object({ reboot: int64(), shutdown: int64() })
      .optional()
      .describe('Commands that the device has done.'),
    maintenance: z.object({ on: z.boolean().optional(), reasons: z.array(z.string()).optional() }).optional(),
    attestation: z.object({ state: text(), error: text() }).optional(),
    apiCapability: z
      .int()
      .optional()
      .describe('What the device understands of the EVE API: all features up to this number.'),
    dormantSeconds: int64().describe('After so long a silence the device asks to be taken for lost.'),
    localProfile: text(),
    options: z
      .object({
        errors: z.record(z.string(), z.string()).optional().describe('Options that the device refused, and why.'),
        unknown: z.array(z.string()).optional().describe('Options that the device does not know.'),
      })
      .optional(),
  });

export type DeviceStatus = z.infer<ReturnType<typeof deviceStatus>>;
