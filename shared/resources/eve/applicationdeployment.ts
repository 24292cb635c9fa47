import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { eve } from './fields.ts';
import {
  count,
  minReadySeconds,
  observed,
  replicas,
  revisionHistoryLimit,
  rollingUpdate,
  selector,
  template,
} from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload, warnOfTemplate } from './workloadcheck.ts';
import { checkDeploymentStrategy } from './workloadstrategy.ts';

/** Keeps a number of Applications of one template running, and replaces them step by step when the template changes. */
export const applicationDeployment = defineResource(
  {
    ...eve,
    kind: 'ApplicationDeployment',
    plural: 'applicationdeployments',
    shortNames: ['appdeploy'],
    categories: ['all', 'eve'],
    scope: 'Namespaced',
    description: 'Keeps a number of Applications of one template running, as a Deployment does with Pods.',
    spec: () =>
      z.object({
        replicas: replicas().default(1).describe('How many Applications are wanted.'),
        selector: selector(),
        template: template(),
        strategy: z
          .object({
            type: z
              .enum(['RollingUpdate', 'Recreate'])
              .default('RollingUpdate')
              .describe('RollingUpdate (default): step by step; Recreate: all old ones go before a new one comes.'),
            rollingUpdate: rollingUpdate().optional(),
          })
          .optional()
          .describe('How Applications of an older template are replaced.'),
        minReadySeconds: minReadySeconds(),
        revisionHistoryLimit: revisionHistoryLimit(),
        progressDeadlineSeconds: z
          .int()
          .min(1)
          .default(600)
          .meta({ format: 'int32' })
          .describe('After how long without progress Progressing is False. Default 600.'),
        paused: z.boolean().optional().describe('While on, a new template is not rolled out.'),
      }),
    status: () =>
      z.object({
        replicas: count('Applications that there are.'),
        updatedReplicas: count('Of the current template.'),
        readyReplicas: count('That run as wanted.'),
        availableReplicas: count('Ready for minReadySeconds.'),
        unavailableReplicas: count('Still missing until all are available.'),
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
      { name: 'Up-to-date', type: 'integer', value: object => Number(object.status?.['updatedReplicas'] ?? 0) },
      { name: 'Available', type: 'integer', value: object => Number(object.status?.['availableReplicas'] ?? 0) },
      ageColumn,
    ],
    prepareCreate: beginUnobserved,
    admit: warnOfTemplate,
    validate: object => [...checkWorkload(object), ...checkDeploymentStrategy(object)],
    validateUpdate: (now, old) => checkImmutable(now, old, ['selector']),
  },
);
