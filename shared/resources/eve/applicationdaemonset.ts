import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { eve } from './fields.ts';
import {
  count,
  minReadySeconds,
  observed,
  revisionHistoryLimit,
  rollingUpdate,
  selector,
  template,
} from './workload.ts';
import { beginUnobserved, checkImmutable, checkWorkload, warnOfTemplate } from './workloadcheck.ts';
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
            type: z
              .enum(['RollingUpdate', 'OnDelete'])
              .default('RollingUpdate')
              .describe('RollingUpdate (default): step by step; OnDelete: when you delete one.'),
            rollingUpdate: rollingUpdate().optional(),
          })
          .optional()
          .describe('How Applications of an older template are replaced.'),
        minReadySeconds: minReadySeconds(),
        revisionHistoryLimit: revisionHistoryLimit(),
      }),
    status: () =>
      z.object({
        currentNumberScheduled: count('Devices that have one and should.'),
        desiredNumberScheduled: count('Devices that should have one.'),
        numberMisscheduled: count('Devices that have one and should not.'),
        numberReady: count('Devices where it runs as wanted.'),
        updatedNumberScheduled: count('Devices that have one of the current template.'),
        numberAvailable: count('Devices where it was ready for minReadySeconds.'),
        numberUnavailable: count('Devices that should have one and have none available.'),
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
    admit: warnOfTemplate,
    validate: object => [...checkWorkload(object), ...checkDaemonStrategy(object)],
    validateUpdate: (now, old) => checkImmutable(now, old, ['selector']),
  },
);
