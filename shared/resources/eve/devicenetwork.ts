import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { matchesNodeAffinity } from '../../kube/select/affinity.ts';
import { ageColumn, defineResource } from '../define.ts';
import { checkRule, rule } from './acl.ts';
import { checkAffinity, nodeAffinity } from './affinity.ts';
import { checkCidr, checkIp, checkUnique, eve, nameOf, port } from './fields.ts';
import { checkIpFields, ipFields } from './ip.ts';

const instance = () =>
  z.object({
    type: z
      .enum(['local', 'switch'])
      .optional()
      .describe('local (default): a network of its own behind NAT; switch: a bridge to the port.'),
    port: z
      .string()
      .max(63)
      .optional()
      .describe(
        "Port to the outside: a logical or shared label; '' for none. Default: the first port of this network.",
      ),
    ...ipFields(),
    mtu: z.int().min(1280).max(65535).optional().describe('Largest packet in bytes. Default 1500.'),
    acls: z
      .array(rule())
      .max(256)
      .optional()
      .describe('For interfaces that have no rules of their own. Default: everything is allowed.'),
    propagateConnectedRoutes: z
      .boolean()
      .optional()
      .describe('Whether applications learn the subnets of its ports by DHCP.'),
    staticRoutes: z
      .array(
        z.object({
          destination: z.string().describe('Subnet in CIDR form.'),
          gateway: z.string().optional().describe('Address of the next hop.'),
          port: z.string().max(63).optional().describe('Logical or shared label, instead of a gateway.'),
          probe: z
            .object({
              gatewayPing: z.boolean().optional().describe('Whether the gateway is pinged.'),
              gatewayPingMaxCost: z
                .int()
                .min(0)
                .max(255)
                .optional()
                .describe('Up to which cost of a port it is pinged.'),
              method: z.enum(['ICMP', 'TCP']).optional().describe('How `host` is asked as well.'),
              host: z.string().optional().describe('Name or address that is asked.'),
              port: port().optional().describe('With TCP: its port.'),
            })
            .optional()
            .describe('How the device finds out whether the way works.'),
          preferLowerCost: z
            .boolean()
            .optional()
            .describe('Whether a cheaper port is preferred among those that work.'),
          preferStrongerSignal: z
            .boolean()
            .optional()
            .describe('Whether a port with a stronger signal is preferred among those that work.'),
        }),
      )
      .max(64)
      .optional()
      .describe('Ways to other subnets, told to applications by DHCP.'),
    vlanAccessPorts: z
      .array(
        z.object({
          vlanId: z.int().min(1).max(4094).describe('Number of the VLAN.'),
          port: z.string().min(1).describe('Logical or shared label of the ports.'),
        }),
      )
      .max(64)
      .optional()
      .describe('On a switch: ports that are in one VLAN, untagged. The others are trunks.'),
    bpduGuardPorts: z.string().max(63).optional().describe('Label of the ports with BPDU guard.'),
    forwardLLDP: z.boolean().optional().describe('On a switch: whether LLDP is let through.'),
    disableFlowLog: z.boolean().optional().describe('Whether its flows are kept out of the flow log.'),
    clusterWide: z.boolean().optional().describe('On a cluster of edge nodes: one network over all of them.'),
  });

const spec = () =>
  z.object({
    networkConfig: nameOf('NetworkConfig'),
    affinity: z
      .object({ nodeAffinity: nodeAffinity().optional().describe('By labels of Devices.') })
      .optional()
      .describe('Which Devices of the namespace have this network. Default: all of them.'),
    ports: z
      .array(z.string().min(1).max(63))
      .max(64)
      .optional()
      .describe(
        'Logical labels. Default: the port that a Device maps to it by annotation, else its first management Ethernet.',
      ),
    cost: z.int().min(0).max(255).optional().describe('0: free and preferred. The cost of a port itself comes first.'),
    instance: instance().optional().describe('What applications find that attach to it.'),
  });

export type DeviceNetworkSpec = z.infer<ReturnType<typeof spec>>;
export type InstanceSpec = z.infer<ReturnType<typeof instance>>;
export type DeviceNetwork = ApiObject<DeviceNetworkSpec>;

