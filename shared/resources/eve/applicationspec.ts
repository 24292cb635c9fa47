import * as z from 'zod';
import { anyObject, quantity } from '../schema.ts';
import { rule } from './acl.ts';
import { portTypes } from './adapters.ts';
import { affinity } from './affinity.ts';
import { counter, nameOf, port, secretKey } from './fields.ts';

const resourceList = () => z.record(z.string(), quantity());

const container = () =>
  z.object({
    name: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
    image: nameOf('Image').describe('Name of an Image: the disk that a VM boots, or the root of a container.'),
    env: z
      .array(
        z.object({
          name: z.string().min(1).max(256),
          value: z.string().optional(),
          valueFrom: z
            .object({ secretKeyRef: secretKey().optional(), configMapKeyRef: secretKey().optional() })
            .optional()
            .describe('Where the value is, instead of `value`.'),
        }),
      )
      .max(1024)
      .optional()
      .describe('Environment of a container.'),
    ports: z
      .array(
        z.object({
          name: z.string().max(63).optional(),
          containerPort: port(),
          hostPort: port().optional().describe('Port on the device that leads to containerPort.'),
          protocol: z.enum(['TCP', 'UDP']).optional(),
        }),
      )
      .max(256)
      .optional(),
    resources: z
      .object({
        requests: resourceList().optional().describe('cpu, memory and storage (size of the boot disk).'),
        limits: resourceList().optional().describe('cpu and memory that it may grow to.'),
      })
      .optional(),
    volumeMounts: z
      .array(
        z.object({
          name: z.string().min(1).describe('Name of one of spec.volumes.'),
          mountPath: z.string().min(1).max(1024),
          readOnly: z.boolean().optional(),
        }),
      )
      .max(256)
      .optional(),
    volumeDevices: z
      .array(
        z.object({
          name: z.string().min(1).describe('Name of one of spec.volumes.'),
          devicePath: z.string().min(1).max(1024),
        }),
      )
      .max(256)
      .optional(),
  });

/** As much of a PersistentVolumeClaim's spec as a volume on a device needs. */
const claimSpec = () =>
  z.object({
    accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])).optional(),
    volumeMode: z.enum(['Filesystem', 'Block']).optional(),
    resources: z.object({ requests: resourceList().optional(), limits: resourceList().optional() }).optional(),
    storageClassName: z.string().optional(),
    dataSourceRef: z
      .object({ apiGroup: z.string().optional(), group: z.string().optional(), kind: z.string(), name: z.string() })
      .optional(),
  });

export const claimTemplate = () => z.object({ metadata: anyObject().optional(), spec: claimSpec() });

const volume = () =>
  z.object({
    name: z.string().min(1).max(63),
    persistentVolumeClaim: z
      .object({ claimName: z.string().min(1).max(253), readOnly: z.boolean().optional() })
      .optional(),
    ephemeral: z
      .object({ volumeClaimTemplate: claimTemplate() })
      .optional()
      .describe('A volume that comes and goes with the Application.'),
    emptyDir: z
      .object({ sizeLimit: quantity().optional() })
      .optional()
      .describe('A blank volume that comes and goes with it.'),
    image: z
      .object({ reference: nameOf('Image') })
      .optional()
      .describe('The content of an Image, read-only.'),
  });

const networkInterface = () =>
  z.object({
    name: z.string().min(1).max(15).describe('Name of the interface.'),
    network: nameOf('DeviceNetwork')
      .optional()
      .describe('Default: the network at the same place in the networks annotation.'),
    mac: z.string().optional().describe('Default: generated, and stable.'),
    address: z.string().optional().describe("Static address inside the network's subnet. Default: DHCP."),
    hostname: z.string().max(253).optional(),
    accessVLAN: z.int().min(0).max(4094).optional().describe('On a switch: the VLAN; 0 is the trunk.'),
    allowToDiscover: z.boolean().optional(),
    acls: z.array(rule()).max(256).optional().describe("Default: the network's rules."),
  });

