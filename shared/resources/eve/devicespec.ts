import * as z from 'zod';
import { bond, ownAdapter, vlan } from './adapters.ts';
import { counter, nameOf, secretKey } from './fields.ts';

const disk = () =>
  z.object({
    name: z.string().optional().describe('Device path, e.g. /dev/sda.'),
    logicalName: z.string().optional().describe('Name of the disk within the layout.'),
    serial: z.string().optional().describe('Serial number of the disk.'),
  });

const disks = () =>
  z
    .array(
      z.object({
        disk: disk().describe('Which disk.'),
        oldDisk: disk().optional().describe('The disk that this one replaces.'),
        use: z.enum(['EVEOS', 'Persist', 'ZFSOnline', 'ZFSOffline', 'AppDirect', 'Unused']).describe('What it is for.'),
      }),
    )
    .max(256)
    .describe('The disks.');

const arrayType = () => z.enum(['RAID0', 'RAID1', 'RAID5', 'RAID6']).describe('How the disks are joined.');

const pem = () => z.string().max(65536);

/** Told to the device and shown to applications by its metadata server. */
const label = (what: string, otherwise: string) =>
  z
    .object({
      name: z.string().max(256).optional().describe(`Name of the ${what}.`),
      id: z.string().max(256).optional().describe(`Id of the ${what}.`),
    })
    .describe(`Name and id of the ${what} that applications read from the metadata server. Default: ${otherwise}.`);

