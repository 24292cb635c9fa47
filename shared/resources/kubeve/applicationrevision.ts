import * as z from 'zod';
import { ageColumn, defineResource } from '../define.ts';
import { checkImmutable } from '../eve/workloadcheck.ts';
import { anyObject } from '../schema.ts';
import { kubeve } from './group.ts';

const size = (description: string) => z.int().min(0).optional().meta({ format: 'int32', description });

/**
 * A template that a workload has or had: its history, and what it goes back to. Made and removed by the workload controllers; it
 * is to ApplicationDeployments what a ReplicaSet is to Deployments, to the others what a ControllerRevision is.
 */
export const applicationRevision = defineResource(
  {
    ...kubeve,
    kind: 'ApplicationRevision',
    plural: 'applicationrevisions',
    shortNames: ['apprev'],
    scope: 'Namespaced',
    description: 'A template that an ApplicationDeployment, -DaemonSet or -StatefulSet has or had.',
    spec: () =>
      z.object({
        revision: z
          .int()
          .min(1)
          .meta({ format: 'int64' })
          .describe('Its place in the history; a template that comes back gets the newest place.'),
        template: anyObject().describe('The template, as it stood in the workload. Never changes.'),
        replicas: size('Of an ApplicationDeployment: how many Applications of this template are wanted now.'),
        desiredReplicas: size('Replicas of the ApplicationDeployment when `replicas` was decided.'),
        maxReplicas: size('The same with its surge.'),
      }),
    required: ['spec'],
  },
  {
    columns: [
      {
        name: 'Workload',
        type: 'string',
        value: ({ metadata }) => {
          const owner = metadata.ownerReferences?.find(one => one.controller === true);
          return owner ? `${owner.kind.toLowerCase()}/${owner.name}` : undefined;
        },
      },
      { name: 'Revision', type: 'integer', jsonPath: '.spec.revision' },
      { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
      ageColumn,
    ],
    validateUpdate: (now, old) => checkImmutable(now, old, ['template']),
  },
);
