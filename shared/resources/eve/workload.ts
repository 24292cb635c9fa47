import * as z from 'zod';
import { intOrString } from '../schema.ts';
import { labelSelector } from './affinity.ts';
import { applicationSpec } from './applicationspec.ts';
import { conditions } from './conditions.ts';

/** What the workload kinds make Applications from. */
export const template = () =>
  z
    .object({
      metadata: z
        .object({
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        })
        .optional(),
      spec: applicationSpec(),
    })
    .describe('The Applications that are made.');

export const selector = () =>
  labelSelector().describe('Which Applications belong to it. Must match the labels of the template; never changes.');

export const replicas = () => z.int().min(0).max(2147483647).meta({ format: 'int32' });

export const rollingUpdate = () =>
  z.object({ maxUnavailable: intOrString().optional(), maxSurge: intOrString().optional() });

export const count = () => z.int().optional().meta({ format: 'int32' });

export const observed = () => ({
  observedGeneration: z.int().optional().meta({ format: 'int64' }),
  revision: z.int().optional().meta({ format: 'int64' }).describe('Place of the current template in the history.'),
  currentRevision: z.string().optional().describe('Name of the ApplicationRevision that is in use.'),
  collisionCount: count(),
  conditions: conditions().optional(),
});
