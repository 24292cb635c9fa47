import * as z from 'zod';
import { quantity } from '../schema.ts';
import { attestation } from './attestation.ts';
import { conditions } from './conditions.ts';
import { certificates, hardware, health, inventory, security, storage } from './devicehardware.ts';
import { cellular, ports } from './deviceports.ts';
import {
  cluster,
  downloads,
  edgeView,
  location,
  networkInstances,
  patchEnvelopes,
  timeSources,
} from './deviceservices.ts';
import { count, flag, list, part, text, texts, time } from './reported.ts';

const partition = () =>
  z.object({
    label: text().describe('IMGA or IMGB.'),
    device: text(),
    state: text().describe('active, inprogress, updating, unused …'),
    version: text(),
    activated: z.boolean().optional(),
    softwareState: text(),
    updateState: text(),
    updateStep: text(),
    detail: text(),
    progress: z.int().optional().describe('Percent, or seconds that testing still takes.'),
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
    observedGeneration: z
      .int()
      .optional()
      .meta({ format: 'int64' })
      .describe(
        'Generation of the spec that is in the configuration that the device has applied; 0 before it applied any.',
      ),
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
      .optional()
      .describe('What clients that know Nodes look for: the same as in other fields here.'),
    config: z
      .object({
        hash: text().describe('Hash of the configuration that is served.'),
        version: count(),
        generation: count().describe('Generation of the spec that is in it.'),
        timestamp: text().describe('Configuration time as EVE knows it.'),
        composedAt: time(),
        fetchedHash: text().describe('Hash that the device has fetched last. Added on read; never stored.'),
        fetchedAt: time(),
        appliedVersion: count(),
        appliedAt: time(),
        certificates: text().describe("Hash of the controller's certificates that the device is known to have."),
      })
      .optional()
      .describe('The configuration: what is served, what the device fetched, what it applied.'),
    baseos: z
      .object({ partitions: z.array(partition()).optional(), retryCounter: count() })
      .optional()
      .describe('Base OS: both partitions, the running one first.'),
    registration: z
      .object({
        certificate: z.string().describe('Device certificate that registered, base64 of PEM.'),
        certificateHash: text(),
        onboard: text(),
        serial: text(),
        softSerial: text(),
        at: time(),
        via: text().describe('What allowed it.'),
      })
      .optional()
      .describe('The registration of the device.'),
    hardware: hardware(),
    inventory: inventory(),
    health: health(),
    storage: storage(),
    security: security(),
    certificates: certificates(),
    ports: ports(),
    cellular: cellular(),
    portConfig: part({
      currentIndex: count(),
      key: text(),
      since: time(),
      lastFailed: time(),
      lastError: text(),
      known: texts().describe('Port configurations that the device keeps, the best first.'),
    }).describe('A currentIndex other than 0: the device fell back to an older port configuration.'),
    adapters: list({
      name: text(),
      ptype: text(),
      usage: text(),
      members: texts(),
      macs: texts(),
      virtualFunctions: list({ mac: text(), index: count(), vlan: count() }),
      usedBy: text().describe('UUID of the application that has it.'),
      usedByEVE: flag(),
      error: text(),
    }).describe('I/O that can be given to applications.'),
    instances: list({ uuid: text(), name: text(), domain: text() }).describe('Applications that the device has.'),
    networkInstances: networkInstances(),
    patchEnvelopes: patchEnvelopes(),
    downloads: downloads(),
    edgeView: edgeView(),
    location: location(),
    timeSources: timeSources(),
    cluster: cluster(),
    boot: part({
      time: time(),
      reason: text(),
      lastRebootReason: text(),
      lastRebootTime: time(),
      lastCrash: text().describe('Stack of what crashed, where that was the reason of the last reboot.'),
      restarts: count(),
      powerCycles: count(),
      rebooting: flag(),
    }).describe('When and why the device booted.'),
    counters: z
      .object({ reboot: count(), shutdown: count() })
      .optional()
      .describe('Commands that the device has done.'),
    maintenance: z
      .object({ on: z.boolean().optional(), reasons: z.array(z.string()).optional() })
      .optional()
      .describe('Maintenance mode: whether the device is in it, and why.'),
    attestation: attestation(),
    refusedReports: part({ count: count(), lastAt: time(), last: text() }).describe(
      'Reports that were refused for what was in them; brought up to date once a minute.',
    ),
    apiCapability: z
      .int()
      .optional()
      .describe('What the device understands of the EVE API: all features up to this number.'),
    dormantSeconds: count().describe('After so long a silence the device asks to be taken for lost.'),
    capabilities: part({ kubevirt: flag(), hardwareInventory: flag(), etcdSnapshot: flag() }).describe(
      'What this build of EVE can do beyond others.',
    ),
    localProfile: text().describe('Profile that a local profile server set.'),
    remoteAccessDisabled: flag().describe('Whether the device lets nobody in from afar.'),
    options: z
      .object({
        errors: z.record(z.string(), z.string()).optional().describe('Options that the device refused, and why.'),
        unknown: z.array(z.string()).optional().describe('Options that the device does not know.'),
      })
      .optional()
      .describe('What became of options of the Device (annotations config.eve.lfedge.org/…).'),
  });

export type DeviceStatus = z.infer<ReturnType<typeof deviceStatus>>;
