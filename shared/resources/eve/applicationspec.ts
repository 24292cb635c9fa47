import * as z from 'zod';
import { anyObject, quantity } from '../schema.ts';
import { rule } from './acl.ts';
import { portTypes } from './adapters.ts';
import { affinity } from './affinity.ts';
import { counter, keyOf, nameOf, port, secretKey } from './fields.ts';

const resourceList = () => z.record(z.string(), quantity());

const container = () =>
  z.object({
    name: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
      .describe('Name within the Application. Never changes.'),
    image: nameOf('Image').describe('Name of an Image: the disk that a VM boots, or the root of a container.'),
    env: z
      .array(
        z.object({
          name: z.string().min(1).max(256).describe('Name of the variable.'),
          value: z.string().optional().describe('Its value.'),
          valueFrom: z
            .object({
              secretKeyRef: secretKey().optional().describe('A key of a Secret; encrypted to the device.'),
              configMapKeyRef: keyOf('ConfigMap').optional().describe('A key of a ConfigMap.'),
            })
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
          name: z.string().max(63).optional().describe('Name of the port, shown in the rules of the device.'),
          containerPort: port().describe('Port inside.'),
          hostPort: port().optional().describe('Port on the device that leads to containerPort.'),
          protocol: z.enum(['TCP', 'UDP']).optional().describe('Default TCP.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Ports that are reached through the device, on networks of type local.'),
    resources: z
      .object({
        requests: resourceList()
          .optional()
          .describe(
            'cpu, memory and storage (size of the boot disk). Default: limits, else one CPU, 512Mi, and the size of the image.',
          ),
        limits: resourceList().optional().describe('cpu and memory that it may grow to.'),
      })
      .optional()
      .describe('What it needs of the device.'),
    volumeMounts: z
      .array(
        z.object({
          name: z.string().min(1).describe('Name of one of spec.volumes.'),
          mountPath: z.string().min(1).max(1024).describe('Folder inside where it appears.'),
          readOnly: z.boolean().optional().describe('Whether it may only be read.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Volumes that appear as folders.'),
    volumeDevices: z
      .array(
        z.object({
          name: z.string().min(1).describe('Name of one of spec.volumes.'),
          devicePath: z
            .string()
            .min(1)
            .max(1024)
            .describe('For people: EVE attaches disks in the order of spec.volumes.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Volumes that appear as disks.'),
  });

/** As much of a PersistentVolumeClaim's spec as a volume on a device needs. */
const claimSpec = () =>
  z.object({
    accessModes: z
      .array(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']))
      .optional()
      .describe('How the volume may be mounted.'),
    volumeMode: z.enum(['Filesystem', 'Block']).optional().describe('Filesystem (default) or Block.'),
    resources: z
      .object({
        requests: resourceList().optional().describe('storage: the size.'),
        limits: resourceList().optional().describe('storage: the largest size.'),
      })
      .optional()
      .describe('How large it is.'),
    storageClassName: z.string().optional().describe('Name of a StorageClass. Default: the default one.'),
    dataSourceRef: z
      .object({
        apiGroup: z.string().optional().describe('Group of the kind, e.g. eve.lfedge.org.'),
        group: z.string().optional().describe('The same as apiGroup.'),
        kind: z.string().describe('Image, or another kind of source.'),
        name: z.string().describe('Name of the source, in the same namespace.'),
      })
      .optional()
      .describe('What it is filled with at first. Default: it is blank.'),
  });

export const claimTemplate = () =>
  z.object({
    metadata: anyObject().optional().describe('Labels and annotations of the claim.'),
    spec: claimSpec().describe('What the claim asks for.'),
  });

const volume = () =>
  z.object({
    name: z.string().min(1).max(63).describe('Name by which containers mount it.'),
    persistentVolumeClaim: z
      .object({
        claimName: nameOf('PersistentVolumeClaim'),
        readOnly: z.boolean().optional().describe('Whether it may only be read.'),
      })
      .optional()
      .describe('A volume that outlives the Application.'),
    ephemeral: z
      .object({ volumeClaimTemplate: claimTemplate().describe('The claim that is made for it.') })
      .optional()
      .describe('A volume that comes and goes with the Application.'),
    emptyDir: z
      .object({ sizeLimit: quantity().optional().describe('How large it is.') })
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
    hostname: z.string().max(253).optional().describe('Name by which the others of the network find it.'),
    accessVLAN: z.int().min(0).max(4094).optional().describe('On a switch: the VLAN; 0 is the trunk.'),
    allowToDiscover: z
      .boolean()
      .optional()
      .describe('Whether it may ask the metadata server which other applications the network has.'),
    acls: z.array(rule()).max(256).optional().describe("Default: the network's rules."),
  });

const eveSettings = () =>
  z.object({
    activate: z.boolean().optional().describe('false: it is on the device but does not run. Default true.'),
    mode: z
      .enum(['PV', 'HVM', 'Filler', 'FML', 'NOHYPER', 'LEGACY'])
      .optional()
      .describe('Virtualization mode. Default HVM.'),
    bootMode: z.enum(['Legacy', 'UEFI']).optional().describe('Firmware of a VM. Default: that of the mode.'),
    bootOrder: z
      .enum(['USB', 'NoUSB'])
      .optional()
      .describe('Whether USB is booted from first, or never. Default: as the option app.boot.order says.'),
    memoryOverhead: quantity()
      .optional()
      .describe('Memory for the hypervisor around it. Default: as the device reckons.'),
    maxCPUs: z
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe('Virtual CPUs that it may grow to. Default: limits, else requests.'),
    pinCPU: z.boolean().optional().describe('Whether it has physical CPUs of its own.'),
    cpus: z.string().max(1024).optional().describe('CPUs that it may use, e.g. 1-3,5.'),
    vnc: z
      .object({
        enabled: z.boolean().optional().describe('Whether there is one.'),
        display: z
          .int()
          .min(0)
          .max(99)
          .optional()
          .describe('TCP port 5900 + display. Default: one that is free on the device.'),
        password: z
          .string()
          .max(8)
          .optional()
          .describe('Password, readable for whoever reads the Application; rather passwordSecret.'),
        passwordSecret: secretKey()
          .optional()
          .describe('Password out of a Secret. EVE takes it in the clear, inside the signed configuration.'),
        shim: z.boolean().optional().describe('Console of the small VM around a container.'),
      })
      .optional()
      .describe('Remote screen and keyboard (VNC), on a TCP port of the device.'),
    disableLogs: z.boolean().optional().describe('Whether its output is kept out of the logs.'),
    enforceInterfaceOrder: z
      .boolean()
      .optional()
      .describe('Whether interfaces and passed-through ports appear in exactly the order of `interfaces`.'),
    oemWindowsLicense: z.boolean().optional().describe('Whether a Windows guest sees the OEM license of the device.'),
    disableVTPM: z.boolean().optional().describe('Whether it goes without a virtual TPM.'),
    kernel: z.string().max(1024).optional().describe('Kernel to boot, for modes that take one.'),
    ramdisk: z.string().max(1024).optional().describe('Initial RAM disk for that kernel.'),
    rootDevice: z.string().max(1024).optional().describe('Root device for that kernel.'),
    extraArguments: z.string().max(4096).optional().describe('Further arguments for that kernel.'),
    bootloader: z.string().max(1024).optional().describe('Boot loader, for modes that take one.'),
    deviceTree: z.string().max(1024).optional().describe('Device tree, for modes that take one.'),
    dtdev: z.array(z.string()).max(64).optional().describe('Nodes of the device tree that are handed over.'),
    irqs: z.array(z.int().min(0).max(4294967295)).max(64).optional().describe('Interrupts that are handed over.'),
    iomem: z.array(z.string()).max(64).optional().describe('Ranges of I/O memory that are handed over.'),
    resolution: z.string().max(16).optional().describe('Screen of a VM in mode FML, e.g. 1920x1080.'),
    userData: z
      .object({
        inline: z.string().max(1_048_576).optional().describe('The text itself.'),
        secret: secretKey().optional().describe('A key of a Secret.'),
        configMap: keyOf('ConfigMap').optional().describe('A key of a ConfigMap.'),
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
              index: z.int().min(0).max(255).describe('Number of the function.'),
              mac: z.string().optional().describe('MAC address of the function.'),
              vlanId: z.int().min(0).max(4094).optional().describe('VLAN of the function.'),
            })
            .optional()
            .describe('One function of an SR-IOV port, instead of all of it.'),
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
        max: z.int().min(0).max(1).optional().describe('How many are kept.'),
        items: z
          .array(
            z.object({
              id: z.string().meta({ format: 'uuid' }).describe('UUID of your choice.'),
              type: z.enum(['AppUpdate', 'Immediate']).describe('Before the next change of the Application, or now.'),
            }),
          )
          .max(16)
          .optional()
          .describe('Snapshots that are wanted.'),
        active: z.string().meta({ format: 'uuid' }).optional().describe('The snapshot to go back to.'),
        rollback: counter('go back to the active snapshot').optional(),
      })
      .optional()
      .describe('Snapshots of its volumes.'),
    remoteConsole: z.boolean().optional().describe("Remote console, as EVE's field of that name."),
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
    affinity: affinity().optional().describe('Which Devices it may be, or would rather be, bound to.'),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional().describe('Key of the taint; none, with Exists: every key.'),
          operator: z.enum(['Exists', 'Equal']).optional().describe('Default Equal.'),
          value: z.string().optional().describe('Value of the taint, with Equal.'),
          effect: z
            .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
            .optional()
            .describe('Effect of the taint; none: every effect.'),
          tolerationSeconds: z
            .int()
            .optional()
            .meta({ format: 'int64' })
            .describe('Taken as that of a Pod; nothing follows from it.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Taints of Devices that do not keep it away.'),
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
