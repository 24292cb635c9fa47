import * as z from 'zod';
import type { ApiObject } from '../../base/object.ts';
import { ageColumn, defineResource } from '../define.ts';
import { intOrString } from '../schema.ts';
import { flag, int32, text, textMap, texts } from '../text.ts';

/** A Service's spec as far as code looks at it. */
interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
  readonly selector?: Readonly<Record<string, string>>;
}

const servicePort = () =>
  z.object({
    name: text('Name of the port.').optional(),
    protocol: text('TCP, UDP or SCTP.').meta({ default: 'TCP' }).optional(),
    appProtocol: text('The protocol above that.').optional(),
    port: int32('The port of the service.'),
    targetPort: intOrString().meta({ description: 'The port behind it.' }).optional(),
    nodePort: int32('The port on every node.').optional(),
  });

/**
 * Services are not made here: there is only `default/kubernetes`, the API server itself, which programs look for.
 */
export const service = defineResource(
  {
    version: 'v1',
    kind: 'Service',
    plural: 'services',
    shortNames: ['svc'],
    categories: ['all'],
    scope: 'Namespaced',
    native: true,
    description:
      'A name for something that answers on the network. Only the API server itself has one here, default/kubernetes.',
    spec: () =>
      z
        .object({
          type: text('ClusterIP, NodePort, LoadBalancer or ExternalName.').optional(),
          clusterIP: text('The address of the service.').optional(),
          clusterIPs: texts('The addresses of the service, one per family.').optional(),
          ports: z
            .array(servicePort())
            .meta({
              description: 'The ports of the service.',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['port', 'protocol'],
              'x-kubernetes-patch-strategy': 'merge',
              'x-kubernetes-patch-merge-key': 'port',
            })
            .optional(),
          selector: textMap('Labels of what answers.').meta({ 'x-kubernetes-map-type': 'atomic' }).optional(),
          externalIPs: texts('Further addresses.').optional(),
          externalName: text('The name that an ExternalName stands for.').optional(),
          sessionAffinity: text('None or ClientIP.').optional(),
          ipFamilies: texts('IPv4, IPv6.').optional(),
          ipFamilyPolicy: text('SingleStack, PreferDualStack or RequireDualStack.').optional(),
          internalTrafficPolicy: text('Cluster or Local.').optional(),
          publishNotReadyAddresses: flag('Whether what is not ready answers too.').optional(),
        })
        .meta({ description: 'What the service stands for.' }),
    status: () =>
      z
        .object({
          loadBalancer: z
            .object({
              ingress: z
                .array(z.object({ ip: text('Its address.').optional(), hostname: text('Its host name.').optional() }))
                .meta({ description: 'Where the load balancer answers.', 'x-kubernetes-list-type': 'atomic' })
                .optional(),
            })
            .meta({ description: 'The load balancer in front of the service.' })
            .optional(),
        })
        .meta({ description: 'Where the service is reached.' }),
  },
  {
    columns: [
      { name: 'Type', type: 'string', description: 'The type of the service', jsonPath: '.spec.type' },
      {
        name: 'Cluster-IP',
        type: 'string',
        description: 'Its address',
        value: object => specOf(object).clusterIP || '<none>',
      },
      { name: 'External-IP', type: 'string', description: 'Its address from outside', value: () => '<none>' },
      { name: 'Port(s)', type: 'string', description: 'Its ports', value: object => toPorts(specOf(object)) },
      ageColumn,
      {
        name: 'Selector',
        type: 'string',
        description: 'What answers',
        priority: 1,
        value: object => toSelector(specOf(object)),
      },
    ],
    verbs: ['get', 'list', 'watch'],
    countedAs: 'services',
    hasGeneration: false,
    deleteAnswers: 'object',
  },
);

// The shape was checked by the schema before any hook sees the object.
const specOf = (object: ApiObject) => (object.spec ?? {}) as ServiceSpec;

const toPorts = ({ ports = [] }: ServiceSpec): string =>
  ports.map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`).join(',') || '<none>';

const toSelector = ({ selector = {} }: ServiceSpec): string =>
  Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>';
