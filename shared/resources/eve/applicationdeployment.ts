import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { eve } from './fields.ts';
import { count, observed, replicas, rollingUpdate, selector, template } from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload } from './workloadcheck.ts';
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
            type: z.enum(['RollingUpdate', 'Recreate']).default('RollingUpdate'),
            rollingUpdate: rollingUpdate().optional(),
          })
          .optional(),
        minReadySeconds: count(),
        revisionHistoryLimit: z.int().min(0).default(10).meta({ format: 'int32' }),
        progressDeadlineSeconds: z.int().min(1).default(600).meta({ format: 'int32' }),
        paused: z.boolean().optional(),
      }),
    status: () =>
      z.object({
        replicas: count(),
        updatedReplicas: count(),
        readyReplicas: count(),
        availableReplicas: count(),
        unavailableReplicas: count(),
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
    validate: object => [...checkWorkload(object), ...checkDeploymentStrategy(object)],
    validateUpdate: (now, old) => checkImmutable(now, old, ['selector']),
  },
);
