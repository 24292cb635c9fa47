import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { intOrString } from '../schema.ts';
import { claimTemplate } from './applicationspec.ts';
import { eve } from './fields.ts';
import { count, minReadySeconds, observed, replicas, revisionHistoryLimit, selector, template } from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload, warnOfTemplate } from './workloadcheck.ts';
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
        serviceName: z.string().optional().describe("Taken as a StatefulSet's; nothing follows from it."),
        podManagementPolicy: z
          .enum(['OrderedReady', 'Parallel'])
          .default('OrderedReady')
          .describe('OrderedReady (default): one after another; Parallel: all at once.'),
        updateStrategy: z
          .object({
            type: z
              .enum(['RollingUpdate', 'OnDelete'])
              .default('RollingUpdate')
              .describe('RollingUpdate (default): from the last to the first; OnDelete: when you delete one.'),
            rollingUpdate: z
              .object({
                partition: count('Applications of lower numbers keep the template that they have. Default 0.'),
                maxUnavailable: intOrString()
                  .optional()
                  .describe('How many may be missing at a time: a number, or percent of all, rounded down. Default 1.'),
              })
              .optional()
              .describe('How a RollingUpdate goes.'),
          })
          .optional()
          .describe('How Applications of an older template are replaced.'),
        ordinals: z
          .object({ start: z.int().min(0).optional().describe('The first number. Default 0.') })
          .optional()
          .describe('How they are numbered.'),
        persistentVolumeClaimRetentionPolicy: z
          .object({
            whenDeleted: z.enum(['Retain', 'Delete']).optional().describe('When the set is deleted. Default Retain.'),
            whenScaled: z
              .enum(['Retain', 'Delete'])
              .optional()
              .describe('When the set is made smaller. Default Retain.'),
          })
          .optional()
          .describe('What becomes of the claims.'),
        minReadySeconds: minReadySeconds(),
        revisionHistoryLimit: revisionHistoryLimit(),
      }),
    status: () =>
      z.object({
        replicas: count('Applications that there are.'),
        readyReplicas: count('That run as wanted.'),
        currentReplicas: count('Of the template that is being replaced, or of the only one.'),
        updatedReplicas: count('Of the current template.'),
        availableReplicas: count('Ready for minReadySeconds.'),
        updateRevision: z.string().optional().describe('Name of the ApplicationRevision of the current template.'),
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
    admit: warnOfTemplate,
    validate: object => [...checkWorkload(object), ...checkStatefulStrategy(object)],
    validateUpdate: (now, old) =>
      checkImmutable(now, old, ['selector', 'volumeClaimTemplates', 'serviceName', 'podManagementPolicy']),
  },
);