const eveSettings = () =>
  z.object({
    activate: z.boolean().optional().describe('false: it is on the device but does not run. Default true.'),
    mode: z
      .enum(['PV', 'HVM', 'Filler', 'FML', 'NOHYPER', 'LEGACY'])
      .optional()
      .describe('Virtualization mode. Default HVM.'),
    bootMode: z.enum(['Legacy', 'UEFI']).optional(),
    bootOrder: z.enum(['USB', 'NoUSB']).optional(),
    memoryOverhead: quantity()
      .optional()
      .describe('Memory for the hypervisor around it. Default: as the device reckons.'),
    maxCPUs: z.int().min(1).max(1024).optional(),
    pinCPU: z.boolean().optional(),
    cpus: z.string().max(1024).optional().describe('CPUs that it may use, e.g. 1-3,5.'),
    vnc: z
      .object({
        enabled: z.boolean().optional(),
        display: z
          .int()
          .min(0)
          .max(99)
          .optional()
          .describe('TCP port 5900 + display. Default: one that is free on the device.'),
        password: z.string().max(8).optional(),
        passwordSecret: secretKey().optional(),
        shim: z.boolean().optional().describe('Console of the small VM around a container.'),
      })
      .optional(),
    disableLogs: z.boolean().optional(),
    enforceInterfaceOrder: z.boolean().optional(),
    oemWindowsLicense: z.boolean().optional(),
    disableVTPM: z.boolean().optional(),
    kernel: z.string().max(1024).optional(),
    ramdisk: z.string().max(1024).optional(),
    rootDevice: z.string().max(1024).optional(),
    extraArguments: z.string().max(4096).optional(),
    bootloader: z.string().max(1024).optional(),
    deviceTree: z.string().max(1024).optional(),
    dtdev: z.array(z.string()).max(64).optional(),
    irqs: z.array(z.int().min(0).max(4294967295)).max(64).optional(),
    iomem: z.array(z.string()).max(64).optional(),
    resolution: z.string().max(16).optional().describe('Screen of a VM in mode FML, e.g. 1920x1080.'),
    userData: z
      .object({
        inline: z.string().max(1_048_576).optional(),
        secret: secretKey().optional(),
        configMap: secretKey().optional(),
      })
      .optional()
      .describe('cloud-init, or lines KEY=VALUE for a container.'),
    metadata: z
      .enum(['Drive', 'None', 'OpenStack', 'DriveMultipart'])
      .optional()
      .describe('How user data is handed over. Default Drive.'),
    cloudInitVersion: z
      .int()
      .min(1)
      .max(4294967295)
      .optional()
      .describe('Raise it to have cloud-init run again at the next start. Default 1.'),
    adapters: z
      .array(
        z.object({
          name: z.string().min(1).max(63).describe('Assignment group of the I/O.'),
          ptype: z.enum(portTypes).optional().describe("Default: what the device's adapter says."),
          vf: z
            .object({
              index: z.int().min(0).max(255),
              mac: z.string().optional(),
              vlanId: z.int().min(0).max(4094).optional(),
            })
            .optional(),
        }),
      )
      .max(64)
      .optional()
      .describe('I/O of the device that is handed over to it.'),
    interfaces: z.array(networkInterface()).max(64).optional().describe('Network interfaces in order.'),
    restart: counter('restart').optional(),
    purge: counter('start over with a fresh boot disk').optional(),
    startDelaySeconds: z.int().min(0).max(4294967295).optional().describe('After the device has booted.'),
    clearText: z
      .boolean()
      .optional()
      .describe('Its own volumes (boot disk, ephemeral ones) stand outside of the encrypted vault. Never changes.'),
    cluster: nameOf('DeviceCluster')
      .optional()
      .describe('DeviceCluster that it runs on: every node is told of it, one is chosen to start it.'),
    clusterAffinity: z
      .enum(['Preferred', 'Required'])
      .optional()
      .describe('On a cluster of edge nodes: whether it may move to another node. Default Preferred.'),
    service: z.boolean().optional().describe('Runs as a container of the host. Needs mode NOHYPER.'),
    runtime: z.enum(['Docker']).optional().describe('It runs containers by itself; logs and metrics tell them apart.'),
    profiles: z.array(z.string().min(1)).max(64).optional().describe('Profiles in which it runs; empty: in all.'),
    snapshots: z
      .object({
        max: z.int().min(0).max(1).optional(),
        items: z
          .array(z.object({ id: z.string().meta({ format: 'uuid' }), type: z.enum(['AppUpdate', 'Immediate']) }))
          .max(16)
          .optional(),
        active: z.string().meta({ format: 'uuid' }).optional().describe('The snapshot to go back to.'),
        rollback: counter('go back to the active snapshot').optional(),
      })
      .optional(),
    remoteConsole: z.boolean().optional(),
    statsAddress: z.string().optional().describe('Address of a Docker statistics endpoint inside.'),
    patchEnvelopes: z
      .array(nameOf('PatchEnvelope'))
      .max(16)
      .optional()
      .describe('PatchEnvelopes that it may fetch, beside those that name it.'),
  });

/** The intent to run something on a Device. Template of the workload kinds as well. */
export const applicationSpec = () =>
  z.object({
    nodeSelector: z
      .record(z.string(), z.string())
      .optional()
      .describe('Labels that the Device must have; `name` means its metadata.name.'),
    affinity: affinity().optional(),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional(),
          operator: z.enum(['Exists', 'Equal']).optional(),
          value: z.string().optional(),
          effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
          tolerationSeconds: z.int().optional().meta({ format: 'int64' }),
        }),
      )
      .max(256)
      .optional(),
    containers: z
      .array(container())
      .min(1)
      .max(16)
      .describe('The first boots; further ones become instances beside it.'),
    volumes: z.array(volume()).max(256).optional().describe('Disks in this order, after the boot disk.'),
    eve: eveSettings().optional().describe('What only EVE knows.'),
  });

export type ApplicationSpec = z.infer<ReturnType<typeof applicationSpec>>;
export type Container = ApplicationSpec['containers'][number];
export type VolumeSpec = NonNullable<ApplicationSpec['volumes']>[number];
export type EveSettings = NonNullable<ApplicationSpec['eve']>;
export type InterfaceSpec = NonNullable<EveSettings['interfaces']>[number];
