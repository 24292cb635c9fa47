import * as z from 'zod';
import { findCondition } from '../../base/condition.ts';
import type { ApiObject } from '../../base/object.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { conditions } from '../eve/conditions.ts';
import { eve, nameOf, secretKey } from '../eve/fields.ts';
import { unready } from '../eve/unready.ts';
import { checkDeviceCluster, checkNetworkStays } from './deviceclustercheck.ts';
import { kubeve } from './group.ts';

const node = () =>
  z.object({
    device: nameOf('Device'),
    address: z.string().min(1).describe('Its own address between the nodes, inside spec.network.'),
    interface: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Logical label of its port to the other nodes. Default spec.interface.'),
    role: z
      .enum(['Server', 'Agent'])
      .optional()
      .describe('Server (default): keeps the state of the cluster and runs applications. Agent: runs applications.'),
  });

const spec = () =>
  z.object({
    nodes: z
      .array(node())
      .min(1)
      .max(32)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['device'] })
      .describe('The Devices that make up the cluster. A Device that is taken out leaves it.'),
    bootstrap: nameOf('Device').describe('The node that begins the cluster; the others join at its address.'),
    network: z.string().min(1).describe('Subnet between the nodes in CIDR form, e.g. 10.244.244.0/28. Never changes.'),
    interface: z.string().min(1).max(253).describe('Logical label of the port between the nodes.'),
    tokenSecret: secretKey().describe('What nodes join with. Each device gets it encrypted to itself.'),
    type: z.enum(['K3sBase', 'ReplicatedStorage', 'HA']).optional().describe('What the cluster does, as EVE names it.'),
    haScheme: z.enum(['K3sEmbedded']).optional().describe('How it stays available, as EVE names it.'),
    tieBreaker: nameOf('Device').optional().describe('The node that decides between halves and runs no applications.'),
    loadBalancers: z
      .array(
        z.object({
          interface: z.string().min(1).describe('Logical label of the port.'),
          addresses: z.array(z.string().min(1)).min(1).max(32).describe('Addresses in CIDR form.'),
        }),
      )
      .max(32)
      .optional()
      .describe('Addresses, in CIDR form, that services of the cluster get on a port of the nodes.'),
    nativeKubernetes: z.boolean().optional().describe('Workloads are placed by the cluster itself.'),
    registrationManifestSecret: secretKey()
      .optional()
      .describe('YAML that registers the cluster elsewhere; at most 64 KiB.'),
  });

const status = () =>
  z.object({
    id: z.string().optional().describe('UUID of the cluster towards EVE.'),
    nodes: z
      .array(
        z.object({
          device: z.string().describe('Name of the Device.'),
          uuid: z.string().optional().describe('UUID of the Device; absent while there is no such Device.'),
          state: z.string().optional().describe('How it says that it stands: READY, NOTREADY, DOWN.'),
          online: z.boolean().optional().describe('Whether it checks in.'),
        }),
      )
      .optional()
      .describe('How each node stands.'),
    observedGeneration: z
      .int()
      .optional()
      .meta({ format: 'int64' })
      .describe('Generation of the spec that all of this is about.'),
    ready: z.int().optional().describe('Nodes that check in and say that they are ready.'),
    conditions: conditions().optional(),
  });

export type DeviceClusterSpec = z.infer<ReturnType<typeof spec>>;
export type DeviceClusterStatus = z.infer<ReturnType<typeof status>>;
export type DeviceCluster = ApiObject<DeviceClusterSpec, DeviceClusterStatus>;
export type ClusterNode = DeviceClusterSpec['nodes'][number];

/** Devices of EVE's Kubernetes flavour that run their Applications together. */
export const deviceCluster = defineResource(
  {
    ...kubeve,
    kind: 'DeviceCluster',
    plural: 'deviceclusters',
    shortNames: ['dcl'],
    categories: ['eve'],
    scope: 'Namespaced',
    description:
      'Devices that form one cluster. Applications that name it in spec.eve.cluster are told to every node and move to another one when theirs fails.',
    spec,
    status,
    required: ['spec'],
  },
  {
    columns: [
      {
        name: 'Ready',
        type: 'string',
        value: object => `${statusOf(object).ready ?? 0}/${specOf(object).nodes.length}`,
      },
      { name: 'Bootstrap', type: 'string', jsonPath: '.spec.bootstrap' },
      { name: 'Network', type: 'string', jsonPath: '.spec.network' },
      {
        name: 'Formed',
        type: 'string',
        value: object => String(findCondition(object.status?.['conditions'], 'Ready')?.['status'] ?? 'Unknown'),
      },
      ageColumn,
    ],
    prepareCreate(draft) {
      const message = 'The cluster was not looked at yet.';
      draft.status = { conditions: unready(draft, { status: 'False', reason: 'NotFormed', message }) };
    },
    validate: object => checkDeviceCluster(specOf(object), ['spec']),
    validateUpdate: (now, old) => checkNetworkStays(specOf(now), specOf(old)),
    admit: warnOfNodes,
    terms: object => specOf(object).nodes.map(({ device }) => `device=${object.metadata.namespace}/${device}`),
  },
);

// The registry validates every object against the schemas that these are inferred from.
function specOf(object: ApiObject): DeviceClusterSpec {
  return object.spec as unknown as DeviceClusterSpec;
}

function statusOf(object: ApiObject): DeviceClusterStatus {
  return (object.status ?? {}) as DeviceClusterStatus;
}

async function warnOfNodes(draft: ApiObject, _old: ApiObject | undefined, context: AdmitContext): Promise<void> {
  const { registry, warn, subresource } = context;
  const nodes = specOf(draft)?.nodes;
  // What is required may still be missing here.
  if (subresource !== undefined || !Array.isArray(nodes)) return;
  const { namespace } = draft.metadata;
  for (const [at, { device }] of nodes.entries())
    if (!(await registry.find(registry.catalog.get(eve.group, 'devices'), { namespace, name: device })))
      warn(`spec.nodes[${at}].device: Device "${device}" does not exist yet`);
  const servers = nodes.filter(({ role }) => role !== 'Agent').length;
  if (servers === 2)
    warn('spec.nodes: two servers are less safe than one: the cluster stops when either fails; have one or three');
}
