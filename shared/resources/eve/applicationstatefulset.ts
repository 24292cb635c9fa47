import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { claimTemplate } from './applicationspec.ts';
import { eve } from './fields.ts';
import { count, observed, replicas, selector, template } from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload } from './workloadcheck.ts';
import { checkStatefulStrategy } from './workloadstrategy.ts';

/** Keeps numbered Applications with names and claims of their own, in order. */
export const applicationStatefulSet = defineResource(
  {
    ...eve,
    kind: 'ApplicationStatefulSet',
    plural: 'applicationstatefulsets',
    shortNames: ['appsts'],
    categories: ['all', 'eve'],
    scope: 'Namespaced',
    description: 'Keeps numbered Applications, each with its own claims, as a StatefulSet does with Pods.',
    spec: () =>
      z.object({
        replicas: replicas().default(1).describe('How many Applications are wanted.'),
        selector: selector(),
        template: template(),
        volumeClaimTemplates: z
          .array(claimTemplate())
          .max(64)
          .optional()
          .describe('Claims that every Application gets for itself.'),
        serviceName: z.string().optional(),
        podManagementPolicy: z.enum(['OrderedReady', 'Parallel']).default('OrderedReady'),
        updateStrategy: z
          .object({
            type: z.enum(['RollingUpdate', 'OnDelete']).default('RollingUpdate'),
            rollingUpdate: z.object({ partition: count(), maxUnavailable: count() }).optional(),
          })
          .optional(),
        ordinals: z.object({ start: z.int().min(0).optional() }).optional(),
        persistentVolumeClaimRetentionPolicy: z
          .object({
            whenDeleted: z.enum(['Retain', 'Delete']).optional(),
            whenScaled: z.enum(['Retain', 'Delete']).optional(),
          })
          .optional(),
        minReadySeconds: count(),
        revisionHistoryLimit: z.int().min(0).default(10).meta({ format: 'int32' }),
      }),
    status: () =>
      z.object({
        replicas: count(),
        readyReplicas: count(),
        currentReplicas: count(),
        updatedReplicas: count(),
        availableReplicas: count(),
        updateRevision: z.string().optional(),
        selector: z.string().optional().describe('The selector as text, for the scale subresource.'),
        ...observed(),
      }),
    required: ['spec'],
  },
  {
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
    columns: [
      {
        name: 'Ready',
        type: 'string',
        value: object => `${object.status?.['readyReplicas'] ?? 0}/${object.spec?.['replicas'] ?? 1}`,
      },
      ageColumn,
    ],
    prepareCreate: beginUnobserved,
    validate: object => [...checkWorkload(object), ...checkStatefulStrategy(object)],
    validateUpdate: (now, old) =>
      checkImmutable(now, old, ['selector', 'volumeClaimTemplates', 'serviceName', 'podManagementPolicy']),
  },
);
