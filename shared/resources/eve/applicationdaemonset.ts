import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { eve } from './fields.ts';
import { count, observed, rollingUpdate, selector, template } from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload } from './workloadcheck.ts';
import { checkDaemonStrategy } from './workloadstrategy.ts';

/** Keeps one Application of the template on every Device that matches it. */
export const applicationDaemonSet = defineResource(
  {
    ...eve,
    kind: 'ApplicationDaemonSet',
    plural: 'applicationdaemonsets',
    shortNames: ['appds'],
    categories: ['all', 'eve'],
    scope: 'Namespaced',
    description:
      'Keeps one Application of the template on every Device that matches it, as a DaemonSet does with Pods.',
    spec: () =>
      z.object({
        selector: selector(),
        template: template(),
        updateStrategy: z
          .object({
            type: z.enum(['RollingUpdate', 'OnDelete']).default('RollingUpdate'),
            rollingUpdate: rollingUpdate().optional(),
          })
          .optional(),
        minReadySeconds: count(),
        revisionHistoryLimit: z.int().min(0).default(10).meta({ format: 'int32' }),
      }),
    status: () =>
      z.object({
        currentNumberScheduled: count(),
        desiredNumberScheduled: count(),
        numberMisscheduled: count(),
        numberReady: count(),
        updatedNumberScheduled: count(),
        numberAvailable: count(),
        numberUnavailable: count(),
        ...observed(),
      }),
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Desired', type: 'integer', value: object => Number(object.status?.['desiredNumberScheduled'] ?? 0) },
      { name: 'Current', type: 'integer', value: object => Number(object.status?.['currentNumberScheduled'] ?? 0) },
      { name: 'Ready', type: 'integer', value: object => Number(object.status?.['numberReady'] ?? 0) },
      { name: 'Up-to-date', type: 'integer', value: object => Number(object.status?.['updatedNumberScheduled'] ?? 0) },
      { name: 'Available', type: 'integer', value: object => Number(object.status?.['numberAvailable'] ?? 0) },
      ageColumn,
    ],
    prepareCreate: beginUnobserved,
    validate: object => [...checkWorkload(object), ...checkDaemonStrategy(object)],
    validateUpdate: (now, old) => checkImmutable(now, old, ['selector']),
  },
);
