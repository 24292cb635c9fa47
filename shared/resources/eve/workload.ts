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
          labels: z.record(z.string(), z.string()).optional().describe('Labels of the Applications.'),
          annotations: z.record(z.string(), z.string()).optional().describe('Annotations of the Applications.'),
        })
        .optional()
        .describe('Labels and annotations of the Applications.'),
      spec: applicationSpec().describe('What the Applications are.'),
    })
    .describe('The Applications that are made.');

export const selector = () =>
  labelSelector().describe('Which Applications belong to it. Must match the labels of the template; never changes.');

export const replicas = () => z.int().min(0).max(2147483647).meta({ format: 'int32' });

export const rollingUpdate = () =>
  z
    .object({
      maxUnavailable: intOrString()
        .optional()
        .describe('How many may be missing at a time: a number, or percent of all.'),
      maxSurge: intOrString().optional().describe('How many there may be beyond those wanted: a number, or percent.'),
    })
    .describe('How fast a RollingUpdate goes.');

export const count = (description: string) => z.int().optional().meta({ format: 'int32', description });

export const minReadySeconds = () =>
  count('How long an Application must be ready before it counts as available. Default 0.');

export const revisionHistoryLimit = () =>
  z.int().min(0).default(10).meta({ format: 'int32' }).describe('How many templates out of use are kept. Default 10.');

export const observed = () => ({
  observedGeneration: z
    .int()
    .optional()
    .meta({ format: 'int64' })
    .describe('Generation of the spec that this speaks of.'),
  revision: z.int().optional().meta({ format: 'int64' }).describe('Place of the current template in the history.'),
  currentRevision: z.string().optional().describe('Name of the ApplicationRevision that is in use.'),
  collisionCount: count('Goes into the hash of a template whose hash was taken.'),
  conditions: conditions().optional(),
});