/** A network on devices: puts a NetworkConfig on their ports, and is what Applications attach to. */
export const deviceNetwork = defineResource(
  {
    ...eve,
    kind: 'DeviceNetwork',
    plural: 'devicenetworks',
    shortNames: ['dnet'],
    categories: ['eve'],
    scope: 'Namespaced',
    description:
      'A network on devices: puts a NetworkConfig on ports of every Device that it matches. Applications attach to it by name.',
    spec,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'NetworkConfig', type: 'string', jsonPath: '.spec.networkConfig' },
      { name: 'Ports', type: 'string', value: object => specOf(object).ports?.join(',') ?? '<default>' },
      { name: 'Instance', type: 'string', value: object => specOf(object).instance?.type ?? 'local' },
      ageColumn,
    ],
    selectable: ['spec.networkConfig'],
    validate: check,
    admit: warnOfConfig,
    concerns(object, device) {
      return matchesNodeAffinity(specOf(object).affinity?.nodeAffinity, undefined, device);
    },
  },
);

// The registry validates every object against the schema that DeviceNetworkSpec is inferred from.
const specOf = (object: ApiObject): DeviceNetworkSpec => object.spec as unknown as DeviceNetworkSpec;

const at: Path = ['spec'];

function check(object: ApiObject): Cause[] {
  const one = specOf(object);
  return [
    ...checkAffinity(one.affinity, [...at, 'affinity']),
    ...checkUnique(one.ports ?? [], [...at, 'ports'], ''),
    ...(one.instance ? checkInstance(one.instance, [...at, 'instance']) : []),
  ];
}

const checkInstance = (one: InstanceSpec, path: Path): Cause[] => [
  ...checkIpFields(one, path, 4),
  ...(one.type === 'switch' ? checkSwitch(one, path) : checkLocal(one, path)),
  ...(one.acls ?? []).flatMap((item, n) => checkRule(item, [...path, 'acls', n], one.type ?? 'local')),
  ...(one.staticRoutes ?? []).flatMap((route, n) => checkRoute(route, [...path, 'staticRoutes', n])),
  ...checkUnique(
    (one.vlanAccessPorts ?? []).map(({ port }) => port),
    [...path, 'vlanAccessPorts'],
    'port',
  ),
];

type Route = NonNullable<InstanceSpec['staticRoutes']>[number];

const checkRoute = (route: Route, path: Path): Cause[] => {
  const causes = [
    ...checkCidr(route.destination, [...path, 'destination'], 4),
    ...checkIp(route.gateway, [...path, 'gateway'], 4),
  ];
  if (route.destination === '') causes.push(cause.required([...path, 'destination']));
  if (!route.gateway === !route.port)
    causes.push(cause.invalid(path, route.destination, 'needs either a gateway or a port'));
  if (route.gateway && route.probe)
    causes.push(cause.forbidden([...path, 'probe'], 'only ways through a port are probed'));
  const { method, host, port } = route.probe ?? {};
  if (method && !host) causes.push(cause.required([...path, 'probe', 'host'], `method ${method} needs it`));
  if (method === 'TCP' && port === undefined)
    causes.push(cause.required([...path, 'probe', 'port'], 'method TCP needs it'));
  return causes;
};

const localOnly = ['subnet', 'gateway', 'range', 'domain', 'dns', 'ntp', 'dnsEntries', 'staticRoutes'] as const;

const checkSwitch = (one: InstanceSpec, path: Path): Cause[] => [
  ...localOnly
    .filter(field => one[field] !== undefined)
    .map(field => cause.forbidden([...path, field], 'a switch has no IP settings')),
  ...(one.propagateConnectedRoutes
    ? [cause.forbidden([...path, 'propagateConnectedRoutes'], 'a switch has no routes')]
    : []),
];

const switchOnly = [
  ['vlanAccessPorts', 'only a switch has VLAN access ports'],
  ['bpduGuardPorts', 'only a switch has a spanning tree'],
  ['forwardLLDP', 'only a switch forwards LLDP'],
] as const;

const checkLocal = (one: InstanceSpec, path: Path): Cause[] => {
  const causes: Cause[] = [];
  const bits = Number(one.subnet?.split('/')[1]);
  if (bits > 30) causes.push(cause.invalid([...path, 'subnet'], one.subnet, 'must have at least 4 addresses'));
  if (!one.subnet && (one.gateway || one.range))
    causes.push(cause.required([...path, 'subnet'], 'a gateway or a range needs its subnet'));
  for (const [field, why] of switchOnly)
    if (one[field] !== undefined && one[field] !== false) causes.push(cause.forbidden([...path, field], why));
  return causes;
};

async function warnOfConfig(draft: ApiObject, _old: ApiObject | undefined, context: AdmitContext): Promise<void> {
  const { registry, warn } = context;
  const name = specOf(draft)?.networkConfig;
  if (!name) return;
  const ref = { namespace: draft.metadata.namespace, name };
  if (!(await registry.find(registry.catalog.get(eve.group, 'networkconfigs'), ref)))
    warn(`spec.networkConfig: NetworkConfig "${name}" does not exist yet`);
}