/** What a Device is wanted to be. */
export const deviceSpec = () =>
  z.object({
    certificate: pem()
      .optional()
      .describe('Device certificate, base64 of PEM: the device that owns its key is this one.'),
    onboard: pem()
      .optional()
      .describe('Onboarding certificate, base64 of PEM: with `serial` it names the device that may register.'),
    serial: z.string().max(256).optional().describe('Serial number that the device registers with.'),
    acceptSerialAlone: z
      .boolean()
      .optional()
      .describe(
        'The serial is enough to register, whatever the onboarding certificate. Only for places that can trust it.',
      ),
    'eve-os-version': z
      .string()
      .max(256)
      .optional()
      .describe(
        'Wanted version of EVE: selects the Image of type eve-os with that version. Empty: whatever is installed.',
      ),
    baseOS: z
      .object({
        activate: z.boolean().optional().describe('false downloads the image without installing it. Default true.'),
        retry: counter('try again an update that failed').optional(),
        fallback: counter('boot the other of its two partitions').optional(),
        force: z
          .boolean()
          .optional()
          .describe(
            'Install an image for another hypervisor than the one that runs: the device may lose what it stores.',
          ),
      })
      .optional()
      .describe('How the wanted version of EVE comes to run.'),
    model: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Name of a DeviceModel: which ports and other I/O there are.'),
    manufacturer: z.string().max(256).optional().describe("Who made it, for display. Default: the model's."),
    productName: z.string().max(256).optional().describe("Its name, for display. Default: the model's."),
    adapters: z
      .array(ownAdapter())
      .max(256)
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe(
        'Ports and other I/O by logical label: what the model does not say. Without a model, all of them; default: one management port eth0.',
      ),
    vlans: z.array(vlan()).max(256).optional().describe('VLANs on ports or bonds.'),
    bonds: z.array(bond()).max(64).optional().describe('Ports joined into one.'),
    project: label('project', 'its Namespace').optional(),
    enterprise: label('enterprise', 'none').optional(),
    location: z.string().max(1024).optional().describe('Where the device stands, in words.'),
    reboot: counter('reboot').optional(),
    shutdown: counter('stop all applications, ready for power off').optional(),
    backup: counter('make a backup').optional(),
    maintenanceMode: z.boolean().optional().describe('While on, the device runs no applications and changes nothing.'),
    controllerEpoch: z
      .int()
      .min(0)
      .optional()
      .meta({ format: 'int64' })
      .describe('A change makes the device send all its information anew.'),
    profile: z
      .object({
        global: z
          .string()
          .max(256)
          .optional()
          .describe('The active profile: applications that name other profiles do not run.'),
        localServer: z.string().max(256).optional().describe('host[:port] of a local profile server.'),
        localServerTokenSecret: secretKey().optional().describe('Secret that the local profile server must show.'),
      })
      .optional()
      .describe('Profiles, which say what runs, and the local server that may switch them.'),
    localOperatorConsole: z
      .object({
        url: z.string().min(1).max(2048).describe('Where it is.'),
        collectInfo: z
          .array(nameOf('StorageClass'))
          .max(16)
          .optional()
          .describe('Where collected information is uploaded.'),
      })
      .optional()
      .describe('A side controller near the device, asked when this one cannot be reached.'),
    edgeView: z
      .object({
        dispatcher: z
          .string()
          .max(1024)
          .optional()
          .describe(
            'Where device and client meet: host:port or host:port/path. The controller makes the token for it.',
          ),
        expires: z.string().meta({ format: 'date-time' }).optional().describe('When that token ends.'),
        instances: z.int().min(1).max(5).optional().describe('Clients at a time. Default 1.'),
        encrypt: z.boolean().optional().describe('What they say is encrypted, not only authenticated.'),
        authentication: z
          .enum(['ControllerCertificate', 'SSHKeys'])
          .optional()
          .describe('How clients prove themselves. SSHKeys: by the option edgeview.authen.publickey.'),
        tokenSecret: secretKey()
          .optional()
          .describe('A token made elsewhere, signed with the key of this controller, instead of `dispatcher`.'),
        dispatcherCertificates: z
          .array(pem())
          .max(16)
          .optional()
          .describe("Roots that the dispatcher's certificate is trusted by, in PEM."),
        allowDevice: z.boolean().optional().describe('Whether the device itself may be looked at.'),
        allowApplications: z.boolean().optional().describe('Whether applications may be reached.'),
        allowExternal: z.boolean().optional().describe('Whether what else the device reaches may be reached.'),
        generation: z
          .int()
          .min(0)
          .max(4294967295)
          .optional()
          .describe('A higher one ends the session and makes another token.'),
      })
      .optional()
      .describe('Remote diagnostics. Absent: off.'),
    disks: z
      .object({
        arrayType: arrayType().optional(),
        disks: disks().optional(),
        children: z
          .array(z.object({ arrayType: arrayType().optional(), disks: disks().optional() }))
          .max(64)
          .optional()
          .describe('Arrays that are joined to a larger one.'),
      })
      .optional()
      .describe('Layout of storage, for devices installed on ZFS.'),
    portAccess: z
      .array(
        z.object({
          port: z.string().min(1).describe('Logical label.'),
          identity: z.string().max(256).optional().describe('Identity shown to the network (EAP).'),
          method: z.enum(['TLS']).optional().describe('How the device proves itself (EAP). Default TLS.'),
          enrollment: z.string().min(1).describe('Name of one of certificateEnrollments.'),
        }),
      )
      .max(64)
      .optional()
      .describe('Port based network access control (802.1X).'),
    certificateEnrollments: z
      .array(
        z.object({
          name: z.string().min(1).max(253).describe('Name by which portAccess refers to it.'),
          url: z.string().min(1).max(2048).describe('SCEP server.'),
          useControllerProxy: z
            .boolean()
            .optional()
            .describe('Whether the device reaches the SCEP server through this controller.'),
          challengePasswordSecret: secretKey().optional().describe('Password that the SCEP server asks for.'),
          caCertificates: z
            .array(pem())
            .max(16)
            .optional()
            .describe("Roots that the SCEP server's answers are trusted by, in PEM."),
          subject: z
            .object({
              commonName: z.string().min(1).describe('CN.'),
              organization: z.string().optional().describe('O.'),
              organizationalUnit: z.string().optional().describe('OU.'),
              country: z.string().optional().describe('C.'),
              state: z.string().optional().describe('ST.'),
              locality: z.string().optional().describe('L.'),
            })
            .optional()
            .describe('Subject of the certificate.'),
          alternativeNames: z
            .object({
              dns: z.array(z.string()).optional().describe('Host names.'),
              ip: z.array(z.string()).optional().describe('Addresses.'),
              uri: z.array(z.string()).optional().describe('URIs.'),
              email: z.array(z.string()).optional().describe('Mail addresses.'),
            })
            .optional()
            .describe('Alternative names of the certificate.'),
          renewPeriodPercent: z
            .int()
            .min(1)
            .max(99)
            .optional()
            .describe('When it is renewed: after this part of its life, in percent.'),
          keyType: z
            .enum(['RSA2048', 'RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521'])
            .optional()
            .describe('Kind of its key.'),
          hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']).optional().describe('Hash of its signatures.'),
        }),
      )
      .max(16)
      .optional()
      .describe('Certificates that the device gets by SCEP.'),
    cluster: z
      .object({
        name: z.string().min(1).max(253).describe('Name of the cluster.'),
        id: z.string().meta({ format: 'uuid' }).describe('UUID of the cluster, the same on all nodes.'),
        interface: z.string().min(1).describe('Logical label of the port between the nodes.'),
        ipPrefix: z.string().min(1).describe("This node's address with its subnet, in CIDR form."),
        worker: z.boolean().optional().describe('Whether this node only runs workloads.'),
        joinServerIP: z.string().min(1).describe('Address of the first node; on that node its own.'),
        tokenSecret: secretKey().describe('Token with which nodes join; encrypted to the device.'),
        type: z
          .enum(['K3sBase', 'ReplicatedStorage', 'HA'])
          .optional()
          .describe('What the cluster does, as EVE names it.'),
        tieBreakerNodeId: z
          .string()
          .meta({ format: 'uuid' })
          .optional()
          .describe('UUID of the node that decides between halves.'),
        haScheme: z.enum(['K3sEmbedded']).optional().describe('How it stays available, as EVE names it.'),
        loadBalancers: z
          .array(
            z.object({
              interface: z.string().min(1).describe('Logical label of the port.'),
              addresses: z.array(z.string().min(1)).min(1).describe('Addresses in CIDR form.'),
            }),
          )
          .max(32)
          .optional()
          .describe('Addresses for services of type LoadBalancer.'),
        masterNodeIds: z
          .array(z.string().meta({ format: 'uuid' }))
          .max(64)
          .optional()
          .describe('UUIDs of the nodes that are masters.'),
        nativeKubernetes: z.boolean().optional().describe('Workloads are placed by the cluster itself.'),
        registrationManifestSecret: secretKey()
          .optional()
          .describe('YAML that registers the cluster elsewhere; at most 64 KiB.'),
      })
      .optional()
      .describe('Membership in a cluster of edge nodes.'),
    taints: z
      .array(
        z.object({
          key: z.string().min(1).describe('Key of the taint.'),
          value: z.string().optional().describe('Value of the taint.'),
          effect: z
            .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
            .describe(
              'NoSchedule: they are not placed here; PreferNoSchedule: rather elsewhere; NoExecute: as NoSchedule, and daemon sets take theirs away.',
            ),
          timeAdded: z.string().meta({ format: 'date-time' }).optional().describe('When it came.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Applications that do not tolerate these are not placed here.'),
    unschedulable: z.boolean().optional().describe('No new applications are placed here.'),
  });

export type DeviceSpec = z.infer<ReturnType<typeof deviceSpec>>;
